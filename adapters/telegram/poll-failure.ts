// Why did a poll fail, in words for the owner, and how long until the next one?
import type { PlatformError } from '../../src/contract/errors.ts'

const FIRST_PAUSE_MS = 1_000
/** Between polls that fail, and between attempts at an update that is not stored. */
export const LONGEST_PAUSE_MS = 30_000
/** A revoked token rarely comes back. */
const DENIED_PAUSE_MS = 60_000

/** No flood wait of a poll is longer; a server that names a year has lost its mind. */
const LONGEST_WAIT_MS = 15 * 60_000

export function reasonOf(failure: PlatformError): string {
  if (isWebhookConflict(failure)) return 'a webhook is set for this token; it is being removed'
  if (failure.code === 409) {
    return 'another program polls with this token. Stop it, or give this bridge a token of its own from @BotFather'
  }
  if (failure.kind === 'denied')
    return 'the token is not accepted any more. Take the current one from @BotFather'
  if (failure.kind === 'rate-limited') return 'Telegram asks us to wait'
  return 'the Bot API server cannot be reached or does not answer'
}

export function isWebhookConflict(failure: PlatformError): boolean {
  return failure.code === 409 && /webhook/i.test(failure.message)
}

export function pauseAfter(failure: PlatformError, failures: number): number {
  if (failure.kind === 'denied') return DENIED_PAUSE_MS
  const growing = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10))
  return Math.max(growing, Math.min(failure.retryAfterMs ?? 0, LONGEST_WAIT_MS))
}
