// How does a part begin in the middle of a list, a quote, a fence or a table, as if the part before were still there?
//
// The part is parsed behind a prefix that opens again what is open at its beginning. Where the prefix needs words (an
// item must have some, or its list would not be one), they are a noncharacter that `withoutHolds` takes out again.

import type { Block, Cell, ListItem, Span } from '../contract/document.ts'
import type { Container, ScanState } from '../markdown/scan.ts'

export interface Reopened {
  /** Stands before the part's source when it is parsed. */
  readonly prefix: string
  /** The same for plain text: the fence or table head alone. */
  readonly plain: string
  readonly containers: readonly Container[]
}

export const nothingReopened: Reopened = { prefix: '', plain: '', containers: [] }

const HOLD = '\uFDD0'

/** `inLine`: the part begins within a line; `state` is then what would be open if that line ended there. */
export function reopen(state: ScanState, inLine: boolean): Reopened {
  const { containers, leaf } = state
  const lines = containers.map(
    (each, depth) => `${margin(containers.slice(0, depth))}${opening(each)}# ${HOLD}\n`,
  )
  const here = margin(containers)
  const rest = inLine ? `${here}${HOLD}` : ''
  const before = lines.join('')
  switch (leaf.kind) {
    case 'fence': {
      const fence = `${here}${leaf.mark}${leaf.language}\n`
      return { prefix: before + fence + rest, plain: fence, containers }
    }
    case 'table': {
      const head = `${here}${leaf.head}\n${here}${leaf.delimiter}\n`
      return { prefix: before + head + (inLine ? `${here}| ${HOLD}` : ''), plain: head, containers }
    }
    case 'paragraph':
      return { prefix: before + (inLine ? rest : `${here}${HOLD}\n`), plain: '', containers }
    case 'blank':
    case 'heading':
    case 'other':
      return { prefix: before + rest, plain: '', containers }
  }
}

/** The same place with less to say: for when a table's head leaves no room for its rows. */
export function reopenLess(inLine: boolean): Reopened {
  return { prefix: inLine ? HOLD : '', plain: '', containers: [] }
}

/** Closes an open fence in the plain text of a part. */
export function plainClose(text: string, state: ScanState): string {
  if (state.leaf.kind !== 'fence') return ''
  return `${text.endsWith('\n') ? '' : '\n'}${margin(state.containers)}${state.leaf.mark}`
}

function opening(container: Container): string {
  if (container.kind === 'quote') return '> '
  const mark = container.number === undefined ? container.mark : `${container.number}${container.mark}`
  return (' '.repeat(container.pad) + mark).padEnd(container.width)
}

function margin(containers: readonly Container[]): string {
  return containers.map((each) => (each.kind === 'quote' ? '> ' : ' '.repeat(each.width))).join('')
}

/** What was parsed behind a prefix, without what the prefix only held open. An item cut in two goes on without its mark. */
export function withoutHolds(blocks: readonly Block[], reopened: Reopened): readonly Block[] {
  if (reopened.prefix === '') return blocks
  const left = withoutContainers(blocks, reopened.containers)
  return left.some(blockHolds) ? left.flatMap(cleaned) : left
}

function withoutContainers(blocks: readonly Block[], containers: readonly Container[]): readonly Block[] {
  const [container, ...inner] = containers
  const [first, ...rest] = blocks
  if (first === undefined) return blocks
  if (container === undefined) return [...withoutLeafHold(first), ...rest]
  if (container.kind === 'quote' && first.kind === 'quote') {
    const left = withoutContainers(withoutHeading(first.blocks), inner)
    return left.length === 0 ? rest : [{ kind: 'quote', blocks: left }, ...rest]
  }
  if (container.kind === 'item' && first.kind === 'list') {
    const [item, ...items] = first.items
    const left = withoutContainers(withoutHeading(item?.blocks ?? []), inner)
    const list: readonly Block[] = items.length === 0 ? [] : [{ ...first, start: first.start + 1, items }]
    return [...left, ...list, ...rest]
  }
  return blocks
}

function withoutHeading(blocks: readonly Block[]): readonly Block[] {
  const [first, ...rest] = blocks
  return first?.kind === 'heading' && first.spans.some(spanHolds) ? rest : blocks
}

/** The leaf at the front: words held open are taken out; a fence or table of which nothing is left is dropped. */
function withoutLeafHold(block: Block): readonly Block[] {
  if (block.kind === 'code' && (block.text === '' || block.text === HOLD)) return []
  if (block.kind === 'table' && block.rows.length === 0) return []
  return blockHolds(block) ? cleaned(block) : [block]
}

function blockHolds(block: Block): boolean {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return block.spans.some(spanHolds)
    case 'code':
      return block.text.includes(HOLD)
    case 'quote':
      return block.blocks.some(blockHolds)
    case 'list':
      return block.items.some((item) => item.blocks.some(blockHolds))
    case 'table':
      return [block.head, ...block.rows].some((row) => row.some((cell) => cell.some(spanHolds)))
    case 'rule':
      return false
  }
}

function spanHolds(span: Span): boolean {
  if (span.kind === 'text' || span.kind === 'code') return span.text.includes(HOLD)
  if (span.kind === 'image') return span.alt.includes(HOLD)
  return span.kind !== 'break' && span.spans.some(spanHolds)
}

function cleaned(block: Block): readonly Block[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading': {
      const spans = cleanedSpans(block.spans)
      return spans.length === 0 ? [] : [{ ...block, spans }]
    }
    case 'code':
      return [{ ...block, text: block.text.replaceAll(HOLD, '') }]
    case 'quote':
      return [{ ...block, blocks: block.blocks.flatMap(cleaned) }]
    case 'list':
      return [{ ...block, items: block.items.map(cleanedItem) }]
    case 'table':
      return [
        { ...block, head: block.head.map(cleanedCell), rows: block.rows.map((row) => row.map(cleanedCell)) },
      ]
    case 'rule':
      return [block]
  }
}

function cleanedItem(item: ListItem): ListItem {
  return { ...item, blocks: item.blocks.flatMap(cleaned) }
}
function cleanedCell(cell: Cell): Cell {
  return cleanedSpans(cell)
}

function cleanedSpans(spans: readonly Span[]): readonly Span[] {
  const left = spans.flatMap((span): readonly Span[] => {
    if (!spanHolds(span)) return [span]
    if (span.kind === 'text' || span.kind === 'code') {
      const text = span.text.replaceAll(HOLD, '')
      return text === '' ? [] : [{ ...span, text }]
    }
    if (span.kind === 'image') return [{ ...span, alt: span.alt.replaceAll(HOLD, '') }]
    return span.kind === 'break' ? [span] : [{ ...span, spans: cleanedSpans(span.spans) }]
  })
  return left[0]?.kind === 'break' && spans[0]?.kind !== 'break' ? left.slice(1) : left
}
