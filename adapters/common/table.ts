// How does a table look in a monospace block? Columns padded by display width, a line under the head.
import type { Align, Row, Span } from '../../src/contract/document.ts'
import { displayWidth } from './width.ts'

export function drawTable(align: readonly Align[], head: Row, rows: readonly Row[]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => textOfSpans(cell)))
  const columns = lines.reduce((most, line) => Math.max(most, line.length), 0)
  const widths = Array.from({ length: columns }, (_, column) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[column] ?? '')), 1),
  )
  const drawn = lines.map((line) =>
    widths
      .map((width, column) => pad(line[column] ?? '', width, align[column] ?? 'none'))
      .join(' | ')
      .trimEnd(),
  )
  const underline = widths.map((width) => '-'.repeat(width)).join('-+-')
  return [drawn[0] ?? '', underline, ...drawn.slice(1)].join('\n')
}

/** A cell is one line: breaks become blanks, images their alt text. */
export function textOfSpans(spans: readonly Span[]): string {
  return spans.map(textOfSpan).join('').replace(/\s+/g, ' ').trim()
}

function textOfSpan(span: Span): string {
  switch (span.kind) {
    case 'text':
    case 'code':
      return span.text
    case 'image':
      return span.alt === '' ? span.url : span.alt
    case 'break':
      return ' '
    case 'bold':
    case 'italic':
    case 'strike':
    case 'link':
      return span.spans.map(textOfSpan).join('')
  }
}

function pad(text: string, width: number, align: Align): string {
  const room = Math.max(0, width - displayWidth(text))
  switch (align) {
    case 'right':
      return ' '.repeat(room) + text
    case 'center': {
      const left = Math.floor(room / 2)
      return ' '.repeat(left) + text + ' '.repeat(room - left)
    }
    case 'left':
    case 'none':
      return text + ' '.repeat(room)
  }
}
