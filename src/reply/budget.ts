// How many calls fit in one place and time: a sliding window, a gap between frames, and what rate limits teach.

import type { CallBudget } from '../contract/platform.ts'

/** Most urgent first: a reply's last state, a message a person waits for, a state on the way, "is typing…". */
export type Urgency = 'final' | 'answer' | 'frame' | 'typing'

export interface Budget {
  readonly key: string
  /** 0 when a call of this urgency may go now. */
  waitMs(nowMs: number, urgency: Urgency): number
  take(nowMs: number): void
  /** The platform said: nothing before then. */
  block(untilMs: number): void
  /** A call went through: trust grows again, slowly. */
  succeeded(): void
  isIdle(nowMs: number): boolean
}

/** After a rate limit frames keep this much more distance … */
const WIDEN_BY = 2
const WIDEST = 8
/** … and come closer by this much with each call that goes through. */
const NARROW_BY = 0.97
/** Part of a window that frames and typing leave free for finals and answers. */
const RESERVE = 0.15

export function createBudget(spec: CallBudget): Budget {
  const reserved = spec.calls >= 4 ? Math.ceil(spec.calls * RESERVE) : 0
  /** Times of the calls in the window, oldest first, from `oldest` on. */
  let times: number[] = []
  let oldest = 0
  let lastMs = -Infinity
  let blockedUntilMs = -Infinity
  let widened = 1

  return {
    key: spec.key,
    waitMs(nowMs, urgency) {
      forget(nowMs)
      const passing = urgency === 'frame' || urgency === 'typing'
      const allowed = passing ? Math.max(1, spec.calls - reserved) : spec.calls
      const used = times.length - oldest
      const windowMs = used < allowed ? 0 : (times[times.length - allowed] ?? nowMs) + spec.perMs - nowMs
      // Once rate limited, finals go one at a time as well: let go together they would be refused together.
      const gapMs = passing ? gap() : widened > 1 ? spec.perMs / spec.calls : 0
      return Math.max(0, windowMs, lastMs + gapMs - nowMs, blockedUntilMs - nowMs)
    },
    take(nowMs) {
      times.push(nowMs)
      lastMs = nowMs
    },
    block(untilMs) {
      blockedUntilMs = Math.max(blockedUntilMs, untilMs)
      widened = Math.min(WIDEST, widened * WIDEN_BY)
    },
    succeeded() {
      widened = Math.max(1, widened * NARROW_BY)
    },
    isIdle(nowMs) {
      forget(nowMs)
      return times.length === oldest && blockedUntilMs <= nowMs
    },
  }

  /** Once rate limited, frames are spread even where the platform names no gap. */
  function gap(): number {
    if (widened === 1) return spec.minGapMs ?? 0
    return Math.max(spec.minGapMs ?? 0, spec.perMs / spec.calls) * widened
  }

  function forget(nowMs: number): void {
    while (oldest < times.length && (times[oldest] ?? nowMs) <= nowMs - spec.perMs) oldest += 1
    if (oldest < 64 || oldest < times.length / 2) return
    times = times.slice(oldest)
    oldest = 0
  }
}
