import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oggOpusFile, opusPacket, PACKET_SAMPLES } from '../../test/support/sound-files.ts'
import { readOgg } from './ogg-pages.ts'
import { joinOggOpus, readOggOpus } from './ogg.ts'

/** 50 ms of silence, by libopus and ffmpeg: three packets of 20 ms. */
const MADE_BY_FFMPEG = Buffer.from(
  'T2dnUwACAAAAAAAAAAAAAAAAAAAAAAIotXIBE09wdXNIZWFkAQE4AYC7AAAAAABPZ2dTAAAAAAAAAAAAAAAAAAABAAAASZW+VAEuT3B1c1RhZ3MGAAAA' +
    'ZmZtcGVnAQAAABQAAABlbmNvZGVyPUxhdmMgbGlib3B1c09nZ1MABJgKAAAAAAAAAAAAAAIAAABUH1AIAwcGBggL5LmgvIQIB8azDsYIB8azDsY=',
  'base64',
)

/** Sizes on both sides of what fits on a piece, two pieces, a page. */
const sizes = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 600 }) },
  fc.constantFrom(254, 255, 256, 510, 65_025, 65_026, 70_000),
)
/** Told by its sizes, so that a counterexample can be read. */
const recipes = fc.record({
  sizes: fc.array(sizes, { minLength: 1, maxLength: 120 }),
  serial: fc.nat(),
  unheard: fc.nat(PACKET_SAMPLES),
  packetsPerPage: fc.integer({ min: 1, max: 60 }),
})
const recipeLists = fc.array(recipes, { minLength: 1, maxLength: 4 })
const bake = ({ sizes, ...facts }: typeof recipes extends fc.Arbitrary<infer Recipe> ? Recipe : never) => {
  const packets = sizes.map((size, index) => opusPacket(size, index))
  return { packets, bytes: oggOpusFile(packets, facts) }
}

const packetsIn = (bytes: Uint8Array): readonly Uint8Array[] =>
  readOgg(bytes).flatMap((stream) => stream.packets.map((packet) => packet.bytes))
const soundIn = (bytes: Uint8Array): readonly Uint8Array[] => packetsIn(bytes).slice(2)

test('a joined stream has exactly the packets of its pieces, in order, and one head', () => {
  fc.assert(
    fc.property(recipeLists, (recipes) => {
      const pieces = recipes.map(bake)
      const joined = joinOggOpus(pieces.map(({ bytes }) => bytes))!
      expect(readOgg(joined)).toHaveLength(1)
      expect(soundIn(joined).map(hex)).toEqual(pieces.flatMap(({ packets }) => packets.map(hex)))
    }),
    { numRuns: 60 },
  )
})

test('a joined stream has whole pages: numbered, never back in time, the last one marked', () => {
  fc.assert(
    fc.property(recipeLists, (recipes) => {
      const pieces = recipes.map(bake)
      const joined = joinOggOpus(pieces.map(({ bytes }) => bytes))!
      const pages = headsIn(joined)
      expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, index) => index))
      expect(pages.map(({ flags }) => flags & 2)).toEqual(pages.map((_, index) => (index === 0 ? 2 : 0)))
      expect(pages.map(({ flags }) => flags & 4)).toEqual(
        pages.map((_, index) => (index === pages.length - 1 ? 4 : 0)),
      )
      const told = pages.map(({ granule }) => granule).filter((granule) => granule >= 0)
      expect(told).toEqual(told.toSorted((one, other) => one - other))
    }),
    { numRuns: 60 },
  )
})

test('a joined stream lasts as long as its pieces, but for what filled their last packets', () => {
  fc.assert(
    fc.property(recipeLists, (recipes) => {
      const pieces = recipes.map(bake)
      const joined = readOggOpus(joinOggOpus(pieces.map(({ bytes }) => bytes))!)!
      const apart = pieces.reduce((sum, { bytes }) => sum + readOggOpus(bytes)!.durationMs, 0)
      expect(joined.durationMs).toBeGreaterThanOrEqual(apart - pieces.length)
      expect(joined.durationMs).toBeLessThanOrEqual(apart + pieces.length * 28)
    }),
    { numRuns: 60 },
  )
})

test('files one after another are read as what they are together', () => {
  const packets = Array.from({ length: 50 }, (_, index) => opusPacket(40, index))
  const piece = oggOpusFile(packets, { preSkip: 0 })
  expect(readOggOpus(piece)!.durationMs).toBe(1_000)
  expect(readOggOpus(Buffer.concat([piece, piece, piece]))!.durationMs).toBe(3_000)
})

