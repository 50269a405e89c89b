// How is sound understood, and text said?
import { createHash } from 'node:crypto'
import { authorize } from './auth.ts'
import { answer, bodyOf, bytesReply, pageOf, queryNumber } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { extensionOf } from './file-types.ts'
import { textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { badParameter, noSuch, Refusal } from './refusal.ts'
import { oneFile } from './routes-files.ts'
import { makeSound, speechMs } from './sound.ts'
import type { SoundFormat } from './sound.ts'
import type { World } from './world.ts'

/** Studio has none of these. */
export const audioRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/audio/transcriptions', studio: false, handle: transcribe },
  { method: 'POST', path: '/v1/audio/speech', studio: false, handle: speak },
  { method: 'GET', path: '/v1/audio/voices', studio: false, handle: listVoices },
]

/** Coze docs: audio transcriptions. */
const MAX_AUDIO_BYTES = 10 * 1024 * 1024
/** Coze docs: audio transcriptions; the last six with the large model only. */
const heardTypes = new Set('ogg mp3 wav m4a mp4 opus pcm raw spx aac amr'.split(' '))
/** Coze docs: text to speech, in bytes of UTF-8. */
const MAX_SPEECH_BYTES = 1024
/** Coze docs: text to speech. */
const emotions = 'happy sad angry surprised fear hate excited coldness neutral'.split(' ')
const sampleRates = [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
const formats: readonly SoundFormat[] = ['mp3', 'wav', 'pcm', 'ogg_opus']

/** Unless a test said what is heard, it is the name and size: so one sees which file came. */
function transcribe(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'createTranscription')
  const { name, mimeType, sizeBytes, sha256, bytes } = oneFile(call)
  if (sizeBytes > MAX_AUDIO_BYTES) throw new Refusal(4302, 'The audio is larger than 10 MB.')
  if (!heardTypes.has(extensionOf(name))) throw new Refusal(4303, 'The audio type is not supported.')
  const text = world.heard.get(sha256) ?? world.heard.get('') ?? `heard ${name} of ${sizeBytes} bytes`
  const atMs = world.options.nowMs()
  world.store.transcriptions.push({ atMs, name, mimeType, sizeBytes, sha256, bytes, text })
  return answer({ text })
}

function speak(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'createSpeech')
  const body = bodyOf(call)
  const input = textOf(body['input'])
  if (input === undefined || input.trim() === '') throw badParameter('input is required')
  if (Buffer.byteLength(input) > MAX_SPEECH_BYTES)
    throw badParameter(`input must be at most ${MAX_SPEECH_BYTES} bytes`)
  const voiceId = textOf(body['voice_id'])
  if (voiceId === undefined) throw badParameter('voice_id is required')
  const known = voices.find(({ voice_id: id }) => id === voiceId)
  if (known === undefined) throw noSuch('voice_id', voiceId)
  const format = formats.find((one) => one === (body['response_format'] ?? 'mp3'))
  if (format === undefined) throw badParameter('response_format')
  // Large-model voices take a narrower range (Coze docs: text to speech).
  const speed = numberIn(body, 'speed', 1, known.model_type === 'big' ? [0.5, 2] : [0.2, 3])
  const sampleRateHz = numberIn(body, 'sample_rate', 24_000, [8000, 48_000])
  if (!sampleRates.includes(sampleRateHz)) throw badParameter('sample_rate')
  numberIn(body, 'emotion_scale', 4, [1, 5])
  numberIn(body, 'loudness_rate', 0, [-50, 100])
  const emotion = body['emotion'] ?? 'neutral'
  if (!emotions.some((one) => one === emotion)) throw badParameter('emotion')

  const seed = createHash('sha256').update(input).digest().readUInt16LE()
  const { bytes, contentType, durationMs } = makeSound(format, {
    durationMs: speechMs(input, speed),
    sampleRateHz,
    seed,
  })
  world.store.speeches.push({
    atMs: world.options.nowMs(),
    input,
    voiceId,
    format,
    speed,
    sampleRateHz,
    durationMs,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  return bytesReply(contentType, bytes)
}

function numberIn(
  body: JsonObject,
  name: string,
  fallback: number,
  [least, most]: readonly [number, number],
): number {
  const value = body[name] ?? fallback
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw badParameter(`${name} must be ${least} to ${most}`)
  return value
}

function listVoices(world: World, call: Call): Reply {
  authorize(world, call, 'other', 'listVoice')
  const page = pageOf(
    voices,
    queryNumber(call, 'page_num', 1, 1000),
    queryNumber(call, 'page_size', 100, 100),
  )
  return answer({ voice_list: page.items, has_more: page.hasMore })
}

const voices = [
  voice('7400000000000000100', '爽快思思', 'zh', '中文'),
  voice('7400000000000000101', 'Anna', 'en', 'English'),
]

interface Voice extends JsonObject {
  readonly voice_id: string
  readonly model_type: 'big' | 'small'
}

function voice(id: string, name: string, languageCode: string, languageName: string): Voice {
  return {
    voice_id: id,
    name,
    state: 'init',
    model_type: 'big',
    is_system_voice: true,
    language_code: languageCode,
    language_name: languageName,
    preview_text: 'hello',
    preview_audio: '',
    create_time: 1_700_000_000,
    update_time: 1_700_000_000,
    available_training_times: 0,
  }
}
