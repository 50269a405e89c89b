// What does `parse_mode: "HTML"` mean? Tags to entities, with the server's complaints. tdlib `parse_html`.
import { badRequest, type ApiError } from './errors.ts'
import type { Entity, FormattedText } from './types.ts'

const ENTITY_OF: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  'tg-time': 'date_time',
}
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }

interface OpenTag {
  readonly name: string
  readonly offset: number
  readonly attributes: ReadonlyMap<string, string>
}

export function parseHtml(source: string): FormattedText {
  const complain = (what: string): ApiError => badRequest(`can't parse entities: ${what}`)
  const byteAt = (index: number): number => Buffer.byteLength(source.slice(0, index))
  const open: OpenTag[] = []
  const entities: Entity[] = []
  let text = ''
  let i = 0
  while (i < source.length) {
    const c = source.charAt(i)
    if (c === '&') {
      const [decoded, next] = decode(source, i)
      text += decoded
      i = next
    } else if (c !== '<') {
      const next = source.slice(i).search(/[&<]/)
      text += next < 0 ? source.slice(i) : source.slice(i, i + next)
      i = next < 0 ? source.length : i + next
    } else if (source.charAt(i + 1) === '/') {
      const close = source.indexOf('>', i)
      if (close < 0) throw complain(`Unclosed end tag at byte offset ${byteAt(i)}`)
      const name = source
        .slice(i + 2, close)
        .trim()
        .toLowerCase()
      const tag = open.pop()
      if (tag === undefined) throw complain(`Unexpected end tag at byte offset ${byteAt(i)}`)
      if (name !== '' && name !== tag.name) {
        throw complain(
          `Unmatched end tag at byte offset ${byteAt(i)}, expected "</${tag.name}>", found "</${name}>"`,
        )
      }
      closeTag(tag, text, entities)
      i = close + 1
    } else {
      const [name, attributes, next] = readStartTag(source, i)
      if (next < 0) throw complain(`Unclosed start tag at byte offset ${byteAt(i)}`)
      if (ENTITY_OF[name] === undefined) {
        throw complain(`Unsupported start tag "${name}" at byte offset ${byteAt(i)}`)
      }
      if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
        throw complain(`Tag "span" must have class "tg-spoiler" at byte offset ${byteAt(i)}`)
      }
      open.push({ name, attributes, offset: text.length })
      i = next
    }
  }
  const left = open.at(-1)
  if (left !== undefined) throw complain(`Can't find end tag corresponding to start tag "${left.name}"`)
  return { text, entities: entities.map(withoutCodeLanguage) }
}

function closeTag(tag: OpenTag, text: string, entities: Entity[]): void {
  const range = { offset: tag.offset, length: text.length - tag.offset }
  const type = ENTITY_OF[tag.name]
  if (range.length === 0 || type === undefined) return
  switch (tag.name) {
    case 'a': {
      const link = linkEntity(tag.attributes.get('href') ?? text.slice(tag.offset), range)
      if (link !== undefined) entities.push(link)
      return
    }
    case 'code': {
      const language = /^language-(.+)$/.exec(tag.attributes.get('class') ?? '')?.[1]
      entities.push(language === undefined ? { type, ...range } : { type, ...range, language })
      return
    }
    case 'pre': {
      const inner = entities.at(-1)
      const wraps = inner?.type === 'code' && inner.offset === range.offset && inner.length === range.length
      if (wraps) entities.pop()
      const language = wraps ? inner.language : undefined
      entities.push(language === undefined ? { type, ...range } : { type, ...range, language })
      return
    }
    case 'blockquote':
      entities.push({ type: tag.attributes.has('expandable') ? 'expandable_blockquote' : type, ...range })
      return
    case 'tg-emoji':
      entities.push({ type, ...range, custom_emoji_id: tag.attributes.get('emoji-id') ?? '' })
      return
    case 'tg-time': {
      const time = Number.parseInt(tag.attributes.get('unix') ?? '', 10)
      if (!Number.isNaN(time))
        entities.push({
          type,
          ...range,
          unix_time: time,
          date_time_format: tag.attributes.get('format') ?? '',
        })
      return
    }
    default:
      entities.push({ type, ...range })
  }
}

/** A link, or a mention for `tg://user?id=`; an address no client would open gives none. */
export function linkEntity(address: string, range: { offset: number; length: number }): Entity | undefined {
  const user = /^tg:\/\/user\?id=(\d+)$/i.exec(address)?.[1]
  if (user !== undefined) {
    return { type: 'text_mention', ...range, user: { id: Number(user), is_bot: false, first_name: '' } }
  }
  const withScheme = /^[a-z][a-z\d+.-]*:/i.test(address) ? address : `http://${address}`
  if (!/^(?:https?|tg|ton):\/\/[^\s.]*[^\s]+$/i.test(withScheme)) return undefined
  const host = /^https?:\/\/([^/?#:]+)/i.exec(withScheme)?.[1]
  if (host !== undefined && !host.includes('.') && host !== 'localhost') return undefined
  const path = /^https?:\/\/[^/?#]+$/i.test(withScheme) ? `${withScheme}/` : withScheme
  return { type: 'text_link', ...range, url: path }
}

function withoutCodeLanguage(entity: Entity): Entity {
  return entity.type === 'code' ? { type: 'code', offset: entity.offset, length: entity.length } : entity
}

/** Four named entities and every numeric one; any other `&` stays as it is. */
function decode(source: string, at: number): readonly [string, number] {
  const match = /^&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot));?/i.exec(source.slice(at, at + 12))
  if (match === null) return ['&', at + 1]
  const name = match[3]
  if (name !== undefined) {
    const decoded = NAMED[name]
    return decoded === undefined ? ['&', at + 1] : [decoded, at + match[0].length]
  }
  const code = match[1] === undefined ? Number.parseInt(match[2] ?? '0', 16) : Number.parseInt(match[1], 10)
  if (code === 0 || code > 0x10ffff) return ['&', at + 1]
  return [String.fromCodePoint(code), at + match[0].length]
}

/** Name, attributes and where the tag ends; the end is -1 when it never does. */
function readStartTag(source: string, at: number): readonly [string, ReadonlyMap<string, string>, number] {
  const attributes = new Map<string, string>()
  const head = /^<([^\s>]*)/.exec(source.slice(at))
  const name = (head?.[1] ?? '').toLowerCase()
  let i = at + (head?.[0].length ?? 1)
  const attribute = /\s*([^\s=>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y
  for (;;) {
    while (/\s/.test(source.charAt(i))) i += 1
    if (i >= source.length) return [name, attributes, -1]
    if (source.charAt(i) === '>') return [name, attributes, i + 1]
    attribute.lastIndex = i
    const match = attribute.exec(source)
    if (match === null) return [name, attributes, -1]
    attributes.set((match[1] ?? '').toLowerCase(), decodeAll(match[2] ?? match[3] ?? match[4] ?? ''))
    i = attribute.lastIndex
  }
}

function decodeAll(value: string): string {
  let out = ''
  for (let i = 0; i < value.length;) {
    const [decoded, next] = value.charAt(i) === '&' ? decode(value, i) : [value.charAt(i), i + 1]
    out += decoded
    i = next
  }
  return out
}
