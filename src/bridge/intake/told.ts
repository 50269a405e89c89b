// Who has been told something just now? A person who floods a chat hears once that it is too much, not once a message:
// each sentence would take from what the chat allows, and others wait behind it.

import type { Clock } from '../../contract/runtime.ts'

export interface Told {
  /** True when this was not said to them within the last minute, or `forMs`; then it counts as said. */
  first(whom: string, what: string, forMs?: number): boolean
}

const AGAIN_AFTER_MS = 60_000
const MOST = 10_000

export function createTold(clock: Clock): Told {
  const quietUntilMs = new Map<string, number>()
  return {
    first(whom, what, forMs = AGAIN_AFTER_MS) {
      const key = `${what} ${whom}`
      const nowMs = clock.elapsed()
      const untilMs = quietUntilMs.get(key)
      if (untilMs !== undefined && nowMs < untilMs) return false
      quietUntilMs.delete(key)
      const oldest = quietUntilMs.size < MOST ? undefined : quietUntilMs.keys().next().value
      if (oldest !== undefined) quietUntilMs.delete(oldest)
      quietUntilMs.set(key, nowMs + forMs)
      return true
    },
  }
}
