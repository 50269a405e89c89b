// Where is a reply cut best, once a part is full?
//
// 1. Line ends are ranked: before a heading, between blocks, before a list item, any other line.
// 2. Only the last part of the message is looked back through; the best rank wins, then the latest place.
// 3. In a line too long for that: after a sentence, a clause, a word, at last between two graphemes, and where possible
//    not inside emphasis, code or a link.
// Everything is told from the source before `end` alone, so that the same reply is always cut in the same places.

import { isBlank, lineEnd, lineText, scanLine } from '../markdown/scan.ts'
import type { ScanState } from '../markdown/scan.ts'
import { settleAt } from '../markdown/settle.ts'

/** How far a cut may lie before the fullest place, as a share of the part. */
const LOOK_BACK = 0.4
/** Cuts within a line tried for standing outside emphasis and links. */
const CLEAN_TRIES = 8
/** A grapheme is looked for this near the cut; a longer one is cut. */
const GRAPHEME_CHARS = 400

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The beginning of a physical line, and what is open before it. */
export interface LinePlace {
  readonly at: number
  readonly before: ScanState
}

export interface Line extends LinePlace {
  readonly after: ScanState
  readonly text: string
}

/** The lines of source[place.at..end), the last of them perhaps half. */
export function readLines(source: string, place: LinePlace, end: number): readonly Line[] {
  const lines: Line[] = []
  let { at, before } = place
  while (at < end) {
    const stop = Math.min(lineEnd(source, at), end)
    const text = lineText(source, at, stop)
    const after = scanLine(before, text)
    lines.push({ at, before, after, text })
    at = stop
    before = after
  }
  return lines
}

/** The place from which a part beginning at `from` is to be read on, and what is open at `from`. */
export function placeAt(
  source: string,
  from: number,
  near: LinePlace,
): { readonly line: LinePlace; readonly state: ScanState; readonly inLine: boolean } {
  const last = readLines(source, near, from).at(-1)
  if (last === undefined) return { line: near, state: near.before, inLine: false }
  if (isLineStart(source, from))
    return { line: { at: from, before: last.after }, state: last.after, inLine: false }
  return { line: last, state: last.after, inLine: true }
}

/**
 * The best cut p with from < p <= most. `end`: how much of the source may be looked at (more than `most`).
 * Called by document.ts, which measures, and asks again with a smaller `most` when the part is still too full.
 */
export function findCut(
  source: string,
  from: number,
  most: number,
  lines: readonly Line[],
  prefix: string,
  lookBack = LOOK_BACK,
): number {
  const least = from + Math.floor((most - from) * (1 - lookBack))
  const places = rankedLines(source, from, lines).filter((place) => place.at <= most)
  const best = bestOf(places.filter((place) => place.at >= least))
  if (best !== undefined) return best
  const line = lines.findLast((each) => each.at < most)
  const inTable = line?.before.leaf.kind === 'table' && line.after.leaf.kind === 'table'
  if (inTable || line?.after.leaf.kind === 'table') {
    const before = places.at(-1)?.at
    if (before !== undefined) return before
  }
  const start = Math.max(from, least, (line?.at ?? from) + 1)
  const isCode = line?.after.leaf.kind === 'fence'
  return cutInLine(source, from, Math.min(start, most), most, isCode ? undefined : prefix)
}

interface Place {
  readonly at: number
  readonly rank: number
}

function bestOf(places: readonly Place[]): number | undefined {
  let best: Place | undefined
  for (const place of places) if (best === undefined || place.rank >= best.rank) best = place
  return best?.at
}

/** Line starts where a part may end, in order. */
function rankedLines(source: string, from: number, lines: readonly Line[]): readonly Place[] {
  const places: Place[] = []
  let previous: Line | undefined
  for (const line of lines) {
    const isText = !isBlank(line.text)
    if (isText && line.at > from && previous !== undefined && isLineStart(source, line.at)) {
      const rank = rankOf(previous, line)
      if (rank > 0) places.push({ at: line.at, rank })
    }
    // A heading's own first half, left behind by a cut within it, is text like any other.
    if (isText) previous = line
  }
  return places
}

