// How do words, emphasis and links look in Discord's Markdown?
// https://support.discord.com/hc/en-us/articles/210298617
//
// Discord reads emphasis with plain patterns: a star in code or an unlucky neighbour would pair with the wrong mark. So:
// 1. what holds raw signs (code with stars) stands outside emphasis; 2. blanks stand outside, too; 3. marks that would
// touch marks are kept apart by a zero-width space.
import type { Span } from '../../src/contract/document.ts'
import { textOfSpans } from '../common/table.ts'
import { cleanText, escapeText, inParentheses, isInvisible, linkable, NOTHING } from './escape.ts'

/** Spans as one text, not yet safe at the beginnings of lines. */
export function inlineOf(spans: readonly Span[]): string {
  return joined(piecesOf(spans, NO_STYLE))
}

interface Piece {
  readonly text: string
  /** Words still to be escaped. */
  readonly literal?: true
  /** Begins and ends with marks of our own. */
  readonly marked?: true
  /** Holds signs that are not escaped: no emphasis goes round it. */
  readonly raw?: true
}
interface InStyle {
  readonly bold?: true
  readonly italic?: true
  readonly strike?: true
}
const NO_STYLE: InStyle = {}

function piecesOf(spans: readonly Span[], style: InStyle): readonly Piece[] {
  const marks = spoilerMarks(spans)
  if (marks.length === 0) return spans.flatMap((span) => piecesOfSpan(span, style))
  const [open, close] = marks
  if (open === undefined || close === undefined) return []
  const hidden = piecesOf(between(spans, open, close), style)
  return [
    ...between(spans, START, { ...open, at: open.at - MARK.length }).flatMap((span) =>
      piecesOfSpan(span, style),
    ),
    // What holds bars of its own would end the spoiler early.
    ...(hidden.some(({ raw, text }) => raw === true && text.includes('|'))
      ? [{ text: '\\|\\|' }, ...hidden, { text: '\\|\\|' }]
      : wrap([{ text: joined(hidden) }], '||')),
    ...piecesOf(between(spans, { ...close, at: close.at + MARK.length }, END), style),
  ]
}

function piecesOfSpan(span: Span, style: InStyle): readonly Piece[] {
  switch (span.kind) {
    case 'text':
      return span.text === '' ? [] : [{ text: cleanText(span.text), literal: true }]
    case 'break':
      return [{ text: '\n' }]
    case 'bold':
      return styled(span.spans, style.bold, { ...style, bold: true }, '**')
    case 'italic':
      return styled(span.spans, style.italic, { ...style, italic: true }, '*')
    case 'strike':
      return styled(span.spans, style.strike, { ...style, strike: true }, '~~')
    case 'code':
      return codePieces(span.text)
    case 'link':
      return linkPieces(span.url, span.spans, style)
    case 'image':
      return linkPieces(span.url, span.alt === '' ? [] : [{ kind: 'text', text: span.alt }], style)
  }
}

function styled(
  spans: readonly Span[],
  already: true | undefined,
  style: InStyle,
  mark: string,
): readonly Piece[] {
  const pieces = piecesOf(spans, style)
  return already === true ? pieces : wrap(pieces, mark)
}

/** Marks round each stretch of pieces that bears them; blanks at its ends stay outside. */
function wrap(pieces: readonly Piece[], mark: string): readonly Piece[] {
  const wrapped: Piece[] = []
  let stretch: Piece[] = []
  for (const piece of pieces) {
    if (piece.raw !== true) {
      stretch.push(piece)
      continue
    }
    close()
    wrapped.push(piece)
  }
  close()
  return wrapped

  function close(): void {
    const text = joined(stretch)
    stretch = []
    if (isInvisible(text)) {
      if (text !== '') wrapped.push({ text })
      return
    }
    const core = text.trim()
    const start = text.indexOf(core)
    // `~~` and `||` end at the first such pair, escaped or not.
    const apart = mark !== '**' && mark !== '*' && core.endsWith(mark.charAt(0)) ? NOTHING : ''
    wrapped.push(
      ...(start === 0 ? [] : [{ text: text.slice(0, start) }]),
      { text: `${mark}${core}${apart}${mark}`, marked: true },
      ...(start + core.length === text.length ? [] : [{ text: text.slice(start + core.length) }]),
    )
  }
}

function joined(pieces: readonly Piece[]): string {
  let text = ''
  let before: Piece | undefined
  for (const [n, piece] of pieces.entries()) {
    const next = pieces[n + 1]
    const touches = next !== undefined && !/^\s/.test(next.text)
    if (before?.marked === true && piece.marked === true && before.text.at(-1) === piece.text.at(0)) {
      text += NOTHING
    }
    text += piece.literal === true ? escapeText(piece.text, touches) : piece.text
    before = piece
  }
  return text
}

