// Is a file the bot sends taken, and as what? The documented sizes, shapes and types.
// https://core.telegram.org/bots/api#sending-files
import { ApiError, badRequest } from './errors.ts'
import type { Upload } from '../common/multipart.ts'
import { heldContent } from './content.ts'
import { mimeTypeOf, type MediaKind, type NewFile } from './files.ts'
import { pixelsOf } from './pixels.ts'
import type { Behaviour } from './world.ts'

/** https://core.telegram.org/bots/api#sendphoto */
const PHOTO_BYTES = 10 << 20
const PHOTO_SIDES = 10_000
const PHOTO_RATIO = 20

/** Refused, or the file and the kind of message it becomes. `sniff`: a document may turn out to be something better. */
export function takeUpload(
  asked: MediaKind,
  upload: Upload,
  { maxUploadBytes }: Pick<Behaviour, 'maxUploadBytes'>,
  sniff: boolean,
): { readonly kind: MediaKind; readonly file: NewFile } {
  const { bytes, name } = upload
  if (bytes.length === 0) throw badRequest('file must be non-empty')
  if (bytes.length > maxUploadBytes) throw new ApiError(413, 'Request Entity Too Large')
  if (asked === 'photo') checkPhoto(bytes)
  const kind = kindShown(asked, bytes, sniff)
  const mimeType = upload.mimeType === 'application/octet-stream' ? mimeTypeOf(name) : upload.mimeType
  return { kind, file: { name, mimeType, content: heldContent(bytes) } }
}

function checkPhoto(bytes: Buffer): void {
  if (bytes.length > PHOTO_BYTES) throw badRequest('file is too big')
  if (!isPicture(bytes)) throw badRequest('IMAGE_PROCESS_FAILED')
  const pixels = pixelsOf(bytes)
  if (pixels === undefined) return
  const { width, height } = pixels
  if (width + height > PHOTO_SIDES || Math.max(width, height) > PHOTO_RATIO * Math.min(width, height))
    throw badRequest('PHOTO_INVALID_DIMENSIONS')
}

/** Voice is Ogg, MP3 or M4A and music MP3 or M4A, else a document; a document that moves is an animation, unless told not to look. */
function kindShown(asked: MediaKind, bytes: Buffer, sniff: boolean): MediaKind {
  switch (asked) {
    case 'voice':
      return isOgg(bytes) || isMusic(bytes) ? asked : 'document'
    case 'audio':
      return isMusic(bytes) ? asked : 'document'
    case 'document':
      return sniff && (startsWith(bytes, 'GIF8') || isMp4(bytes)) ? 'animation' : asked
    case 'photo':
    case 'video':
    case 'animation':
    case 'video_note':
    case 'sticker':
    case 'live_photo':
      return asked
  }
}

function isPicture(bytes: Buffer): boolean {
  return ['\x89PNG', '\xff\xd8\xff', 'GIF8', 'RIFF', 'BM'].some((head) => startsWith(bytes, head))
}

function isOgg(bytes: Buffer): boolean {
  return startsWith(bytes, 'OggS')
}

function isMusic(bytes: Buffer): boolean {
  return startsWith(bytes, 'ID3') || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) || isMp4(bytes)
}

function isMp4(bytes: Buffer): boolean {
  return bytes.toString('latin1', 4, 8) === 'ftyp'
}

function startsWith(bytes: Buffer, head: string): boolean {
  return bytes.toString('latin1', 0, head.length) === head
}
