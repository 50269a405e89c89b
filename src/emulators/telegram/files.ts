// Which files exist, and what do photos and documents look like on the wire?
import { extname } from 'node:path'
import { badRequest } from './errors.ts'
import type { Upload } from '../common/multipart.ts'
import type { Json } from './types.ts'

export type MediaKind =
  'photo' | 'document' | 'voice' | 'audio' | 'video' | 'animation' | 'video_note' | 'sticker'

export interface StoredFile {
  readonly fileId: string
  readonly uniqueId: string
  readonly kind: MediaKind
  readonly name: string
  readonly mimeType: string
  readonly bytes: Buffer
  /** What `getFile` answers; the original name is not in it. */
  readonly path: string
  /** The object a message carries. */
  readonly shape: Json | readonly Json[]
}

export interface FileStore {
  add(kind: MediaKind, upload: Upload, details?: Json): StoredFile
  byId(fileId: string): StoredFile | undefined
  byPath(path: string): StoredFile | undefined
}

const FOLDERS: Readonly<Record<MediaKind, string>> = {
  photo: 'photos',
  document: 'documents',
  voice: 'voice',
  audio: 'music',
  video: 'videos',
  animation: 'animations',
  video_note: 'video_notes',
  sticker: 'stickers',
}
const PHOTO_BYTES = 10 << 20
const UPLOAD_BYTES = 50 << 20
const FILES_KEPT = 5_000

export function createFileStore(): FileStore {
  const byId = new Map<string, StoredFile>()
  const byPath = new Map<string, StoredFile>()
  let count = 0
  return {
    add(kind, upload, details = {}) {
      if (upload.bytes.length === 0) throw badRequest('file must be non-empty')
      if (upload.bytes.length > (kind === 'photo' ? PHOTO_BYTES : UPLOAD_BYTES))
        throw badRequest('file is too big')
      if (kind === 'photo' && !isImage(upload.bytes)) throw badRequest('IMAGE_PROCESS_FAILED')
      count += 1
      const fileId = `EMU${kind.replace('_', '')}${count.toString(36).padStart(8, '0')}`
      const uniqueId = `AQ${count.toString(36).padStart(8, '0')}`
      const path = `${FOLDERS[kind]}/file_${count}${extensionOf(kind, upload.name)}`
      const base = { file_id: fileId, file_unique_id: uniqueId, file_size: upload.bytes.length }
      const shape = shapeOf(kind, upload, base, details)
      const file = {
        fileId,
        uniqueId,
        kind,
        name: upload.name,
        mimeType: upload.mimeType,
        bytes: upload.bytes,
        path,
        shape,
      }
      byId.set(fileId, file)
      if (kind === 'photo') byId.set(`${fileId}s`, file)
      byPath.set(path, file)
      if (byPath.size > FILES_KEPT) forgetOldest()
      return file
    },
    byId: (fileId) => byId.get(fileId),
    byPath: (path) => byPath.get(path),
  }

  function forgetOldest(): void {
    const [path, file] = [...byPath.entries()][0] ?? []
    if (path === undefined || file === undefined) return
    byPath.delete(path)
    byId.delete(file.fileId)
    byId.delete(`${file.fileId}s`)
  }
}

/** The type a file name declares; senders declare it, so it is untrusted, as on the real platform. */
export function mimeTypeOf(name: string): string {
  return MIME_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream'
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.ogg': 'audio/ogg',
  '.oga': 'audio/ogg',
  '.mp4': 'video/mp4',
}

function extensionOf(kind: MediaKind, name: string): string {
  if (kind === 'photo') return '.jpg'
  if (kind === 'voice') return '.oga'
  return extname(name).replace(/[^.\w]/g, '')
}

function shapeOf(kind: MediaKind, upload: Upload, base: Json, details: Json): Json | readonly Json[] {
  const duration = Number(details['duration'] ?? 3)
  const named = { file_name: upload.name, mime_type: upload.mimeType }
  switch (kind) {
    case 'photo': {
      const [width, height] = sizeOf(upload.bytes)
      const scale = 90 / Math.max(width, height, 90)
      const small = {
        ...base,
        file_id: `${String(base['file_id'])}s`,
        file_unique_id: `${String(base['file_unique_id'])}s`,
        width: Math.max(1, Math.round(width * scale)),
        height: Math.max(1, Math.round(height * scale)),
      }
      return [small, { ...base, width, height }]
    }
    case 'document':
      return { ...base, ...named }
    case 'voice':
      return { ...base, duration, mime_type: 'audio/ogg' }
    case 'audio': {
      const tags = Object.entries(details).filter(([key]) => key === 'performer' || key === 'title')
      return { ...base, ...named, duration, ...Object.fromEntries(tags) }
    }
    case 'video':
    case 'animation':
      return {
        ...base,
        ...named,
        duration,
        width: Number(details['width'] ?? 640),
        height: Number(details['height'] ?? 360),
      }
    case 'video_note':
      return { ...base, duration, length: Number(details['length'] ?? 240) }
    case 'sticker':
      return { ...base, type: 'regular', width: 512, height: 512, is_animated: false, is_video: false }
  }
}

function isImage(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 4).toString('latin1')
  return (
    head === '\x89PNG' ||
    head.startsWith('\xff\xd8\xff') ||
    head === 'GIF8' ||
    head === 'RIFF' ||
    head.startsWith('BM')
  )
}

/** Width and height: read from a PNG, else what a phone's photo has. */
function sizeOf(bytes: Buffer): readonly [number, number] {
  if (bytes.length < 24 || bytes.subarray(0, 4).toString('latin1') !== '\x89PNG') return [1280, 960]
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  if (width + height > 10_000 || Math.max(width, height) > 20 * Math.min(width, height)) {
    throw badRequest('PHOTO_INVALID_DIMENSIONS')
  }
  return [width, height]
}
