// Is the beginning seen, and nothing lost by that?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HEAD_BYTES, peek } from './head.ts'

async function* streamOf(pieces: readonly Uint8Array[], ended?: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
  } finally {
    ended?.()
  }
}
async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('the head is the beginning, and the stream is all of it, however it is cut', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 100 }), async (cut, bytes) => {
      const whole = Buffer.concat(cut)
      const { head, isWhole, stream } = await peek(streamOf(cut), bytes)
      expect(Buffer.from(head).equals(whole.subarray(0, bytes))).toBe(true)
      expect(isWhole).toBe(whole.byteLength <= bytes)
      expect((await all(stream)).equals(whole)).toBe(true)
    }),
  )
})

test('reads no more than it needs before somebody asks for the rest', async () => {
  let read = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for (;;) {
      read += 1
      yield new Uint8Array(1_024)
    }
  }
  const { head, isWhole, discard } = await peek(counted())
  expect([head.byteLength, isWhole, read]).toEqual([HEAD_BYTES, false, HEAD_BYTES / 1_024 + 1])
  await discard()
})

test('whoever discards it, or stops in the middle, ends the stream', async () => {
  const ended: string[] = []
  const pieces = [new Uint8Array(10), new Uint8Array(10), new Uint8Array(10)]
  const one = await peek(
    streamOf(pieces, () => ended.push('discarded')),
    5,
  )
  await one.discard()
  const other = await peek(
    streamOf(pieces, () => ended.push('left')),
    5,
  )
  for await (const _ of other.stream) break
  expect(ended).toEqual(['discarded', 'left'])
})

test('an error of the stream is the reader’s, before and after the head', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10)
    throw new Error('broken')
  }
  await expect(peek(broken())).rejects.toThrow('broken')
  const { stream } = await peek(broken(), 5)
  await expect(all(stream)).rejects.toThrow('broken')
})
