// What does a person read of a platform's Markdown? Its words without the marks, as the client shows them.
//
// Telegram needs no such reader: its server takes the marks out and tells what they covered.

/** https://support.discord.com/hc/en-us/articles/210298617 */
export function readDiscord(content: string): string {
  return byCode(content, (text) =>
    withKept(text, /``(?:[^`]|`(?!`))+``|`[^`\n]+`|\\[^\p{L}\p{N}\s]|<https?:\/\/[^\s<>]+>/gu, {
      keep: (piece) => (piece.startsWith('\\') ? piece.slice(1) : bare(piece)),
      rest: (words) => withoutPairs(withoutTargets(linesOf(words)), DISCORD_PAIRS),
    }),
  )
}

/**
 * A card's Markdown.
 * https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
 */
export function readFeishu(markdown: string): string {
  return byCode(markdown, (text) =>
    withKept(text, /(`+)(?!`)[\s\S]+?(?<!`)\1(?!`)|&#?\w+;/g, {
      keep: (piece) => (piece.startsWith('&') ? decoded(piece) : bare(piece)),
      rest: (words) => withoutPairs(withoutTargets(linesOf(withoutTags(words))), FEISHU_PAIRS),
    }),
  )
}

/** Blocks of code are shown as they are; the fences are not. A fence without its end, in a growing text, reaches to it. */
function byCode(text: string, prose: (text: string) => string): string {
  let read = ''
  let at = 0
  for (const block of text.matchAll(FENCED)) {
    read += prose(text.slice(at, block.index)) + (block[2] ?? '')
    at = block.index + block[0].length
  }
  return (read + prose(text.slice(at))).replace(/[\u200b\u2060]/g, '')
}

const FENCED = /^ *(`{3,})[^\n`]*\n([\s\S]*?)(?:\n? *\1`*[ \t]*$|(?![\s\S]))/gm

/** What has no markup inside stands aside, a number between private characters in its place, while the rest loses its marks. */
function withKept(
  text: string,
  pattern: RegExp,
  { keep, rest }: { readonly keep: (piece: string) => string; readonly rest: (text: string) => string },
): string {
  const kept: string[] = []
  const aside = text.replace(pattern, (piece) => {
    kept.push(keep(piece))
    return `\ue000${kept.length - 1}\ue001`
  })
  return rest(aside).replace(/\ue000(\d+)\ue001/g, (_, at: string) => kept[Number(at)] ?? '')
}

/** Headings, bullets and quotes as a client draws them; the line under a table's head is a rule. */
function linesOf(text: string): string {
  return text
    .replace(/^((?:> ?)?)(?:#{1,6}|-#) +/gm, '$1')
    .replace(/^(\s*)[-*+] /gm, '$1• ')
    .replace(/^> ?/gm, '│ ')
    .replace(/^\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$\n?/gm, '')
}

/** A link shows its label. Kept pieces never hold brackets of their own markup. */
function withoutTargets(text: string): string {
  return text.replace(/!?\[([^\]\n]*)\]\([^)\s]*\)/g, '$1')
}

function withoutTags(text: string): string {
  return text.replace(/<br\s*\/?>/gi, '\n').replace(/<\/?[a-z_]+(?:\s[^<>]*)?>/gi, '')
}

const DISCORD_PAIRS: readonly RegExp[] = [
  /\*\*(?=\S)([\s\S]+?)\*\*/g,
  /__(?=\S)([\s\S]+?)__/g,
  /~~([\s\S]+?)~~/g,
  /\|\|([\s\S]+?)\|\|/g,
  /\*(?=\S)([^*]+?)\*/g,
]
const FEISHU_PAIRS: readonly RegExp[] = [
  /\*\*(?=\S)([\s\S]+?)\*\*/g,
  /~~([\s\S]+?)~~/g,
  /\*(?=\S)([^*]+?)\*/g,
]

function withoutPairs(text: string, pairs: readonly RegExp[]): string {
  return pairs.reduce((words, pair) => words.replace(pair, '$1'), text)
}

/** Without the backticks or brackets round it. */
function bare(piece: string): string {
  return piece.startsWith('<') ? piece.slice(1, -1) : piece.replace(/^(`+)([\s\S]*)\1$/, '$2')
}

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

function decoded(entity: string): string {
  const code = /^&#(\d+);$/.exec(entity)?.[1]
  const hex = /^&#x([\da-f]+);$/i.exec(entity)?.[1]
  if (code !== undefined) return String.fromCodePoint(Number(code))
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
  return NAMED[entity.slice(1, -1)] ?? entity
}
