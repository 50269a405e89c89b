// How is text with marks read as spans? One scanner; each dialect says which marks it knows.

import type { PageSpan } from '../protocol.ts'

export interface InlineDialect {
  /** Marks that come in pairs, longer ones before those they begin with. */
  readonly pairs: readonly Pair[]
  /** What stands for itself: tried at each place, in order. Sticky expressions. */
  readonly atoms: readonly Atom[]
}

export interface Pair {
  readonly mark: string
  readonly kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler'
}

export interface Atom {
  readonly pattern: RegExp
  readonly read: (match: RegExpExecArray, inner: (text: string) => readonly PageSpan[]) => readonly PageSpan[]
}

/** Marks inside marks; beyond it they are letters. */
const MAX_DEPTH = 12

export function readSpans(text: string, dialect: InlineDialect): readonly PageSpan[] {
  return merged(scan(text, dialect, 0))
}

/** Lines become breaks; invisible letters that keep marks apart are left out. */
export function textSpans(text: string): readonly PageSpan[] {
  return text
    .replace(INVISIBLE, '')
    .split('\n')
    .flatMap((line, n): readonly PageSpan[] => [
      ...(n > 0 ? [{ kind: 'break' } as const] : []),
      ...(line === '' ? [] : [{ kind: 'text', text: line } as const]),
    ])
}

/** A link only where a browser may follow it; else its words. */
export function linkTo(url: string, spans: readonly PageSpan[]): readonly PageSpan[] {
  return /^https?:\/\/[^\s]+$/i.test(url) ? [{ kind: 'link', url, spans }] : spans
}

export function codeSpan(text: string): PageSpan {
  return { kind: 'code', text: text.replace(INVISIBLE, '') }
}

const INVISIBLE = /[\u200b\u2060]/g

/** Code in a line, however many backticks stand round it. */
export const CODE: Atom = {
  pattern: /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y,
  read: ([, , text = '']) => [codeSpan(text)],
}

/** `[label](address)`, the address bare or in angle brackets. */
export const LINK: Atom = {
  pattern: /\[((?:\\.|[^\]\\\n])*)\]\(<?([^\s<>]*?)>?(?:\s+"[^"\n]*")?\)/y,
  read: ([, label = '', url = ''], inner) => linkTo(url, inner(label)),
}

/** An address that stands by itself, without the mark that ends its sentence. */
export const ADDRESS: Atom = {
  pattern: /https?:\/\/[^\s<>\u3000-\u303f\uff00-\uffef]*[^\s<>.,;:!?"')\]}*_~|\u3000-\u303f\uff00-\uffef]/iy,
  read: ([url]) => linkTo(url, [{ kind: 'text', text: url }]),
}

function scan(text: string, dialect: InlineDialect, depth: number): PageSpan[] {
  const spans: PageSpan[] = []
  /** Marks that close nowhere from here on: looked for once. */
  const unclosed = new Set<string>()
  let plainFrom = 0
  let at = 0
  const flush = (): void => {
    if (at > plainFrom) spans.push(...textSpans(text.slice(plainFrom, at)))
  }
  while (at < text.length) {
    const found = atomAt(text, at, dialect, depth) ?? pairAt(text, at, dialect, depth, unclosed)
    if (found === undefined) {
      at += 1
      continue
    }
    flush()
    spans.push(...found.spans)
    at = plainFrom = found.end
  }
  flush()
  return spans
}

interface Found {
  readonly spans: readonly PageSpan[]
  readonly end: number
}

function atomAt(text: string, at: number, dialect: InlineDialect, depth: number): Found | undefined {
  for (const { pattern, read } of dialect.atoms) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) continue
    const end = at + match[0].length
    return { spans: read(match, (inner) => scan(inner, dialect, depth + 1)), end }
  }
  return undefined
}

function pairAt(
  text: string,
  at: number,
  dialect: InlineDialect,
  depth: number,
  unclosed: Set<string>,
): Found | undefined {
  if (depth > MAX_DEPTH) return undefined
  for (const { mark, kind } of dialect.pairs) {
    if (!text.startsWith(mark, at) || unclosed.has(mark)) continue
    const from = at + mark.length
    if (/^\s|^$/.test(text.slice(from, from + 1)) && kind !== 'spoiler') continue
    // `_` inside a word is a letter: snake_case.
    if (mark === '_' && /[\p{L}\p{N}]/u.test(text.slice(at - 1, at))) continue
    const close = closingOf(text, from, mark, dialect)
    if (close === undefined) {
      unclosed.add(mark)
      continue
    }
    return {
      spans: [{ kind, spans: scan(text.slice(from, close), dialect, depth + 1) }],
      end: close + mark.length,
    }
  }
  return undefined
}

/** Where the pair ends: not within code or what else stands for itself, and not after a blank. */
function closingOf(text: string, from: number, mark: string, dialect: InlineDialect): number | undefined {
  let at = from
  while (at < text.length) {
    if (text.startsWith(mark, at) && at > from && !(isOne(mark) && text.startsWith(mark, at + 1))) return at
    const atom = dialect.atoms.find(({ pattern }) => {
      pattern.lastIndex = at
      return pattern.test(text)
    })
    if (atom !== undefined) at = Math.max(at + 1, atom.pattern.lastIndex)
    // A longer mark within: `*a **b** c*`.
    else at += isOne(mark) && text.startsWith(mark + mark, at) ? 2 : 1
  }
  return undefined
}

function isOne(mark: string): boolean {
  return mark.length === 1
}

/** Neighbouring words as one span. */
function merged(spans: readonly PageSpan[]): readonly PageSpan[] {
  const out: PageSpan[] = []
  for (const span of spans) {
    const last = out.at(-1)
    if (span.kind === 'text' && last?.kind === 'text')
      out.splice(-1, 1, { kind: 'text', text: last.text + span.text })
    else if ('spans' in span) out.push({ ...span, spans: merged(span.spans) })
    else out.push(span)
  }
  return out
}
