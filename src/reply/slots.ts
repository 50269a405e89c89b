// Who is let through next? Calls wait at their place for its narrow budgets, then in line for the account's.
//
// Two stages, so that nobody asks a thousand other chats' budgets before each call. Each is served by urgency, and
// within one urgency first come, first served. Only so many go in one turn of the event loop: a thousand replies whose
// moment comes at once must not keep the process from listening.

import type { Clock } from '../contract/runtime.ts'
import type { Budget, Urgency } from './budget.ts'

export interface Slots {
  /** Resolves when every budget has room, having taken from each. Rejects with the signal's reason. `budgets`: narrowest first. */
  take(budgets: readonly Budget[], urgency: Urgency, signal: AbortSignal): Promise<void>
  /** Takes at once, or not at all. */
  tryTake(budgets: readonly Budget[], urgency: Urgency): boolean
}

const URGENCIES = ['final', 'answer', 'frame', 'typing'] as const satisfies readonly Urgency[]

/** What a call costs before it waits for the network is well under a millisecond: a turn of the loop stays short. */
const AT_ONCE = 16

/** One for all: a reason made each time would cost a stack trace. */
const RESET = new Error('another alarm is set')

interface Waiter {
  readonly urgency: Urgency
  readonly budgets: readonly Budget[]
  readonly go: () => void
  gone: boolean
}
interface Line {
  readonly waiting: Readonly<Record<Urgency, Set<Waiter>>>
  wakeAtMs: number
  wake: AbortController | undefined
}

export function createSlots(clock: Clock): Slots {
  /** By the key of the narrowest budget; closed when nobody waits. */
  const places = new Map<string, Line>()
  /** By the key of the widest. */
  const accounts = new Map<string, Line>()
  let goneThisTurn = 0

  return { take, tryTake }

  function take(budgets: readonly Budget[], urgency: Urgency, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (budgets.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiter.gone = true
        reject(signal.reason as Error)
      }
      const waiter: Waiter = {
        urgency,
        budgets,
        gone: false,
        go: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      join(waiter)
    })
  }

  function join(waiter: Waiter): void {
    const { urgency } = waiter
    const narrow = waiter.budgets.slice(0, -1)
    if (waitMs(narrow, urgency) > 0) {
      const key = waiter.budgets[0]?.key ?? ''
      const place = lineIn(places, key)
      place.waiting[urgency].add(waiter)
      servePlace(key, place)
    } else {
      const account = lineIn(accounts, waiter.budgets.at(-1)?.key ?? '')
      account.waiting[urgency].add(waiter)
      serveAccount(account)
    }
  }

  /** Sends on whoever the narrow budgets have room for, most urgent first. */
  function servePlace(key: string, place: Line): void {
    let nextMs = Infinity
    for (const urgency of URGENCIES) {
      for (const waiter of place.waiting[urgency]) {
        const wait = waiter.gone ? 0 : waitMs(waiter.budgets.slice(0, -1), urgency)
        if (wait > 0) {
          nextMs = Math.min(nextMs, wait)
          break
        }
        place.waiting[urgency].delete(waiter)
        if (!waiter.gone) join(waiter)
      }
    }
    if (nextMs === Infinity) close(key, place)
    else setAlarm(place, nextMs, () => servePlace(key, place))
  }

  function close(key: string, place: Line): void {
    place.wake?.abort(RESET)
    if (places.get(key) === place) places.delete(key)
  }

  /** Lets through whoever may go now, most urgent first. */
  function serveAccount(account: Line): void {
    let nextMs = Infinity
    for (const urgency of URGENCIES) {
      for (const waiter of account.waiting[urgency]) {
        const wait = waiter.gone ? 0 : (waiter.budgets.at(-1)?.waitMs(clock.elapsed(), urgency) ?? 0)
        if (wait > 0) {
          nextMs = Math.min(nextMs, wait)
          break
        }
        const hasRoom = !waiter.gone && waitMs(waiter.budgets, urgency) === 0
        if (hasRoom && !hasTurnLeft()) {
          nextMs = 0
          break
        }
        account.waiting[urgency].delete(waiter)
        if (waiter.gone) continue
        if (!hasRoom) {
          join(waiter)
          continue
        }
        for (const budget of waiter.budgets) budget.take(clock.elapsed())
        waiter.go()
      }
      if (nextMs === 0) break
    }
    if (nextMs < Infinity) setAlarm(account, nextMs, () => serveAccount(account))
  }

  /** Counts one call into this turn of the event loop, if it may still go in it. */
  function hasTurnLeft(): boolean {
    if (goneThisTurn >= AT_ONCE) return false
    if (goneThisTurn === 0) void clock.sleep(0).then(() => (goneThisTurn = 0))
    goneThisTurn += 1
    return true
  }

  function lineIn(lines: Map<string, Line>, key: string): Line {
    const known = lines.get(key)
    if (known) return known
    const made: Line = {
      waiting: { final: new Set(), answer: new Set(), frame: new Set(), typing: new Set() },
      wakeAtMs: Infinity,
      wake: undefined,
    }
    lines.set(key, made)
    return made
  }

  function setAlarm(line: Line, waitForMs: number, serve: () => void): void {
    const atMs = clock.elapsed() + waitForMs
    if (line.wake && line.wakeAtMs <= atMs) return
    line.wake?.abort(RESET)
    const wake = new AbortController()
    line.wake = wake
    line.wakeAtMs = atMs
    clock.sleep(waitForMs, wake.signal).then(
      () => {
        line.wake = undefined
        line.wakeAtMs = Infinity
        serve()
      },
      () => {
        // Replaced by an earlier alarm.
      },
    )
  }

  function tryTake(budgets: readonly Budget[], urgency: Urgency): boolean {
    if (waitMs(budgets, urgency) > 0) return false
    for (const budget of budgets) budget.take(clock.elapsed())
    return true
  }

  function waitMs(budgets: readonly Budget[], urgency: Urgency): number {
    const nowMs = clock.elapsed()
    let longest = 0
    for (const budget of budgets) longest = Math.max(longest, budget.waitMs(nowMs, urgency))
    return longest
  }
}
