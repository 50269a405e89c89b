// What is the answer so far, as message-sized parts of which all but the last stand for good?
//
// A part is measured at checkpoints: places told by the part's beginning and by what was measured before, never by how
// the source arrived. The first checkpoint that does not fit decides the cut, from the source before it alone. So the
// cuts are the same however the reply was streamed, and a restart finds them again.

import type { Renderer } from '../contract/platform.ts'
import { createIncrementalParser } from '../markdown/incremental.ts'
import type { IncrementalParser } from '../markdown/incremental.ts'
import { scanStart } from '../markdown/scan.ts'
import { settleAt } from '../markdown/settle.ts'
import type { DocumentOptions, LaidPart, MediaPart, ReplyDocument, ReplyPart, Resume } from './laid.ts'
import { mayHoldTable, nextStep } from './checkpoints.ts'
import { createMediaFinder, drawn, mayHoldMedia } from './placed.ts'
import { nothingReopened, plainClose, reopen, reopenLess, withoutHolds } from './reopen.ts'
import type { Reopened } from './reopen.ts'
import { findCut, placeAt, readLines } from './split.ts'
import type { LinePlace } from './split.ts'

/** Of a part that ends early, so much may move on to the next message: little, since people are reading it. */
const ROTATE_LOOK_BACK = 0.1
/** A prefix that fills more of a part than this is left out. */
const MAX_PREFIX_FILL = 0.4
/** Measures of one cut before it is made small enough to surely do. */
const CUT_TRIES = 12

/** The part being filled; places are counted from the beginning of the text kept. */
interface Part {
  readonly from: number
  readonly line: LinePlace
  /** A later line start that has been read already, so that a frame reads only what is new. */
  read: LinePlace
  readonly reopened: Reopened
  readonly parser: IncrementalParser
  /** The last checkpoint that fits, and how full it was (0 when it did not need measuring). */
  fits: number
  fill: number
  checkpoint: number
}

