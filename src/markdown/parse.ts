// What does a Markdown text say, as the tree that renderers get?

import type { Token } from 'markdown-it'
import type { Align, Block, Cell, ListItem, Row, Span } from '../contract/document.ts'
import { tokenize, tokenizeInline } from './engine.ts'
import { toSpans } from './spans.ts'

/**
 * Total: any string gives a tree, in linear time. HTML is text, soft breaks are breaks, bare http(s) addresses are links.
 * Called by reply/document.ts through the incremental parser, and by adapters for short texts.
 */
export function parse(source: string): readonly Block[] {
  return parsePlaced(source).map((placed) => placed.block)
}

/** A top-level block and the line it begins in (lines end at \n, \r\n or a lone \r). */
export interface PlacedBlock {
  readonly block: Block
  readonly line: number
}

/** What texts said when they were last read: inline text says the same wherever it stands. */
export type InlineMemory = Map<string, readonly Span[]>

/** `known` is what earlier reads found out; `found` receives what this one used. */
export function parsePlaced(
  source: string,
  known: InlineMemory = new Map(),
  found: InlineMemory = new Map(),
): readonly PlacedBlock[] {
  const walk: Walk = { tokens: tokenize(source), at: 0, lines: undefined, source, known, found }
  const placed: PlacedBlock[] = []
  for (;;) {
    const token = walk.tokens[walk.at]
    if (token === undefined) return placed
    const block = readBlock(walk)
    if (block !== undefined) placed.push({ block, line: token.map?.[0] ?? 0 })
  }
}

/** Where we are in the tokens; `lines` are split only when a table asks for one. */
interface Walk {
  readonly tokens: readonly Token[]
  at: number
  lines: readonly string[] | undefined
  readonly source: string
  readonly known: InlineMemory
  readonly found: InlineMemory
}

function readBlock(walk: Walk): Block | undefined {
  const token = walk.tokens[walk.at]
  walk.at += 1
  if (token === undefined) return undefined
  switch (token.type) {
    case 'paragraph_open': {
      const spans = readInline(walk)
      return spans.length === 0 ? undefined : { kind: 'paragraph', spans }
    }
    case 'heading_open':
      return { kind: 'heading', level: toLevel(token.tag), spans: readInline(walk) }
    case 'fence': {
      const language = token.info.trim().split(/\s/u, 1)[0] ?? ''
      const text = withoutLastNewline(token.content)
      return language === '' ? { kind: 'code', text } : { kind: 'code', language, text }
    }
    case 'code_block':
      return { kind: 'code', text: withoutLastNewline(token.content) }
    case 'hr':
      return { kind: 'rule' }
    case 'blockquote_open':
      return { kind: 'quote', blocks: readBlocks(walk, 'blockquote_close') }
    case 'bullet_list_open':
    case 'ordered_list_open':
      return readList(walk, token)
    case 'table_open':
      return readTable(walk)
    default:
      return undefined
  }
}

function readBlocks(walk: Walk, until: string): readonly Block[] {
  const blocks: Block[] = []
  while (walk.at < walk.tokens.length && walk.tokens[walk.at]?.type !== until) {
    const block = readBlock(walk)
    if (block !== undefined) blocks.push(block)
  }
  walk.at += 1
  return blocks
}

function readInline(walk: Walk): Cell {
  const inline = walk.tokens[walk.at]
  walk.at += 2 // the inline token and the closing one
  return spansOf(inline?.content ?? '', walk)
}

function spansOf(content: string, walk: Walk): readonly Span[] {
  const spans = walk.found.get(content) ?? walk.known.get(content) ?? toSpans(tokenizeInline(content))
  walk.found.set(content, spans)
  return spans
}

