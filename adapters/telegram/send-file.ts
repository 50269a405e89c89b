// How does a file get into a chat? The kind of message that shows it best, streamed.
// https://core.telegram.org/bots/api#sending-files
import { InputFile } from 'grammy'
import type { Opts } from 'grammy/types'
import type { OutgoingFile } from '../../src/contract/platform.ts'
import type { BotApi } from './api.ts'

/** What every kind of post has in common. */
export type PostedWhere = Pick<
  Opts<'sendMessage'>,
  'chat_id' | 'message_thread_id' | 'reply_parameters' | 'reply_markup'
>

/** https://core.telegram.org/bots/api#sendphoto: captions have 0–1024 characters; photos up to 10 MB. */
const MAX_CAPTION_CHARS = 1_024
const MAX_PHOTO_BYTES = 10_000_000

export function sendFile(
  api: BotApi,
  file: OutgoingFile,
  where: PostedWhere,
  signal: AbortSignal,
): Promise<unknown> {
  const source = new InputFile(file.stream, nameOf(file))
  const caption = file.caption?.slice(0, MAX_CAPTION_CHARS).toWellFormed()
  const about = {
    ...where,
    ...(caption === undefined ? {} : { caption }),
    ...(file.durationMs === undefined ? {} : { duration: Math.round(file.durationMs / 1_000) }),
  }
  switch (file.kind) {
    case 'image':
      return file.sizeBytes > MAX_PHOTO_BYTES
        ? api.call('sendDocument', { ...about, document: source }, signal)
        : api.call('sendPhoto', { ...about, photo: source }, signal)
    case 'voice':
      return api.call('sendVoice', { ...about, voice: source }, signal)
    case 'audio':
      return api.call('sendAudio', { ...about, audio: source }, signal)
    case 'video':
      return api.call('sendVideo', { ...about, video: source }, signal)
    case 'file':
      return api.call('sendDocument', { ...about, document: source }, signal)
  }
}

/** grammY sends names unquoted: what would end or change them goes. */
function nameOf(file: OutgoingFile): string {
  const name = (file.name ?? '').replace(/[;%"\r\n\\/]/g, '_').trim()
  if (name !== '') return name
  switch (file.kind) {
    case 'image':
      return 'image.jpg'
    case 'voice':
      return 'voice.ogg'
    case 'audio':
      return 'audio.mp3'
    case 'video':
      return 'video.mp4'
    case 'file':
      return 'file.bin'
  }
}
