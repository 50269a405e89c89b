// What does a message typed by a person carry? Its author, its words as clients mark them, its file.
import { present } from '../common/bounded.ts'
import { cleanText } from './clean.ts'
import { detectEntities } from './detect.ts'
import { heldContent, madeContent } from './content.ts'
import { mimeTypeOf, type MediaKind, type StoredFile } from './files.ts'
import { fileContent } from './media.ts'
import { nest } from './nesting.ts'
import type { Content } from './posting.ts'
import { plainUser } from './topics.ts'
import type { Chat, Entity, Json, User } from './types.ts'
import type { World } from './world.ts'

/** Somebody with an account. */
export interface Person {
  readonly id: number
  readonly user: User
}

/** A file a person sends: `bytes`, or `sizeBytes` of bytes that follow from `seed` and are made as they are read. */
export interface SentFile {
  readonly bytes?: Uint8Array
  readonly sizeBytes?: number
  readonly seed?: number | string
  /** What made bytes begin with: how a type is told from the content. */
  readonly head?: Uint8Array
  readonly name?: string
  /** As the sender's app declares it; by the name when left out. */
  readonly mimeType?: string
  readonly durationSeconds?: number
  readonly widthPx?: number
  readonly heightPx?: number
  /** Of music. */
  readonly performer?: string
  readonly title?: string
  /** Of a sticker. */
  readonly emoji?: string
}

export interface SayOptions {
  /** The topic; in a private chat with topics as well. */
  readonly threadId?: number
  /** A message, or its id. */
  readonly replyTo?: number | { readonly messageId: number }
  /** The part of it the reply is about. */
  readonly quote?: string
  /** Marked by hand, beside what clients mark themselves: `text_mention`, `pre`, … */
  readonly entities?: readonly Entity[]
  readonly asAnonymousAdmin?: boolean
  /** Post as this channel. */
  readonly viaChannel?: { readonly id: number; readonly title: string }
  readonly forwardedFrom?: User
  readonly photo?: SentFile
  readonly document?: SentFile
  readonly voice?: SentFile
  readonly audio?: SentFile
  readonly video?: SentFile
  readonly animation?: SentFile
  readonly sticker?: SentFile
  readonly videoNote?: SentFile
  /** The moment around a photo, and the photo. */
  readonly livePhoto?: { readonly video: SentFile; readonly photo: SentFile }
  /** Items of one album share it. */
  readonly mediaGroupId?: string
  /** Fields put on the message as they are: what the emulator has no word for. */
  readonly extra?: Json
}

const ANONYMOUS_ADMIN: User = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
}
const CHANNEL_BOT: User = { id: 136_817_688, is_bot: true, first_name: 'Channel', username: 'Channel_Bot' }
const FILE_FIELDS: Readonly<Partial<Record<keyof SayOptions, MediaKind>>> = {
  photo: 'photo',
  document: 'document',
  voice: 'voice',
  audio: 'audio',
  video: 'video',
  animation: 'animation',
  sticker: 'sticker',
  videoNote: 'video_note',
}

export function authorOf(person: Person, chat: Chat, options: SayOptions): Content {
  if (chat.type === 'channel') return { sender_chat: chat }
  if (options.asAnonymousAdmin === true) return { from: ANONYMOUS_ADMIN, sender_chat: chat }
  if (options.viaChannel !== undefined)
    return { from: CHANNEL_BOT, sender_chat: { type: 'channel', ...options.viaChannel } }
  return { from: plainUser(person.user) }
}

export function contentOf(world: World, text: string, options: SayOptions): Content {
  const words = wordsWith(text, options.entities ?? [])
  const media = mediaOf(world, options)
  if (media !== undefined) {
    if (words.text === '') return media
    return { ...media, caption: words.text, ...present({ caption_entities: listed(words.entities) }) }
  }
  if (options.extra !== undefined && words.text === '') return {}
  return { text: words.text, ...present({ entities: listed(words.entities) }) }
}

function mediaOf(world: World, options: SayOptions): Content | undefined {
  if (options.livePhoto !== undefined) {
    const { video, photo } = options.livePhoto
    return {
      ...fileContent(storeSent(world, 'photo', photo)),
      ...fileContent(storeSent(world, 'live_photo', video)),
    }
  }
  for (const [field, kind] of Object.entries(FILE_FIELDS)) {
    const given = options[field as 'photo']
    if (given !== undefined) return fileContent(storeSent(world, kind, given))
  }
  return undefined
}

/** People are held to none of the sizes a bot is held to. */
export function storeSent(world: World, kind: MediaKind, sent: SentFile): StoredFile {
  const name = sent.name ?? `${kind}${USUAL_ENDINGS[kind] ?? '.bin'}`
  const content =
    sent.bytes === undefined
      ? madeContent(sent.sizeBytes ?? 0, sent.seed, sent.head)
      : heldContent(Uint8Array.from(sent.bytes))
  const { durationSeconds: duration, widthPx: width, heightPx: height, performer, title, emoji } = sent
  return world.files.add(
    kind,
    { name, mimeType: sent.mimeType ?? mimeTypeOf(name), content },
    present({ duration, width, height, performer, title, emoji }),
  )
}

const USUAL_ENDINGS: Readonly<Partial<Record<MediaKind, string>>> = {
  photo: '.jpg',
  voice: '.ogg',
  audio: '.mp3',
  video: '.mp4',
  animation: '.mp4',
  video_note: '.mp4',
  live_photo: '.mp4',
  sticker: '.webp',
}

export function extraOf(options: SayOptions): Content {
  const { forwardedFrom } = options
  return {
    ...present({ media_group_id: options.mediaGroupId }),
    ...(forwardedFrom === undefined
      ? {}
      : { forward_origin: { type: 'user', date: 1_795_000_000, sender_user: forwardedFrom } }),
    ...options.extra,
  }
}

/** What a client makes of a typed text: cleaned, with mentions, commands and addresses marked. */
export function wordsWith(
  text: string,
  own: readonly Entity[],
): { readonly text: string; readonly entities: readonly Entity[] } {
  const cleaned = cleanText({ text, entities: own })
  return { text: cleaned.text, entities: nest(cleaned.entities, detectEntities(cleaned.text)) }
}

function listed(entities: readonly Entity[]): readonly Entity[] | undefined {
  return entities.length === 0 ? undefined : entities
}
