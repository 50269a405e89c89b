// How does Markdown look on Discord? Its own dialect, with everything else escaped: what Coze said is what is shown.
// https://support.discord.com/hc/en-us/articles/210298617
import type { Block, ListItem } from '../../src/contract/document.ts'
import type { Renderer } from '../../src/contract/platform.ts'
import { drawTable } from '../common/table.ts'
import { withAside } from './aside.ts'
import type { DiscordBody } from './body.ts'
import { cleanCode, cleanText, escapeLineStarts, escapeText, isInvisible } from './escape.ts'
import { inlineOf } from './inline.ts'

/** https://discord.com/developers/docs/resources/message#create-message. UTF-16 units are never fewer than those counted there. */
const MAX_CHARS = 2_000
/** Deeper lists are indented no further: phones are narrow. */
const MAX_INDENT = 8
/**
 * Markdown this short stays below the limit: no line grows more than eightfold (one sign to be escaped, continuing an
 * item deep in a quoted list). A property test looks for counter-examples.
 */
const SURELY_FITS_CHARS = 200

/** One per account: it remembers how each block looks, so that a growing reply draws only its changed tail anew. */
export function createRenderer(): Renderer<DiscordBody> {
  const draw = createDrawing()
  return {
    render: (blocks) => ({ kind: 'text', content: textOf(blocks, draw).trim() }),
    fill: (body) => charsOf(body) / MAX_CHARS,
    plain: (text) => ({ kind: 'text', content: plainText(text, MAX_CHARS) }),
    withAside,
    equal: isEqual,
    isEmpty: (body) => contentsOf(body).every(isInvisible),
    surelyFitsChars: SURELY_FITS_CHARS,
  }
}

export type Draw = (block: Block) => string

/** How a top-level block looks, remembered. */
export function createDrawing(): Draw {
  const drawn = new WeakMap<Block, string>()
  return (block) => {
    const known = drawn.get(block)
    if (known !== undefined) return known
    const text = textOfBlock(block, {})
    drawn.set(block, text)
    return text
  }
}

/** Blocks one below the other; those that show nothing leave no gap. */
export function textOf(blocks: readonly Block[], draw: Draw): string {
  let text = ''
  let before: Block | undefined
  for (const block of blocks) {
    const next = draw(block)
    if (next === '') continue
    text += (before === undefined ? '' : gapBetween(before, block)) + next
    before = block
  }
  return text
}

/**
 * Text to be shown literally. Escapes make it longer: where it would not fit with them it goes without, and where it
 * does not fit at all it is cut, as most of an answer is better than none.
 */
export function plainText(text: string, maxChars: number): string {
  const clean = cleanText(text).trim()
  const escaped = escapeLineStarts(escapeText(clean))
  if (escaped.length <= maxChars) return escaped
  if (clean.length <= maxChars) return clean
  return `${clean.slice(0, maxChars - 1).toWellFormed()}…`
}

export function isEqual(a: DiscordBody, b: DiscordBody): boolean {
  if (a === b) return true
  const ours = contentsOf(a)
  const theirs = contentsOf(b)
  return a.kind === b.kind && ours.length === theirs.length && ours.every((text, n) => text === theirs[n])
}

export function contentsOf(body: DiscordBody): readonly string[] {
  return body.kind === 'text' ? [body.content] : body.displays
}

export function charsOf(body: DiscordBody): number {
  return contentsOf(body).reduce((sum, text) => sum + text.length, 0)
}

/** Headings and code bring room of their own; a list follows the words that announce it. */
function gapBetween(before: Block, after: Block): string {
  const isTight =
    before.kind === 'heading' ||
    isCode(before) ||
    isCode(after) ||
    (before.kind === 'paragraph' && after.kind === 'list')
  return isTight ? '\n' : '\n\n'
}

function isCode({ kind }: Block): boolean {
  return kind === 'code' || kind === 'table'
}

/** What a block stands in. */
interface Within {
  readonly quote?: true
  /** How deep in lists; absent outside. */
  readonly depth?: number
}

function textOfBlock(block: Block, within: Within): string {
  switch (block.kind) {
    case 'paragraph':
      return escapeLineStarts(inlineOf(block.spans))
    case 'heading':
      return textOfHeading(block, within)
    case 'code':
      return fenced(block.text, block.language)
    case 'quote': {
      const inner = textOf(block.blocks, (each) => textOfBlock(each, { quote: true }))
      // Quotes cannot stand in quotes: an inner one joins the outer.
      return within.quote === true || isInvisible(inner) ? inner.trim() : inner.replace(/^/gm, '> ')
    }
    case 'list':
      return textOfList(block, within)
    case 'table':
      return fenced(drawTable(block.align, block.head, block.rows))
    case 'rule':
      return '———'
  }
}

/** Three levels are Discord's own; others, and those in lists, are bold. */
function textOfHeading(heading: Extract<Block, { kind: 'heading' }>, within: Within): string {
  const isNative = heading.level <= 3 && within.depth === undefined
  const spans = isNative ? heading.spans : [{ kind: 'bold' as const, spans: heading.spans }]
  const text = inlineOf(spans)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
  if (isInvisible(text)) return ''
  return isNative ? `${'#'.repeat(heading.level)} ${text}` : escapeLineStarts(text)
}

/** Discord shows no empty block, and would pair its marks with the next one's. */
function fenced(code: string, language = ''): string {
  const clean = cleanCode(code)
  if (isInvisible(clean)) return ''
  return `\`\`\`${languageOf(language)}\n${clean}\n\`\`\``
}

/** What Discord takes as a language's name; anything else would be the code's first line. */
function languageOf(language: string): string {
  return /^[\w+.#-]{1,20}$/.test(language) ? language : ''
}

function textOfList(list: Extract<Block, { kind: 'list' }>, within: Within): string {
  const depth = within.depth ?? 0
  return list.items
    .map((item, n) => textOfItem(item, list.ordered ? `${list.start + n}. ` : '- ', { ...within, depth }))
    .join('\n')
}

/** Code, tables and quotes begin on a line of their own and are not indented; ordered items say their number again. */
function textOfItem(item: ListItem, bullet: string, within: Within & { readonly depth: number }): string {
  const margin = ' '.repeat(Math.min(2 * within.depth, MAX_INDENT))
  const sign = item.checked === undefined ? '' : item.checked ? '☑ ' : '☐ '
  const lines = item.blocks.flatMap((block) => {
    const text = textOfBlock(block, { ...within, depth: within.depth + 1 })
    return text === '' ? [] : [{ block, text }]
  })
  const [first, ...others] = lines
  const startsBeside = first !== undefined && !standsAlone(first.block)
  const head = `${margin}${bullet}${sign}${startsBeside ? continued(first.text, margin) : ''}`
  const rest = startsBeside ? others : lines
  return [
    startsBeside ? head : head.trimEnd(),
    ...rest.map(({ block, text }) => (standsAlone(block) ? text : `${margin}  ${continued(text, margin)}`)),
  ].join('\n')
}

function continued(text: string, margin: string): string {
  return text.replace(/\n/g, `\n${margin}  `)
}

/** Nested lists bring their own margin. */
function standsAlone({ kind }: Block): boolean {
  return kind === 'code' || kind === 'table' || kind === 'quote' || kind === 'list'
}