test('a stream cut out of a longer one lasts only as long as what is there', () => {
  const whole = oggOpusFile(
    Array.from({ length: 150 }, (_, index) => opusPacket(40, index)),
    { preSkip: 0 },
  )
  const [head, tags, first, ...rest] = headsIn(whole)
  const cut = Buffer.concat([
    whole.subarray(0, first!.at),
    ...rest.map(({ at, end }) => whole.subarray(at, end)),
  ])
  expect([head!.at, tags!.at]).toEqual([0, 47])
  expect(readOggOpus(cut)!.durationMs).toBe(2_000)
})

test('nothing makes the reader throw, or find more than is there: pages cut anywhere, bytes turned over', () => {
  fc.assert(
    fc.property(recipes, fc.nat(), fc.nat(), fc.nat(255), (recipe, cut, at, value) => {
      const { bytes } = bake(recipe)
      const broken = Uint8Array.from(bytes.subarray(0, cut % (bytes.length + 1)))
      if (broken.length > 0) broken[at % broken.length] = value
      const facts = readOggOpus(broken)
      joinOggOpus([broken, bytes])
      if (facts === undefined) return
      expect(facts.durationMs).toBeGreaterThan(0)
      // No packet lasts longer than 120 ms.
      expect(facts.durationMs).toBeLessThanOrEqual(packetsIn(broken).length * 120)
    }),
    { numRuns: 300 },
  )
})

test('random bytes are no voice message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_000 }), (bytes) => {
      expect(readOggOpus(bytes)).toBeUndefined()
      expect(joinOggOpus([bytes])).toBeUndefined()
    }),
  )
})

test('finds the stream behind garbage, and the pages behind a broken one', () => {
  const packets = Array.from({ length: 100 }, (_, index) => opusPacket(40, index))
  const bytes = oggOpusFile(packets, { packetsPerPage: 10 })
  const damaged = Buffer.from(bytes)
  damaged.write('xxxx', headsIn(bytes)[5]!.at, 'latin1')
  expect(soundIn(Buffer.concat([Buffer.from('noise OggS noise'), bytes]))).toHaveLength(100)
  expect(soundIn(damaged)).toHaveLength(90)
})

test('loudness has at most 256 points between 0 and 255, and rises with the packets', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const { bytes } = bake(recipe)
      const { loudness } = readOggOpus(bytes)!
      expect(loudness.length).toBeGreaterThan(0)
      expect(loudness.length).toBeLessThanOrEqual(256)
      expect(loudness.every((level) => Number.isInteger(level) && level >= 0 && level <= 255)).toBe(true)
    }),
    { numRuns: 60 },
  )
  const growing = Array.from({ length: 2_000 }, (_, index) => opusPacket(20 + Math.floor(index / 20), index))
  const { loudness } = readOggOpus(oggOpusFile(growing))!
  expect(loudness).toHaveLength(256)
  expect(loudness).toEqual(loudness.toSorted((one, other) => one - other))
  expect([loudness[0], loudness.at(-1)]).toEqual([0, 255])
})

test('an encoder of constant rate gives an even line', () => {
  const packets = Array.from({ length: 50 }, (_, index) => opusPacket(80, index))
  expect(new Set(readOggOpus(oggOpusFile(packets))!.loudness)).toEqual(new Set([128]))
})

test('what ffmpeg wrote is read, and its first page written again byte for byte, checksum and all', () => {
  expect(readOggOpus(MADE_BY_FFMPEG)).toEqual({ durationMs: 50, loudness: [128] })
  const [first, , last] = headsIn(MADE_BY_FFMPEG)
  const again = joinOggOpus([MADE_BY_FFMPEG])!
  expect(hex(again.subarray(first!.at, first!.end))).toBe(hex(MADE_BY_FFMPEG.subarray(first!.at, first!.end)))
  expect(hex(again.subarray(last!.at, last!.end))).toBe(hex(MADE_BY_FFMPEG.subarray(last!.at, last!.end)))
})

test('what cannot be one stream is not joined', () => {
  const mono = oggOpusFile([opusPacket(40)])
  expect(joinOggOpus([])).toBeUndefined()
  expect(joinOggOpus([mono, Buffer.from('an MP3, say')])).toBeUndefined()
  expect(joinOggOpus([mono, oggOpusFile([opusPacket(40)], { channels: 2 })])).toBeUndefined()
  expect(readOggOpus(oggOpusFile([]))).toBeUndefined()
})

/** Pages as they stand there, read without the code under test. */
function headsIn(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes)
  const heads: { at: number; end: number; flags: number; granule: number; sequence: number }[] = []
  for (let at = 0; at < buffer.length;) {
    expect(buffer.toString('latin1', at, at + 4)).toBe('OggS')
    const body = at + 27 + buffer.readUInt8(at + 26)
    const end = body + buffer.subarray(at + 27, body).reduce((sum, lace) => sum + lace, 0)
    heads.push({
      at,
      end,
      flags: buffer.readUInt8(at + 5),
      granule: Number(buffer.readBigInt64LE(at + 6)),
      sequence: buffer.readUInt32LE(at + 18),
    })
    at = end
  }
  return heads
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
