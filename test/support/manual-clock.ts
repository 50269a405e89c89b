// Time for tests: a clock that stands still until it is moved by hand.

import type { Clock } from '../../src/contract/runtime.ts'

export interface ManualClock {
  readonly clock: Clock
  /** Moves time by `ms`, waking due sleepers in order of their time; promises settle after each. Also wakes those that sleep from within. */
  advance(ms: number): Promise<void>
  /** Lets promises settle without moving time: a few turns of the event loop. Wakes sleepers of 0 ms. */
  settle(): Promise<void>
  /** Moves the wall clock alone (`now`, not `elapsed`), as a time service or a person would. Wakes nobody. */
  jump(ms: number): void
  now(): number
  /** How many are asleep. */
  readonly sleepers: number
}

interface Sleeper {
  readonly dueMs: number
  readonly order: number
  wake(): void
}

/** A round date, so that a forgotten unit shows. 2026-01-01T00:00:00Z. */
const START_MS = 1_767_225_600_000

/** A sleeper that wakes and sleeps 0 ms again for ever is a defect of the code under test, and is told so. */
const MAX_WAKES_PER_ADVANCE = 1_000_000

export function createManualClock(startMs = START_MS): ManualClock {
  let elapsedMs = 0
  let wallOffsetMs = startMs
  let order = 0
  const sleepers = new Set<Sleeper>()

  const clock: Clock = {
    now: () => wallOffsetMs + elapsedMs,
    elapsed: () => elapsedMs,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(reasonOf(signal))
          return
        }
        const sleeper: Sleeper = {
          dueMs: elapsedMs + (ms > 0 ? ms : 0),
          order: order++,
          wake: () => {
            signal?.removeEventListener('abort', onAbort)
            resolve()
          },
        }
        const onAbort = (): void => {
          sleepers.delete(sleeper)
          reject(signal === undefined ? new Error('aborted') : reasonOf(signal))
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        sleepers.add(sleeper)
      }),
  }

  async function wakeDueBy(limitMs: number): Promise<void> {
    for (let wakes = 0; ; wakes++) {
      const next = earliest(sleepers)
      if (next === undefined || next.dueMs > limitMs) return
      if (wakes >= MAX_WAKES_PER_ADVANCE) throw new Error('ManualClock: somebody sleeps 0 ms again and again')
      sleepers.delete(next)
      elapsedMs = Math.max(elapsedMs, next.dueMs)
      next.wake()
      await settlePromises()
    }
  }

  return {
    clock,
    async advance(ms) {
      const untilMs = elapsedMs + ms
      await settlePromises()
      await wakeDueBy(untilMs)
      elapsedMs = untilMs
      await settlePromises()
    },
    async settle() {
      await settlePromises()
      await wakeDueBy(elapsedMs)
      await settlePromises()
    },
    jump(ms) {
      wallOffsetMs += ms
    },
    now: () => clock.now(),
    get sleepers() {
      return sleepers.size
    },
  }
}

function earliest(sleepers: ReadonlySet<Sleeper>): Sleeper | undefined {
  let first: Sleeper | undefined
  for (const sleeper of sleepers) {
    if (
      first === undefined ||
      sleeper.dueMs < first.dueMs ||
      (sleeper.dueMs === first.dueMs && sleeper.order < first.order)
    ) {
      first = sleeper
    }
  }
  return first
}

/** Microtasks run dry before a turn of the loop ends. Several turns let a few batched writes in a row, one turn each, through. */
const TURNS_TO_SETTLE = 10

async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn++)
    await new Promise<void>((resolve) => setImmediate(resolve))
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason })
}
