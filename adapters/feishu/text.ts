// How does Markdown look as plain words? For text messages, and for the line the chat list shows.
import type { Block, ListItem, Span } from '../../src/contract/document.ts'
import type { Control } from '../../src/contract/platform.ts'
import { fillOf, isImageKey, isInvisible, isSameBody, PICTURE_SIGN, type FeishuRenderer } from './body.ts'
import { cleanText, defuseText } from './escape.ts'
import { keysInWords } from './keyboard.ts'
import { plainBody, withAside } from './panel.ts'
import { drawTable } from '../common/table.ts'

/** Text grows at most so many times: deep lists, tabs in code, six bytes for a control character. */
const SURELY_FITS_CHARS = 1_500

/** For `streaming: text`: every body is the text of a message. */
export function createTextRenderer(): FeishuRenderer {
  const known = new WeakMap<Block, string>()
  const draw = (block: Block): string => {
    const drawn = known.get(block) ?? cleanText(wordsOfBlock(block)).trimEnd()
    known.set(block, drawn)
    return drawn
  }
  return {
    images: new Set(),
    refused: new Set(),
    refuse: () => undefined,
    render: (blocks) => ({
      kind: 'text',
      text: blocks
        .map(draw)
        .filter((text) => text.trim() !== '')
        .join('\n\n')
        .trim(),
    }),
    fill: fillOf,
    plain: plainBody,
    withAside,
    equal: (a, b) => a === b || isSameBody(a, b),
    isEmpty: (body) => isInvisible(body.kind === 'text' ? body.text : body.markdown),
    surelyFitsChars: SURELY_FITS_CHARS,
  }
}

/** Words, and below them what a card would have as buttons. */
export function withKeys(text: string, controls: readonly Control[]): string {
  const keys = keysInWords(controls)
  return keys === '' ? text : `${text}\n\n${keys}`.trimStart()
}

/** The content of a text message. Its own tags, of which a mention rings people, are taken apart. */
export function textContent(text: string): string {
  return JSON.stringify({ text: defuseText(text) })
}

/** `depth`: how many lists stand around it. */
export function wordsOfBlock(block: Block, depth = 0, inQuote = false): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return wordsOfSpans(block.spans)
    case 'code':
      return block.text.replace(/\t/g, '    ')
    case 'quote': {
      const words = block.blocks.map((inner) => wordsOfBlock(inner, depth, true)).join('\n\n')
      // Quotes in quotes join the outer one.
      return inQuote ? words : words.replace(/^(?=.)/gm, '│ ')
    }
    case 'list':
      return block.items
        .map((item, i) => wordsOfItem(item, block.ordered ? `${block.start + i}. ` : '• ', depth, inQuote))
        .join(block.tight ? '\n' : '\n\n')
    case 'table':
      return drawTable(block.align, block.head, block.rows)
    case 'rule':
      return '———'
  }
}

function wordsOfItem(item: ListItem, bullet: string, depth: number, inQuote: boolean): string {
  const sign = item.checked === undefined ? bullet : item.checked ? '☑ ' : '☐ '
  const words = item.blocks
    .map((block) => {
      const inner = wordsOfBlock(block, depth + 1, inQuote)
      return depth < MAX_INDENTS ? inner.replace(/^(?=.)/gm, '  ') : inner
    })
    .join('\n')
  return sign + words.trimStart()
}

/** Phones are narrow. */
const MAX_INDENTS = 4

function wordsOfSpans(spans: readonly Span[]): string {
  return spans.map(wordsOfSpan).join('')
}

function wordsOfSpan(span: Span): string {
  switch (span.kind) {
    case 'text':
    case 'code':
      return span.text
    case 'break':
      return '\n'
    case 'bold':
    case 'italic':
    case 'strike':
      return wordsOfSpans(span.spans)
    case 'link':
      return withAddress(wordsOfSpans(span.spans), span.url)
    case 'image':
      return isImageKey(span.url) ? `${PICTURE_SIGN} ${span.alt}`.trim() : withAddress(span.alt, span.url)
  }
}

function withAddress(words: string, url: string): string {
  if (words.trim() === '') return url
  return url === '' || words.includes(url.replace(/^mailto:/i, '')) ? words : `${words} (${url})`
}
