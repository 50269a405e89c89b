// May a failed call be made again, and when?

import type { Failure } from '../contract/errors.ts'
import { ruleOf } from './codes.ts'

/**
 * What making a call twice would do.
 * `harmless`: nothing (reading, cancelling). `costly`: a question is stored and billed, so it is made again only when
 * Coze said no, or was never reached; a broken connection is `lost` and the caller looks first.
 * `dangerous`: a workflow may act on the world: only when Coze was never reached, or said "too many".
 * `impossible`: its body can be read only once.
 */
export type Repeat = 'harmless' | 'costly' | 'dangerous' | 'impossible'

/** Before the first byte of the answer; never after it. Our policy, after Coze's advice on 4009, 4013, 5000. */
export const MAX_RETRIES = 2
const FIRST_PAUSE_MS = 400
const GROWS_TIMES = 3
/** Whoever must wait longer gives their place to others, and comes again (in-line.ts), or is told so. */
export const LONGEST_PAUSE_MS = 10_000
/** Nobody there, and nothing sent: tried so long all the same. Nobody hears of an outage of seconds. Our choice. */
export const OUTAGE_PATIENCE_MS = 15_000

/**
 * The pause before the next attempt; undefined: no further attempt.
 * @param tries attempts made so far after the first: 0, 1, …
 * @param random in [0, 1): spreads the callers that failed together.
 * @param waitedMs since the first attempt; absent: this call has no patience with an outage.
 */
export function retryPauseMs(
  failure: Failure,
  tries: number,
  repeat: Repeat,
  random: number,
  waitedMs = Infinity,
): number | undefined {
  const isOutage = failure.kind === 'unavailable' && failure.outcome === 'not-sent' && !isSaid(failure)
  const most = isOutage && waitedMs < OUTAGE_PATIENCE_MS ? Infinity : MAX_RETRIES
  if (tries >= most || !isWorthwhile(failure) || !isAllowed(failure, repeat)) return undefined
  const growing = FIRST_PAUSE_MS * 2 ** Math.min(tries, GROWS_TIMES) * (0.5 + random / 2)
  const pauseMs = Math.max(failure.retryAfterMs ?? 0, growing)
  return pauseMs > LONGEST_PAUSE_MS ? undefined : pauseMs
}

/** What a failure says about the way to Coze. `alive`: somebody answered there, if only to refuse. */
export function signOfLife(failure: Failure, repeat: Repeat): 'alive' | 'down' | 'unknown' {
  if (isSaid(failure)) return 'alive'
  switch (failure.kind) {
    case 'unavailable':
      // A server that stumbles (Coze Studio: over what it does not have) is there; a gateway speaks for one that is not.
      return failure.httpStatus === 500 ? 'unknown' : 'down'
    case 'lost':
      // A body that is read from elsewhere breaks the connection when it breaks itself.
      return repeat === 'impossible' ? 'unknown' : 'down'
    case 'garbled':
    case 'cancelled':
    case 'misconfigured':
      return 'unknown'
    case 'rate-limited':
    case 'rejected':
    case 'gone':
    case 'denied':
    case 'quota':
    case 'occupied':
    case 'too-long':
    case 'refused':
    case 'unsupported':
      return 'alive'
  }
}

/** How long Coze wants everybody to leave it alone; 0: not at all. Coze docs: error codes (4009, 4013, 4020). */
export function holdMsOf({ kind, code, retryAfterMs = 0 }: Failure): number {
  if (code === 4009) return Math.max(2_000, retryAfterMs)
  if (code === 4013) return Math.max(1_000, retryAfterMs)
  return kind === 'rate-limited' || kind === 'unavailable' ? retryAfterMs : 0
}

/** Turned away at the door, with a time to come back that is too long to hang on for. */
export function mayComeAgain(failure: Failure): boolean {
  const { kind, outcome, retryAfterMs = 0, httpStatus, code } = failure
  const isTheirs = httpStatus !== undefined || code !== undefined
  const isBusy = kind === 'rate-limited' || kind === 'unavailable'
  return isBusy && isTheirs && outcome === 'not-sent' && retryAfterMs > LONGEST_PAUSE_MS
}

/** Coze itself says so, rather than the way to it. */
function isSaid({ code }: Failure): boolean {
  return code !== undefined
}

/** Whether a fresh token may help. */
export function isLoginFailure(failure: Failure): boolean {
  if (failure.kind !== 'denied') return false
  return failure.httpStatus === 401 || (failure.code !== undefined && ruleOf(failure.code)?.again === 'login')
}

function isWorthwhile(failure: Failure): boolean {
  switch (failure.kind) {
    case 'unavailable':
      return (
        failure.code === undefined ||
        ruleOf(failure.code)?.again === 'later' ||
        (failure.httpStatus ?? 0) >= 500
      )
    case 'rate-limited':
    case 'lost':
      return true
    case 'rejected':
    case 'gone':
    case 'denied':
    case 'misconfigured':
    case 'quota':
    case 'occupied':
    case 'too-long':
    case 'refused':
    case 'unsupported':
    case 'cancelled':
    case 'garbled':
      return false
  }
}

/** 504: a gateway gave up waiting; Coze itself is likely at work on it. */
const GATEWAY_TIMEOUT = 504

function isAllowed(failure: Failure, repeat: Repeat): boolean {
  switch (repeat) {
    case 'harmless':
      return true
    case 'costly':
      return failure.kind !== 'lost' && failure.httpStatus !== GATEWAY_TIMEOUT
    case 'dangerous':
      return failure.outcome === 'not-sent'
    case 'impossible':
      return false
  }
}