function readList(walk: Walk, open: Token): Block {
  const ordered = open.type === 'ordered_list_open'
  const until = ordered ? 'ordered_list_close' : 'bullet_list_close'
  let tight = true
  const items: ListItem[] = []
  while (walk.at < walk.tokens.length && walk.tokens[walk.at]?.type !== until) {
    walk.at += 1 // list_item_open
    if (isLooseItem(walk)) tight = false
    items.push(toListItem(readBlocks(walk, 'list_item_close')))
  }
  walk.at += 1
  const start = ordered ? Number(open.attrGet('start') ?? 1) : 1
  return { kind: 'list', ordered, start, tight, items }
}

/** markdown-it hides the paragraphs of tight lists, and says nothing else about it. */
function isLooseItem(walk: Walk): boolean {
  const level = walk.tokens[walk.at]?.level ?? 0
  for (let at = walk.at; at < walk.tokens.length; at += 1) {
    const token = walk.tokens[at]
    if (token === undefined || token.level < level) return false
    if (token.type === 'paragraph_open' && token.level === level) return !token.hidden
    if (token.type === 'list_item_close' && token.level < level) return false
  }
  return false
}

/** `[ ] ` and `[x] ` before an item's first words make it a task; markdown-it knows no tasks. */
function toListItem(blocks: readonly Block[]): ListItem {
  const [first, ...rest] = blocks
  const span = first?.kind === 'paragraph' ? first.spans[0] : undefined
  if (first?.kind !== 'paragraph' || span?.kind !== 'text') return { blocks }
  const mark = /^\[([ xX])\](?: +|$)/u.exec(span.text)
  if (mark === null) return { blocks }
  const text = span.text.slice(mark[0].length)
  const spans =
    text === '' ? first.spans.slice(1) : [{ kind: 'text', text } as const, ...first.spans.slice(1)]
  const checked = mark[1] !== ' '
  return { checked, blocks: spans.length === 0 ? rest : [{ kind: 'paragraph', spans }, ...rest] }
}

function readTable(walk: Walk): Block {
  const align: Align[] = []
  let head: Row = []
  const rows: Row[] = []
  let row: Cell[] = []
  let rowLine = 0
  for (; walk.at < walk.tokens.length; walk.at += 1) {
    const token = walk.tokens[walk.at]
    if (token === undefined || token.type === 'table_close') break
    if (token.type === 'th_open') align.push(toAlign(token.attrGet('style')))
    else if (token.type === 'tr_open') {
      row = []
      rowLine = token.map?.[0] ?? 0
    } else if (token.type === 'inline') row.push(spansOf(token.content, walk))
    else if (token.type === 'tr_close') {
      if (head.length === 0) head = row
      else rows.push(withExcess(row, walk, rowLine))
    }
  }
  walk.at += 1
  return { kind: 'table', align, head, rows }
}

/** GFM drops cells beyond the header's; a reply must not lose text, so they join the last cell. */
function withExcess(row: readonly Cell[], walk: Walk, line: number): Row {
  walk.lines ??= walk.source.split(/\r\n?|\n/u)
  const cells = (walk.lines[line] ?? '').trim().split(/(?<!\\)\|/u)
  if (/^[\s>]*$/u.test(cells[0] ?? '')) cells.shift()
  if (cells.at(-1)?.trim() === '') cells.pop()
  const excess = cells.slice(row.length).join('|').trim()
  if (excess === '') return row
  const cell = row.at(-1) ?? []
  const last = cell.at(-1)
  const before = last?.kind === 'text' ? last.text : ''
  const kept = last?.kind === 'text' ? cell.slice(0, -1) : cell
  const text = cell.length === 0 ? excess : `${before} | ${excess}`
  return [...row.slice(0, -1), [...kept, { kind: 'text', text }]]
}

function toAlign(style: string | number | null): Align {
  if (style === 'text-align:left') return 'left'
  if (style === 'text-align:right') return 'right'
  return style === 'text-align:center' ? 'center' : 'none'
}

function toLevel(tag: string): 1 | 2 | 3 | 4 | 5 | 6 {
  switch (tag) {
    case 'h1':
      return 1
    case 'h2':
      return 2
    case 'h3':
      return 3
    case 'h4':
      return 4
    case 'h5':
      return 5
    default:
      return 6
  }
}

function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}
