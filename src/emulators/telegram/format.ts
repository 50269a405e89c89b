// What text does a call mean to show? Markup or entities resolved, cleaned, measured.
import type { Args } from './args.ts'
import { isObject } from './args.ts'
import { cleanText } from './clean.ts'
import { detectEntities } from './detect.ts'
import { badRequest } from './errors.ts'
import { nest } from './nesting.ts'
import { linkEntity, parseHtml } from './parse-html.ts'
import { parseMarkdownV2 } from './parse-markdown.ts'
import type { Entity, FormattedText, User } from './types.ts'

/** The raw argument, in UTF-8 bytes, before anything is parsed. telegram-bot-api `get_formatted_text`. */
const RAW_TEXT_BYTES = 1 << 15

/** Message text after entity parsing, in code points. https://core.telegram.org/bots/api#sendmessage */
export const TEXT_LENGTH = 4096
/** Caption after entity parsing, in code points. https://core.telegram.org/bots/api#sendphoto */
export const CAPTION_LENGTH = 1024

const BARE = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
])
const DETECTED = new Set(['mention', 'hashtag', 'cashtag', 'bot_command', 'url', 'email', 'phone_number'])

export type KnownUser = (id: number) => User | undefined

export function readFormatted(
  given: { text: string; parseMode: string | undefined; entities: unknown },
  knownUser: KnownUser,
): FormattedText {
  if (given.text.length * 3 > RAW_TEXT_BYTES && Buffer.byteLength(given.text) > RAW_TEXT_BYTES) {
    throw badRequest('Text is too long')
  }
  const parsed = parse(given)
  const cleaned = cleanText(parsed)
  const own = cleaned.entities.flatMap((entity) => withUser(entity, knownUser))
  const detected = detectEntities(cleaned.text)
  return { text: cleaned.text, entities: own.length + detected.length === 0 ? [] : nest(own, detected) }
}

/** The text of a call's `text`, `parse_mode` and `entities`, or of `caption` and `caption_entities`. */
export function readText(args: Args, field: 'text' | 'caption', knownUser: KnownUser): FormattedText {
  return readFormatted(
    {
      text: args.text(field) ?? '',
      parseMode: args.text('parse_mode'),
      entities: args.json(field === 'text' ? 'entities' : 'caption_entities'),
    },
    knownUser,
  )
}

/** Length in code points, without building an array. */
export function codePoints(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length - 1; i += 1) {
    const code = text.charCodeAt(i)
    if (code >= 0xd800 && code <= 0xdbff) {
      count -= 1
      i += 1
    }
  }
  return count
}

function parse(given: { text: string; parseMode: string | undefined; entities: unknown }): FormattedText {
  switch ((given.parseMode ?? '').toLowerCase()) {
    case '':
    case 'none':
      return { text: given.text, entities: readEntities(given.entities, given.text) }
    case 'html':
      return parseHtml(given.text)
    case 'markdownv2':
      return parseMarkdownV2(given.text)
    case 'markdown':
      return { text: given.text, entities: [] }
    default:
      throw badRequest('unsupported parse_mode')
  }
}

function readEntities(value: unknown, text: string): readonly Entity[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    if (!isObject(item)) throw badRequest("can't parse MessageEntity: expected an Object")
    const { type, offset, length } = item
    if (typeof type !== 'string')
      throw badRequest('can\'t parse MessageEntity: field "type" must be of type String')
    if (typeof offset !== 'number' || typeof length !== 'number') {
      throw badRequest('can\'t parse MessageEntity: can\'t find field "offset"')
    }
    if (DETECTED.has(type)) return []
    checkRange(text, offset, length)
    return length > 0 ? [readEntity(type, offset, length, item)] : []
  })
}

function readEntity(
  type: string,
  offset: number,
  length: number,
  item: Readonly<Record<string, unknown>>,
): Entity {
  const range = { type, offset, length }
  if (type === 'pre' && typeof item['language'] === 'string') return { ...range, language: item['language'] }
  if (BARE.has(type)) return range
  if (type === 'text_link') return { ...range, url: typeof item['url'] === 'string' ? item['url'] : '' }
  if (type === 'custom_emoji') {
    return {
      ...range,
      custom_emoji_id: typeof item['custom_emoji_id'] === 'string' ? item['custom_emoji_id'] : '',
    }
  }
  if (type === 'date_time') {
    const format = item['date_time_format']
    return {
      ...range,
      unix_time: Number(item['unix_time']),
      ...(typeof format === 'string' ? { date_time_format: format } : {}),
    }
  }
  if (type === 'text_mention') {
    const user = item['user']
    if (!isObject(user) || typeof user['id'] !== 'number')
      throw badRequest('can\'t parse MessageEntity: can\'t find field "user"')
    return { ...range, user: { id: user['id'], is_bot: false, first_name: '' } }
  }
  throw badRequest("can't parse MessageEntity: Unsupported type specified")
}

function checkRange(text: string, offset: number, length: number): void {
  if (offset < 0) throw badRequest('Receive an entity with incorrect offset')
  if (length < 0) throw badRequest('Receive an entity with incorrect length')
  if (offset + length > text.length) {
    throw badRequest(
      `Entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${text.length}`,
    )
  }
  if (isInsidePair(text, offset)) throw badRequest('Entity begins in a middle of a UTF-16 symbol')
  if (isInsidePair(text, offset + length)) throw badRequest('Entity ends in a middle of a UTF-16 symbol')
}

function isInsidePair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  const here = text.charCodeAt(at)
  return at > 0 && before >= 0xd800 && before <= 0xdbff && here >= 0xdc00 && here <= 0xdfff
}

/** A mention of somebody the bot never met is dropped, as is a link no client would open. */
function withUser(entity: Entity, knownUser: KnownUser): readonly Entity[] {
  if (entity.type === 'text_mention') {
    const user = entity.user === undefined ? undefined : knownUser(entity.user.id)
    return user === undefined ? [] : [{ ...entity, user }]
  }
  if (entity.type === 'text_link') {
    const link = linkEntity(entity.url ?? '', { offset: entity.offset, length: entity.length })
    if (link?.type === 'text_mention') return withUser(link, knownUser)
    return link === undefined ? [] : [link]
  }
  return [entity]
}
