// How do files get into a chat? As the kind of message that shows them best, streamed; several pictures as one album.
// https://core.telegram.org/bots/api#sending-files
import { InputFile } from 'grammy'
import type { InputMediaPhoto, Opts } from 'grammy/types'
import { PlatformError } from '../../src/contract/errors.ts'
import type { FileLimits, OutgoingFile } from '../../src/contract/platform.ts'
import type { BotApi } from './api.ts'
import { cutCaption } from './caption.ts'

/** What every kind of post has in common. */
export type PostedWhere = Pick<
  Opts<'sendMessage'>,
  'chat_id' | 'message_thread_id' | 'reply_parameters' | 'reply_markup'
>

/** https://core.telegram.org/bots/api#sendphoto, https://core.telegram.org/bots/api#sendmediagroup (10 items, no buttons) */
export function fileLimitsOf(maxBytes: number): FileLimits {
  return {
    maxBytes,
    image: {
      maxBytes: Math.min(10_000_000, maxBytes),
      types: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
      maxSidesPx: 10_000,
      maxRatio: 20,
    },
    imagesPerMessage: 10,
    takesControls: true,
    albumsTakeControls: false,
  }
}

/** Throws `rejected` for what Telegram would refuse after all of it was uploaded. */
export function checkFiles(account: string, files: readonly OutgoingFile[], limits: FileLimits): void {
  const refuse = (why: string, limitBytes?: number): PlatformError =>
    new PlatformError(
      account,
      'rejected',
      `sendFiles: ${why}`,
      limitBytes === undefined ? {} : { limitBytes },
    )
  if (files.length === 0) throw refuse('there is no file')
  if (files.length > limits.imagesPerMessage) throw refuse('an album has 10 pictures at most')
  if (files.length > 1 && files.some(({ kind }) => kind !== 'image')) throw refuse('an album is of pictures')
  // There it would stand still: https://core.telegram.org/bots/api#sendmediagroup knows no animations.
  if (files.length > 1 && files.some(isGif)) throw refuse('an animation stands alone')
  for (const file of files) {
    const isPhoto = file.kind === 'image' && !isGif(file)
    const limitBytes = isPhoto ? limits.image.maxBytes : limits.maxBytes
    if (file.sizeBytes > limitBytes) throw refuse('the file is too big', limitBytes)
  }
  const sumBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  // All files of a call together are one upload.
  if (sumBytes > limits.maxBytes) throw refuse('the album is too big', limits.maxBytes)
}

/** One message, or one album: resolves with the server's answer, a message or a list of them. */
export function sendFiles(
  api: BotApi,
  files: readonly OutgoingFile[],
  where: PostedWhere,
  signal: AbortSignal,
): Promise<unknown> {
  const [first] = files
  if (first !== undefined && files.length === 1) return sendOne(api, first, where, signal)
  const { reply_markup: _, ...place } = where
  const media = files.map((file): InputMediaPhoto => ({
    type: 'photo',
    media: sourceOf(file),
    ...captionOf(file),
  }))
  return api.call('sendMediaGroup', { ...place, media }, signal)
}

function sendOne(api: BotApi, file: OutgoingFile, where: PostedWhere, signal: AbortSignal): Promise<unknown> {
  const source = sourceOf(file)
  const about = { ...where, ...captionOf(file) }
  const length = file.durationMs === undefined ? {} : { duration: Math.round(file.durationMs / 1_000) }
  const area =
    file.widthPx === undefined || file.heightPx === undefined
      ? {}
      : { width: file.widthPx, height: file.heightPx }
  switch (file.kind) {
    case 'image':
      // As a photo it would stand still.
      return isGif(file)
        ? api.call('sendAnimation', { ...about, ...area, animation: source }, signal)
        : api.call('sendPhoto', { ...about, photo: source }, signal)
    case 'voice':
      return api.call('sendVoice', { ...about, ...length, voice: source }, signal)
    case 'audio':
      return api.call('sendAudio', { ...about, ...length, audio: source }, signal)
    case 'video':
      return api.call(
        'sendVideo',
        { ...about, ...length, ...area, supports_streaming: true, video: source },
        signal,
      )
    case 'file':
      // Looked into, a GIF or an MP4 would become an animation, and a WEBP a sticker.
      return api.call(
        'sendDocument',
        { ...about, disable_content_type_detection: true, document: source },
        signal,
      )
  }
}

/** Opened anew for each attempt: grammY reads a stream once only. */
function sourceOf(file: OutgoingFile): InputFile {
  return new InputFile(() => file.open(), nameOf(file))
}

function captionOf({ caption }: OutgoingFile): { caption?: string } {
  const shown = cutCaption(caption ?? '')
  return shown === '' ? {} : { caption: shown }
}

function isGif({ mimeType }: OutgoingFile): boolean {
  return mimeType === 'image/gif'
}

/** grammY sends names unquoted: what would end or change them goes. */
function nameOf({ name }: OutgoingFile): string {
  return name.replace(/[;%"\r\n\\/]/g, '_').trim() || 'file.bin'
}
