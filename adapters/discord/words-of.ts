// What did the person say, and to whom? Text with its mentions read: our own cut out, others as @name.
//
// A mention counts where the text names it and the server agrees (`mentions`): inside code it does neither. A reply
// "mentions" its author without a word, and @everyone mentions everybody: neither is a call to us.
// https://discord.com/developers/docs/reference#message-formatting
import { describeShared } from './media.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'

/** What the tags in a text stand for, as far as it is known. */
export interface Names {
  readonly meId: string
  /** The role that Discord made for the bot itself: clients offer it under the bot's own name. */
  isOwnRole(roleId: string): boolean
  roleName(roleId: string): string | undefined
  channelName(channelId: string): string | undefined
}

export interface WordsOf {
  /** Readable text, trimmed. */
  readonly text: string
  readonly mentionsBot: boolean
  /** The server says that we are meant, though the text does not name us: a reply to us, with its ping. */
  readonly pingsBot: boolean
}

export function wordsOf(message: Fields, names: Names): WordsOf {
  const told = mentionedIn(message)
  const read = readable(sourceOf(message), told, names)
  return {
    text: read.text === '' ? describeShared(message) : read.text,
    mentionsBot: read.mentionsBot || isCalledUnread(message, told, names),
    pingsBot: !read.mentionsBot && told.users?.has(names.meId) === true,
  }
}

/** Without the message-content intent a mention of our role comes without its words: whoever wrote it gets help. */
function isCalledUnread(message: Fields, told: Mentioned, names: Names): boolean {
  return sourceOf(message) === '' && [...(told.roles ?? [])].some((roleId) => names.isOwnRole(roleId))
}

/** How a person is called: in this server, else everywhere. */
export function nameOf(user: Fields, member: unknown = user['member']): string | undefined {
  return (
    readString(fieldsOf(member)['nick']) ?? readString(user['global_name']) ?? readString(user['username'])
  )
}

/** A message's words may stand in its components (V2) or, of bots, in embeds. */
function sourceOf(message: Fields): string {
  return (
    readString(message['content']) ??
    readString(textsIn(message['components'], 0).join('\n')) ??
    readList(message['embeds']).flatMap(wordsOfEmbed).join('\n')
  )
}

/** Deeper than any message Discord takes. */
const DEEPEST = 8

function textsIn(components: unknown, depth: number): readonly string[] {
  if (depth > DEEPEST) return []
  return readList(components).flatMap((component) => {
    const { content, components: inner } = fieldsOf(component)
    return [...(readString(content) === undefined ? [] : [String(content)]), ...textsIn(inner, depth + 1)]
  })
}

/** Embeds of type `rich` were written; others are previews of links. */
function wordsOfEmbed(embed: unknown): readonly string[] {
  const given = fieldsOf(embed)
  if (given['type'] !== undefined && given['type'] !== 'rich') return []
  return [given['title'], given['description']].flatMap((part) => readString(part) ?? [])
}

interface Mentioned {
  /** Undefined where the server does not say. */
  readonly users: ReadonlyMap<string, Fields> | undefined
  readonly roles: ReadonlySet<string> | undefined
}

function mentionedIn(message: Fields): Mentioned {
  const { mentions, mention_roles: roles } = message
  const users = readList(mentions).flatMap((user) => {
    const id = readString(fieldsOf(user)['id'])
    return id === undefined ? [] : [[id, fieldsOf(user)] as const]
  })
  return {
    users: Array.isArray(mentions) ? new Map(users) : undefined,
    roles: Array.isArray(roles) ? new Set(roles.flatMap((id) => readString(id) ?? [])) : undefined,
  }
}

/** Code stays as it is written. */
const CODE = /(```[\s\S]*?```|``[^\n]+?``|`[^`\n]+`)/
const TAG =
  /<(?:(?<kind>@!?|@&|#)(?<id>\d+)|a?:(?<emoji>\w+):\d+|\/(?<command>[^:>\n]+):\d+|t:(?<seconds>-?\d{1,13})(?::\w)?)>/g

function readable(source: string, told: Mentioned, names: Names): { text: string; mentionsBot: boolean } {
  let mentionsBot = false
  const parts = source.split(CODE).map((part, i) => {
    if (i % 2 === 1) return part
    return part.replace(TAG, (whole, ...args) => {
      const groups = fieldsOf(args.at(-1))
      const said = sayTag(groups, told, names)
      if (said !== OWN) return said ?? whole
      mentionsBot = true
      return CUT
    })
  })
  return { text: closeUp(parts.join('')), mentionsBot }
}

const OWN = Symbol('our own mention')
/** Where our mention stood; no text holds this character. */
const CUT = '\uFFFF'

function sayTag(groups: Fields, told: Mentioned, names: Names): string | typeof OWN | undefined {
  const { kind, id, emoji, command, seconds } = groups
  if (typeof emoji === 'string') return `:${emoji}:`
  if (typeof command === 'string') return `/${command}`
  if (typeof seconds === 'string') return sayTime(Number(seconds))
  if (typeof id !== 'string') return undefined
  if (kind === '#') return prefixed('#', names.channelName(id))
  if (kind === '@&') {
    const isTold = told.roles?.has(id) ?? true
    return isTold && names.isOwnRole(id) ? OWN : prefixed('@', names.roleName(id))
  }
  if (id === names.meId) return (told.users?.has(id) ?? true) ? OWN : undefined
  const user = told.users?.get(id)
  return user === undefined ? undefined : prefixed('@', nameOf(user))
}

function prefixed(prefix: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${prefix}${name}`
}

function sayTime(seconds: number): string | undefined {
  const time = new Date(seconds * 1_000)
  return Number.isNaN(time.getTime()) ? undefined : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Blanks left over by a cut close up. */
function closeUp(text: string): string {
  return text
    .replace(/(^|\s)\uFFFF[ \t]*/g, '$1')
    .replace(/[ \t]*\uFFFF(?=[\s.,!?;:，。！？；：]|$)/g, '')
    .replaceAll(CUT, '')
    .trim()
}
