// How does a line of words become Feishu's Markdown? Emphasis only where its marks would really count as such.
// https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis
import type { Span } from '../../src/contract/document.ts'
import { isImageKey, PICTURE_SIGN } from './body.ts'
import { cleanText, defuse, escapeText } from './escape.ts'
import { addressOf, imagesOf, isLinkable, oneLine, wordsOf, type Image } from './span-words.ts'

export interface InlineContext {
  /** One line: breaks become blanks. */
  readonly oneLine?: boolean
  readonly cell?: boolean
  /** Keys of images this app uploaded: any other would refuse the whole card (200570). */
  readonly images?: ReadonlySet<string>
}

type Mark = '**' | '*' | '~~'
/** `text` is not escaped yet; `raw` is ready. */
type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'mark'; readonly mark: Mark; readonly opens: boolean; readonly pair: number }

/** 1. spans become pieces; 2. blanks move out of emphasis; 3. marks that would not count go; 4. the rest is written. */
export function drawSpans(spans: readonly Span[], context: InlineContext = {}): string {
  let pieces = tidy(piecesOf(spans, context))
  for (let pass = 0; pass < PASSES; pass += 1) {
    const settled = settleMarks(pieces)
    if (settled === pieces) break
    pieces = tidy(settled)
  }
  return write(pieces, context)
}

/** A mark that goes may take its neighbour's reason away; what is left after so many looks is shown as it is. */
const PASSES = 4
/** Hard breaks, in CommonMark and in Feishu's own words. */
const BREAK = '  \n'
/** Neither blank nor punctuation, and not seen: keeps two runs of marks apart. */
const APART = '\u200b'

function piecesOf(spans: readonly Span[], context: InlineContext): readonly Piece[] {
  let pairs = 0
  const pieces: Piece[] = []
  const walk = (inner: readonly Span[], worn: ReadonlySet<Mark>): void => {
    for (const span of inner) {
      switch (span.kind) {
        case 'text':
          addText(cleanText(span.text))
          break
        case 'break':
          pieces.push(context.oneLine === true ? { kind: 'text', text: ' ' } : { kind: 'break' })
          break
        case 'bold':
        case 'italic':
        case 'strike':
          emphasise(MARKS[span.kind], span.spans, worn)
          break
        case 'code':
          pieces.push(codePiece(cleanText(span.text), context))
          break
        case 'link':
          // A picture is no link's words in Feishu: it stands before them.
          for (const image of imagesOf(span.spans)) addImage(image, true)
          addLink(span.url, wordsOf(span.spans))
          break
        case 'image':
          if (!addImage(span)) addLink(span.url, oneLine(span.alt))
      }
    }
  }
  walk(spans, new Set())
  return pieces

  function addText(text: string): void {
    text.split('\n').forEach((line, i) => {
      if (i > 0) pieces.push(context.oneLine === true ? { kind: 'text', text: ' ' } : { kind: 'break' })
      if (line !== '') pieces.push({ kind: 'text', text: line })
    })
  }

  function emphasise(mark: Mark, inner: readonly Span[], worn: ReadonlySet<Mark>): void {
    if (worn.has(mark)) {
      walk(inner, worn)
      return
    }
    const pair = (pairs += 1)
    pieces.push({ kind: 'mark', mark, opens: true, pair })
    walk(inner, new Set([...worn, mark]))
    pieces.push({ kind: 'mark', mark, opens: false, pair })
  }

  /** A key that is not known is shown to nobody. A link says the picture's words itself. */
  function addImage({ url, alt }: Image, inLink = false): boolean {
    const words = shownIn(oneLine(alt))
    if (context.images?.has(url) === true) pieces.push({ kind: 'raw', text: `![${words}](${url})` })
    else if (!isImageKey(url)) return false
    else pieces.push({ kind: 'raw', text: inLink ? `${PICTURE_SIGN} ` : `${PICTURE_SIGN} ${words}`.trim() })
    return true
  }

  function shownIn(label: string): string {
    return escapeText(label, { link: true, ...(context.cell === true ? { cell: true } : {}) })
  }

  /** Feishu links http and https; any other address is written out behind its words. */
  function addLink(url: string, words: string): void {
    const clean = oneLine(url)
    const label = words === '' ? clean : words
    if (isLinkable(clean)) {
      pieces.push({ kind: 'raw', text: `[${shownIn(label)}](${addressOf(clean)})` })
      return
    }
    const isSaid = clean === '' || /^https?:/i.test(label) || label.includes(clean.replace(/^mailto:/i, ''))
    addText(isSaid ? label : `${label} (${clean})`)
  }
}

const MARKS = { bold: '**', italic: '*', strike: '~~' } as const

function codePiece(text: string, context: InlineContext): Piece {
  const line = defuse(text.replaceAll('\n', ' '))
  if (line.trim() === '') return { kind: 'text', text: line }
  // No way to write a bar in a cell's code is sure to be read back as a bar.
  if (context.cell === true && line.includes('|')) return { kind: 'text', text: line }
  const fence = '`'.repeat(longestRun(line) + 1)
  const padded = /^`|`$|^ .* $/.test(line) ? ` ${line} ` : line
  return { kind: 'raw', text: fence + padded + fence }
}

export function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
}

