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
/** Who must wait longer is told so by the caller rather than kept hanging. */
const LONGEST_PAUSE_MS = 10_000

/**
 * The pause before the next attempt; undefined: no further attempt.
 * @param tries attempts made so far after the first: 0, 1, …
 * @param random in [0, 1): spreads the callers that failed together.
 */
export function retryPauseMs(
  failure: Failure,
  tries: number,
  repeat: Repeat,
  random: number,
): number | undefined {
  if (tries >= MAX_RETRIES || !isWorthwhile(failure) || !isAllowed(failure, repeat)) return undefined
  const growing = FIRST_PAUSE_MS * 2 ** tries * (0.5 + random / 2)
  const pauseMs = Math.max(failure.retryAfterMs ?? 0, growing)
  return pauseMs > LONGEST_PAUSE_MS ? undefined : pauseMs
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
