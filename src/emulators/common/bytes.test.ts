// Made bytes and made pictures: the same again for the same seed, and what they claim to be.
import { crc32, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHUNK_BYTES, seededBuffer, seededBytes, sha256Of } from './bytes.ts'
import { makePng } from './png.ts'

test('seeded bytes have the size asked for and are the same again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.integer({ min: 0, max: 3 * CHUNK_BYTES }), async (seed, sizeBytes) => {
      const bytes = await seededBuffer(seed, sizeBytes)
      expect(bytes.length).toBe(sizeBytes)
      expect(await sha256Of(seededBytes(seed, sizeBytes))).toBe(await sha256Of(bytes))
    }),
    { numRuns: 20 },
  )
})

test('two seeds, and two places of one file, differ', async () => {
  expect(await sha256Of(seededBytes(1, 1000))).not.toBe(await sha256Of(seededBytes(2, 1000)))
  const seen = new Set<string>()
  for await (const chunk of seededBytes('long', 3 * 1_048_576)) seen.add(await sha256Of(chunk))
  expect(seen.size).toBe((3 * 1_048_576) / CHUNK_BYTES)
})

test('a made picture is a PNG of the size asked for, with right checksums', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 64 }),
      fc.nat(),
      (widthPx, heightPx, seed) => {
        const chunks = readChunks(makePng({ widthPx, heightPx, seed }))
        expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'tEXt', 'IDAT', 'IEND'])
        expect(chunks[0]?.data.readUInt32BE(0)).toBe(widthPx)
        expect(chunks[0]?.data.readUInt32BE(4)).toBe(heightPx)
        expect(inflateSync(chunks[2]?.data ?? Buffer.alloc(0)).length).toBe(heightPx * (1 + 3 * widthPx))
      },
    ),
    { numRuns: 30 },
  )
})

test('pictures of two seeds differ', () => {
  const pictures = [0, 1, 2, 3, 4].map((seed) =>
    makePng({ widthPx: 8, heightPx: 8, seed }).toString('base64'),
  )
  expect(new Set(pictures).size).toBe(5)
})

function readChunks(png: Buffer): readonly { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    const typed = png.subarray(at + 4, at + 8 + length)
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(typed))
    chunks.push({ type: typed.toString('latin1', 0, 4), data: Buffer.from(typed.subarray(4)) })
    at += 12 + length
  }
  return chunks
}
