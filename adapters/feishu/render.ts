// How does Markdown look on Feishu? As the Markdown of its card component, every literal character made safe.
//
// Tables stand as they are, and `fill` counts them, so that a sixth begins the next card: as a block of code it would
// lose its layout on a phone, and with Chinese words its columns do not meet. Only tables inside lists and quotes,
// where Feishu draws none, become code.
import type { Block, ListItem } from '../../src/contract/document.ts'
import {
  fillOf,
  isInvisible,
  isSameBody,
  jsonBytes,
  summaryOf,
  SUMMARY_CHARS,
  type FeishuBody,
  type FeishuRenderer,
} from './body.ts'
import { cleanText, defuse } from './escape.ts'
import { drawSpans, longestRun, type InlineContext } from './inline.ts'
import { plainBody, withAside } from './panel.ts'
import { rememberKey } from './pictures.ts'
import { drawTable } from '../common/table.ts'
import { wordsOfBlock } from './text.ts'

/**
 * Source this short fits, however dense its markup: nothing makes text more than 17 times as many bytes (short lines at
 * the deepest indent). A property test looks for counter-examples.
 */
const SURELY_FITS_CHARS = 1_500
/** Deeper lists are indented no further: phones are narrow. */
const MAX_INDENT = 16
/** Feishu docs, markdown component: nested lists are indented by four blanks. */
const INDENT = 4
/** Feishu docs, table component. */
const MAX_COLUMNS = 50
/** An item that begins with no words needs something, or its mark would be read as a dash. */
const NOTHING = '\u200b'

interface Drawn {
  readonly markdown: string
  readonly sizeBytes: number
  readonly tables: number
  readonly images: number
}

/** A stretch of lines. `alone`: it begins at the first column, whatever it stands in. */
interface Stretch {
  readonly text: string
  readonly alone: boolean
  /** What stands between it and the one before. */
  readonly gap: '\n' | '\n\n'
}

/** One per account: it remembers how each block looks, so that a growing reply draws only its changed tail anew. */
export function createRenderer(): FeishuRenderer {
  const images = new Set<string>()
  const refused = new Set<string>()
  let known = new WeakMap<Block, Drawn>()
  const draw = (block: Block): Drawn => {
    const drawn = known.get(block) ?? drawTopBlock(block, { images })
    known.set(block, drawn)
    return drawn
  }
  return {
    images,
    refused,
    refuse(keys) {
      for (const key of keys) {
        images.delete(key)
        rememberKey(refused, key)
      }
      // Blocks drawn before may show them.
      known = new WeakMap()
    },
    render: (blocks) => joined(blocks, draw),
    fill: fillOf,
    plain: plainBody,
    withAside,
    equal: (a, b) => a === b || isSameBody(a, b),
    isEmpty: (body) => isInvisible(body.kind === 'card' ? body.summary : body.text),
    surelyFitsChars: SURELY_FITS_CHARS,
  }
}

function joined(blocks: readonly Block[], draw: (block: Block) => Drawn): FeishuBody {
  const texts: string[] = []
  let words = ''
  let sizeBytes = 0
  let tables = 0
  let images = 0
  let before: Block | undefined
  for (const block of blocks) {
    const drawn = draw(block)
    if (drawn.markdown === '') continue
    // Two lists in a row would be read as one, and their numbers as one count.
    if (before?.kind === 'list' && block.kind === 'list') {
      texts.push(NOTHING)
      sizeBytes += jsonBytes(NOTHING) + GAP_BYTES
    }
    texts.push(drawn.markdown)
    sizeBytes += drawn.sizeBytes + GAP_BYTES
    tables += drawn.tables
    images += drawn.images
    if (words.length < SUMMARY_CHARS) words += `${wordsOfBlock(block).slice(0, 4 * SUMMARY_CHARS)} `
    before = block
  }
  return { kind: 'card', markdown: texts.join('\n\n'), sizeBytes, tables, images, summary: summaryOf(words) }
}

/** Two line feeds within JSON. */
const GAP_BYTES = 4

function drawTopBlock(block: Block, context: InlineContext): Drawn {
  const isTable = block.kind === 'table' && columnsOf(block) <= MAX_COLUMNS
  const markdown = isTable
    ? drawNativeTable(block, context)
    : textOf(drawBlock(block, { ...context, depth: 0 })).trimEnd()
  return {
    markdown,
    sizeBytes: jsonBytes(markdown),
    tables: isTable && markdown !== '' ? 1 : 0,
    images: markdown.match(IMAGE)?.length ?? 0,
  }
}

