// How does one loop wait for what many others do? Something happens, again and again, and one waits for the next time.

import type { Clock } from '../contract/runtime.ts'
import { atMost, untilAborted } from './wait.ts'

export interface Bell {
  ring(): void
  /** Resolves at the next ring, or after `ms`. Rejects when the signal aborts. */
  next(ms: number | undefined, signal: AbortSignal): Promise<void>
}

export function createBell(clock: Clock): Bell {
  let wake: (() => void) | undefined
  return {
    ring: () => wake?.(),
    async next(ms, signal) {
      const rung = new Promise<void>((resolve) => {
        wake = resolve
      })
      if (ms === undefined) await untilAborted(rung, signal)
      else await atMost(ms, rung, clock, signal)
    },
  }
}
