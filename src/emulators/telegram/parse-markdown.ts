// What does `parse_mode: "MarkdownV2"` mean? Marks to entities, with the server's complaints. tdlib `parse_markdown_v2`.
import { badRequest, type ApiError } from './errors.ts'
import { linkEntity } from './parse-html.ts'
import type { Entity, FormattedText } from './types.ts'

const RESERVED = new Set('_*[]()~`>#+-=|{}.!')
const NAMES: Readonly<Record<string, string>> = {
  bold: 'Bold',
  italic: 'Italic',
  underline: 'Underline',
  strikethrough: 'Strikethrough',
  spoiler: 'Spoiler',
  code: 'Code',
  pre: 'Pre',
  text_link: 'TextUrl',
  custom_emoji: 'CustomEmoji',
  blockquote: 'BlockQuote',
}

interface OpenMark {
  readonly type: string
  readonly offset: number
  /** Where it began in the source, for the complaint. */
  readonly at: number
  readonly language?: string
}

export function parseMarkdownV2(source: string): FormattedText {
  const complain = (what: string): ApiError => badRequest(`can't parse entities: ${what}`)
  const byteAt = (index: number): number => Buffer.byteLength(source.slice(0, index))
  const open: OpenMark[] = []
  const entities: Entity[] = []
  let text = ''
  let i = 0
  let lineStart = true

  const shut = (mark: OpenMark, extra: Partial<Entity> = {}): void => {
    const length = text.length - mark.offset
    if (length > 0) entities.push({ type: mark.type, offset: mark.offset, length, ...extra })
  }
  const endQuote = (): void => {
    const mark = open.at(-1)
    if (mark === undefined || mark.type !== 'blockquote') {
      if (open.some(({ type }) => type === 'blockquote') && mark !== undefined) throw unclosed(mark)
      return
    }
    open.pop()
    shut(mark)
  }
  const unclosed = (mark: OpenMark): ApiError =>
    complain(`Can't find end of ${NAMES[mark.type] ?? mark.type} entity at byte offset ${byteAt(mark.at)}`)
  const inQuote = (): boolean => open.some(({ type }) => type === 'blockquote')

  while (i < source.length) {
    const c = source.charAt(i)
    const top = open.at(-1)
    const raw = top?.type === 'code' || top?.type === 'pre'
    if (lineStart && !raw) {
      lineStart = false
      if (source.startsWith('**>', i) || source.startsWith('>', i)) {
        const forced = source.startsWith('**>', i)
        if (forced && inQuote()) endQuote()
        if (!inQuote()) open.push({ type: 'blockquote', offset: text.length, at: i })
        i += forced ? 3 : 1
        continue
      }
      if (inQuote()) {
        endQuote()
        continue
      }
    }
    const code = source.charCodeAt(i + 1)
    if (c === '\\' && code > 0 && code <= 126) {
      text += source.charAt(i + 1)
      i += 2
      continue
    }
    if (raw) {
      const fence = top.type === 'pre' ? '```' : '`'
      if (source.startsWith(fence, i)) {
        open.pop()
        shut(top, top.language === undefined ? {} : { language: top.language })
        i += fence.length
      } else {
        text += c
        i += 1
      }
      continue
    }
    if (c === '\n') {
      text += c
      i += 1
      lineStart = true
      continue
    }
    if (!RESERVED.has(c)) {
      text += c
      i += 1
      continue
    }
    if (c === ']' && (top?.type === 'text_link' || top?.type === 'custom_emoji')) {
      open.pop()
      const [address, next] = readAddress(source, i + 1)
      if (next < 0) throw complain(`Can't find end of a URL at byte offset ${byteAt(i + 1)}`)
      const range = { offset: top.offset, length: text.length - top.offset }
      const link = linkOf(top.type, address ?? text.slice(top.offset), range)
      if (range.length > 0 && link !== undefined) entities.push(link)
      i = next
      continue
    }
    const quote = open.find(({ type }) => type === 'blockquote')
    if (
      source.startsWith('||', i) &&
      quote !== undefined &&
      /^\|\|(?:\n(?!>)|$)/.test(source.slice(i)) &&
      top === quote
    ) {
      open.pop()
      shut({ ...quote, type: 'expandable_blockquote' })
      i += 2
      continue
    }
    const [type, width] = markAt(source, i)
    if (type === undefined) {
      throw complain(`Character '${c}' is reserved and must be escaped with the preceding '\\'`)
    }
    i += width
    if (top?.type === type) {
      open.pop()
      shut(top)
    } else if (type === 'pre') {
      const language = /^([^\s`]+)\n/.exec(source.slice(i))?.[1]
      i += language === undefined ? (source.charAt(i) === '\n' ? 1 : 0) : language.length + 1
      open.push({ type, offset: text.length, at: i - width, ...(language === undefined ? {} : { language }) })
    } else {
      open.push({ type, offset: text.length, at: i - width })
    }
  }
  if (inQuote()) endQuote()
  const left = open.at(-1)
  if (left !== undefined) throw unclosed(left)
  return { text, entities }
}

function linkOf(
  type: string,
  address: string,
  range: { offset: number; length: number },
): Entity | undefined {
  if (type === 'text_link') return linkEntity(address, range)
  return { type, ...range, custom_emoji_id: /[?&]id=(\d+)/.exec(address)?.[1] ?? '' }
}

/** The mark at `i` and its width; `__` is greedy. */
function markAt(source: string, i: number): readonly [string | undefined, number] {
  if (source.startsWith('```', i)) return ['pre', 3]
  if (source.startsWith('__', i)) return ['underline', 2]
  if (source.startsWith('||', i)) return ['spoiler', 2]
  if (source.startsWith('![', i)) return ['custom_emoji', 2]
  switch (source.charAt(i)) {
    case '*':
      return ['bold', 1]
    case '_':
      return ['italic', 1]
    case '~':
      return ['strikethrough', 1]
    case '`':
      return ['code', 1]
    case '[':
      return ['text_link', 1]
    default:
      return [undefined, 1]
  }
}

/** `(address)` right after a `]`; without one the text itself is the address. The end is -1 when the bracket never closes. */
function readAddress(source: string, at: number): readonly [string | undefined, number] {
  if (source.charAt(at) !== '(') return [undefined, at]
  let address = ''
  for (let i = at + 1; i < source.length; i += 1) {
    const c = source.charAt(i)
    if (c === '\\') {
      address += source.charAt(i + 1)
      i += 1
    } else if (c === ')') {
      return [address, i + 1]
    } else {
      address += c
    }
  }
  return [undefined, -1]
}