export function createReplyDocument<Body>(
  renderer: Renderer<Body>,
  resume?: Resume,
  { looks, onRead }: DocumentOptions = {},
): ReplyDocument<Body> {
  // Growing text is kept apart from what is laid out, or each frame would copy the whole reply. Places are counted from
  // the beginning of `text`; only `partOf` speaks of the whole source.
  let done = ''
  let text = resume?.source ?? ''
  let index = resume?.index ?? 0
  let finished = false
  let rotating = false
  let taken: Pick<MediaPart, 'from' | 'to' | 'media'>[] = []
  const placeMedia = looks && createMediaFinder(looks.isFile)
  let part = begin(resume?.from ?? 0, { at: 0, before: scanStart })
  let shown: ReplyPart<Body> | undefined
  /** What was measured last: a part is sealed with the very body its cut was measured by. */
  let measured: { readonly part: Part; readonly to: number; readonly body: Body } | undefined

  return {
    append(more) {
      text += more
    },
    replace(whole) {
      const source = done + text
      if (whole === source) return 'same'
      if (whole.startsWith(source)) {
        text = whole.slice(done.length)
        return 'grown'
      }
      shown = undefined
      if (whole.startsWith(source.slice(0, done.length + part.from))) {
        text = whole.slice(done.length)
        part = begin(part.from, part.line)
        return 'replaced'
      }
      const last = readLines(text, part.line, text.length).at(-1)
      text += `${last === undefined ? '' : plainClose(text, last.after)}\n\n${whole}`
      return 'appended'
    },
    rotate() {
      rotating = true
    },
    finish() {
      finished = true
    },
    get source() {
      return done + text
    },
    get openFrom() {
      return done.length + part.from
    },
    media(isOver) {
      if (!placeMedia || !mayHoldMedia(text, part.from)) return []
      const { from, parser, reopened } = part
      const first = reopened.prefix.length
      const all = reopened.prefix + text.slice(from)
      const blocks = parser.update(isOver ? all : settledText(parser, all))
      return placeMedia(blocks, {
        starts: parser.starts(),
        end: all.length,
        settledTo: parser.settledTo(),
        first,
        shift: done.length + from - first,
      })
    },
    take(place) {
      taken.push(place)
    },
    redraw() {
      measured = undefined
      shown = undefined
    },
    frame(limit = Infinity) {
      const sealed: LaidPart<Body>[] = []
      for (const { from, to, media } of taken) {
        sealTo(() => from - done.length, true, sealed)
        sealed.push({ index, from, to, sealed: true, media })
        index += 1
        shown = undefined
        part = begin(to - done.length, part.line)
      }
      taken = []
      const isEnd = finished && limit === Infinity
      const end = (): number => Math.min(text.length, limit - done.length)
      sealTo(end, isEnd, sealed)
      const early = rotating && !isEnd && sealed.length === 0 ? sealEarly(end()) : undefined
      if (early !== undefined) sealed.push(early)
      rotating = false
      return { sealed, open: isEnd ? undefined : openPart(end()) }
    },
  }

  /** `limit`: counted anew after each part, like all places. */
  function sealTo(limit: () => number, isEnd: boolean, sealed: LaidPart<Body>[]): void {
    for (let next = layOut(limit(), isEnd); next !== undefined; next = layOut(limit(), isEnd)) {
      sealed.push(next)
    }
  }

  /** Seals the part if it is known where it ends. `isEnd`: at `limit` it does, full or not. */
  function layOut(limit: number, isEnd: boolean): ReplyPart<Body> | undefined {
    if (isEnd && part.from >= limit) return undefined
    while (part.checkpoint <= limit || isEnd) {
      const end = Math.min(part.checkpoint, limit)
      const fill = surelyFits(part, end) ? 0 : fillOf(part, end)
      if (fill > 1) return seal(cutBefore(end, fill))
      if (end === limit && isEnd) return seal(end)
      part.fits = end
      part.fill = fill
      part.checkpoint = nextCheckpoint(part)
    }
    return undefined
  }

  function seal(to: number): ReplyPart<Body> {
    const sealed = partOf(to, bodyTo(part, to), true)
    index += 1
    shown = undefined
    part = begin(to, part.line)
    return sealed
  }

  /** Ends the part near the end of what is there; undefined when that is too little to stand alone. */
  function sealEarly(limit: number): ReplyPart<Body> | undefined {
    const most = limit - 1
    if (most <= part.from + 1) return undefined
    const lines = readLines(text, part.line, limit)
    const cut = findCut(text, part.from, most, lines, part.reopened.prefix, ROTATE_LOOK_BACK)
    if (cut <= part.from || renderer.isEmpty(bodyTo(part, cut))) return undefined
    const fill = surelyFits(part, cut) ? 0 : fillOf(part, cut)
    return seal(fill > 1 ? cutBefore(cut, fill) : cut)
  }

  /** Measures the best cut, and looks for an earlier one until it fits. `fill`: of the part up to `end`. */
  function cutBefore(end: number, fill: number): number {
    const { from, line, reopened } = part
    const known = text.slice(0, end)
    const lines = readLines(known, line, end)
    const measured = part.fits > from && part.fill > 0
    const guess = measured
      ? part.fits + ((end - part.fits) * (1 - part.fill)) / (fill - part.fill)
      : Math.max(part.fits, from + (end - from) / fill)
    let most = clamp(Math.floor(guess), from + 1, Math.max(from + 1, end - 2))
    for (let tries = 0; ; tries += 1) {
      const cut = findCut(known, from, most, lines, reopened.prefix)
      if (cut <= from + 2 || surelyFits(part, cut)) return Math.max(cut, from + 1)
      const used = fillOf(part, cut)
      if (used <= 1) return cut
      const share = tries < CUT_TRIES ? Math.min(0.9, 1 / used) : 0.5
      most = clamp(from + Math.floor((cut - from) * share), from + 1, cut - 1)
    }
  }

  function openPart(limit: number): ReplyPart<Body> | undefined {
    if (part.from >= limit) return undefined
    if (shown !== undefined && shown.to > done.length + limit) shown = undefined
    const now = openTo(limit)
    // What does not fit now waits for its checkpoint: the cut is decided there, not here.
    const next =
      now ??
      (shown === undefined || part.fits > shown.to - done.length
        ? openTo(Math.min(part.fits, limit))
        : undefined) ??
      shown
    if (next === undefined || renderer.isEmpty(next.body)) return undefined
    shown = next
    return next
  }

  /** Of what is half written only that is told which can be told already: an address that goes on is none. */
  function settledText(parser: IncrementalParser, all: string): string {
    const { end, close } = settleAt(all, Math.min(parser.settledTo(), all.length))
    return all.slice(0, end) + close
  }

  function openTo(to: number): ReplyPart<Body> | undefined {
    const { prefix } = part.reopened
    const growing = prefix + text.slice(part.from, to)
    const settled = settleAt(growing, Math.min(part.parser.settledTo(), growing.length))
    const end = Math.max(settled.end, prefix.length)
    const body = render(part, growing.slice(0, end) + (end === settled.end ? settled.close : ''))
    if (renderer.fill(body) > 1) return undefined
    return partOf(part.from + end - prefix.length, body, false)
  }

  function partOf(to: number, body: Body, sealed: boolean): ReplyPart<Body> {
    const { from, reopened } = part
    const own = reopened.plain + text.slice(from, to)
    const last = readLines(text.slice(0, to), part.read.at < to ? part.read : part.line, to).at(-1)
    if (last !== undefined && !sealed) part.read = last
    const plain = last === undefined ? own : own + plainClose(own, last.after)
    return { index, from: done.length + from, to: done.length + to, sealed, body, plain }
  }

  /** Begins a part, and lets go of the text before its first line. */
  function begin(from: number, near: LinePlace): Part {
    const place = placeAt(text, from, near)
    const dropped = place.line.at
    const isFirst = done.length + from === 0
    done += text.slice(0, dropped)
    text = text.slice(dropped)
    const { inLine, state } = place
    const choices = [isFirst ? nothingReopened : reopen(state, inLine), reopenLess(inLine)]
    const line = { at: 0, before: place.line.before }
    const made = {
      from: from - dropped,
      line,
      read: line,
      reopened: choices.find(isLight) ?? nothingReopened,
      parser: createIncrementalParser(onRead),
      fits: from - dropped,
      fill: 0,
    }
    return { ...made, checkpoint: nextCheckpoint(made) }
  }

  function isLight(reopened: Reopened): boolean {
    if (reopened.prefix === '') return true
    const parser = createIncrementalParser(onRead)
    // A letter behind it: an empty fence or table would not be shown.
    const probe = { reopened, parser }
    return renderer.fill(bodyOf(probe, 'x')) <= MAX_PREFIX_FILL
  }

  function nextCheckpoint(at: Pick<Part, 'from' | 'fits' | 'fill' | 'reopened'>): number {
    const length = at.reopened.prefix.length + at.fits - at.from
    return at.fits + nextStep(length, at.fill, renderer.surelyFitsChars)
  }

  function surelyFits(at: Part, to: number): boolean {
    if (at.reopened.prefix.length + to - at.from > renderer.surelyFitsChars) return false
    return !mayHoldTable(at.reopened.prefix + text.slice(at.from, to))
  }

  function fillOf(at: Part, to: number): number {
    return renderer.fill(bodyTo(at, to))
  }

  function bodyTo(at: Part, to: number): Body {
    if (measured?.part !== at || measured.to !== to) {
      measured = { part: at, to, body: bodyOf(at, text.slice(at.from, to)) }
    }
    return measured.body
  }

  function bodyOf(at: Pick<Part, 'reopened' | 'parser'>, own: string): Body {
    return render(at, at.reopened.prefix + own)
  }

  function render(at: Pick<Part, 'reopened' | 'parser'>, whole: string): Body {
    const blocks = withoutHolds(at.parser.update(whole), at.reopened)
    return renderer.render(looks ? drawn(blocks, looks.imageUrls) : blocks)
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}
