// The calls that turn speech into text and back. Each of them costs the owner money.

import { AssistantError } from '../contract/errors.ts'
import type { AttachmentStream } from '../contract/platform.ts'
import type { CozeClient } from './client.ts'
import { unsupportedFailure } from './errors.ts'
import { compact, toList, toObject, toText } from './json.ts'
import { sendFile, TOO_LARGE_CODE } from './sending.ts'
import { payloadOf } from './wire.ts'

/** Coze docs: transcriptions (10 MB, less than 30 minutes). */
export const MAX_TRANSCRIPTION_BYTES = 10 * 1024 * 1024
/** Coze docs: text to speech. UTF-8 bytes, about 340 Chinese characters. */
export const MAX_SPEECH_BYTES = 1_024
/** Half an hour of speech is not heard at once. Our choice. */
const HEARING_MS = 180_000
/** A minute of uncompressed speech is about 3 MB. */
const MAX_AUDIO_BYTES = 32 * 1024 * 1024

export type SpeechFormat = 'mp3' | 'wav' | 'pcm' | 'ogg_opus'

/** `POST /v1/audio/transcriptions`. Too large is `rejected` with code 4302. A source that breaks rejects with its own error. */
export async function transcribeAudio(
  client: CozeClient,
  audio: AttachmentStream,
  signal: AbortSignal,
): Promise<string> {
  const path = '/v1/audio/transcriptions'
  refuseOnStudio(client, `POST ${path}`)
  if (audio.sizeBytes > MAX_TRANSCRIPTION_BYTES) {
    throw tooLong('rejected', path, audio.sizeBytes, { code: TOO_LARGE_CODE })
  }
  const { body } = await sendFile(client, { path, file: audio, workMs: HEARING_MS }, signal)
  return toText(toObject(payloadOf(body))['text'])
}

/** Coze docs: text to speech. `speed` from 0.2 to 3. */
export interface SpeechRequest {
  readonly text: string
  readonly voiceId: string
  readonly format: SpeechFormat
  readonly speed?: number
}

/** `POST /v1/audio/speech`. `mimeType`: what the answer says it is, else what was asked for. */
export async function synthesizeSpeech(
  client: CozeClient,
  speech: SpeechRequest,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly mimeType: string }> {
  const path = '/v1/audio/speech'
  refuseOnStudio(client, `POST ${path}`)
  const sizeBytes = Buffer.byteLength(speech.text)
  if (sizeBytes > MAX_SPEECH_BYTES) throw tooLong('too-long', path, sizeBytes)
  const json = compact({
    input: speech.text,
    voice_id: speech.voiceId,
    response_format: speech.format,
    speed: speech.speed,
  })
  const spoken = await client.bytes(
    { method: 'POST', path, json, repeat: 'costly', maxBytes: MAX_AUDIO_BYTES },
    signal,
  )
  const said = spoken.mimeType.split(';')[0]?.trim() ?? ''
  const isTold = said !== '' && said !== 'application/octet-stream'
  return { bytes: spoken.bytes, mimeType: isTold ? said : SPEECH_TYPES[speech.format] }
}

const SPEECH_TYPES: Readonly<Record<SpeechFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
  ogg_opus: 'audio/ogg',
}

export interface Voice {
  readonly id: string
  readonly name: string
  readonly language: string
}

/** `GET /v1/audio/voices`. `pageSize` at most 100. */
export async function listVoices(
  client: CozeClient,
  options: { readonly page?: number; readonly pageSize?: number },
  signal: AbortSignal,
): Promise<{ readonly voices: readonly Voice[]; readonly hasMore: boolean }> {
  const path = '/v1/audio/voices'
  refuseOnStudio(client, `GET ${path}`)
  const query = { page_num: String(options.page ?? 1), page_size: String(options.pageSize ?? 100) }
  const { body } = await client.json({ method: 'GET', path, query, repeat: 'harmless' }, signal)
  const data = toObject(payloadOf(body))
  const voices = toList(data['voice_list']).map((entry) => {
    const voice = toObject(entry)
    return {
      id: toText(voice['voice_id']),
      name: toText(voice['name']),
      language: toText(voice['language_code']),
    }
  })
  return { voices, hasMore: data['has_more'] === true }
}

function refuseOnStudio(client: CozeClient, what: string): void {
  if (client.flavor === 'studio') throw new AssistantError(unsupportedFailure(what))
}

function tooLong(
  kind: 'rejected' | 'too-long',
  path: string,
  sizeBytes: number,
  known: { readonly code?: number } = {},
): AssistantError {
  const detail = `POST ${path}: ${sizeBytes} bytes are too many`
  return new AssistantError({ kind, detail, outcome: 'not-sent', ...known })
}
