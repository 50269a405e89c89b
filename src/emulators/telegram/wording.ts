// What does a message typed by a person carry? Its author, its words as clients mark them, its file.
import { present } from '../common/bounded.ts'
import { cleanText } from './clean.ts'
import { detectEntities } from './detect.ts'
import { mimeTypeOf, type MediaKind } from './files.ts'
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

/** A file a person sends. */
export interface SentFile {
  readonly bytes: Uint8Array
  readonly name?: string
  readonly mimeType?: string
  readonly durationSeconds?: number
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
  for (const [field, kind] of Object.entries(FILE_FIELDS)) {
    const given = options[field as 'photo']
    if (given === undefined) continue
    const name = given.name ?? `${kind}.${kind === 'photo' ? 'jpg' : kind === 'voice' ? 'ogg' : 'bin'}`
    const upload = { name, mimeType: given.mimeType ?? mimeTypeOf(name), bytes: Buffer.from(given.bytes) }
    const file = world.files.add(kind, upload, present({ duration: given.durationSeconds }))
    return {
      ...fileContent(file),
      ...(words.text === ''
        ? {}
        : { caption: words.text, ...present({ caption_entities: listed(words.entities) }) }),
    }
  }
  if (options.extra !== undefined && words.text === '') return {}
  return { text: words.text, ...present({ entities: listed(words.entities) }) }
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
