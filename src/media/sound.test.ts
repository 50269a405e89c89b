import { expect, test } from 'vitest'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import {
  MP3_FRAME_MS,
  mp3File,
  oggOpusFile,
  oneSecondOfOpus,
  opusPacket,
} from '../../test/support/sound-files.ts'
import type { Ffmpeg } from './ffmpeg.ts'
import { FfmpegError } from './ffmpeg.ts'
import { filesOf, toVoice } from './sound.ts'
import { readWav, wrapPcm } from './wav.ts'

const never = new AbortController().signal

function fakeFfmpeg(answer: () => Uint8Array): Ffmpeg & { readonly given: Uint8Array[] } {
  const given: Uint8Array[] = []
  return {
    path: '/fake',
    given,
    async toOggOpus(bytes) {
      given.push(bytes)
      return answer()
    },
  }
}
const noFfmpeg = fakeFfmpeg(() => {
  throw new FfmpegError('it is not wanted here')
})

test('Ogg Opus is joined, and nobody needs an ffmpeg for it', async () => {
  const pieces = [oneSecondOfOpus(1), oneSecondOfOpus(2)]
  const sound = (await toVoice(pieces, 'audio/ogg', { ffmpeg: noFfmpeg }, never))!
  expect(sound).toMatchObject({ isVoice: true, mimeType: 'audio/ogg', extension: 'ogg' })
  expect(sound.durationMs).toBeGreaterThanOrEqual(2_000)
  expect(sound.durationMs).toBeLessThan(2_040)
  expect(sound.loudness!.length).toBeGreaterThan(10)
  expect(noFfmpeg.given).toEqual([])
})

test('other sound becomes a voice message where there is an ffmpeg', async () => {
  const ffmpeg = fakeFfmpeg(() => oneSecondOfOpus(3))
  const sound = await toVoice([mp3File(20), mp3File(20)], 'audio/mpeg', { ffmpeg }, never)
  expect(sound).toMatchObject({ isVoice: true, mimeType: 'audio/ogg', durationMs: 1_000 })
  expect(ffmpeg.given.map(({ length }) => length)).toEqual([40 * 192])
})

test.each([
  [
    'MP3',
    [mp3File(20), mp3File(5)],
    'audio/mpeg',
    { mimeType: 'audio/mpeg', extension: 'mp3', durationMs: 25 * MP3_FRAME_MS },
  ],
  ['MP3 under no name', [mp3File(20)], undefined, { mimeType: 'audio/mpeg', durationMs: 20 * MP3_FRAME_MS }],
  [
    'WAV',
    [wrapPcm([new Uint8Array(4_800)]), wrapPcm([new Uint8Array(4_800)])],
    'audio/x-wav',
    { mimeType: 'audio/wav', extension: 'wav', durationMs: 200 },
  ],
  [
    'raw speech',
    [new Uint8Array(4_800), new Uint8Array(4_800)],
    'audio/pcm',
    { mimeType: 'audio/wav', extension: 'wav', durationMs: 200 },
  ],
  [
    'sound without a name',
    [new Uint8Array(4_800)],
    undefined,
    { mimeType: 'audio/wav', extension: 'wav', durationMs: 100 },
  ],
  ['AAC', [new Uint8Array(4_800)], 'audio/aac; rate=1', { mimeType: 'audio/aac', extension: 'aac' }],
  [
    'Ogg of another kind',
    [Buffer.from('OggS and so on')],
    undefined,
    { mimeType: 'audio/ogg', extension: 'ogg' },
  ],
])('%s is sound as it is where there is no ffmpeg', async (_what, pieces, mimeType, expected) => {
  expect(await toVoice(pieces, mimeType, {}, never)).toMatchObject({ ...expected, isVoice: false })
})

test('when ffmpeg fails, or gives something else, the sound goes as it is', async () => {
  const log = createQuietLogger()
  const plain = { mimeType: 'audio/mpeg', isVoice: false }
  expect(await toVoice([mp3File(5)], undefined, { ffmpeg: noFfmpeg, log }, never)).toMatchObject(plain)
  expect(log.lines.map(({ level }) => level)).toEqual(['warn'])
  const odd = fakeFfmpeg(() => Buffer.from('odd'))
  expect(await toVoice([mp3File(5)], undefined, { ffmpeg: odd }, never)).toMatchObject(plain)
})

test('who is not wanted any more is told so', async () => {
  const stop = new AbortController()
  const ffmpeg = fakeFfmpeg(() => {
    stop.abort(new Error('enough'))
    throw new FfmpegError('killed')
  })
  await expect(toVoice([mp3File(5)], undefined, { ffmpeg }, stop.signal)).rejects.toThrow()
})

test('silence of no length is nothing', async () => {
  expect(await toVoice([], undefined, {}, never)).toBeUndefined()
  expect(await toVoice([new Uint8Array()], 'audio/ogg', {}, never)).toBeUndefined()
  expect(await toVoice([new Uint8Array(1)], 'audio/pcm', {}, never)).toBeUndefined()
})

test('pieces of a stream are put together as they were before they were cut', async () => {
  const ogg = oggOpusFile([opusPacket(40), opusPacket(50)])
  const mp3 = mp3File(10)
  const wav = wrapPcm([new Uint8Array(4_800)])
  for (const whole of [ogg, mp3, wav]) {
    expect(filesOf(cut(whole, 100)).map((file) => Buffer.compare(file, whole))).toEqual([0])
  }
  const heads = filesOf([...cut(wav, 1_000), ...cut(wav, 1_000)])
  expect(heads).toHaveLength(2)
  expect(readWav((await toVoice(heads, undefined, {}, never))!.bytes)?.durationMs).toBe(200)
})

function cut(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
