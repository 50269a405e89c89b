// How is one call to Coze made: with a token, in its turn, again where that is allowed?

import { createCircuit, DEFAULT_CIRCUIT } from '../circuit/circuit.ts'
import type { Circuit, Pass } from '../circuit/circuit.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Failure } from '../contract/errors.ts'
import type { Clock, Logger, Metrics } from '../contract/runtime.ts'
import { createAuth } from './auth.ts'
import type { CozeLogin } from './auth.ts'
import type { Auth } from './auth-kind.ts'
import type { EventStream } from './body.ts'
import { cancelledFailure, failureOf } from './errors.ts'
import { createHttp } from './http.ts'
import type { Exchange, Http, HttpOptions, JsonAnswer } from './http.ts'
import { holdMsOf, isLoginFailure, OUTAGE_PATIENCE_MS, retryPauseMs, signOfLife } from './retry.ts'
import type { Repeat } from './retry.ts'

/** A hosted Coze, or a self-hosted Coze Studio; never guessed from the address. */
export type Flavor = 'cloud' | 'studio'

export interface ClientOptions extends HttpOptions {
  readonly login: CozeLogin
  readonly flavor?: Flavor
  readonly log: Logger
  readonly metrics?: Metrics
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number
}

export interface Call extends Exchange {
  readonly repeat: Repeat
  /** Whose session it is, for logins with `sessionPerUser`. */
  readonly userId?: string
  /** Awaited before every attempt: the upstream limiter. */
  readonly waitTurn?: WaitTurn
  /**
   * How long it waits where Coze is not there. `short`: a person waits for it, and is told before long; `long`: it belongs
   * to a reply that stands on a screen already. Absent: not at all.
   */
  readonly patience?: 'short' | 'long'
}

export interface WaitTurn {
  (signal: AbortSignal): Promise<void>
  /** Coze wants to be left alone: nobody of this line goes for so long. */
  readonly hold?: (ms: number) => void
}

/** Every call throws `AssistantError` alone. */
export interface CozeClient {
  readonly flavor: Flavor
  readonly clock: Clock
  readonly log: Logger
  /** Whether Coze is there. */
  readonly circuit: Circuit
  json(call: Call, signal: AbortSignal): Promise<JsonAnswer>
  /** Retried until the head of the stream is here, never after it. */
  events(call: Call, signal: AbortSignal): Promise<EventStream>
  bytes(call: Call, signal: AbortSignal): ReturnType<Http['bytes']>
  /** How the login stands; renews what would run out otherwise. Never rejects. */
  readonly loginStanding: Auth['standing']
  close(): Promise<void>
}

/** What belongs to a reply that was begun waits for several probes. */
const LONG_PATIENCE_MS = 60_000

export function createCozeClient(options: ClientOptions): CozeClient {
  const { clock, log, random = Math.random } = options
  const http = createHttp(options)
  const auth = createAuth({ login: options.login, apiBase: options.apiBase, http, clock, log })
  const circuit = createCircuit(clock, DEFAULT_CIRCUIT, (isOpen) => {
    tellOpen(isOpen)
    if (isOpen) log.warn({}, 'Coze cannot be reached: one call tries now and then, the others wait')
    else log.info({}, 'Coze can be reached again')
  })
  tellOpen(false)

  async function attempt<T>(
    call: Call,
    signal: AbortSignal,
    send: (exchange: Exchange, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const what = `${call.method} ${call.path}`
    let hasNewLogin = false
    let firstMs: number | undefined
    for (let tries = 0; ;) {
      await call.waitTurn?.(signal)
      const pass = await admitted(call, what, signal)
      firstMs ??= clock.elapsed()
      let token: string | undefined
      try {
        token = await auth.token(call.userId, signal)
        const result = await send({ ...call, token }, signal)
        pass.alive()
        return result
      } catch (error) {
        const failure = failureOf(error, what, signal)
        noteSign(pass, failure, call)
        const holdMs = holdMsOf(failure)
        if (holdMs > 0) call.waitTurn?.hold?.(holdMs)
        if (token !== undefined && isLoginFailure(failure) && !hasNewLogin && call.repeat !== 'impossible') {
          hasNewLogin = true
          if (auth.forget(call.userId, token)) continue
        }
        const waitedMs = call.patience === undefined ? Infinity : clock.elapsed() - firstMs
        const pauseMs = retryPauseMs(failure, tries, call.repeat, random(), waitedMs)
        if (pauseMs === undefined) {
          throw error instanceof AssistantError ? error : new AssistantError(failure, error)
        }
        tries += 1
        log.debug(
          { call: what, kind: failure.kind, code: failure.code, logid: failure.logid, pauseMs },
          'again',
        )
        await pause(pauseMs, what, signal)
      }
    }
  }

  /** Rejects with `unavailable` where nobody is there and this call cannot wait so long. */
  async function admitted(call: Call, what: string, signal: AbortSignal): Promise<Pass> {
    const patienceMs =
      call.patience === undefined ? 0 : call.patience === 'short' ? OUTAGE_PATIENCE_MS : LONG_PATIENCE_MS
    let pass: Pass | undefined
    try {
      pass = await circuit.enter(patienceMs, signal)
    } catch (error) {
      throw new AssistantError(cancelledFailure(what, 'not-sent'), error)
    }
    if (pass !== undefined) return pass
    throw new AssistantError(awayFailure(what, circuit))
  }

  function tellOpen(isOpen: boolean): void {
    options.metrics?.gauge('bridge_circuit_open', isOpen ? 1 : 0, { upstream: 'coze' })
  }

  async function pause(ms: number, what: string, signal: AbortSignal): Promise<void> {
    try {
      await clock.sleep(ms, signal)
    } catch (error) {
      throw new AssistantError(failureOf(error, what, signal), error)
    }
  }

  return {
    flavor: options.flavor ?? 'cloud',
    clock,
    log,
    circuit,
    json: (call, signal) => attempt(call, signal, http.json),
    events: (call, signal) => attempt(call, signal, http.events),
    bytes: (call, signal) => attempt(call, signal, http.bytes),
    loginStanding: (signal) => auth.standing(signal),
    async close() {
      await auth.settle()
      await http.close()
    },
  }
}

function noteSign(pass: Pass, failure: Failure, { repeat }: Call): void {
  const sign = signOfLife(failure, repeat)
  if (sign === 'down') pass.down(failure.retryAfterMs)
  else pass[sign]()
}

/** Nobody is there just now. */
export function awayFailure(what: string, circuit: Circuit): Failure {
  const retryAfterMs = Math.max(1_000, circuit.nextTryInMs())
  const detail = `${what}: not tried, Coze cannot be reached just now`
  return { kind: 'unavailable', detail, outcome: 'not-sent', retryAfterMs }
}
