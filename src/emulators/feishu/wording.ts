// What does a message written by a person carry? Its words with placeholders for those mentioned, its files.
import type { SeededFile } from './files.ts'
import { isRecord, listOf, type Json, type Mention, type Person } from './types.ts'
import type { World } from './world.ts'

/** A file a person sends. */
export interface SentFile {
  /** Seeded: made while it is fetched, so it may be as large as it likes. */
  readonly bytes: Uint8Array | SeededFile
  readonly name?: string
  readonly durationMs?: number
}

/** What a message may carry beside its words. */
export interface SentContent {
  /** A rich tree, as received: no locale around it. The text is put before it. */
  readonly post?: { readonly title?: string; readonly content: readonly (readonly Json[])[] }
  /** With words beside it this becomes a post, as in the client. */
  readonly image?: SentFile
  /** Several at once: a post, each in a paragraph of its own. */
  readonly images?: readonly SentFile[]
  readonly file?: SentFile
  readonly audio?: SentFile
  readonly video?: SentFile
  readonly sticker?: SentFile
  /** Any other type: `hongbao`, `location`, `vote`, … */
  readonly asType?: { readonly type: string; readonly content: Json }
}

/** A child of a merged forward: words, a file, or any content. */
export interface ForwardedMessage extends SentContent {
  readonly from: Person
  readonly text?: string
}

export interface SayOptions extends SentContent {
  /** Mentions the bot: `@_user_1` stands where the text says `@` and its name, else before the text. */
  readonly mention?: boolean
  /** Other people mentioned, likewise. */
  readonly mentions?: readonly Person[]
  readonly mentionAll?: boolean
  /** A message, or its id. */
  readonly replyTo?: string | { readonly messageId: string }
  /** Writes into this thread; `true` with `replyTo` opens one there. */
  readonly thread?: string | true
  readonly forward?: readonly ForwardedMessage[]
  /** When it was written, for stale messages. */
  readonly createdAtMs?: number
  /** Written by another bot. */
  readonly asBot?: boolean
  /** No event: for messages that stood there before. */
  readonly quiet?: boolean
  /** Fields laid over the event's message: what the emulator has no word for. `undefined` takes a field away. */
  readonly extra?: Json
}

export interface Wording {
  readonly msgType: string
  readonly content: Json
  readonly mentions: readonly Mention[]
}

export const MERGED = { content: 'Merged and Forwarded Message' }

const PLAIN_FILES = { file: 'file', audio: 'audio', video: 'media', sticker: 'sticker' } as const

export function wordingOf(world: World, text: string, options: SayOptions): Wording {
  const mentions = mentionsOf(world, options)
  const words = wordsWith(text, mentions, options.mentionAll === true)
  if (options.asType !== undefined)
    return { msgType: options.asType.type, content: options.asType.content, mentions }
  if (options.forward !== undefined) return { msgType: 'merge_forward', content: MERGED, mentions: [] }
  if (options.post !== undefined) return { ...postOf(words, options.post), mentions }
  if (options.images !== undefined) {
    const content = options.images.map((image) => [{ tag: 'img', image_key: keyOf(world, 'image', image) }])
    return { ...postOf(words, { content }), mentions }
  }
  if (options.image !== undefined) {
    const image = { image_key: keyOf(world, 'image', options.image) }
    if (words === '') return { msgType: 'image', content: image, mentions }
    return { ...postOf(words, { content: [[{ tag: 'img', ...image }]] }), mentions }
  }
  for (const [option, msgType] of Object.entries(PLAIN_FILES)) {
    const given = options[option as keyof typeof PLAIN_FILES]
    if (given === undefined) continue
    if (words !== '') throw new Error(`a ${option} has no words beside it in Feishu: say() them on their own`)
    return { msgType, content: fileContent(world, msgType, given), mentions: [] }
  }
  return { msgType: 'text', content: { text: words }, mentions }
}

/** Every file key inside a content. */
export function fileKeysIn(content: unknown): readonly string[] {
  if (Array.isArray(content)) return listOf(content).flatMap(fileKeysIn)
  if (!isRecord(content)) return []
  return Object.entries(content).flatMap(([key, value]) =>
    (key === 'image_key' || key === 'file_key') && typeof value === 'string' ? [value] : fileKeysIn(value),
  )
}

function mentionsOf({ bot }: World, { mention = false, mentions = [] }: SayOptions): readonly Mention[] {
  const people = mentions.map(({ id, unionId, name }) => ({ openId: id, unionId, name, isBot: false }))
  const all = [...(mention ? [{ ...bot, isBot: true }] : []), ...people]
  return all.map(({ openId, unionId, name, isBot }, i) => ({
    key: `@_user_${i + 1}`,
    openId,
    unionId,
    name,
    isBot,
  }))
}

function wordsWith(text: string, mentions: readonly Mention[], all: boolean): string {
  let words = text
  const before: string[] = all && !text.includes('@_all') ? ['@_all'] : []
  for (const { key, name } of mentions) {
    if (words.includes(key)) continue
    if (words.includes(`@${name}`)) words = words.replace(`@${name}`, key)
    else before.push(key)
  }
  return [...before, ...(words === '' ? [] : [words])].join(' ')
}

/** In a post a mention is a node of its own. */
function postOf(words: string, post: NonNullable<SayOptions['post']>): Pick<Wording, 'msgType' | 'content'> {
  const nodes = words
    .split(/(@_user_\d+)/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      /^@_user_\d+$/.test(piece) ? { tag: 'at', user_id: piece } : { tag: 'text', text: piece, style: [] },
    )
  const content = [...(nodes.length === 0 ? [] : [nodes]), ...post.content]
  return { msgType: 'post', content: { title: post.title ?? '', content } }
}

function fileContent(world: World, msgType: string, file: SentFile): Json {
  const file_key = keyOf(world, msgType, file)
  switch (msgType) {
    case 'audio':
      return { file_key, duration: file.durationMs ?? 1000 }
    case 'media': {
      const image_key = keyOf(world, 'image', { bytes: Buffer.from('cover') })
      return { file_key, image_key, file_name: file.name ?? 'video.mp4', duration: file.durationMs ?? 1000 }
    }
    case 'sticker':
      return { file_key }
    default:
      return { file_key, file_name: file.name ?? 'file.bin' }
  }
}

/** `type`: image, file, audio, media or sticker. */
export function keyOf(world: World, type: string, { bytes, name = type }: SentFile): string {
  return world.files.add({ type, name, bytes, byBot: false }).key
}
