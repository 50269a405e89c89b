// What is attached to a message? A reference to each file, and words for what is not a file.
// https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content
import type { Attachment, AttachmentKind } from '../../src/contract/event.ts'
import { fieldsOf, readAmount, readList, readString, type Fields } from '../common/read.ts'

/**
 * The files of one message. `media`: the picture and film nodes of a rich message. Children of merged forwards name their
 * forward too (`parentId`): whether their files are had by its id, or not at all, differs.
 */
export function readAttachments(
  carrier: Carrier,
  type: string,
  content: Fields,
  media: readonly Fields[],
): readonly Attachment[] {
  const inside = media.flatMap((node) =>
    node['tag'] === 'img' ? imageOf(carrier, node) : fileOf(carrier, node, 'video'),
  )
  switch (type) {
    case 'image':
      return [...imageOf(carrier, content), ...inside]
    case 'file':
      return [...fileOf(carrier, content, 'file'), ...inside]
    case 'audio':
      return [...fileOf(carrier, content, 'voice'), ...inside]
    case 'media':
    case 'video':
      return [...fileOf(carrier, content, 'video'), ...inside]
    default:
      return inside
  }
}

/** The message that carries a file. */
export interface Carrier {
  readonly messageId: string
  /** The merged forward it is a child of. */
  readonly parentId?: string
}

/** Shared things that are not files, as a line of text. */
export function describeShared(type: string, content: Fields): string {
  switch (type) {
    case 'location': {
      const { name, longitude, latitude } = content
      return `📍 ${joined([name, joined([latitude, longitude], ', ')], ', ')}`
    }
    case 'share_chat':
      return `👥 ${joined([content['chat_name'], content['chat_id']], ', ')}`
    case 'share_user':
      return `👤 ${joined([content['user_name'], content['user_id']], ', ')}`
    case 'folder':
      return `📁 ${readString(content['file_name']) ?? ''}`
    case 'todo': {
      const summary = fieldsOf(content['summary'])
      const lines = readList(summary['content']).map((line) =>
        readList(line)
          .map((node) => readString(fieldsOf(node)['text']) ?? '')
          .join(''),
      )
      return `☑️ ${joined([summary['title'], ...lines], '\n')}`
    }
    case 'vote':
      return joined(
        [content['topic'], ...readList(content['options']).map((option) => `• ${readString(option) ?? ''}`)],
        '\n',
      )
    case 'calendar':
    case 'share_calendar_event':
    case 'general_calendar':
      return `📅 ${joined([content['summary'], momentOf(content['start_time']), momentOf(content['end_time'])], ', ')}`
    case 'video_chat':
      return `📹 ${joined([content['topic'], momentOf(content['start_time'])], ', ')}`
    // Its picture is not handed out. Feishu docs: get a resource of a message.
    case 'sticker':
      return '[sticker]'
    case 'hongbao':
      return `🧧 ${readString(content['text']) ?? ''}`
    default:
      return ''
  }
}

function imageOf(carrier: Carrier, content: Fields): readonly Attachment[] {
  const fileKey = readString(content['image_key'])
  return fileKey === undefined ? [] : [{ kind: 'image', ref: { ...carrier, fileKey, type: 'image' } }]
}

function fileOf(carrier: Carrier, content: Fields, kind: AttachmentKind): readonly Attachment[] {
  const fileKey = readString(content['file_key'])
  if (fileKey === undefined) return []
  const name = readString(content['file_name'])
  const durationMs = readAmount(content['duration'])
  const mimeType = TYPES[kind]
  return [
    {
      kind,
      ...(name === undefined ? {} : { name }),
      ...(mimeType === undefined ? {} : { mimeType }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ref: { ...carrier, fileKey, type: 'file' },
    },
  ]
}

/** Voice is always Opus, film always MP4; the rest is not said. */
const TYPES: Readonly<Partial<Record<AttachmentKind, string>>> = { voice: 'audio/ogg', video: 'video/mp4' }

/** Milliseconds since 1970, as text. */
function momentOf(value: unknown): string | undefined {
  const ms = Number(readString(value) ?? Number.NaN)
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined
}

function joined(parts: readonly unknown[], by: string): string {
  return parts
    .flatMap((part) => (typeof part === 'number' ? String(part) : (readString(part) ?? [])))
    .join(by)
}
