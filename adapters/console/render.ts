// How does an answer look in a terminal? Bold and colours where it has them, plain lines otherwise.
import { stripVTControlCharacters } from 'node:util'
import type { Block, Span, Thought } from '../../src/contract/document.ts'
import type { Renderer } from '../../src/contract/platform.ts'

/** How each begins and ends. ECMA-48, "select graphic rendition". */
const STYLES = { bold: [1, 22], dim: [2, 22], italic: [3, 23], strike: [9, 29], code: [36, 39] } as const

export function createRenderer(styled: boolean): Renderer<string> {
  const ansi = (style: keyof typeof STYLES, text: string): string =>
    styled ? `\x1b[${STYLES[style][0]}m${text}\x1b[${STYLES[style][1]}m` : text
  const spans = (list: readonly Span[]): string => list.map(span).join('')
  const blocks = (list: readonly Block[]): string => list.map(block).join('\n\n')
  return {
    render: (list) => blocks(list),
    fill: (body) => body.length / 1_000_000,
    plain: safe,
    withAside: (body, { thought, status }) =>
      [...thoughtLines(thought), ...(body === '' ? [] : [body]), ...dim(status)].join('\n\n'),
    equal: (a, b) => a === b,
    isEmpty: (body) => stripVTControlCharacters(body).trim() === '',
    surelyFitsChars: 4_000,
  }

  function thoughtLines(thought: Thought | undefined): readonly string[] {
    return thought === undefined ? [] : dim(`${thought.title}\n${indent(thought.text.trim(), '  ')}`)
  }
  function dim(text: string | undefined): readonly string[] {
    if (text === undefined) return []
    const lines = safe(text).split('\n')
    return [lines.map((line) => (line === '' ? '' : ansi('dim', line))).join('\n')]
  }

  function block(from: Block): string {
    switch (from.kind) {
      case 'paragraph':
        return spans(from.spans)
      case 'heading':
        return ansi('bold', spans(from.spans))
      case 'code':
        return ansi('code', indent(safe(from.text), '    '))
      case 'quote':
        return indent(blocks(from.blocks), '│ ')
      case 'list':
        return from.items
          .map((item, i) => {
            const box = item.checked === undefined ? '' : item.checked ? '☑ ' : '☐ '
            const sign = (from.ordered ? `${from.start + i}. ` : '• ') + box
            return sign + indent(item.blocks.map(block).join('\n'), '  ').trimStart()
          })
          .join(from.tight ? '\n' : '\n\n')
      case 'table':
        return [from.head, ...from.rows].map((row) => row.map(spans).join(' │ ')).join('\n')
      case 'rule':
        return '———'
    }
  }

  function span(from: Span): string {
    switch (from.kind) {
      case 'text':
        return safe(from.text)
      case 'bold':
      case 'italic':
      case 'strike':
        return ansi(from.kind, spans(from.spans))
      case 'code':
        return ansi('code', safe(from.text))
      case 'link': {
        const text = spans(from.spans)
        return text.includes(from.url) ? text : `${text} (${safe(from.url)})`
      }
      case 'image':
        return safe(`${from.alt} (${from.url})`.trim())
      case 'break':
        return '\n'
    }
  }
}

/** An answer cannot steer the terminal. */
export function safe(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, (c) => (c === '\n' || c === '\t' ? c : ''))
}

function indent(text: string, by: string): string {
  return text.replace(/^/gm, by)
}

/** Terminal columns: East Asian characters and emoji take two. */
export function cells(line: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
  return Array.from(stripVTControlCharacters(line)).reduce((sum, char) => sum + (wide.test(char) ? 2 : 1), 0)
}
