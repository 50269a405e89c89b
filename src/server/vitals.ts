// Is the process still alive, or does it only look so? What a restart mends, and nothing else, makes /healthz fail.
//
// 1. The loop hardly moves: timers were late for half of the last minute. One long pause (a machine that slept) is forgiven.
// 2. A write to the store was begun and never ended, neither well nor badly. One that fails is no reason: a restart
//    does not mend a full disk or a Redis that is away; /readyz says so.
//
// An account's own loop that breaks ends the process by itself.

import type { Clock } from '../contract/runtime.ts'

export interface Vitals {
  /** Why a restart is due; undefined where none is. Must not block. */
  fault(): string | undefined
}

export interface VitalsParts {
  readonly clock: Clock
  /** Any write to the store; how it ends does not matter, if it does. */
  readonly write: () => Promise<unknown>
  /** Ends the watch. */
  readonly signal: AbortSignal
}

const TICK_MS = 1_000
const TICKS_KEPT = 60
/** One pause counts for no more than this. */
const LONGEST_COUNTED_MS = 10_000
const LATE_AT_MOST_MS = 30_000
const WRITE_ENDS_WITHIN_MS = 60_000

export function createVitals({ clock, write, signal }: VitalsParts): Vitals {
  const late: number[] = []
  let tickedMs = clock.elapsed()
  let writingSinceMs: number | undefined
  void tick().catch(() => undefined)

  return {
    fault() {
      probe()
      return stuckLoop() ?? stuckStore()
    },
  }

  async function tick(): Promise<void> {
    for (;;) {
      await clock.sleep(TICK_MS, signal)
      late.push(lateMs())
      if (late.length > TICKS_KEPT) late.shift()
      tickedMs = clock.elapsed()
    }
  }

  function lateMs(): number {
    return Math.min(LONGEST_COUNTED_MS, Math.max(0, clock.elapsed() - tickedMs - TICK_MS))
  }

  function stuckLoop(): string | undefined {
    const sumMs = late.reduce((sum, ms) => sum + ms, lateMs())
    if (sumMs < LATE_AT_MOST_MS) return undefined
    return `the event loop stood still for ${Math.round(sumMs / 1_000)} s of the last minute or so`
  }

  /** One at a time: the next look sees what became of it. */
  function probe(): void {
    if (writingSinceMs !== undefined || signal.aborted) return
    writingSinceMs = clock.elapsed()
    const over = (): void => {
      writingSinceMs = undefined
    }
    write().then(over, over)
  }

  function stuckStore(): string | undefined {
    if (writingSinceMs === undefined) return undefined
    const forMs = clock.elapsed() - writingSinceMs
    if (forMs < WRITE_ENDS_WITHIN_MS) return undefined
    return `a write to the store has not ended for ${Math.round(forMs / 1_000)} s`
  }
}
