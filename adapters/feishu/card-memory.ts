// Does this app have cards at all? Remembered for a while, so that not every reply asks in vain before it becomes text.
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { SCOPE_CODES } from './codes.ts'

/** One per account. */
export interface CardMemory {
  /** Throws `rejected` while it is known that cards are refused. */
  expectCards(account: string, nowMs: number): void
  /**
   * What making a card failed with, as the core needs it: where the app may make none or the server has none, that is
   * `rejected`, so that the core asks for text.
   */
  refusal(
    world: { readonly account: string; readonly clock: Clock; readonly log: Logger },
    error: unknown,
  ): unknown
}

/** A missing scope is granted and published by hand; a reply in between costs one call. */
const REMEMBERED_MS = 10 * 60_000

export function createCardMemory(): CardMemory {
  let refusedUntilMs = -Infinity
  return {
    expectCards(account, nowMs) {
      if (nowMs >= refusedUntilMs) return
      throw new PlatformError(account, 'rejected', 'cards were refused a while ago')
    },
    refusal({ account, clock, log }, error) {
      if (!(error instanceof PlatformError) || !isForAll(error)) return error
      refusedUntilMs = clock.now() + REMEMBERED_MS
      const { code } = error
      log.warn({ code }, 'cards are refused (scope cardkit:card:write?): replies go on as text', error)
      return new PlatformError(account, 'rejected', error.message.slice(account.length + 2), {
        ...(code === undefined ? {} : { code }),
      })
    },
  }
}

function isForAll({ kind, code }: PlatformError): boolean {
  return kind === 'unsupported' || (kind === 'denied' && SCOPE_CODES.has(Number(code)))
}
