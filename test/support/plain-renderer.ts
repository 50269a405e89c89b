// What does a body look like where there is nothing but text? A small renderer that shows everything, for tests.

import type { Block, ListItem, Row, Span } from '../../src/contract/document.ts'
import type { Renderer } from '../../src/contract/platform.ts'

export interface PlainBody {
  readonly text: string
  /** How many pieces of markup it took: some platforms count them. */
  readonly entities: number
}

/** `maxChars` UTF-16 units; `maxEntities` none unless told. */
export function createPlainRenderer(maxChars: number, maxEntities = Infinity): Renderer<PlainBody> {
  return {
    render: (blocks) => ({ text: showBlocks(blocks), entities: countAll(blocks) }),
    fill: (body) => Math.max(body.text.length / maxChars, body.entities / maxEntities),
    plain: (text) => ({ text, entities: 0 }),
    equal: (a, b) => a.text === b.text,
    isEmpty: (body) => body.text.trim() === '',
    surelyFitsChars: Math.floor(Math.min(maxChars / 4, maxEntities)),
  }
}

/** Shows what stands beside the words, too. */
export function withAsides(renderer: Renderer<PlainBody>): Renderer<PlainBody> {
  return {
    ...renderer,
    withAside({ text, entities }, { thought, status }) {
      const above = thought === undefined ? '' : `{${thought.title}: ${thought.text}}`
      const below = status === undefined ? '' : `(${status})`
      return { text: [above, text, below].filter((line) => line !== '').join('\n'), entities }
    },
  }
}

function showBlocks(blocks: readonly Block[]): string {
  return blocks.map(showKnown).join('\n\n')
}

/** Blocks that cannot change keep their identity: what they look like need not be found out again. */
const shownBlocks = new WeakMap<Block, string>()

function showKnown(block: Block): string {
  const shown = shownBlocks.get(block) ?? showBlock(block)
  shownBlocks.set(block, shown)
  return shown
}

function showBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return showSpans(block.spans)
    case 'code':
      return `<${block.language ?? ''}>\n${block.text}`
    case 'quote':
      return `> ${showBlocks(block.blocks)}`
    case 'list':
      return block.items
        .map((item, at) => `${block.ordered ? `${block.start + at}.` : '-'} ${showItem(item)}`)
        .join('\n')
    case 'table':
      return [block.head, ...block.rows].map(showRow).join('\n')
    case 'rule':
      return '---'
  }
}

function showItem(item: ListItem): string {
  const mark = item.checked === undefined ? '' : item.checked ? '[x] ' : '[ ] '
  return mark + showBlocks(item.blocks)
}

function showRow(row: Row): string {
  return row.map(showSpans).join(' | ')
}

function showSpans(spans: readonly Span[]): string {
  return spans.map(showSpan).join('')
}

function showSpan(span: Span): string {
  switch (span.kind) {
    case 'text':
    case 'code':
      return span.text
    case 'bold':
    case 'italic':
    case 'strike':
      return showSpans(span.spans)
    case 'link': {
      const text = showSpans(span.spans)
      return text === span.url ? text : `${text} (${span.url})`
    }
    case 'image':
      return `${span.alt} (${span.url})`
    case 'break':
      return '\n'
  }
}

function countAll(blocks: readonly Block[]): number {
  let count = 0
  for (const block of blocks) {
    if (block.kind === 'paragraph' || block.kind === 'heading') count += countSpans(block.spans)
    else if (block.kind === 'code') count += 1
    else if (block.kind === 'quote') count += 1 + countAll(block.blocks)
    else if (block.kind === 'list') for (const item of block.items) count += countAll(item.blocks)
  }
  return count
}

function countSpans(spans: readonly Span[]): number {
  let count = 0
  for (const span of spans) {
    if (span.kind === 'text' || span.kind === 'break') continue
    count += 1
    if ('spans' in span) count += countSpans(span.spans)
  }
  return count
}
