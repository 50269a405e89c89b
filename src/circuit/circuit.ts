// Is the other side there at all? After several failures in a row nobody calls for a while; then exactly one call goes
// first, and what becomes of it decides for all who wait.
//
// closed: calls go. open: nobody calls until the pause is over. half-open: one probe is under way.
// A probe that fails opens it again, for twice as long; any sign of life closes it, whoever brings it.

import type { Clock } from '../contract/runtime.ts'

export interface CircuitSettings {
  /** So many failures in a row, within such a time, open it. */
  readonly failures: number
  readonly withinMs: number
  /** The first pause; each probe that fails doubles it. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

/** Our choice: a restart of the other side is over by the second or third probe; nobody waits longer than a little while for one that is back. */
export const DEFAULT_CIRCUIT: CircuitSettings = {
  failures: 5,
  withinMs: 30_000,
  firstPauseMs: 2_000,
  longestPauseMs: 10_000,
}

/** One call's leave to go. Exactly one of these is to be called, when it is known; the first counts. */
export interface Pass {
  /** It answered, if only to refuse. */
  alive(): void
  /** Nobody there. `retryAfterMs`: what it said itself, or the way to it. */
  down(retryAfterMs?: number): void
  /** The call says nothing about the other side: we ended it ourselves. */
  unknown(): void
}

export interface Circuit {
  /**
   * Waits until this call may go. Undefined when the pause outlasts `patienceMs`: known mostly at once. Rejects with the
   * signal's reason.
   */
  enter(patienceMs: number, signal: AbortSignal): Promise<Pass | undefined>
  /** The same without waiting. */
  tryEnter(): Pass | undefined
  readonly isClosed: boolean
  /** A call would go at once: it is closed, or the pause is over and nobody tries yet. */
  readonly mayGo: boolean
  /** Since when nobody is there (`Clock.elapsed`); undefined while it is closed. */
  readonly downSinceMs: number | undefined
  /** Until the next call may try, or 0. */
  nextTryInMs(): number
}

interface Waiter {
  readonly untilMs: number
  /** Undefined: too late. */
  readonly go: (pass: Pass | undefined) => void
}

/** @param changed told whenever it opens or closes. */
export function createCircuit(
  clock: Clock,
  settings: CircuitSettings = DEFAULT_CIRCUIT,
  changed: (isOpen: boolean) => void = () => undefined,
): Circuit {
  const waiting = new Set<Waiter>()
  let failures: number[] = []
  let downSinceMs: number | undefined
  let pauseMs = settings.firstPauseMs
  let openUntilMs = 0
  let probing = false
  let alarm: { readonly atMs: number; readonly off: AbortController } | undefined

  return {
    enter,
    tryEnter: () => (mayGo() ? pass() : undefined),
    get isClosed() {
      return downSinceMs === undefined
    },
    get mayGo() {
      return mayGo()
    },
    get downSinceMs() {
      return downSinceMs
    },
    nextTryInMs: () => (downSinceMs === undefined ? 0 : Math.max(0, openUntilMs - clock.elapsed())),
  }

  function enter(patienceMs: number, signal: AbortSignal): Promise<Pass | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (mayGo()) return Promise.resolve(pass())
    const untilMs = clock.elapsed() + patienceMs
    if (openUntilMs >= untilMs) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(waiter)
        if (waiting.size === 0) setAlarm(Infinity)
        reject(signal.reason as Error)
      }
      const waiter: Waiter = {
        untilMs,
        go: (given) => {
          signal.removeEventListener('abort', leave)
          resolve(given)
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.add(waiter)
      const atMs = Math.min(untilMs, probing ? Infinity : openUntilMs)
      if (atMs < (alarm?.atMs ?? Infinity)) setAlarm(atMs)
    })
  }

  function mayGo(): boolean {
    return downSinceMs === undefined || (!probing && clock.elapsed() >= openUntilMs)
  }

  function pass(): Pass {
    const isProbe = downSinceMs !== undefined
    if (isProbe) probing = true
    let isTold = false
    const once =
      <Args extends readonly unknown[]>(tell: (...args: Args) => void) =>
      (...args: Args): void => {
        if (isTold) return
        isTold = true
        if (isProbe) probing = false
        tell(...args)
        serve()
      }
    return {
      alive: once(close),
      down: once((retryAfterMs?: number) => fail(isProbe, retryAfterMs ?? 0)),
      unknown: once(() => undefined),
    }
  }

  function close(): void {
    failures = []
    pauseMs = settings.firstPauseMs
    if (downSinceMs === undefined) return
    downSinceMs = undefined
    openUntilMs = 0
    changed(false)
  }

  /** Calls that went before it opened may still fail: they lengthen nothing. */
  function fail(wasProbe: boolean, retryAfterMs: number): void {
    const nowMs = clock.elapsed()
    if (downSinceMs !== undefined) {
      openUntilMs = Math.max(openUntilMs, nowMs + retryAfterMs)
      if (!wasProbe) return
      pauseMs = Math.min(settings.longestPauseMs, pauseMs * 2)
      openUntilMs = Math.max(openUntilMs, nowMs + pauseMs)
      return
    }
    failures = [...failures.filter((atMs) => atMs > nowMs - settings.withinMs), nowMs]
    if (failures.length < settings.failures) return
    downSinceMs = nowMs
    openUntilMs = nowMs + Math.max(pauseMs, retryAfterMs)
    changed(true)
  }

  /** Whoever may go does, in the order they came; whoever cannot wait so long hears so. */
  function serve(): void {
    if (waiting.size === 0) return
    const nowMs = clock.elapsed()
    let nextMs = Infinity
    for (const waiter of waiting) {
      const isLate = waiter.untilMs <= Math.max(nowMs, openUntilMs)
      if (mayGo() || isLate) {
        waiting.delete(waiter)
        waiter.go(mayGo() ? pass() : undefined)
      } else nextMs = Math.min(nextMs, waiter.untilMs)
    }
    setAlarm(waiting.size === 0 ? Infinity : Math.min(nextMs, probing ? Infinity : openUntilMs))
  }

  /** One for all who wait: when the next may try, or somebody's patience ends while a probe hangs. */
  function setAlarm(atMs: number): void {
    alarm?.off.abort(RESET)
    alarm = undefined
    if (atMs === Infinity) return
    const off = new AbortController()
    alarm = { atMs, off }
    clock.sleep(Math.max(1, atMs - clock.elapsed()), off.signal).then(
      () => {
        alarm = undefined
        serve()
      },
      () => undefined,
    )
  }
}

/** One for all: a reason made each time would cost a stack trace. */
const RESET = new Error('another alarm is set')
