// How does a card end? With its last words, closed; and where the server refuses that again and again, all the same.
//
// 1. The documented way: the last text, then streaming off with a summary. 2. Where its buttons change, or where that is
// refused or failed a few times: the whole card, still. 3. Where that is refused as well, the card takes no more: what it
// shows stays.
//
// A last text that is answered well and not shown is not noticed: CardKit cannot be asked what a card shows. Known of
// streams past their ten minutes alone, which are not written to any more.
import { PlatformError } from '../../src/contract/errors.ts'
import type { Logger } from '../../src/contract/runtime.ts'
import type { Face } from './card-json.ts'
import { isStreamingClosed } from './errors.ts'
import type { Sending } from './sending.ts'
import {
  hasOtherFrame,
  isKind,
  isRefused,
  replace,
  STREAM_LIVES_MS,
  write,
  type StandingCard,
} from './standing.ts'

/** So often a server that stumbles is asked to close a card, and so often to replace it. */
const MOST_TRIES = 3
/** Feishu docs: CardKit, "card in user interaction". */
const PRESSED = 200810
const MOST_PRESSED = 8
/** The server ends a stream by itself (Feishu docs: streaming updates). */
const STREAM_ENDS_MS = 10 * 60_000
/** Feishu's own numbers; below are HTTP's. */
const FIRST_OWN_CODE = 1_000

export interface EndingParts {
  readonly account: string
  readonly log: Logger
  readonly sending: Pick<Sending, 'ask'>
}

/**
 * The last state. False: the card will not take it, however often it is asked; what it shows is in `shown`.
 * Rejects like a single call where it is worth asking again.
 */
export async function complete(
  card: StandingCard,
  face: Face,
  nowMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const ageMs = nowMs - card.openedAtMs
  const hasItsFrame = !hasOtherFrame(card, face)
  // Past that age the stream may swallow words in silence.
  const isTrusted = ageMs < STREAM_LIVES_MS && card.failures.closing < MOST_TRIES
  if (card.streaming && isTrusted && hasItsFrame) await close(card, face, signal)
  if (!card.streaming && isShown(card, face)) return true
  try {
    await replace(card, face, false, signal)
    return true
  } catch (error) {
    if (isPressedNow(card, error)) throw error
    if (isOwnAnswer(error)) card.failures.replacing += 1
    // An outage is waited for, but not longer than the stream can last: the text stands, and the chat goes on.
    const isOver = isUnsure(error) && showsAll(card, face) && ageMs >= STREAM_ENDS_MS
    if (!isFinal(error) && card.failures.replacing < MOST_TRIES && !isOver) throw error
    // Better the last words above buttons that do nothing any more than no end at all.
    if (card.streaming && isTrusted && !hasItsFrame) await close(card, face, signal)
    return false
  }
}

/** Whether a person can read all of it there. */
export function showsAll({ shown }: StandingCard, face: Face): boolean {
  return shown.markdown === face.markdown
}

/** All its words stand below it: it is closed, or, where nobody can close it any more, taken back. */
export async function dismiss(
  parts: EndingParts,
  card: StandingCard,
  { summary }: Face,
  signal: AbortSignal,
): Promise<void> {
  try {
    await card.entity.settle(false, summary, signal)
  } catch (error) {
    if (isKind(error, 'rate-limited')) throw error
    card.failures.dismissing += 1
    if (!isFinal(error) && card.failures.dismissing < MOST_TRIES) throw error
    if (card.streaming) await takeBack(parts, card, signal)
  }
}

/** People see that something was taken back, but not half a reply that says for ever that it grows. */
async function takeBack(
  { account, log, sending }: EndingParts,
  { messageId }: StandingCard,
  signal: AbortSignal,
): Promise<void> {
  const path = '/open-apis/im/v1/messages/:message_id'
  try {
    await sending.ask({ method: 'DELETE', path, ids: { message_id: messageId } }, signal)
    log.info({ account }, 'a card that cannot be changed any more was taken back: its words stand below')
  } catch (error) {
    log.warn({ account }, 'a card that cannot be changed any more stands above its words', error)
  }
}

/** Leaves `streaming` on where only the whole card is left to try. */
async function close(card: StandingCard, face: Face, signal: AbortSignal): Promise<void> {
  try {
    if (!showsAll(card, face)) await write(card, face, signal)
    await card.entity.settle(false, face.summary, signal)
    card.shown = { ...card.shown, summary: face.summary }
    card.streaming = false
  } catch (error) {
    if (isStreamingClosed(error) || isFinal(error)) return
    if (isPressedNow(card, error)) throw error
    if (isUnsure(error)) card.failures.closing += 1
    if (card.failures.closing < MOST_TRIES) throw error
  }
}

/** A press is being answered: three seconds at most, if all is well. That is waited for, and says nothing about the card. */
function isPressedNow(card: StandingCard, error: unknown): boolean {
  if (!(error instanceof PlatformError) || error.code !== PRESSED) return false
  card.failures.pressed += 1
  return card.failures.pressed <= MOST_PRESSED
}

function isShown(card: StandingCard, face: Face): boolean {
  return showsAll(card, face) && card.shown.summary === face.summary && !hasOtherFrame(card, face)
}

/** It will be refused each time; a message of text may still go through. */
function isFinal(error: unknown): boolean {
  return isRefused(error) || isKind(error, 'denied') || isKind(error, 'unsupported')
}

/** It got there, and no good answer came back; also where the pacer waited no longer. */
function isUnsure(error: unknown): boolean {
  if (isKind(error, 'cancelled')) return true
  return isKind(error, 'unavailable') && (error.outcome === 'unknown' || isOwnAnswer(error))
}

/** Feishu itself answered, not somebody in between: it will hardly answer otherwise the next time. */
function isOwnAnswer(error: unknown): boolean {
  if (!(error instanceof PlatformError) || error.kind !== 'unavailable') return false
  return typeof error.code === 'number' && error.code >= FIRST_OWN_CODE
}
