// Which files exist, and what do photos and documents look like on the wire?
import { extname } from 'node:path'
import type { FileContent } from './content.ts'
import { pixelsOf } from './pixels.ts'
import type { Json } from './types.ts'

export type MediaKind =
  'photo' | 'document' | 'voice' | 'audio' | 'video' | 'animation' | 'video_note' | 'sticker' | 'live_photo'

/** A file on its way into the store. */
export interface NewFile {
  readonly name: string
  readonly mimeType: string
  readonly content: FileContent
}

export interface StoredFile extends NewFile {
  readonly fileId: string
  readonly uniqueId: string
  readonly kind: MediaKind
  /** What `getFile` answers; the original name is not in it. */
  readonly path: string
  /** The object a message carries. */
  readonly shape: Json | readonly Json[]
  /** When the server got it: wall clock. */
  readonly atMs: number
}

export interface FileStore {
  add(kind: MediaKind, file: NewFile, details?: Json): StoredFile
  byId(fileId: string): StoredFile | undefined
  byPath(path: string): StoredFile | undefined
  /** As if the server had never had it. */
  forget(fileId: string): void
  /** All it got before. */
  forgetBefore(atMs: number): void
  /** Its download address holds until then (`nowMs` of the emulator). */
  open(path: string, untilMs: number): void
  isOpen(path: string, nowMs: number): boolean
  /** No address given out so far holds any longer. */
  closeAll(): void
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
  live_photo: 'videos',
}
const FILES_KEPT = 5_000
/** Of files whose bytes are held. */
const BYTES_KEPT = 512 << 20

export function createFileStore(nowMs: () => number): FileStore {
  const byId = new Map<string, StoredFile>()
  const byPath = new Map<string, StoredFile>()
  const openUntilMs = new Map<string, number>()
  let count = 0
  let heldBytes = 0

  const remove = (file: StoredFile): void => {
    if (!byPath.delete(file.path)) return
    byId.delete(file.fileId)
    byId.delete(`${file.fileId}s`)
    openUntilMs.delete(file.path)
    heldBytes -= file.content.bytes?.length ?? 0
  }
  return {
    add(kind, given, details = {}) {
      count += 1
      const fileId = `EMU${kind.replace('_', '')}${count.toString(36).padStart(8, '0')}`
      const uniqueId = `AQ${count.toString(36).padStart(8, '0')}`
      const base = { file_id: fileId, file_unique_id: uniqueId, file_size: given.content.sizeBytes }
      const file: StoredFile = {
        ...given,
        fileId,
        uniqueId,
        kind,
        path: `${FOLDERS[kind]}/file_${count}${extensionOf(kind, given.name)}`,
        shape: shapeOf(kind, given, base, details),
        atMs: nowMs(),
      }
      byId.set(fileId, file)
      if (kind === 'photo') byId.set(`${fileId}s`, file)
      byPath.set(file.path, file)
      heldBytes += file.content.bytes?.length ?? 0
      while (byPath.size > 1 && (byPath.size > FILES_KEPT || heldBytes > BYTES_KEPT)) {
        const [oldest] = byPath.values()
        if (oldest !== undefined) remove(oldest)
      }
      return file
    },
    byId: (fileId) => byId.get(fileId),
    byPath: (path) => byPath.get(path),
    forget(fileId) {
      const file = byId.get(fileId)
      if (file !== undefined) remove(file)
    },
    forgetBefore(atMs) {
      for (const file of byPath.values()) {
        if (file.atMs >= atMs) break
        remove(file)
      }
    },
    open: (path, untilMs) => void openUntilMs.set(path, untilMs),
    isOpen: (path, nowMs) => (openUntilMs.get(path) ?? 0) > nowMs,
    closeAll: () => openUntilMs.clear(),
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
  '.webm': 'video/webm',
  '.tgs': 'application/x-tgsticker',
}

function extensionOf(kind: MediaKind, name: string): string {
  if (kind === 'photo') return '.jpg'
  if (kind === 'voice') return '.oga'
  return extname(name).replace(/[^.\w]/g, '')
}

function shapeOf(kind: MediaKind, file: NewFile, base: Json, details: Json): Json | readonly Json[] {
  const duration = Number(details['duration'] ?? 3)
  const named = { file_name: file.name, mime_type: file.mimeType }
  const area = { width: Number(details['width'] ?? 640), height: Number(details['height'] ?? 360) }
  switch (kind) {
    case 'photo':
      return photoSizes(file, base, details)
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
      return { ...base, ...named, duration, ...area }
    case 'live_photo':
      return { ...base, mime_type: 'video/mp4', duration, ...area }
    case 'video_note':
      return { ...base, duration, length: Number(details['length'] ?? 240) }
    case 'sticker': {
      const emoji = typeof details['emoji'] === 'string' ? { emoji: details['emoji'] } : {}
      return {
        ...base,
        type: 'regular',
        width: 512,
        height: 512,
        is_animated: file.mimeType === 'application/x-tgsticker',
        is_video: file.mimeType === 'video/webm',
        ...emoji,
      }
    }
  }
}

/** A thumbnail, then the photo: measured, or as the sender says, or as a phone's camera makes them. */
function photoSizes(file: NewFile, base: Json, details: Json): readonly Json[] {
  const measured = pixelsOf(file.content.bytes ?? Buffer.alloc(0))
  const width = Number(details['width'] ?? measured?.width ?? 1280)
  const height = Number(details['height'] ?? measured?.height ?? 960)
  const scale = 90 / Math.max(width, height, 90)
  const small = {
    ...base,
    file_id: `${String(base['file_id'])}s`,
    file_unique_id: `${String(base['file_unique_id'])}s`,
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    file_size: Math.min(1_200, file.content.sizeBytes),
  }
  return [small, { ...base, width, height }]
}