/** In code it is none; that one more is counted there does no harm. */
const IMAGE = /!\[[^\]\n]*\]\(img_/g

/** `depth`: how many lists and quotes stand around it. */
type BlockContext = InlineContext & { readonly depth: number; readonly inQuote?: boolean }

function drawBlock(block: Block, context: BlockContext): readonly Stretch[] {
  switch (block.kind) {
    case 'paragraph':
      return stretch(drawSpans(block.spans, context))
    case 'heading': {
      const line = { ...context, oneLine: true }
      if (context.depth > 0) return stretch(drawSpans([{ kind: 'bold', spans: block.spans }], line))
      const words = drawSpans(block.spans, line).replace(/#+$/, (marks) => '&#35;'.repeat(marks.length))
      // The two largest sizes fill a phone's screen.
      return words === '' ? [] : stretch(`${block.level === 1 ? '####' : '#####'} ${words}`)
    }
    case 'code':
      return [drawCode(block.text, block.language)]
    case 'quote':
      return drawQuote(block.blocks, context)
    case 'list':
      return drawList(block, { ...context, depth: context.depth + 1 })
    case 'table':
      return [drawCode(drawTable(block.align, block.head, block.rows))]
    case 'rule':
      return stretch(context.depth > 0 ? '———' : '---')
  }
}

function stretch(text: string): readonly Stretch[] {
  return text === '' ? [] : [{ text, alone: false, gap: '\n\n' }]
}

/** The fence stands at the first column without a blank round it, or Feishu shows it as text. */
function drawCode(text: string, language?: string): Stretch {
  const clean = defuse(cleanText(text.replace(/\t/g, '    ')))
  const fence = '`'.repeat(Math.max(3, longestRun(clean) + 1))
  const name = language?.replace(/[^A-Za-z0-9_+#.-]/g, '') ?? ''
  return { text: `${fence}${name}\n${clean}\n${fence}`, alone: true, gap: '\n\n' }
}

/** Quotes in quotes join the outer one; code in them stands alone. */
function drawQuote(blocks: readonly Block[], context: BlockContext): readonly Stretch[] {
  const inner = blocks.flatMap((block) =>
    drawBlock(block, { ...context, depth: context.depth + 1, inQuote: true }),
  )
  if (context.inQuote === true) return inner
  const out: Stretch[] = []
  let run: Stretch[] = []
  const close = (): void => {
    if (run.length > 0) out.push(...stretch(textOf(run).replace(/^.*$/gm, (line) => `> ${line}`.trimEnd())))
    run = []
  }
  for (const each of inner) {
    if (each.alone) {
      close()
      out.push(each)
    } else run.push(each)
  }
  close()
  return out
}

/** What stands alone inside an item ends the list for Feishu: what follows it goes on without indent. */
function drawList(list: Extract<Block, { kind: 'list' }>, context: BlockContext): readonly Stretch[] {
  return list.items.flatMap((item, i) => {
    const mark = list.ordered ? `${list.start + i}. ` : '- '
    const [first, ...others] = drawItem(item, mark, context)
    if (first === undefined) return []
    const gap = i === 0 || !list.tight ? '\n\n' : '\n'
    return [{ ...first, gap }, ...others]
  })
}

function drawItem(item: ListItem, mark: string, context: BlockContext): readonly Stretch[] {
  const indent = Math.max(INDENT, mark.length)
  const sign = item.checked === undefined ? '' : item.checked ? '☑ ' : '☐ '
  const inner = item.blocks.flatMap((block) => {
    const drawn = drawBlock(block, context)
    // A list that belongs to its words stands right below them; one that does not begin with 1 would be taken for words.
    const isClose = block.kind === 'list' && !(block.ordered && block.start !== 1)
    return drawn.map((each, i) => (isClose && i === 0 ? { ...each, gap: '\n' as const } : each))
  })
  const [head, ...rest] = inner
  const opens = head !== undefined && !head.alone && item.blocks[0]?.kind !== 'list'
  const words = opens ? indented(head.text, indent).trimStart() : sign === '' ? NOTHING : ''
  const out: Stretch[] = [{ text: `${mark}${sign}${words}`.trimEnd(), alone: false, gap: '\n' }]
  let broken = false
  for (const each of opens ? rest : inner) {
    broken ||= each.alone
    out.push(broken ? each : { ...each, text: indented(each.text, indent) })
  }
  return out
}

function indented(text: string, by: number): string {
  const standing = /^ */.exec(text)?.[0].length ?? 0
  const blanks = ' '.repeat(Math.max(0, Math.min(by, MAX_INDENT - standing)))
  return blanks === '' ? text : text.replace(/^(?=[^\n])/gm, blanks)
}

function textOf(stretches: readonly Stretch[]): string {
  let text = ''
  let alone = false
  stretches.forEach((each, i) => {
    if (i > 0) text += alone || each.alone ? '\n\n' : each.gap
    text += each.text
    alone = each.alone
  })
  return text
}

function drawNativeTable(table: Extract<Block, { kind: 'table' }>, context: InlineContext): string {
  const columns = columnsOf(table)
  if (columns === 0) return ''
  const row = (cells: readonly string[]): string =>
    `| ${Array.from({ length: columns }, (_, at) => cells[at] ?? '').join(' | ')} |`
  const marks = Array.from({ length: columns }, (_, at) => DELIMITERS[table.align[at] ?? 'none'])
  const cells = { ...context, oneLine: true, cell: true }
  const lines = [table.head, ...table.rows].map((each) => row(each.map((cell) => drawSpans(cell, cells))))
  return [lines[0] ?? '', row(marks), ...lines.slice(1)].join('\n')
}

const DELIMITERS = { left: ':---', center: ':---:', right: '---:', none: '---' } as const

function columnsOf({ head, rows }: Extract<Block, { kind: 'table' }>): number {
  return rows.reduce((most, row) => Math.max(most, row.length), head.length)
}
