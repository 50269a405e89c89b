// Sound: what is heard, and what is said in files that players take.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Of } from '../common/bytes.ts'
import { defaults, makeMp3, makeOggOpus, makeWav, speechMs } from './index.ts'
import type { CozeEmulator } from './index.ts'
import { emulator, send } from '../../../test/support/coze-wire.ts'

async function transcribe(coze: CozeEmulator, name: string, bytes: Buffer) {
  const form = new FormData()
  form.append('file', new File([new Uint8Array(bytes)], name))
  return (await send(coze, 'POST', '/v1/audio/transcriptions', form)).json
}

async function speak(coze: CozeEmulator, body: object): Promise<Response> {
  return fetch(`${coze.url}/v1/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${defaults.token}` },
    body: JSON.stringify({ voice_id: defaults.voiceId, ...body }),
  })
}

test('hears what a test says: in these bytes, in any, and nothing', async () => {
  const coze = await emulator()
  const [one, other] = [makeOggOpus({ durationMs: 500 }), makeOggOpus({ durationMs: 900 })]
  expect(await transcribe(coze, 'a.ogg', one)).toMatchObject({
    data: { text: `heard a.ogg of ${one.length} bytes` },
  })
  coze.hear('hello', { sha256: await sha256Of(one) })
  coze.hear('')
  expect(await transcribe(coze, 'a.ogg', one)).toMatchObject({ code: 0, data: { text: 'hello' } })
  expect(await transcribe(coze, 'b.ogg', other)).toMatchObject({ code: 0, data: { text: '' } })
  expect(coze.store.transcriptions.map(({ name, text }) => [name, text]).slice(1)).toEqual([
    ['a.ogg', 'hello'],
    ['b.ogg', ''],
  ])
})

test('hears no other formats, and no more than 10 MB', async () => {
  const coze = await emulator()
  expect(await transcribe(coze, 'a.oga', Buffer.from('x'))).toMatchObject({ code: 4303 })
  expect(await transcribe(coze, 'a.flac', Buffer.from('x'))).toMatchObject({ code: 4303 })
  expect(await transcribe(coze, 'a.ogg', Buffer.alloc(10 * 1024 * 1024 + 1))).toMatchObject({ code: 4302 })
  expect(await transcribe(coze, 'a.ogg', Buffer.alloc(0))).toMatchObject({ code: 4300 })
})

test('says a text in the format asked for, as long as it is', async () => {
  const coze = await emulator()
  const input = '今天天气怎么样？ And tomorrow?'
  const said = async (response_format?: string) => {
    const response = await speak(coze, { input, response_format })
    return [
      response.headers.get('content-type'),
      Buffer.from(await response.arrayBuffer()).toString('latin1', 0, 4),
    ]
  }
  expect(await said()).toEqual(['audio/mpeg', '\xff\xf3\x44\xc4'])
  expect(await said('wav')).toEqual(['audio/wav', 'RIFF'])
  expect(await said('ogg_opus')).toEqual(['audio/ogg', 'OggS'])
  expect(coze.store.speeches).toMatchObject([
    { format: 'mp3', input },
    { format: 'wav' },
    { format: 'ogg_opus', durationMs: speechMs(input), voiceId: defaults.voiceId },
  ])
})

test('refuses to say too much, in an unknown voice, or too fast', async () => {
  const coze = await emulator()
  const codeOf = async (body: object) => {
    const response = await speak(coze, body)
    expect(response.headers.get('content-type')).toContain('application/json')
    return ((await response.json()) as { readonly code: number }).code
  }
  expect((await speak(coze, { input: '字'.repeat(341) })).headers.get('content-type')).toBe('audio/mpeg')
  expect(await codeOf({ input: '字'.repeat(342) })).toBe(4000)
  expect(await codeOf({ input: ' ' })).toBe(4000)
  expect(await codeOf({ input: 'x', voice_id: '1' })).toBe(4200)
  expect(await codeOf({ input: 'x', speed: 2.5 })).toBe(4000)
  expect(await codeOf({ input: 'x', sample_rate: 11_025 })).toBe(4000)
  expect(await codeOf({ input: 'x', response_format: 'flac' })).toBe(4000)
  expect(coze.store.speeches).toHaveLength(1)
})

test('Studio neither hears nor speaks', async () => {
  const coze = await emulator({ flavor: 'studio' })
  for (const path of ['transcriptions', 'speech'])
    expect((await send(coze, 'POST', `/v1/audio/${path}`, {})).status).toBe(404)
})

test('an Ogg stream is as long as it should be, page by page, with right checksums', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.nat(1000), (durationMs, seed) => {
      const pages = pagesOf(makeOggOpus({ durationMs, seed }))
      expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_page, at) => at))
      expect(pages[0]?.body.toString('latin1', 0, 8)).toBe('OpusHead')
      expect(pages[1]?.body.toString('latin1', 0, 8)).toBe('OpusTags')
      expect(pages.map(({ flags }) => flags)).toEqual(
        pages.map((_page, at) => (at === 0 ? 2 : at === pages.length - 1 ? 4 : 0)),
      )
      const preSkip = pages[0]?.body.readUInt16LE(10) ?? 0
      expect((Number(pages.at(-1)?.granule) - preSkip) / 48).toBe(durationMs)
      for (const { crc, bare } of pages) expect(crc).toBe(slowCrc(bare))
    }),
    { numRuns: 20 },
  )
})

test('a WAV and an MP3 are as long as they should be', () => {
  const wav = makeWav({ durationMs: 1500, sampleRateHz: 16_000 })
  expect(wav.readUInt32LE(40)).toBe(1.5 * 16_000 * 2)
  expect(wav.length).toBe(44 + wav.readUInt32LE(40))
  // Frames of 24 ms and 96 bytes.
  expect(makeMp3({ durationMs: 240 }).length).toBe(10 * 96)
})

interface OggPage {
  readonly flags: number
  readonly granule: bigint
  readonly sequence: number
  readonly crc: number
  /** The page with its checksum zero. */
  readonly bare: Buffer
  readonly body: Buffer
}

function pagesOf(stream: Buffer): OggPage[] {
  const pages: OggPage[] = []
  for (let at = 0; at < stream.length;) {
    expect(stream.toString('latin1', at, at + 4)).toBe('OggS')
    const count = stream.readUInt8(at + 26)
    const sizes = [...stream.subarray(at + 27, at + 27 + count)]
    const start = at + 27 + count
    const end = start + sizes.reduce((sum, size) => sum + size, 0)
    const bare = Buffer.from(stream.subarray(at, end))
    bare.writeUInt32LE(0, 22)
    pages.push({
      flags: stream.readUInt8(at + 5),
      granule: stream.readBigUInt64LE(at + 6),
      sequence: stream.readUInt32LE(at + 18),
      crc: stream.readUInt32LE(at + 22),
      bare,
      body: stream.subarray(start, end),
    })
    at = end
  }
  return pages
}

/** Bit by bit, as RFC 3533 says it. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 24
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1
  }
  return crc >>> 0
}
