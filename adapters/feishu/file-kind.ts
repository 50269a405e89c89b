// As what may a file be sent? Sizes and kinds Feishu takes: told to the core, and minded here. Pure.
// https://open.feishu.cn/document/server-docs/im-v1/image/create and …/file/create
import type { FileLimits, OutgoingFile } from '../../src/contract/platform.ts'

/** Feishu docs: upload image, upload file. */
export const FILE_LIMITS: FileLimits = {
  maxBytes: 30 << 20,
  image: {
    maxBytes: 10 << 20,
    types: [
      'image/jpeg',
      'image/png',
      'image/webp',
      'image/gif',
      'image/bmp',
      'image/tiff',
      'image/heic',
      'image/x-icon',
      'image/vnd.microsoft.icon',
    ],
    maxSidePx: 12_000,
  },
  imagesPerMessage: 1,
  // Buttons stand in cards alone.
  takesControls: false,
  albumsTakeControls: false,
}
/** Feishu docs: upload image. */
const MAX_GIF_SIDE_PX = 2_000

/** `file_type` of an upload. */
export type FileType = 'opus' | 'mp4' | 'pdf' | 'doc' | 'xls' | 'ppt' | 'stream'

/** So much of a file's beginning tells whether it is what it says: an Ogg page's head, and the packet's name behind it. */
export const TELLING_BYTES = 36

/** Why it cannot stand as a picture; undefined: it can. */
export function imageFault(file: OutgoingFile): string | undefined {
  const { maxBytes, maxSidePx = Infinity, types } = FILE_LIMITS.image
  const type = file.mimeType.toLowerCase()
  if (!types.includes(type)) return `no picture of type ${type}`
  if (file.sizeBytes < 1 || file.sizeBytes > maxBytes) {
    return `${file.sizeBytes} bytes; 1 to ${maxBytes} are taken`
  }
  const side = Math.max(file.widthPx ?? 0, file.heightPx ?? 0)
  const most = type === 'image/gif' ? MAX_GIF_SIDE_PX : maxSidePx
  return side > most ? `${side} pixels; ${most} are taken` : undefined
}

/** `head`: its first bytes. What claims to be a voice message or a film and is none goes as any other file. */
export function fileTypeOf({ kind, mimeType, name }: OutgoingFile, head: Uint8Array): FileType {
  const bytes = Buffer.from(head)
  const isOpus = bytes.toString('latin1', 0, 4) === 'OggS' && bytes.toString('latin1', 28, 36) === 'OpusHead'
  if ((kind === 'voice' || kind === 'audio') && isOpus) return 'opus'
  const isMp4 = /^video\/mp4$/i.test(mimeType) && bytes.toString('latin1', 4, 8) === 'ftyp'
  if (kind === 'video' && isMp4) return 'mp4'
  return DOCUMENTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'stream'
}

const DOCUMENTS: readonly (readonly [RegExp, FileType])[] = [
  [/\.pdf$/i, 'pdf'],
  [/\.docx?$/i, 'doc'],
  [/\.xlsx?$/i, 'xls'],
  [/\.pptx?$/i, 'ppt'],
]
