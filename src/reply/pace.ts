// When may the next call to a platform go? Every outgoing call asks here, and nothing else decides it.
//
// 1. A call names its place's budgets, its kind and its urgency, and waits at its place until the narrow budgets have
//    room, then in the line of the widest one (the account): so that nobody asks a thousand others before each call.
// 2. Both are served by urgency: finals, answers to people, frames, typing; within one, first come first served.
//    A reply has one frame in line at a time, so replies in one place share its budget evenly.
// 3. A call goes when every budget that names it has room. Frames leave a reserve for finals and keep a gap.
// 4. What a call sends is made after it was let through, so that a wait never shows stale text.
// 5. A rate limit blocks its budget for exactly as long as the platform says, and widens the gap for a while.
// 6. Every call has a deadline of our own: an SDK under endless 429 never settles.
// 7. Finals and answers are tried until they are through or the signal aborts; frames and typing are not.
// 8. A platform that is not there is not hammered: after several failures in a row its calls wait, one tries now and then.

import { createCircuit, type Circuit, type Pass } from '../circuit/circuit.ts'
import { PlatformError } from '../contract/errors.ts'
import type { CallKind, CallBudget, Health, Limits } from '../contract/platform.ts'
import type { Clock, Logger, Metrics } from '../contract/runtime.ts'
import { createBudget, type Budget, type Urgency } from './budget.ts'
import { createSlots } from './slots.ts'

export type { Urgency } from './budget.ts'

export interface CallPlan {
  readonly account: string
  readonly limits: Limits
  readonly kind: CallKind
  readonly urgency: Urgency
  /** Whether doing it twice does no harm (edits): then it is tried again also after an unknown outcome. */
  readonly repeatable: boolean
  /** Longest the call may take; the pacer's own where absent. */
  readonly deadlineMs?: number
  /** Of the turn it is for. Absent: the pacer's own. */
  readonly log?: Logger
  /** Ends the waiting, never the sending: a frame in line makes way for its reply's final. Aborts with the call's signal, too. */
  readonly waitSignal?: AbortSignal
}