/** A single backtick round the code, or two where it holds single ones; longer runs are broken up. */
function codePieces(code: string): readonly Piece[] {
  const oneLine = cleanText(code).replace(/\n/g, ' ')
  if (oneLine === '') return []
  const runs = new Set((oneLine.match(/`+/g) ?? []).map(({ length }) => length))
  const hasLong = [...runs].some((length) => length > 2)
  const fence = !runs.has(1) && !hasLong ? '`' : '``'
  const broken =
    hasLong || (runs.has(1) && runs.has(2)) ? oneLine.replace(/`(?=`)/g, `\`${NOTHING}`) : oneLine
  // One blank next to a backtick is not shown.
  const core = `${broken.startsWith('`') ? ' ' : ''}${broken}${broken.endsWith('`') ? ' ' : ''}`
  const text = `${fence}${core}${fence}`
  return [{ text, marked: true, ...(/[*~|]/.test(oneLine) ? { raw: true } : {}) }]
}

/**
 * A label over an address; the bare address where the label says nothing else. Discord shows no label that holds an
 * address or lone brackets, and links nothing but http(s): there the address is written out behind the words.
 */
function linkPieces(url: string, spans: readonly Span[], style: InStyle): readonly Piece[] {
  const label = textOfSpans(spans)
  const address = linkable(url)
  if (isInvisible(label))
    return url === '' ? [] : [{ text: address === undefined ? escapeText(cleanText(url)) : `<${address}>` }]
  if (address === undefined) {
    const pieces = piecesOf(spans, style)
    if (url === '' || label.includes(url.replace(/^mailto:/i, ''))) return pieces
    return [...pieces, { text: ` (${escapeText(cleanText(url))})` }]
  }
  if (isSameAddress(label, address)) return [{ text: `<${linkable(label) ?? address}>` }]
  const pieces = piecesOf(spans, style)
  const words = joined(pieces)
  if (/[[\]]|:\/\//.test(label)) return [...pieces, { text: ` (<${address}>)` }]
  const isRaw = pieces.some(({ raw }) => raw === true)
  const link = `[${words.replace(/\s*\n\s*/g, ' ').trim()}](${inParentheses(address)})`
  return [{ text: link, ...(isRaw ? { raw: true } : {}) }]
}

/** markdown-it decodes an address for its label, and completes it for its target. */
function isSameAddress(label: string, address: string): boolean {
  return bare(label) === bare(address)
}

function bare(address: string): string {
  return decoded(address)
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '')
}

function decoded(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

const MARK = '||'
/** A place in the text span `span` of a list of spans. */
interface Mark {
  readonly span: number
  readonly at: number
}
const START: Mark = { span: 0, at: 0 }
const END: Mark = { span: Infinity, at: Infinity }

/**
 * The first pair of `||` that hides words, as people write spoilers: `open` behind the first, `close` before the second.
 * "a || b" and "a||b" are talk about code, and stay as they are.
 */
function spoilerMarks(spans: readonly Span[]): readonly Mark[] {
  let open: Mark | undefined
  for (const [span, each] of spans.entries()) {
    if (each.kind !== 'text') continue
    for (const { index } of each.text.matchAll(/(?<!\|)\|\|(?!\|)/g)) {
      const before = each.text.charAt(index - 1)
      const after = each.text.charAt(index + MARK.length)
      if (open === undefined) {
        if (!/[\w)\]]/.test(before) && !/\s/.test(after)) open = { span, at: index + MARK.length }
      } else if (!/\s/.test(before) && !/[\w(]/.test(after) && hides(spans, open, { span, at: index })) {
        return [open, { span, at: index }]
      }
    }
  }
  return []
}

/** Nothing to be seen is nothing to be hidden. */
function hides(spans: readonly Span[], open: Mark, close: Mark): boolean {
  return !isInvisible(textOfSpans(between(spans, open, close)))
}

/** The spans from one place to another. */
function between(spans: readonly Span[], from: Mark, to: Mark): readonly Span[] {
  return spans.flatMap((span, n): readonly Span[] => {
    if (n < from.span || n > to.span) return []
    if (span.kind !== 'text') return [span]
    const text = span.text.slice(
      n === from.span ? from.at : 0,
      n === to.span ? Math.max(0, to.at) : undefined,
    )
    return text === '' ? [] : [{ kind: 'text', text }]
  })
}
