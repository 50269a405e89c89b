// What is attached to a message? A reference to each file, and words for what is not a file.
// https://discord.com/developers/docs/resources/message#attachment-object
import type { Attachment, AttachmentKind, JsonObject } from '../../src/contract/event.ts'
import { fieldsOf, isFields, readAmount, readList, readString, type Fields } from '../common/read.ts'

/** Where a fresh link can be asked for: links live about a day. */
export interface FoundIn {
  readonly channelId: string
  /** The message to fetch; of a forward, the forwarding one. Absent for what a command brought along. */
  readonly messageId?: string
}

/** All files and stickers of a message (or of a snapshot, which is shaped alike). */
export function readAttachments(message: Fields, where: FoundIn): readonly Attachment[] {
  const isVoice = ((readAmount(message['flags']) ?? 0) & IS_VOICE_MESSAGE) !== 0
  return [
    ...readList(message['attachments']).flatMap((file) => readFile(file, where, isVoice) ?? []),
    ...readList(message['sticker_items']).flatMap((sticker) => readSticker(sticker, where) ?? []),
  ]
}

/** One file, also of a command's option or of a form. */
export function readFile(file: unknown, where: FoundIn, isVoice = false): Attachment | undefined {
  const given = fieldsOf(file)
  const id = readString(given['id'])
  const url = readString(given['url'])
  if (id === undefined || url === undefined) return undefined
  const name = readString(given['filename'])
  const mimeType = readString(given['content_type'])
  const sizeBytes = readAmount(given['size'])
  const seconds = given['duration_secs']
  return {
    kind: isVoice ? 'voice' : kindOf(mimeType, name),
    ...(name === undefined ? {} : { name }),
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(typeof seconds === 'number' && seconds >= 0 ? { durationMs: Math.round(seconds * 1_000) } : {}),
    ref: refOf(where, id, url),
  }
}

/** What is shared without words: a poll, a sticker's name. */
export function describeShared(message: Fields): string {
  const { poll } = message
  if (isFields(poll)) {
    const question = readString(fieldsOf(poll['question'])['text']) ?? ''
    const answers = readList(poll['answers']).map(
      (answer) => `• ${readString(fieldsOf(fieldsOf(answer)['poll_media'])['text']) ?? ''}`,
    )
    return [question, ...answers].join('\n').trim()
  }
  return readList(message['sticker_items'])
    .flatMap((sticker) => readString(fieldsOf(sticker)['name']) ?? [])
    .map((name) => `:${name}:`)
    .join(' ')
}

/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const IS_VOICE_MESSAGE = 1 << 13

/** https://discord.com/developers/docs/reference#image-formatting-cdn-endpoints */
const STICKER_URLS: ReadonlyMap<
  unknown,
  (id: string) => { readonly url: string; readonly mimeType: string }
> = new Map([
  [1, (id: string) => ({ url: `https://cdn.discordapp.com/stickers/${id}.png`, mimeType: 'image/png' })],
  [2, (id: string) => ({ url: `https://cdn.discordapp.com/stickers/${id}.png`, mimeType: 'image/apng' })],
  [
    3,
    (id: string) => ({ url: `https://cdn.discordapp.com/stickers/${id}.json`, mimeType: 'application/json' }),
  ],
  [4, (id: string) => ({ url: `https://media.discordapp.net/stickers/${id}.gif`, mimeType: 'image/gif' })],
])

function readSticker(sticker: unknown, where: FoundIn): Attachment | undefined {
  const given = fieldsOf(sticker)
  const id = readString(given['id'])
  if (id === undefined) return undefined
  const file = STICKER_URLS.get(given['format_type'])?.(id)
  if (file === undefined) return undefined
  const name = readString(given['name'])
  return {
    kind: 'sticker',
    ...(name === undefined ? {} : { name }),
    mimeType: file.mimeType,
    ref: refOf(where, id, file.url),
  }
}

function refOf({ channelId, messageId }: FoundIn, attachmentId: string, url: string): JsonObject {
  return { channelId, ...(messageId === undefined ? {} : { messageId }), attachmentId, url }
}

/** Some servers and clients send no type: then the name tells. */
const KIND_BY_ENDING: readonly (readonly [RegExp, AttachmentKind])[] = [
  [/\.(png|jpe?g|gif|webp|bmp|heic|avif)$/i, 'image'],
  [/\.(mp3|ogg|opus|wav|m4a|flac|aac)$/i, 'audio'],
  [/\.(mp4|mov|webm|mkv|avi)$/i, 'video'],
]

function kindOf(mimeType: string | undefined, name: string | undefined): AttachmentKind {
  if (mimeType?.startsWith('image/') === true) return 'image'
  if (mimeType?.startsWith('audio/') === true) return 'audio'
  if (mimeType?.startsWith('video/') === true) return 'video'
  if (mimeType !== undefined || name === undefined) return 'file'
  return KIND_BY_ENDING.find(([ending]) => ending.test(name))?.[1] ?? 'file'
}
