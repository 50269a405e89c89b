// How do files get into a chat? Uploaded first, then sent as the one message that shows them best.
// https://open.feishu.cn/document/server-docs/im-v1/message-content-description/create_json
import { PlatformError } from '../../src/contract/errors.ts'
import type { OutgoingFile } from '../../src/contract/platform.ts'
import { cleanText, defuse } from './escape.ts'
import { FILE_LIMITS, fileTypeOf, imageFault, TELLING_BYTES } from './file-kind.ts'
import type { FormFile } from './multipart.ts'
import type { Content, Sending } from './sending.ts'
import { readString } from '../common/read.ts'

export interface UploadParts {
  readonly account: string
  readonly sending: Pick<Sending, 'ask'>
}

/** More is no caption; a post may have 30 KB. */
const MAX_CAPTION_CHARS = 2_000

/**
 * Uploads; answers with what to send: pictures, or one file of another kind. A key serves this app alone, as often as it
 * likes: what was uploaded by an attempt that failed is left to Feishu.
 */
export async function uploadFiles(
  parts: UploadParts,
  files: readonly OutgoingFile[],
  signal: AbortSignal,
): Promise<Content> {
  const [first] = files
  const arePictures = files.every((file) => file.kind === 'image' && imageFault(file) === undefined)
  if (first !== undefined && arePictures) return uploadPictures(parts, files, signal)
  if (first !== undefined && files.length === 1) return uploadFile(parts, first, signal)
  throw new PlatformError(
    parts.account,
    'rejected',
    `${files.length} files that are no pictures in one message`,
  )
}

/** Answers with its key, which may stand in a card. */
export async function uploadImage(
  parts: UploadParts,
  file: OutgoingFile,
  signal: AbortSignal,
): Promise<string> {
  const fault = imageFault(file)
  if (fault !== undefined) throw new PlatformError(parts.account, 'rejected', `upload image: ${fault}`)
  const form = { image_type: 'message', image: partOf(file) }
  const answer = await parts.sending.ask({ method: 'POST', path: '/open-apis/im/v1/images', form }, signal)
  return keyIn(parts.account, answer['image_key'])
}

/** A picture by itself has no words; with a caption it is a post, picture and words each in a paragraph of its own. */
async function uploadPictures(
  parts: UploadParts,
  files: readonly OutgoingFile[],
  signal: AbortSignal,
): Promise<Content> {
  const paragraphs: object[][] = []
  for (const file of files) {
    paragraphs.push([{ tag: 'img', image_key: await uploadImage(parts, file, signal) }])
    const caption = captionOf(file)
    if (caption !== '') paragraphs.push([{ tag: 'text', text: caption }])
  }
  const [only] = paragraphs.length === 1 ? paragraphs.flat() : []
  if (only !== undefined && 'image_key' in only) {
    return { msgType: 'image', content: JSON.stringify({ image_key: only.image_key }) }
  }
  return { msgType: 'post', content: JSON.stringify({ zh_cn: { title: '', content: paragraphs } }) }
}

async function uploadFile(parts: UploadParts, file: OutgoingFile, signal: AbortSignal): Promise<Content> {
  const { maxBytes } = FILE_LIMITS
  if (file.sizeBytes < 1 || file.sizeBytes > maxBytes) {
    const what = `upload file: ${file.sizeBytes} bytes; 1 to ${maxBytes} are taken`
    throw new PlatformError(parts.account, 'rejected', what, { limitBytes: maxBytes })
  }
  const type = fileTypeOf(file, await headOf(file))
  const isPlayed = type === 'opus' || type === 'mp4'
  const form = {
    file_type: type,
    file_name: nameOf(file),
    // Without it a player shows 0:00.
    ...(isPlayed && file.durationMs !== undefined ? { duration: String(Math.round(file.durationMs)) } : {}),
    file: partOf(file),
  }
  const answer = await parts.sending.ask({ method: 'POST', path: '/open-apis/im/v1/files', form }, signal)
  const content = JSON.stringify({ file_key: keyIn(parts.account, answer['file_key']) })
  // An mp4 sent as a file, or an opus as one, is refused: 230055.
  return { msgType: type === 'opus' ? 'audio' : type === 'mp4' ? 'media' : 'file', content }
}

async function headOf(file: OutgoingFile): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const bytes of file.open()) {
    pieces.push(bytes)
    sizeBytes += bytes.byteLength
    if (sizeBytes >= TELLING_BYTES) break
  }
  return Buffer.concat(pieces)
}

function captionOf({ caption = '' }: OutgoingFile): string {
  return defuse(cleanText(caption).trim().slice(0, MAX_CAPTION_CHARS).toWellFormed())
}

function partOf(file: OutgoingFile): FormFile {
  const { mimeType, sizeBytes } = file
  return { name: nameOf(file), mimeType, sizeBytes, open: () => file.open() }
}

/** Feishu shows a name as it is; what would break the form's header is left out. */
function nameOf({ name }: OutgoingFile): string {
  return name.replace(/[\p{Cc}"\\/]/gu, '_').trim()
}

/** It becomes part of a card's Markdown: nothing that could end it there. */
function keyIn(account: string, value: unknown): string {
  const key = readString(value)
  if (key !== undefined && /^[A-Za-z0-9_-]+$/.test(key)) return key
  throw new PlatformError(account, 'unavailable', 'upload: the answer has no key')
}