/** Blanks stand outside emphasis, neighbouring texts are one, and emphasis of nothing goes. */
function tidy(pieces: readonly Piece[]): readonly Piece[] {
  const out: Piece[] = []
  /** Blanks that have been seen behind an opening mark stand before it. */
  for (const piece of pieces) {
    if (piece.kind === 'text') addText(piece.text)
    else if (piece.kind === 'mark' && !piece.opens) closeMark(piece)
    else out.push(piece)
  }
  return out

  function addText(text: string): void {
    const words = text.trimStart()
    const blanks = text.slice(0, text.length - words.length)
    const opened = out.findLastIndex((piece) => !(piece.kind === 'mark' && piece.opens))
    if (blanks !== '' && opened < out.length - 1) put(opened + 1, blanks)
    else if (blanks !== '') put(out.length, blanks)
    if (words !== '') put(out.length, words)
  }

  function put(at: number, text: string): void {
    const before = out[at - 1]
    if (before?.kind === 'text') out[at - 1] = { kind: 'text', text: before.text + text }
    else out.splice(at, 0, { kind: 'text', text })
  }

  function closeMark(mark: Piece): void {
    const last = out.at(-1)
    if (last?.kind === 'mark' && last.opens) {
      out.pop()
      return
    }
    if (last?.kind !== 'text') {
      out.push(mark)
      return
    }
    const words = last.text.trimEnd()
    const blanks = last.text.slice(words.length)
    out.pop()
    if (words === '') closeMark(mark)
    else out.push({ kind: 'text', text: words }, mark)
    if (blanks !== '') put(out.length, blanks)
  }
}

/** The same pieces when every mark counts; else with those taken out that do not, or with punctuation moved behind them. */
function settleMarks(pieces: readonly Piece[]): readonly Piece[] {
  const dropped = new Set<number>()
  const moved = new Map<number, string>()
  pieces.forEach((piece, at) => {
    if (piece.kind !== 'mark' || counts(pieces, at)) return
    const inside = pieces[at - 1]
    const tail = inside?.kind === 'text' ? (/[\p{P}\p{S}]+$/u.exec(inside.text)?.[0] ?? '') : ''
    // `**Note:**this` is no emphasis by the book, `**Note**:this` is.
    if (!piece.opens && inside?.kind === 'text' && tail !== '' && tail.length < inside.text.length)
      moved.set(at, tail)
    else dropped.add(piece.pair)
  })
  if (dropped.size === 0 && moved.size === 0) return pieces
  return pieces.flatMap((piece, at): readonly Piece[] => {
    if (piece.kind === 'mark' && dropped.has(piece.pair)) return []
    const tail = moved.get(at)
    if (tail !== undefined) return [piece, { kind: 'text', text: tail }]
    const next = moved.get(at + 1)
    const closes = pieces[at + 1]
    if (next === undefined || piece.kind !== 'text') return [piece]
    return closes?.kind === 'mark' && dropped.has(closes.pair)
      ? [piece]
      : [{ kind: 'text', text: piece.text.slice(0, -next.length) }]
  })
}

/** Left- or right-flanking, as the mark needs it. */
function counts(pieces: readonly Piece[], at: number): boolean {
  const piece = pieces[at]
  if (piece?.kind !== 'mark') return true
  const before = classOf(neighbour(pieces, at, -1, piece), 'end')
  const after = classOf(neighbour(pieces, at, 1, piece), 'start')
  const [inner, outer] = piece.opens ? [after, before] : [before, after]
  return inner !== 'blank' && (inner !== 'mark' || outer !== 'word')
}

/** What stands beside the run of marks that this one is part of; `word` where a gap will be put in. */
function neighbour(
  pieces: readonly Piece[],
  at: number,
  step: 1 | -1,
  own: Extract<Piece, { kind: 'mark' }>,
): Piece | undefined {
  for (let i = at + step; ; i += step) {
    const piece = pieces[i]
    if (piece?.kind !== 'mark' || piece.mark.charAt(0) !== own.mark.charAt(0)) return piece
    if (piece.opens !== own.opens) return { kind: 'raw', text: APART }
  }
}

function classOf(piece: Piece | undefined, side: 'start' | 'end'): 'blank' | 'mark' | 'word' {
  if (piece === undefined || piece.kind === 'break') return 'blank'
  if (piece.kind === 'mark') return 'mark'
  const char = (side === 'start' ? /^./su : /.$/su).exec(piece.text)?.[0] ?? ' '
  if (/\s/u.test(char)) return 'blank'
  return /[\p{P}\p{S}]/u.test(char) ? 'mark' : 'word'
}

function write(pieces: readonly Piece[], context: InlineContext): string {
  let out = ''
  let lineStart = true
  pieces.forEach((piece, at) => {
    const next = pieces[at + 1]
    switch (piece.kind) {
      case 'break':
        out = `${out.trimEnd()}${BREAK}`
        lineStart = true
        return
      case 'text': {
        const text = lineStart ? piece.text.trimStart() : piece.text
        out += escapeText(text, { lineStart, ...(context.cell === true ? { cell: true } : {}) })
        if (text !== '') lineStart = false
        return
      }
      case 'raw':
        out += piece.text
        break
      case 'mark': {
        const meets = next?.kind === 'mark' && next.mark.charAt(0) === piece.mark.charAt(0)
        out += piece.mark + (meets && next.opens !== piece.opens ? APART : '')
      }
    }
    lineStart = false
  })
  return out.trim()
}
