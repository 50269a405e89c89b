// What are blocks in words alone? For the line above a reply.

import type { PageBlock, PageMessage, PageSpan } from '../protocol.ts'

/** Of a message: its words, else the name of its file. */
export function wordsOfMessage({ blocks, files }: Pick<PageMessage, 'blocks' | 'files'>): string {
  const words = blocks
    .map(wordsOfBlock)
    .filter((text) => text !== '')
    .join(' ')
  return words === '' ? (files[0]?.name ?? '') : words
}

export function wordsOfSpans(spans: readonly PageSpan[]): string {
  return spans
    .map((span) => {
      if (span.kind === 'break') return '\n'
      return 'text' in span ? span.text : wordsOfSpans(span.spans)
    })
    .join('')
}

function wordsOfBlock(block: PageBlock): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
    case 'small':
      return wordsOfSpans(block.spans)
    case 'code':
      return block.text
    case 'quote':
    case 'panel':
      return block.blocks.map(wordsOfBlock).join(' ')
    case 'list':
      return block.items.map((item) => item.map(wordsOfBlock).join(' ')).join(' · ')
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(wordsOfSpans).join(' | ')).join(' ')
    case 'picture':
      return `🖼 ${block.file.name}`
    case 'rule':
      return ''
  }
}
