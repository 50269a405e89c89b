// Is a download read to the end it was told, and not waited for without end?
import { expect, test } from 'vitest'
import { PlatformError } from '../../src/contract/errors.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { readExactly } from './read-exactly.ts'

const failed = (error: unknown): PlatformError =>
  new PlatformError('fs', 'unavailable', error instanceof Error ? error.message : 'broken')

function bodyOf(...pieces: readonly number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const size of pieces) controller.enqueue(new Uint8Array(size))
      controller.close()
    },
  })
}
async function sizeOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0
  for await (const piece of stream) sizeBytes += piece.byteLength
  return sizeBytes
}

test('as many bytes as were told', async () => {
  const { clock } = createManualClock()
  expect(await sizeOf(readExactly(bodyOf(3, 4), 7, { clock, failed }))).toBe(7)
  expect(await sizeOf(readExactly(bodyOf(), 0, { clock, failed }))).toBe(0)
  expect(await sizeOf(readExactly(bodyOf(3, 4), undefined, { clock, failed }))).toBe(7)
})

test.each([
  ['fewer', 8],
  ['more', 6],
])('%s bytes than were told are a failure', async (_, told) => {
  const { clock } = createManualClock()
  await expect(sizeOf(readExactly(bodyOf(3, 4), told, { clock, failed }))).rejects.toThrow(
    `7 bytes came, ${told} were told`,
  )
})

test('a silent connection is given up, and let go of', async () => {
  const { clock, advance } = createManualClock()
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true
    },
  })
  const reading = sizeOf(readExactly(body, 7, { clock, failed }))
  const outcome = expect(reading).rejects.toThrow('nothing came')
  await advance(60_000)
  await outcome
  expect(cancelled).toBe(true)
})
