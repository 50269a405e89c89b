// Who has been told something just now? A person who floods a chat hears once that it is too much, not once a message:
// each sentence would take from what the chat allows, and others wait behind it.

import type { Clock } from '../../contract/runtime.ts'

export interface Told {
  /** True when this was not said to them within the last minute; then it counts as said. */
  first(whom: string, what: string): boolean
}

const AGAIN_AFTER_MS = 60_000
const MOST = 10_000

export function createTold(clock: Clock): Told {
  const toldAtMs = new Map<string, number>()
  return {
    first(whom, what) {
      const key = `${what} ${whom}`
      const nowMs = clock.elapsed()
      const lastMs = toldAtMs.get(key)
      if (lastMs !== undefined && nowMs - lastMs < AGAIN_AFTER_MS) return false
      toldAtMs.delete(key)
      const oldest = toldAtMs.size < MOST ? undefined : toldAtMs.keys().next().value
      if (oldest !== undefined) toldAtMs.delete(oldest)
      toldAtMs.set(key, nowMs)
      return true
    },
  }
}
