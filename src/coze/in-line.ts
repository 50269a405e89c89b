// How does a question wait for its turn so that its person sees it waiting?
//
// It takes its place before it is asked, and says how many go first while that lasts. Turned away by Coze with a time to
// come back, it takes a place again: nobody is told "too busy" for what only takes a while.

import type { ReplyEvent } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Failure } from '../contract/errors.ts'
import type { Clock } from '../contract/runtime.ts'
import type { WaitTurn } from './client.ts'
import { failureOf } from './errors.ts'
import type { Limiter, Place } from './limiter.ts'
import { mayComeAgain } from './retry.ts'

/** Coze names a time and turns us away again when it has come: then something else is wrong. Our choice. */
const COMES_AGAIN = 10
const WAITING = 'waiting for the upstream limit'

/**
 * `ask` with its place in line first. Never throws. While it waits it yields `queued`, last of all with nobody ahead:
 * it is asked only after that one was taken.
 */
export function inLine(
  limiter: Limiter,
  userId: string,
  signal: AbortSignal,
  ask: (waitTurn: WaitTurn) => AsyncIterable<ReplyEvent>,
): AsyncGenerator<ReplyEvent> {
  return comingAgain(
    limiter,
    signal,
    () => place(limiter, userId, signal),
    () => ask(withTicket(limiter, userId)),
  )
}

/** For what is not counted: it only waits where the whole line does. */
export function whenFree(
  limiter: Limiter,
  clock: Clock,
  signal: AbortSignal,
  ask: () => AsyncIterable<ReplyEvent>,
): AsyncGenerator<ReplyEvent> {
  async function free(): Promise<void> {
    if (limiter.heldMs() > 0) await clock.sleep(limiter.heldMs(), signal)
  }
  return comingAgain(limiter, signal, free, ask)
}

/** The same for a single call. */
export async function whenLetIn<T>(
  limiter: Limiter,
  clock: Clock,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  for (let again = 0; ; again += 1) {
    try {
      if (limiter.heldMs() > 0) await clock.sleep(limiter.heldMs(), signal)
      return await call()
    } catch (error) {
      const failure = failureOf(error, WAITING, signal)
      if (!mayComeAgain(failure) || again >= COMES_AGAIN) throw new AssistantError(failure, error)
      limiter.hold(failure.retryAfterMs ?? 0)
    }
  }
}

async function* comingAgain(
  limiter: Limiter,
  signal: AbortSignal,
  wait: () => AsyncIterable<ReplyEvent> | Promise<void>,
  ask: () => AsyncIterable<ReplyEvent>,
): AsyncGenerator<ReplyEvent> {
  for (let again = 0; ; again += 1) {
    try {
      const waiting = wait()
      if (waiting instanceof Promise) await waiting
      else yield* waiting
    } catch (error) {
      yield { kind: 'failed', failure: failureOf(error, WAITING, signal) }
      return
    }
    let hasBegun = false
    let turnedAway: Failure | undefined
    for await (const event of ask()) {
      if (!hasBegun && event.kind === 'failed' && again < COMES_AGAIN && mayComeAgain(event.failure)) {
        turnedAway = event.failure
        break
      }
      hasBegun = true
      yield event
    }
    if (turnedAway === undefined) return
    limiter.hold(turnedAway.retryAfterMs ?? 0)
  }
}

/** The first attempt has its turn already; each further one waits for another. */
function withTicket(limiter: Limiter, userId: string): WaitTurn {
  let ticket = true
  return Object.assign(
    (until: AbortSignal): Promise<void> => {
      if (!ticket) return limiter.acquire(userId, until)
      ticket = false
      return Promise.resolve()
    },
    { hold: (ms: number) => limiter.hold(ms) },
  )
}

interface Waiting {
  news: Place | undefined
  end: 'granted' | { readonly error: unknown } | undefined
  wake: () => void
}

async function* place(limiter: Limiter, userId: string, signal: AbortSignal): AsyncGenerator<ReplyEvent> {
  const state: Waiting = { news: undefined, end: undefined, wake: () => undefined }
  const ended = (end: NonNullable<Waiting['end']>): void => {
    state.end = end
    state.wake()
  }
  const ticket = limiter.join(userId, signal, (news) => {
    state.news = news
    state.wake()
  })
  ticket.granted.then(
    () => ended('granted'),
    (error: unknown) => ended({ error }),
  )
  let isTold = false
  try {
    while (state.end === undefined) {
      const { news } = state
      state.news = undefined
      if (news !== undefined) {
        isTold = true
        yield { kind: 'queued', ...news }
      } else {
        await new Promise<void>((resolve) => {
          state.wake = resolve
        })
      }
    }
  } finally {
    if (state.end === undefined) ticket.leave()
  }
  if (state.end !== 'granted') throw state.end.error
  if (isTold) yield { kind: 'queued', ahead: 0, waitMs: 0 }
}
