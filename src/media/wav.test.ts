import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinWav, readWav, wrapPcm } from './wav.ts'

const samples = fc
  .uint8Array({ maxLength: 2_000 })
  .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 2)))

test('wrapped samples are read back as they were, and last as long as they sound', () => {
  fc.assert(
    fc.property(samples, fc.constantFrom(8_000, 24_000, 48_000), (pcm, rateHz) => {
      const wav = readWav(wrapPcm([pcm], rateHz))!
      expect(Buffer.from(wav.data)).toEqual(Buffer.from(pcm))
      expect(wav.format).toMatchObject({ code: 1, channels: 1, rateHz, bitsPerSample: 16 })
      expect(wav.durationMs).toBe(Math.round((pcm.length / 2 / rateHz) * 1_000))
    }),
  )
})

test('joined files hold the sound of all, in order', () => {
  fc.assert(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), (pieces) => {
      const joined = joinWav(pieces.map((pcm) => wrapPcm([pcm])))!
      expect(Buffer.from(readWav(joined)!.data)).toEqual(Buffer.concat(pieces))
    }),
  )
})

test('a second of speech lasts a second, and half a sample is not kept', () => {
  expect(readWav(wrapPcm([new Uint8Array(48_001)]))?.durationMs).toBe(1_000)
  expect(wrapPcm([new Uint8Array(48_001)])).toHaveLength(48_044)
})

test('samples may be cut in the middle: a piece may end with half of one', () => {
  const wav = wrapPcm([Uint8Array.of(1, 2, 3), Uint8Array.of(4)])
  expect([...readWav(wav)!.data]).toEqual([1, 2, 3, 4])
})

test.each([0, 0xffff_ffff])('a stream that could not know its length (%i) goes to the end', (size) => {
  const wav = wrapPcm([new Uint8Array(4_800)])
  Buffer.from(wav.buffer, wav.byteOffset, wav.length).writeUInt32LE(size, 40)
  expect(readWav(wav)).toMatchObject({ durationMs: 100, data: { length: 4_800 } })
})

test('steps over what stands in front of the sound', () => {
  const wav = Buffer.from(wrapPcm([new Uint8Array(4_800)]))
  const list = Buffer.from('LIST\u0003\0\0\0abc\0', 'latin1')
  expect(readWav(Buffer.concat([wav.subarray(0, 36), list, wav.subarray(36)]))?.durationMs).toBe(100)
})

test('files written differently are not joined', () => {
  const [fast, slow] = [wrapPcm([new Uint8Array(8)], 48_000), wrapPcm([new Uint8Array(8)], 8_000)]
  expect(joinWav([fast, slow])).toBeUndefined()
  expect(joinWav([fast, Buffer.from('no WAV')])).toBeUndefined()
  expect(joinWav([])).toBeUndefined()
})

test('nothing makes the reader throw', () => {
  const wav = wrapPcm([new Uint8Array(64)])
  fc.assert(
    fc.property(fc.nat(wav.length), fc.nat(wav.length - 1), fc.nat(255), (cut, at, value) => {
      const broken = Uint8Array.from(wav)
      broken[at] = value
      const read = readWav(broken.subarray(0, cut))
      expect(read === undefined || read.data.length <= cut).toBe(true)
    }),
  )
})
