// Do files wait safely, within their bounds, and leave nothing behind?
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createSpool,
  SpoolFullError,
  TooLargeError,
  type Kept,
  type Spool,
  type SpoolOptions,
} from './spool.ts'

let dir = ''
const spools: Spool[] = []
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'spool-test-')), 'made', 'later')
})
afterEach(async () => {
  await Promise.all(spools.splice(0).map((spool) => spool.close()))
  await rm(join(dir, '../..'), { recursive: true, force: true })
})

function openSpool(options: Partial<SpoolOptions> = {}): Spool {
  const spool = createSpool({ dir, ...options })
  spools.push(spool)
  return spool
}
async function* streamOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
async function all(file: Kept): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.open()) pieces.push(piece)
  return Buffer.concat(pieces)
}
function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) % 256))
}
const opts = (maxBytes = 1e9) => ({ maxBytes, signal: new AbortController().signal })

test('gives back what it was given, small or large, however it was cut', async () => {
  const spool = openSpool({ memoryBytes: 50 })
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(pieces, async (cut) => {
      const whole = Buffer.concat(cut)
      const file = await spool.keep(streamOf(...cut), opts())
      expect(file.sizeBytes).toBe(whole.byteLength)
      expect((await all(file)).equals(whole)).toBe(true)
      expect(Buffer.from(file.head).equals(whole)).toBe(true)
      await file.release()
    }),
    { numRuns: 60 },
  )
})

test('a file can be read many times at once', async () => {
  const whole = bytes(300_000)
  const file = await openSpool().keep(streamOf(whole), opts())
  const copies = await Promise.all([all(file), all(file), all(file)])
  for (const copy of copies) expect(copy.equals(whole)).toBe(true)
  expect(Buffer.from(file.head).equals(whole.subarray(0, 65_536))).toBe(true)
})

test('a small file touches no disk; a large one has no name there', async () => {
  const spool = openSpool()
  await spool.keep(streamOf(bytes(262_144)), opts())
  await expect(stat(dir)).rejects.toThrow('ENOENT')
  await spool.keep(streamOf(bytes(262_144), bytes(1)), opts())
  expect(await readdir(dir)).toEqual([])
  expect((await stat(dir)).mode & 0o077).toBe(0)
})

test('many small files are no large memory', async () => {
  const spool = openSpool()
  const piece = bytes(262_144)
  const files = []
  for (let nth = 0; nth < 65; nth++) files.push(await spool.keep(streamOf(piece), opts()))
  expect(await readdir(dir)).toEqual([])
  expect((await all(files[64]!)).equals(piece)).toBe(true)
})

test('as much as allowed is kept; one byte more is refused, and ends the stream', async () => {
  const spool = openSpool({ memoryBytes: 10, totalBytes: 100 })
  const ended: string[] = []
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield bytes(9)
    } finally {
      ended.push('ended')
    }
  }
  await expect(spool.keep(endless(), opts(80))).rejects.toThrow(TooLargeError)
  expect(ended).toEqual(['ended'])
  const file = await spool.keep(streamOf(bytes(80)), opts(80))
  expect(file.sizeBytes).toBe(80)
})

test('all together are bounded; what is released, or failed, makes room', async () => {
  const spool = openSpool({ memoryBytes: 10, totalBytes: 100 })
  const first = await spool.keep(streamOf(bytes(60)), opts())
  await expect(spool.keep(streamOf(bytes(30), bytes(30)), opts())).rejects.toThrow(SpoolFullError)
  await spool.keep(streamOf(bytes(40)), opts())
  await expect(spool.keep(streamOf(bytes(1)), opts())).rejects.toThrow(SpoolFullError)
  await first.release()
  await first.release()
  await spool.keep(streamOf(bytes(60)), opts())
  await expect(spool.keep(streamOf(bytes(1)), opts())).rejects.toThrow(SpoolFullError)
})

test.each([5, 500])('a released file of %i bytes is not read any more', async (length) => {
  const file = await openSpool({ memoryBytes: 10 }).keep(streamOf(bytes(length)), opts())
  await file.release()
  await expect(all(file)).rejects.toThrow('released')
})

test('a stream that fails, or hangs until somebody gives up, leaves nothing', async () => {
  const spool = openSpool({ memoryBytes: 10, totalBytes: 100 })
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes(50)
    throw new Error('broken')
  }
  await expect(spool.keep(broken(), opts())).rejects.toThrow('broken')
  const stop = new AbortController()
  async function* hanging(): AsyncGenerator<Uint8Array> {
    yield bytes(50)
    setImmediate(() => stop.abort(new Error('stopped by the test')))
    await new Promise(() => undefined)
  }
  await expect(spool.keep(hanging(), { maxBytes: 1e9, signal: stop.signal })).rejects.toThrow('by the test')
  await spool.keep(streamOf(bytes(100)), opts())
})

test('after its end nothing can be kept or read', async () => {
  const spool = openSpool()
  const file = await spool.keep(streamOf(bytes(5)), opts())
  await spool.close()
  await expect(all(file)).rejects.toThrow('released')
  await expect(spool.keep(streamOf(bytes(5)), opts())).rejects.toThrow(SpoolFullError)
})
