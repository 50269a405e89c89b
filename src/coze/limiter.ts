// When may the next question go to Coze, and whose is it?

import { AssistantError } from '../contract/errors.ts'
import type { Clock } from '../contract/runtime.ts'
import { cancelledFailure } from './errors.ts'
import { createFairQueue } from './fair-queue.ts'

/** 0 = no limit. Coze docs: API overview (limits of the plans). */
export interface Rates {
  readonly perSecond?: number
  readonly perMinute?: number
  readonly perDay?: number
  /** The other side counts arrivals: what it counts as a second may begin so much later than ours. */
  readonly slackMs?: number
}

export interface Limiter {
  /** Resolves when it is this person's turn, and counts it. Throws `AssistantError`: `rate-limited` when too many wait. */
  acquire(userId: string, signal: AbortSignal): Promise<void>
  /** How long one more question of this person (absent: of somebody new) would wait from now. */
  expectedWaitMs(userId?: string): number
}

/** More waiting than this, and the next one is turned away at once. Our choice. */
const DEFAULT_MAX_WAITING = 1_000

export function createLimiter(rates: Rates, clock: Clock, maxWaiting = DEFAULT_MAX_WAITING): Limiter {
  const log = createGrantLog(rates)
  const queue = createFairQueue<Waiter>()
  let pumping: AbortController | undefined

  /** Runs while somebody waits; one at a time. */
  async function pump(stop: AbortController): Promise<void> {
    while (queue.size() > 0) {
      const waitMs = log.waitMs(clock.elapsed())
      if (waitMs <= 0) {
        log.grant(clock.elapsed())
        queue.next()?.go()
        continue
      }
      try {
        await clock.sleep(waitMs, stop.signal)
      } catch {
        return
      }
    }
  }

  function startPump(): void {
    if (pumping !== undefined) return
    const stop = new AbortController()
    pumping = stop
    void pump(stop).finally(() => {
      if (pumping === stop) pumping = undefined
    })
  }

  return {
    acquire(userId, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(cancelled())
          return
        }
        const nowMs = clock.elapsed()
        if (queue.size() === 0 && log.waitMs(nowMs) <= 0) {
          log.grant(nowMs)
          resolve()
          return
        }
        if (queue.size() >= maxWaiting) {
          reject(tooMany(log.waitMs(nowMs, queue.size())))
          return
        }
        const leave = (): void => {
          queue.remove(userId, waiter)
          // Nobody left: the sleep until the next free place would only keep the process awake.
          if (queue.size() === 0) {
            pumping?.abort()
            pumping = undefined
          }
          reject(cancelled())
        }
        const waiter: Waiter = {
          go: () => {
            signal.removeEventListener('abort', leave)
            resolve()
          },
        }
        signal.addEventListener('abort', leave, { once: true })
        queue.add(userId, waiter)
        startPump()
      })
    },

    expectedWaitMs: (userId) => log.waitMs(clock.elapsed(), queue.ahead(userId)),
  }
}

interface Waiter {
  readonly go: () => void
}

/** When grants were given, and when the next ones can be: any window of the span holds at most its limit. */
export interface GrantLog {
  /** Until the grant after `ahead` others. 0: now. */
  waitMs(nowMs: number, ahead?: number): number
  grant(nowMs: number): void
}

export function createGrantLog(rates: Rates): GrantLog {
  const windows = [
    { limit: rates.perSecond ?? 0, spanMs: 1_000 + (rates.slackMs ?? 0) },
    { limit: rates.perMinute ?? 0, spanMs: 60_000 },
    { limit: rates.perDay ?? 0, spanMs: 86_400_000 },
  ].filter(({ limit }) => limit > 0)
  const longest = Math.max(0, ...windows.map(({ limit }) => limit))
  /** Oldest first; trimmed now and then to the `longest` that still count. */
  let times: number[] = []

  return {
    waitMs(nowMs, ahead = 0) {
      if (windows.length === 0) return 0
      const future: number[] = []
      const at = (index: number): number | undefined =>
        index < times.length ? times[index] : future[index - times.length]
      for (let i = 0; i <= ahead; i += 1) {
        let atMs = Math.max(nowMs, future.at(-1) ?? 0)
        for (const { limit, spanMs } of windows) {
          const before = at(times.length + i - limit)
          if (before !== undefined) atMs = Math.max(atMs, before + spanMs)
        }
        future.push(atMs)
      }
      return (future.at(-1) ?? nowMs) - nowMs
    },
    grant(nowMs) {
      if (windows.length === 0) return
      times.push(nowMs)
      if (times.length > 2 * longest) times = times.slice(-longest)
    },
  }
}

function cancelled(): AssistantError {
  return new AssistantError(cancelledFailure('waiting for the upstream limit', 'not-sent'))
}

function tooMany(retryAfterMs: number): AssistantError {
  return new AssistantError({
    kind: 'rate-limited',
    detail: 'too many questions wait for the upstream limit',
    outcome: 'not-sent',
    retryAfterMs,
  })
}