export interface Pacer {
  /**
   * Runs `send` when the budgets allow it. Rejects with what `send` rejects with, once trying again is of no use;
   * with `PlatformError` `unavailable`/`unknown` after the deadline; with the signal's reason when it aborts.
   */
  call<T>(plan: CallPlan, send: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Runs `send` only if there is room at this moment; false when it was dropped. For typing. */
  tryCall(plan: CallPlan, send: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<boolean>
  /** Whether calls to this account get through, as far as the last ones tell. For /readyz. */
  health(account: string): Health
}

export interface PacerWorld {
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Longest a single call may take. */
  readonly deadlineMs?: number
}

/** Longer than any platform's own time limit for a plain call, shorter than a person's patience. */
const DEADLINE_MS = 30_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 60_000
/** Each account by itself; a person waits at the screen, so a platform that is back is found soon. Our choice. */
const CIRCUIT = { failures: 5, withinMs: 30_000, firstPauseMs: 1_000, longestPauseMs: 30_000 }
/** Without a `retryAfterMs` in the answer. */
const ASSUMED_RETRY_AFTER_MS = 1_000
/** One for all: a reason made for each call would cost a stack trace each time. */
const SETTLED = new Error('the call has settled')

export function createPacer(world: PacerWorld): Pacer {
  const { clock, log, metrics } = world
  const longestMs = world.deadlineMs ?? DEADLINE_MS
  const budgets = new Map<string, Budget>()
  const slots = createSlots(clock)
  const circuits = new Map<string, Circuit>()

  return { call, tryCall, health }

  async function call<T>(
    plan: CallPlan,
    send: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const named = budgetsOf(plan)
      const pass = await admitted(plan, named, plan.waitSignal ?? signal)
      try {
        const result = await withDeadline(plan, send, signal)
        pass.alive()
        for (const budget of named) budget.succeeded()
        return result
      } catch (error) {
        noteSign(pass, error)
        const pauseMs = retryPause(plan, named, error, attempt)
        if (pauseMs === undefined) throw error
        if (pauseMs > 0) await clock.sleep(pauseMs, signal)
      }
    }
  }

  /** Its turn by the budgets, with somebody there to call. */
  async function admitted(plan: CallPlan, named: readonly Budget[], signal: AbortSignal): Promise<Pass> {
    const circuit = circuitFor(plan.account)
    for (;;) {
      // Not there: wait for that first, so that all who wait do not burst out at once when it is back.
      if (circuit.isClosed) {
        await slots.take(named, plan.urgency, signal)
        const pass = circuit.tryEnter()
        if (pass !== undefined) return pass
      }
      const pass = await circuit.enter(Infinity, signal)
      if (pass === undefined) continue
      if (!circuit.isClosed) return pass
      pass.unknown()
    }
  }

  async function tryCall(
    plan: CallPlan,
    send: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const named = budgetsOf(plan)
    const circuit = circuitFor(plan.account)
    if (!circuit.isClosed || !slots.tryTake(named, plan.urgency)) return false
    const pass = circuit.tryEnter()
    if (pass === undefined) return false
    try {
      await withDeadline(plan, send, signal)
      pass.alive()
      return true
    } catch (error) {
      noteSign(pass, error)
      if (error instanceof PlatformError && error.kind === 'rate-limited') block(plan, named, error)
      throw error
    }
  }

  function circuitFor(account: string): Circuit {
    const known = circuits.get(account)
    if (known) return known
    const made = createCircuit(clock, CIRCUIT, (isOpen) => {
      metrics.gauge('bridge_circuit_open', isOpen ? 1 : 0, { upstream: account })
      if (isOpen) log.warn({ account }, 'the platform cannot be reached: one call tries now and then')
      else log.info({ account }, 'the platform can be reached again')
    })
    circuits.set(account, made)
    return made
  }

  function health(account: string): Health {
    const sinceMs = circuits.get(account)?.downSinceMs
    if (sinceMs === undefined) return { state: 'up' }
    const seconds = Math.round((clock.elapsed() - sinceMs) / 1_000)
    return { state: 'down', because: `calls to ${account} have failed for ${seconds} s` }
  }

  /** How long to wait before trying again; undefined when it is of no use, or not ours to decide. */
  function retryPause(
    plan: CallPlan,
    named: readonly Budget[],
    error: unknown,
    attempt: number,
  ): number | undefined {
    if (!(error instanceof PlatformError)) return undefined
    const lasting = plan.urgency === 'final' || plan.urgency === 'answer'
    if (error.kind === 'rate-limited') {
      block(plan, named, error)
      return lasting ? 0 : undefined
    }
    if (error.kind !== 'unavailable' || !lasting) return undefined
    if (error.outcome === 'unknown' && !plan.repeatable) return undefined
    const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10))
    const own = plan.log ?? log
    own.warn(
      { account: plan.account, call: plan.kind, attempt, pauseMs },
      'platform unavailable, trying again',
      error,
    )
    return pauseMs
  }

  function block(plan: CallPlan, named: readonly Budget[], error: PlatformError): void {
    const blocked = named.find((budget) => budget.key === error.budgetKey) ?? named[0]
    const retryAfterMs = error.retryAfterMs ?? ASSUMED_RETRY_AFTER_MS
    blocked?.block(clock.elapsed() + retryAfterMs)
    metrics.count('bridge_rate_limited_total', { platform: plan.account })
    metrics.observe('bridge_rate_limited_seconds', retryAfterMs, { platform: plan.account })
    const own = plan.log ?? log
    own.info({ account: plan.account, call: plan.kind, retryAfterMs }, 'rate limited by the platform')
  }

  function budgetsOf(plan: CallPlan): readonly Budget[] {
    const named = plan.limits.budgets.filter((spec) => spec.for?.includes(plan.kind) ?? true)
    return (named.length > 0 ? named : [unlimited(plan)]).map(budgetFor)
  }

  function budgetFor(spec: CallBudget): Budget {
    const known = budgets.get(spec.key)
    if (known) return known
    forgetIdleBudgets()
    const made = createBudget(spec)
    budgets.set(spec.key, made)
    return made
  }

  /** Chats come and go: what has been idle for its whole window says nothing any more. */
  function forgetIdleBudgets(): void {
    if (budgets.size < 10_000) return
    const nowMs = clock.elapsed()
    for (const [key, budget] of budgets) if (budget.isIdle(nowMs)) budgets.delete(key)
  }

  /** Ends with the first of answer, deadline and signal: an SDK that ignores its signal holds up nobody. */
  function withDeadline<T>(
    plan: CallPlan,
    send: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const deadlineMs = plan.deadlineMs ?? longestMs
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const call = new AbortController()
      const settled = new AbortController()
      const settle = (): void => {
        settled.abort(SETTLED)
        signal.removeEventListener('abort', onAbort)
      }
      const giveUp = (reason: Error): void => {
        settle()
        call.abort(reason)
        reject(reason)
      }
      const onAbort = (): void => giveUp(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
      clock.sleep(deadlineMs, settled.signal).then(
        () => giveUp(tooLate(plan, deadlineMs)),
        () => {
          // Settled in time.
        },
      )
      send(call.signal).finally(settle).then(resolve, reject)
    })
  }
}

/** What a call's failure says about the platform as a whole. */
function noteSign(pass: Pass, error: unknown): void {
  if (!(error instanceof PlatformError) || error.kind === 'cancelled') pass.unknown()
  else if (error.kind === 'unavailable') pass.down(error.retryAfterMs)
  else pass.alive()
}

function tooLate({ account, kind }: CallPlan, deadlineMs: number): PlatformError {
  return new PlatformError(account, 'unavailable', `${kind}: no answer within ${deadlineMs} ms`, {
    outcome: 'unknown',
  })
}

/** What no budget names may be rate limited all the same, and has to wait somewhere. */
function unlimited({ account, kind }: CallPlan): CallBudget {
  return { key: `${account}|${kind}`, calls: 1_000_000, perMs: 1 }
}
