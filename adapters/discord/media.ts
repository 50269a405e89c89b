// What is attached to a message? A reference to each file, and words for what is not a file.
// https://discord.com/developers/docs/resources/message#attachment-object
import type { Attachment, AttachmentKind, JsonObject } from '../../src/contract/event.ts'
import { fieldsOf, isFields, readAmount, readList, readString, type Fields } from '../common/read.ts'
import { IS_VOICE_MESSAGE } from './body.ts'

/** Where a fresh link can be asked for: links live about a day. */
export interface FoundIn {
  readonly channelId: string
  /** The message to fetch; of a forward, the forwarding one. Absent for what a command brought along: nothing tells that again. */
  readonly messageId?: string
}

/** All files and stickers of a message (or of a snapshot, which is shaped alike). */
export function readAttachments(message: Fields, where: FoundIn): readonly Attachment[] {
  const isVoice = ((readAmount(message['flags']) ?? 0) & IS_VOICE_MESSAGE) !== 0
  return [
    ...readList(message['attachments']).flatMap((file) => readFile(file, where, isVoice) ?? []),
    ...readList(message['sticker_items']).flatMap((sticker) => readSticker(sticker) ?? []),
  ]
}

/**
 * Pictures that links in a message lead to, as Discord itself fetched them: of a message referred to, whose previews
 * stand by now. Never from the linked server.
 * https://discord.com/developers/docs/resources/message#embed-object-embed-types
 */
export function readPreviews(message: Fields, where: FoundIn): readonly Attachment[] {
  return readList(message['embeds']).flatMap((embed, n) => {
    const given = fieldsOf(embed)
    if (!PICTURES.has(given['type'])) return []
    const url = [given['image'], given['thumbnail']]
      .map((picture) => readString(fieldsOf(picture)['proxy_url']))
      .find((address) => address !== undefined)
    if (url === undefined) return []
    return [{ kind: 'image' as const, ref: refOf(where, `embed ${n}`, url) }]
  })
}
const PICTURES: ReadonlySet<unknown> = new Set(['image', 'gifv'])

/** One file, also of a command's option or of a form. */
export function readFile(file: unknown, where: FoundIn, isVoice = false): Attachment | undefined {
  const given = fieldsOf(file)
  const id = readString(given['id'])
  const url = readString(given['url'])
  if (id === undefined || url === undefined) return undefined
  const name = readString(given['filename'])?.replace(SPOILER, '')
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

/** Clients mark a hidden file so. https://discord.com/developers/docs/resources/message#attachment-object */
const SPOILER = /^SPOILER_(?=.)/

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

/** https://discord.com/developers/docs/resources/sticker#sticker-object-sticker-format-types: PNG, APNG, Lottie, GIF. */
const STICKERS: ReadonlyMap<unknown, { readonly ending: string; readonly mimeType: string }> = new Map([
  [1, { ending: 'png', mimeType: 'image/png' }],
  [2, { ending: 'png', mimeType: 'image/apng' }],
  [3, { ending: 'json', mimeType: 'application/json' }],
  [4, { ending: 'gif', mimeType: 'image/gif' }],
])

/** Its address follows from its id, and does not end. */
function readSticker(sticker: unknown): Attachment | undefined {
  const given = fieldsOf(sticker)
  const id = readString(given['id'])
  const file = STICKERS.get(given['format_type'])
  if (id === undefined || file === undefined) return undefined
  const name = readString(given['name'])
  return {
    kind: 'sticker',
    ...(name === undefined ? {} : { name }),
    mimeType: file.mimeType,
    ref: { stickerId: id, ending: file.ending },
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
