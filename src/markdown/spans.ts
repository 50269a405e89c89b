// What do a line's inline tokens say, as spans?

import type { Token } from 'markdown-it'
import type { Span } from '../contract/document.ts'

/** Deeper emphasis is dropped and its text kept: renderers may recurse, and no reader sees the difference. */
const MAX_SPAN_DEPTH = 12

/** Neighbouring texts are joined; empty texts and empty emphasis are left out. */
export function toSpans(tokens: readonly Token[]): readonly Span[] {
  const open: Frame[] = [{ spans: [] }]
  for (const token of tokens) {
    const top = open.at(-1)
    if (top === undefined) break
    if (token.nesting === 1) open.push(opened(token, open.length, top))
    else if (token.nesting === -1) {
      if (open.length > 1) open.pop()
      close(top, open.at(-1))
    } else add(top.spans, leaf(token))
  }
  while (open.length > 1) close(open.pop(), open.at(-1))
  return open[0]?.spans ?? []
}

/** An emphasis or link whose end has not come yet. Without `wrap` its spans already belong to the one around it. */
interface Frame {
  readonly spans: Span[]
  readonly wrap?: (spans: readonly Span[]) => Span
}

function opened(token: Token, depth: number, around: Frame): Frame {
  const wrap = depth > MAX_SPAN_DEPTH ? undefined : wrapOf(token)
  return wrap === undefined ? { spans: around.spans } : { spans: [], wrap }
}

function wrapOf(token: Token): Frame['wrap'] {
  switch (token.type) {
    case 'strong_open':
      return (spans) => ({ kind: 'bold', spans })
    case 'em_open':
      return (spans) => ({ kind: 'italic', spans })
    case 's_open':
      return (spans) => ({ kind: 'strike', spans })
    case 'link_open': {
      const url = String(token.attrGet('href') ?? '')
      return (spans) => ({ kind: 'link', url, spans })
    }
    default:
      return undefined
  }
}

function close(frame: Frame | undefined, around: Frame | undefined): void {
  if (frame?.wrap === undefined || around === undefined || frame.spans.length === 0) return
  around.spans.push(frame.wrap(frame.spans))
}

function leaf(token: Token): Span {
  switch (token.type) {
    case 'code_inline':
      return { kind: 'code', text: token.content }
    case 'softbreak':
    case 'hardbreak':
      return { kind: 'break' }
    case 'image':
      return { kind: 'image', url: String(token.attrGet('src') ?? ''), alt: plainText(token.children ?? []) }
    default:
      return { kind: 'text', text: token.content }
  }
}

function plainText(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.children === null ? token.content : plainText(token.children))).join('')
}

function add(spans: Span[], span: Span): void {
  if (span.kind === 'text') {
    if (span.text === '') return
    const last = spans.at(-1)
    if (last?.kind === 'text') {
      spans[spans.length - 1] = { kind: 'text', text: last.text + span.text }
      return
    }
  }
  spans.push(span)
}
