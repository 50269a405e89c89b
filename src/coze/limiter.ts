// When may the next question go to Coze, and whose is it?
//
// 1. People wait in one line, fairly: everybody's first comes before anybody's second (fair-queue.ts).
// 2. What this process has let go counts at once; where several processes share the limit, each grant is also taken from
//    what they share. If that cannot be asked, nobody is refused for it: our own count goes on.
// 3. When Coze wants to be left alone, or is not there, the line as a whole waits.
// 4. Who waits long hears their place, and again as it changes: one timer for all of them.

import { AssistantError, type Failure } from '../contract/errors.ts'
import type { Clock } from '../contract/runtime.ts'
import { cancelledFailure } from './errors.ts'
import { createFairQueue } from '../circuit/fair-queue.ts'
import { createGrantLog, type Rates, type Window } from './grant-log.ts'

/** Takes one call from windows that several processes share, or that a restart must not forget. */
export type Take = (
  windows: readonly Window[],
) => Promise<{ readonly granted: true } | { readonly granted: false; readonly waitMs: number }>

export interface Place {
  /** How many go first. */
  readonly ahead: number
  readonly waitMs: number
}

export interface Ticket {
  /** Resolves when it is this person's turn; counted by then. Rejects with `AssistantError`. */
  readonly granted: Promise<void>
  /** Gives the place up. */
  leave(): void
}

export interface LimiterOptions {
  readonly take?: Take
  readonly maxWaiting?: number
  readonly upstream?: Upstream
}

/** Whether there is anybody to go to. Asked before each grant. */
export interface Upstream {
  readonly isUp: boolean
  /** How long surely nobody is there; 0: somebody is, or one may try. */
  awayMs(): number
  /** Why nobody in line is kept any longer. */
  hopeless(): Failure | undefined
}

export interface Limiter {
  /** Resolves when it is this person's turn, and counts it. Throws `AssistantError`: `rate-limited` when too many wait. */
  acquire(userId: string, signal: AbortSignal): Promise<void>
  /** The same, for whoever wants to hear their place while they wait long. */
  join(userId: string, signal: AbortSignal, tell?: (place: Place) => void): Ticket
  /** Nobody goes before so long. */
  hold(ms: number): void
  /** Until a call that is not counted may go: 0 unless the line is on hold. */
  heldMs(): number
  /** How long one more question of this person (absent: of somebody new) would wait from now. */
  expectedWaitMs(userId?: string): number
  readonly size: number
  /** What this process has let go, by the span its limit counts over. For the status page. */
  spent(): readonly Spent[]
}

export interface Spent {
  readonly perMs: number
  readonly limit: number
  readonly calls: number
}

/** Waiting costs little; this is where memory ends. More, and the next one is turned away at once. Our choice. */
const DEFAULT_MAX_WAITING = 10_000
/** A wait worth speaking of (a little less than what others call long), and how often places are told. Our choice. */
const LONG_WAIT_MS = 4_000
const TOLD_EVERY_MS = 5_000
/** Told again once they have moved up by a quarter: nobody needs to see 3,000 become 2,999, and each telling is a call. */
const MOVED_UP = 0.75
/** While a probe is under way nobody knows how long it takes. */
const LOOK_AGAIN_MS = 250
/** The shared count is asked before each grant: slower than this, it is not asked at all. */
const TAKE_WITHIN_MS = 2_000
/** Whoever says more must be asked again meanwhile. */
const LONGEST_HOLD_MS = 3_600_000

interface Waiter {
  readonly go: (error?: AssistantError) => void
  readonly tell: ((place: Place) => void) | undefined
  told: number
}