/** 0: never here. `previous` is the last line with words on it. */
function rankOf(previous: Line, line: Line): number {
  const { before, after } = line
  if (previous.after.leaf.kind === 'heading') return 0
  if (before.leaf.kind === 'fence') {
    const closes = after.leaf.kind !== 'fence' && after.containers.length === before.containers.length
    return before.leaf.fresh || closes ? 0 : 2
  }
  if (after.leaf.kind === 'table')
    return after.leaf.fresh || (before.leaf.kind === 'table' && before.leaf.fresh) ? 0 : 2
  if (before.leaf.kind === 'table' && before.leaf.fresh) return 0
  // What a line with a colon announces stays with it, if there is any other place.
  const isAnnounced = /[:：][*_ ]*$/u.test(previous.text.trimEnd())
  if (after.leaf.kind === 'heading') return 5
  if (
    after.leaf.kind === 'paragraph' &&
    before.leaf.kind === 'paragraph' &&
    after.containers === before.containers
  )
    return 2
  if (isAnnounced) return 1.5
  if (after.containers.some((each) => each.kind === 'item')) {
    const begins = !before.containers.some((each) => each.kind === 'item')
    if (begins) return 4
    return after.containers.length > 1 ? 2.5 : 3
  }
  return after.containers.length === 0 ? 4 : 2
}

const SENTENCE = /(?:[。！？…]+[”’"』」）)]*|[.!?]+["”’')\]*_]*(?=\s))\s*/gu
const CLAUSE = /(?:[，、；：]|[,;:](?=\s))\s*/gu
const WORD = /\s+/gu

/** `prefix` absent: in code, where there is no emphasis to stay out of. */
function cutInLine(
  source: string,
  from: number,
  start: number,
  most: number,
  prefix: string | undefined,
): number {
  const text = source.slice(start, most)
  const tried: number[] = []
  for (const pattern of prefix === undefined ? [WORD] : [SENTENCE, CLAUSE, WORD]) {
    const ends = [...text.matchAll(pattern)].map((match) => start + match.index + match[0].length)
    const near = ends
      .filter((end) => end < most && end > from)
      .slice(-CLEAN_TRIES)
      .toReversed()
    for (const end of near) {
      const cut = toGrapheme(source, from, end, most)
      if (cut !== end) continue
      if (prefix === undefined || isClean(prefix + source.slice(from, end))) return end
      tried.push(end)
    }
  }
  return tried[0] ?? toGrapheme(source, from, most, most)
}

function isClean(text: string): boolean {
  const words = text.trimEnd()
  const { end, close } = settleAt(words)
  return close === '' && end === words.length
}

/** The last grapheme boundary at or before `at`; a grapheme that fills the whole stretch is cut between code points. */
function toGrapheme(source: string, from: number, at: number, known: number): number {
  const start = Math.max(from, anchorBefore(source, from, at))
  let cut = start
  for (const { index } of graphemes.segment(source.slice(start, Math.min(known + 2, source.length)))) {
    if (start + index > at) break
    cut = start + index
  }
  if (cut > from) return cut
  const isInPair =
    /[\uD800-\uDBFF]/u.test(source.charAt(at - 1)) && /[\uDC00-\uDFFF]/u.test(source.charAt(at))
  return isInPair ? (at - 1 > from ? at - 1 : at + 1) : at
}

/** Before most characters of ASCII a grapheme surely begins: from there the segmenter reads. */
function anchorBefore(source: string, from: number, at: number): number {
  for (let back = at - 1; back > from && at - back < GRAPHEME_CHARS; back -= 1) {
    if (/[ -~]/u.test(source.charAt(back)) && /[ -~]/u.test(source.charAt(back - 1))) return back
  }
  return from
}

function isLineStart(source: string, at: number): boolean {
  return source.charAt(at - 1) === '\n' || (source.charAt(at - 1) === '\r' && source.charAt(at) !== '\n')
}
