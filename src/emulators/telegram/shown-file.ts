// What does a person see of a message's file: of which kind, how large, how long, and exactly which bytes?
import { present } from '../common/bounded.ts'
import type { MediaKind } from './files.ts'
import type { Json, Message } from './types.ts'
import type { World } from './world.ts'

export interface ShownFile {
  readonly kind: MediaKind
  readonly fileId: string
  /** As the sender named it; photos and voice messages lose theirs on the wire, and keep it here. */
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
  /** In hex. Undefined for bytes that are made as they are read: see `fileHash`. */
  readonly sha256: string | undefined
  readonly durationSeconds?: number
  readonly widthPx?: number
  readonly heightPx?: number
  /** Its album. */
  readonly mediaGroupId?: string
}

/** The more telling one first: an animation is also a document, a live photo also a photo. */
const FIELDS = [
  'animation',
  'live_photo',
  'photo',
  'document',
  'voice',
  'audio',
  'video',
  'video_note',
  'sticker',
] as const

export function fileOn(world: World, message: Message): ShownFile | undefined {
  for (const field of FIELDS) {
    const value = message[field]
    const shape: Json | undefined = Array.isArray(value)
      ? (value.at(-1) as Json | undefined)
      : (value as Json | undefined)
    const stored = shape === undefined ? undefined : world.files.byId(String(shape['file_id']))
    if (shape === undefined || stored === undefined) continue
    const { fileId, name, mimeType, content } = stored
    return {
      kind: field,
      fileId,
      name,
      mimeType,
      sizeBytes: content.sizeBytes,
      get sha256() {
        return content.sha256
      },
      ...present({
        durationSeconds: numberOf(shape['duration']),
        widthPx: numberOf(shape['width']),
        heightPx: numberOf(shape['height']),
        mediaGroupId: message.media_group_id,
      }),
    }
  }
  return undefined
}

export function glanceAt(file: ShownFile | undefined, text: string): string {
  if (file === undefined) return text
  return [...signOf(file), text].filter((part) => part !== '').join(' ')
}

function signOf({ kind, name, durationSeconds = 0 }: ShownFile): readonly string[] {
  switch (kind) {
    case 'photo':
      return ['🖼']
    case 'live_photo':
      return ['📸']
    case 'animation':
      return ['🎞']
    case 'video':
      return ['🎬', clock(durationSeconds)]
    case 'video_note':
      return ['⏺', clock(durationSeconds)]
    case 'voice':
      return ['🎤', clock(durationSeconds)]
    case 'audio':
      return ['🎵', clock(durationSeconds), name]
    case 'document':
      return ['📎', name]
    case 'sticker':
      return ['🏷']
  }
}

/** `0:03`. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
