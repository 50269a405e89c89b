// How does a file get into a chat? Uploaded first, then sent as the kind of message that shows it best.
// https://open.feishu.cn/document/server-docs/im-v1/image/create and …/file/create
import { PlatformError } from '../../src/contract/errors.ts'
import type { OutgoingFile } from '../../src/contract/platform.ts'
import type { Content, Sending } from './sending.ts'
import { readString } from '../common/read.ts'

/** Feishu docs: upload image, upload file. */
const MAX_IMAGE_BYTES = 10 << 20
const MAX_FILE_BYTES = 30 << 20
const IMAGES = /^image\/(?:jpe?g|png|webp|gif|bmp|x-icon|vnd\.microsoft\.icon|tiff|heic)$/i
const IMAGE_NAMES = /\.(?:jpe?g|png|webp|gif|bmp|ico|tiff?|heic)$/i
const DOCUMENTS: readonly (readonly [RegExp, string])[] = [
  [/\.pdf$/i, 'pdf'],
  [/\.docx?$/i, 'doc'],
  [/\.xlsx?$/i, 'xls'],
  [/\.pptx?$/i, 'ppt'],
]

export interface UploadParts {
  readonly account: string
  readonly sending: Pick<Sending, 'ask'>
}

/** Uploads; answers with what to send. A key serves this app alone, as often as it likes. */
export async function uploadFile(
  parts: UploadParts,
  file: OutgoingFile,
  signal: AbortSignal,
): Promise<Content> {
  if (file.kind === 'image' && isImage(file)) {
    return {
      msgType: 'image',
      content: JSON.stringify({ image_key: await uploadImage(parts, file, signal) }),
    }
  }
  const type = typeOf(file)
  const name = nameOf(file)
  refuseSize(parts.account, file, MAX_FILE_BYTES)
  const isPlayed = type === 'opus' || type === 'mp4'
  const answer = await parts.sending.ask(
    {
      method: 'POST',
      path: '/open-apis/im/v1/files',
      form: {
        file_type: type,
        file_name: name,
        // Without it a player shows 0:00.
        ...(isPlayed && file.durationMs !== undefined
          ? { duration: String(Math.round(file.durationMs)) }
          : {}),
        file: { ...bytesOf(file), name },
      },
    },
    signal,
  )
  const content = JSON.stringify({ file_key: keyIn(parts.account, answer['file_key']) })
  // An mp4 sent as a file, or an opus as one, is refused: 230055.
  return { msgType: type === 'opus' ? 'audio' : type === 'mp4' ? 'media' : 'file', content }
}

export async function uploadImage(
  parts: UploadParts,
  file: OutgoingFile,
  signal: AbortSignal,
): Promise<string> {
  refuseSize(parts.account, file, MAX_IMAGE_BYTES)
  const answer = await parts.sending.ask(
    {
      method: 'POST',
      path: '/open-apis/im/v1/images',
      form: { image_type: 'message', image: { ...bytesOf(file), name: nameOf(file) } },
    },
    signal,
  )
  return keyIn(parts.account, answer['image_key'])
}

function isImage(file: OutgoingFile): boolean {
  const known = file.mimeType === undefined ? IMAGE_NAMES.test(file.name ?? '') : IMAGES.test(file.mimeType)
  return known && file.sizeBytes <= MAX_IMAGE_BYTES
}

function typeOf({ kind, name = '', mimeType = '' }: OutgoingFile): string {
  const isOpus = /opus|audio\/ogg/i.test(mimeType) || /\.(?:opus|ogg)$/i.test(name)
  if ((kind === 'voice' || kind === 'audio') && isOpus) return 'opus'
  if (kind === 'video' && (/^video\/mp4$/i.test(mimeType) || /\.mp4$/i.test(name))) return 'mp4'
  return DOCUMENTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'stream'
}

function bytesOf({ stream, sizeBytes, mimeType }: OutgoingFile) {
  return { stream, sizeBytes, ...(mimeType === undefined ? {} : { mimeType }) }
}

function nameOf(file: OutgoingFile): string {
  const name = (file.name ?? '').replace(/[\p{Cc}"\\/]/gu, '_').trim()
  return name === '' ? `${file.kind}${EXTENSIONS[file.kind]}` : name
}

const EXTENSIONS = { image: '.png', file: '.bin', audio: '.opus', voice: '.opus', video: '.mp4' } as const

function refuseSize(account: string, { sizeBytes }: OutgoingFile, most: number): void {
  if (sizeBytes > 0 && sizeBytes <= most) return
  throw new PlatformError(account, 'rejected', `upload: ${sizeBytes} bytes; 1 to ${most} are taken`)
}

function keyIn(account: string, value: unknown): string {
  const key = readString(value)
  if (key !== undefined) return key
  throw new PlatformError(account, 'unavailable', 'upload: the answer has no key')
}
