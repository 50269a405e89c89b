// What of a half-written text can be shown without anything half-written flashing by?

import { insideContainers, isBlank, isTableHead, lineEnd, lineText, scanLine, scanStart } from './scan.ts'
import type { ScanState } from './scan.ts'
import { settleInline, type Settled } from './settle-inline.ts'

export type { Settled } from './settle-inline.ts'

/**
 * A prefix of the source plus closing marks: a tail that is only half there is hidden (`[text](http://…`, a lone list
 * mark, half a table row), an open one with words in it is closed (`**bold` becomes `**bold**`). For text that still
 * grows; what is finished is shown as it is.
 */
export function settle(source: string): string {
  const { end, close } = settleAt(source)
  return source.slice(0, end) + close
}

/** After this many rounds of hiding what hiding uncovered, the whole last line is hidden. */
const MAX_ROUNDS = 6

/** Called by reply/document.ts. `from`: a line start before which nothing is open, where reading may begin. */
export function settleAt(source: string, from = 0): Settled {
  const tail = readTail(source, from)
  const { fence } = tail
  if (fence !== undefined) return settleFence(source, tail, fence)
  let end = tail.hiddenFrom ?? withoutHalfCharacter(source, source.length)
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const shownEnd = hideHalfBlock(source.slice(0, end), tail)
    const inline = settleInline(source.slice(Math.min(tail.textFrom, shownEnd), shownEnd))
    const inlineEnd = Math.min(tail.textFrom, shownEnd) + inline.end
    if (inlineEnd === end) return { end, close: inline.close }
    // Spaces trimmed before closing marks uncover nothing.
    if (inline.close !== '' && isBlank(source.slice(inlineEnd, end)))
      return { end: inlineEnd, close: inline.close }
    end = inlineEnd
    if (end < tail.lineFrom) return { end, close: settleInline(source.slice(tail.textFrom, end)).close }
  }
  return { end: tail.lineFrom, close: '' }
}

/** Where the last leaf and the last line begin, and what is open there. */
interface Tail {
  /** First line of the paragraph (or heading, or row) at the end. */
  readonly textFrom: number
  readonly lineFrom: number
  /** State before the last line. */
  readonly before: ScanState
  /** A table's head waiting for the line below it: hidden from here. */
  readonly hiddenFrom?: number
  readonly fence?: { readonly mark: string; readonly opening: boolean }
}

function readTail(source: string, from: number): Tail {
  let state = scanStart
  let textFrom = from
  let at = from
  let previousFrom = from
  for (;;) {
    const end = lineEnd(source, at)
    if (end === at || !isWholeLine(source, end)) break
    const line = lineText(source, at, end)
    const before = state
    state = scanLine(before, line)
    const continues = before.leaf.kind === 'paragraph' && state.leaf.kind === 'paragraph'
    if (!continues || startsItem(before, state)) textFrom = at
    previousFrom = at
    at = end
  }
  const last = source.slice(at)
  const after = scanLine(state, last)
  const continues = state.leaf.kind === 'paragraph' && after.leaf.kind === 'paragraph'
  if (!continues || startsItem(state, after)) textFrom = at
  const place = { textFrom, lineFrom: at, before: state }
  if (state.leaf.kind === 'fence') {
    const staysOpen =
      after.leaf.kind === 'fence' || (after.leaf.kind !== 'other' && after.containers === state.containers)
    return staysOpen ? { ...place, fence: { mark: state.leaf.mark, opening: false } } : place
  }
  if (after.leaf.kind === 'fence') return { ...place, fence: { mark: after.leaf.mark, opening: true } }
  const hiddenFrom = waitingTable(state, last, at, previousFrom)
  return hiddenFrom === undefined ? place : { ...place, hiddenFrom }
}

function startsItem(before: ScanState, after: ScanState): boolean {
  return (
    after.containers.length !== before.containers.length ||
    after.containers.at(-1) !== before.containers.at(-1)
  )
}

/** A head row needs the delimiter row below it: until that is whole, both are hidden. */
function waitingTable(state: ScanState, last: string, at: number, previousFrom: number): number | undefined {
  if (state.leaf.kind !== 'paragraph' || !state.leaf.text.includes('|')) return undefined
  const below = insideContainers(state, last).trim()
  const isHead = state.leaf.text.trim().startsWith('|')
  if (below === '') return isHead ? previousFrom : undefined
  if (isTableHead(state.leaf.text, below)) return previousFrom
  return /^[|:-][-|: \t]*$/u.test(below) && (isHead || at > previousFrom) ? previousFrom : undefined
}

function settleFence(source: string, tail: Tail, fence: { mark: string; opening: boolean }): Settled {
  if (fence.opening) return { end: tail.lineFrom, close: '' }
  const last = insideContainers(tail.before, source.slice(tail.lineFrom))
  const mark = fence.mark[0] ?? '`'
  const half = last.trim()
  const hides = half !== '' && half === mark.repeat(half.length)
  const end = hides ? tail.lineFrom : withoutHalfCharacter(source, source.length)
  const marks = tail.before.containers
    .map((each) => (each.kind === 'quote' ? '> ' : ' '.repeat(each.width)))
    .join('')
  const newline = end > 0 && source[end - 1] !== '\n' ? '\n' : ''
  return { end, close: `${newline}${marks}${fence.mark}` }
}

/** Hides a last line that is only a mark so far, or half a row. Gives the new end. */
function hideHalfBlock(shown: string, tail: Tail): number {
  const { lineFrom, before } = tail
  if (shown.length <= lineFrom) return shown.length
  const line = insideContainers(before, shown.slice(lineFrom))
  if (isBlank(line)) return shown.length
  if (before.leaf.kind === 'table' && !/^ {0,3}(?:[>#]|[-*+] |```|~~~)/u.test(line)) return lineFrom
  if (/^ {0,3}\|/u.test(line)) return lineFrom
  // Marks of quotes and items in front stay only when something stands behind them.
  return /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:#{1,6}[ \t]*|[-+*_= \t]+|\d{1,9}[.)]?[ \t]*|`+|~+|>+[ \t]*|\[[ xX]?\]?[ \t]*)?$/u.test(
    line,
  )
    ? lineFrom
    : shown.length
}

/** Half a surrogate pair, a joiner that waits for its second half, half a flag. */
function withoutHalfCharacter(text: string, from: number): number {
  let end = from
  if (/[\uD800-\uDBFF]$/u.test(text.slice(Math.max(0, end - 1), end))) end -= 1
  for (;;) {
    const tail = text.slice(Math.max(0, end - 40), end)
    const joined = /(?:[\p{Emoji}\p{So}\p{L}](?:\uFE0F|\p{Emoji_Modifier})*)?\u200D$/u.exec(tail)
    if (joined !== null) {
      end -= joined[0].length
      continue
    }
    const flags = /\p{Regional_Indicator}+$/u.exec(tail)?.[0] ?? ''
    return (flags.length / 2) % 2 === 1 ? end - 2 : end
  }
}

/** A \r at the very end may be half a \r\n. */
function isWholeLine(source: string, end: number): boolean {
  const last = source.charAt(end - 1)
  return last === '\n' || (last === '\r' && end < source.length)
}