export function createLimiter(rates: Rates, clock: Clock, options: LimiterOptions = {}): Limiter {
  const { take, maxWaiting = DEFAULT_MAX_WAITING, upstream } = options
  const log = createGrantLog(rates)
  const queue = createFairQueue<Waiter>()
  let heldUntilMs = -Infinity
  let pumping: AbortController | undefined
  let telling: AbortController | undefined

  return {
    acquire: (userId, signal) => join(userId, signal).granted,
    join,
    hold(ms) {
      heldUntilMs = Math.max(heldUntilMs, clock.elapsed() + Math.min(ms, LONGEST_HOLD_MS))
    },
    heldMs: () => Math.max(0, heldUntilMs - clock.elapsed()),
    expectedWaitMs: (userId) => waitsMs(queue.ahead(userId) + 1).at(-1) ?? 0,
    get size() {
      return queue.size()
    },
    spent() {
      const calls = log.spent(clock.elapsed())
      return log.windows.map(({ perMs, calls: limit }, n) => ({ perMs, limit, calls: calls[n] ?? 0 }))
    },
  }

  function join(userId: string, signal: AbortSignal, tell?: (place: Place) => void): Ticket {
    if (signal.aborted) return refused(cancelled())
    const isFree = queue.size() === 0 && take === undefined && upstream?.isUp !== false
    if (isFree && waitsMs(1)[0] === 0) {
      log.grant(clock.elapsed())
      return AT_ONCE
    }
    if (queue.size() >= maxWaiting) return refused(tooMany(waitsMs(queue.size() + 1).at(-1) ?? 0))
    let leave: () => void = () => undefined
    const granted = new Promise<void>((resolve, reject) => {
      const onAbort = (): void => leave()
      const waiter: Waiter = {
        go: (error) => {
          signal.removeEventListener('abort', onAbort)
          if (error) reject(error)
          else resolve()
        },
        tell,
        told: Infinity,
      }
      leave = (): void => {
        if (!queue.remove(userId, waiter)) return
        if (queue.size() === 0) restNow()
        waiter.go(cancelled())
      }
      signal.addEventListener('abort', onAbort, { once: true })
      if (tell) announce(waiter, queue.ahead(userId))
      queue.add(userId, waiter)
    })
    startPump()
    if (tell) startTelling()
    return { granted, leave }
  }

  /** Runs while somebody waits; one at a time. */
  async function pump(stop: AbortController): Promise<void> {
    while (queue.size() > 0) {
      const lost = upstream?.hopeless()
      if (lost !== undefined) {
        for (let next = queue.next(); next !== undefined; next = queue.next())
          next.go(new AssistantError(lost))
        return
      }
      const isAway = (upstream?.awayMs() ?? 0) > 0
      const waitMs = waitsMs(1)[0] ?? 0
      if (waitMs > 0) {
        await clock.sleep(isAway ? Math.min(waitMs, LOOK_AGAIN_MS) : waitMs, stop.signal)
        continue
      }
      const sharedMs = await sharedWaitMs(stop.signal)
      if (sharedMs > 0) {
        heldUntilMs = Math.max(heldUntilMs, clock.elapsed() + sharedMs)
        continue
      }
      log.grant(clock.elapsed())
      queue.next()?.go()
      // One tries; until it is known what became of it, the others wait.
      if (upstream?.isUp === false) await clock.sleep(LOOK_AGAIN_MS, stop.signal)
    }
  }

  /** 0: granted there, too, or there is nobody to ask. */
  async function sharedWaitMs(stop: AbortSignal): Promise<number> {
    if (take === undefined || log.windows.length === 0) return 0
    const enough = new AbortController()
    const slow = clock.sleep(TAKE_WITHIN_MS, enough.signal).then(
      () => undefined,
      () => undefined,
    )
    try {
      const taken = await Promise.race([take(log.windows).catch(() => undefined), slow])
      stop.throwIfAborted()
      return taken === undefined || taken.granted ? 0 : Math.max(1, taken.waitMs)
    } finally {
      enough.abort(ENOUGH)
    }
  }

  /** Of each in line from now on. */
  function waitsMs(count: number): readonly number[] {
    const nowMs = clock.elapsed()
    return log.waitsMs(nowMs, count, Math.max(heldUntilMs, nowMs + (upstream?.awayMs() ?? 0)))
  }

  function startPump(): void {
    if (pumping !== undefined) return
    const stop = new AbortController()
    pumping = stop
    void pump(stop)
      // Only when nobody waits any more.
      .catch(() => undefined)
      .finally(() => {
        if (pumping === stop) pumping = undefined
        if (queue.size() > 0) startPump()
      })
  }

  function startTelling(): void {
    if (telling !== undefined) return
    const stop = new AbortController()
    telling = stop
    void tellPlaces(stop.signal)
      .catch(() => undefined)
      .finally(() => {
        if (telling === stop) telling = undefined
      })
  }

  async function tellPlaces(until: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(TOLD_EVERY_MS, until)
      if (queue.size() === 0) return
      const order = queue.inOrder()
      const waits = waitsMs(order.length)
      for (const [ahead, waiter] of order.entries()) announceAt(waiter, ahead, waits[ahead] ?? 0)
    }
  }

  function announce(waiter: Waiter, ahead: number): void {
    announceAt(waiter, ahead, waitsMs(ahead + 1).at(-1) ?? 0)
  }

  function announceAt(waiter: Waiter, ahead: number, waitMs: number): void {
    const isFirst = waiter.told === Infinity
    if (waiter.tell === undefined || (isFirst ? waitMs < LONG_WAIT_MS : ahead + 1 > waiter.told * MOVED_UP))
      return
    waiter.told = ahead + 1
    waiter.tell({ ahead, waitMs })
  }

  /** Nobody waits any more: a sleep until the next free place would only keep the process awake. */
  function restNow(): void {
    pumping?.abort(ENOUGH)
    pumping = undefined
    telling?.abort(ENOUGH)
    telling = undefined
  }
}

/** One for all: a reason made each time would cost a stack trace. */
const ENOUGH = new Error('nobody waits')
const AT_ONCE: Ticket = { granted: Promise.resolve(), leave: () => undefined }

function refused(error: AssistantError): Ticket {
  return { granted: Promise.reject(error), leave: () => undefined }
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
