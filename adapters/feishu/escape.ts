// How is text written so that Feishu shows what was said? As HTML entities, and only where it could be markup.
// https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text (special characters)

export interface TextContext {
  /** A line begins here: marks of lists, quotes and headings would count. */
  readonly lineStart?: boolean
  /** In a table's cell a bar ends it. */
  readonly cell?: boolean
  /** Of a link: a bracket would end it. */
  readonly link?: boolean
}

export function escapeText(text: string, where: TextContext = {}): string {
  const escaped = text.replace(ALWAYS, (char, at: number) =>
    isMarkup(text, char, at, where) ? entity(char) : char,
  )
  return where.lineStart === true ? escapeLineStart(escaped) : escaped
}

/** Many lines, literally: for text that came without markup but has to stand in a card. */
export function escapeLines(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeText(line.trim(), { lineStart: true }))
    .join('  \n')
    .replace(/(?: {2}\n){2,}/g, '\n\n')
}

/** A tag in code or in a text message must ring nobody: a word joiner, which nobody sees, takes it apart. */
export function defuse(text: string): string {
  return text.replace(/<(?=\/?(?:at|person)\b)/gi, '<\u2060')
}

/** In a text message four more tags count, as style: what came as text is shown as it was written. */
export function defuseText(text: string): string {
  return text.replace(/<(?=\/?(?:at|person|a|b|i|u|s)\b)/gi, '<\u2060')
}

/** Control characters become blanks, halves of surrogate pairs the replacement character. */
export function cleanText(text: string): string {
  const wellFormed = text.toWellFormed()
  if (!CONTROLS.test(wellFormed)) return wellFormed
  return wellFormed.replace(/\r\n?/g, '\n').replace(/\p{Cc}/gu, (char) => (char === '\n' ? char : ' '))
}

/** Any control character but the line feed. */
const CONTROLS = /(?!\n)\p{Cc}/u
const ALWAYS = /[*~`<[\]\\_&:|]/g

function isMarkup(text: string, char: string, at: number, where: TextContext): boolean {
  const rest = text.slice(at + 1, at + 40)
  switch (char) {
    case '_':
      return !(isWord(text.charAt(at - 1)) && isWord(rest.charAt(0)))
    case '&':
      return /^#?\w+;/.test(rest)
    case ':':
      // `:OK:` is an emoji. An address that is no link in the answer is none here: marks behind it would join it.
      return /^[\w+-]+:/.test(rest) || (where.link !== true && rest.startsWith('//'))
    case '\\':
      // Before a mark, or at the end, where a mark or a line's end may follow.
      return !/^[\p{L}\p{N} ]/u.test(rest)
    case ']':
      return where.link === true
    case '|':
      return where.cell === true
    default:
      return true
  }
}

/** After the marks that count anywhere are gone. */
function escapeLineStart(text: string): string {
  const first = text.charAt(0)
  switch (first) {
    case '#':
      return /^#{1,6}(?:\s|$)/.test(text) ? entity(first) + text.slice(1) : text
    case '>':
    case '=':
    case '|':
      return entity(first) + text.slice(1)
    case '-':
      return /^-(?:[\s:|-]|$)/.test(text) ? entity(first) + text.slice(1) : text
    case '+':
      return /^\+(?:\s|$)/.test(text) ? entity(first) + text.slice(1) : text
    case ':':
      return text.startsWith(':-') ? entity(first) + text.slice(1) : text
    default:
      return text.replace(
        /^(\d{1,9})([.)])(?=\s|$)/,
        (_, digits: string, mark: string) => digits + entity(mark),
      )
  }
}

function isWord(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char)
}

function entity(char: string): string {
  return `&#${char.charCodeAt(0)};`
}
