// How is text said to Discord so that it is shown as it is? Every sign that could be markup is escaped; nothing else.
//
// Discord takes a backslash before anything but letters, digits and blanks as "this sign, literally".
// https://support.discord.com/hc/en-us/articles/210298617

/**
 * Words within a line. Line ends stay; what is special at the beginning of a line is `escapeLineStarts`' matter.
 * `touched`: something else follows at once; with a colon in it, a last colon here would make an emoji.
 */
export function escapeText(text: string, touched = false): string {
  if (!text.includes('://')) return escapeSigns(text, touched)
  let escaped = ''
  let at = 0
  // A backslash within an address would belong to it.
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    escaped += `${escapeSigns(text.slice(at, index), true)}<${encoded(address)}>`
    at = index + address.length
  }
  return escaped + escapeSigns(text.slice(at), touched)
}

/** Headings, quotes, lists and small print begin with these. Idempotent on lines without them. */
export function escapeLineStarts(text: string): string {
  return text.replace(LINE_START, '$1\\$2').replace(NUMBERED_LINE, '$1\\.')
}

/** Line ends become \n, other control characters blanks, halves of surrogate pairs the replacement character. */
export function cleanText(text: string): string {
  const wellFormed = text.toWellFormed()
  if (!CONTROLS.test(wellFormed)) return wellFormed
  return wellFormed.replace(/\r\n?/g, '\n').replace(/\p{Cc}/gu, (sign) => (sign === '\n' ? sign : ' '))
}

/** A code block's text: tabs stay, and no run of backticks ends it. */
export function cleanCode(text: string): string {
  const clean = text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/\p{Cc}/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : ' '))
  return clean.replace(/`{3,}/g, (run) => run.split('').join(NOTHING))
}

/** An address Discord makes a link of, safe in `<…>`; undefined for all others. */
export function linkable(url: string): string | undefined {
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? encoded(url.toWellFormed()) : undefined
}

/** The same, safe in `[…](…)`. */
export function inParentheses(address: string): string {
  return address.replace(/[()"']/g, percent)
}

/** Nothing a person could see: Discord refuses a message of only such characters. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text)
}

/** A zero-width space: parts what must not touch. */
export const NOTHING = '\u200b'

/** Between two colons even a bot's word becomes an emoji: `:smile:`. What is no whole address shall not be half a link. */
const SIGNS = /[\\*_~|`<[]|:(?=[^\s:]*:|\/\/)/g
const SIGNS_TOUCHED = /[\\*_~|`<[]|:(?=[^\s:]*(?::|$)|\/\/)/g
const ADDRESS =
  /https?:\/\/[^\s\p{P}\p{S}][^\s<>*\\`|~，。、；：？！“”‘’「」『』（）【】《》]*[^\s\p{P}\p{S}]/giu
const LINE_START = /^( *)([#>]|-(?=[\s#]|$)|\+(?=\s|$))/gm
const NUMBERED_LINE = /^( *\d+)\.(?=\s|$)/gm
const CONTROLS = /(?!\n)\p{Cc}/u
const INVISIBLE = /^[\s\p{Cc}\p{Cf}\u2800\u3164\u115f\u1160]*$/u

function escapeSigns(text: string, touched: boolean): string {
  return text.replace(touched ? SIGNS_TOUCHED : SIGNS, '\\$&')
}

/** What would end the address, or pair with emphasis around it. */
function encoded(address: string): string {
  return address.replace(/[\s<>*\\`|]/g, percent).replace(/~~/g, '%7E%7E')
}

/** `encodeURIComponent` spares quotes, stars and parentheses. */
function percent(sign: string): string {
  const code = encodeURIComponent(sign)
  return code === sign ? `%${sign.charCodeAt(0).toString(16).toUpperCase()}` : code
}
