// How is one call to Coze made: with a token, in its turn, again where that is allowed?

import { AssistantError } from '../contract/errors.ts'
import type { Clock, Logger } from '../contract/runtime.ts'
import { createAuth } from './auth.ts'
import type { CozeLogin } from './auth.ts'
import type { EventStream } from './body.ts'
import { failureOf } from './errors.ts'
import { createHttp } from './http.ts'
import type { Exchange, Http, HttpOptions, JsonAnswer } from './http.ts'
import { isLoginFailure, retryPauseMs } from './retry.ts'
import type { Repeat } from './retry.ts'

/** A hosted Coze, or a self-hosted Coze Studio; never guessed from the address. */
export type Flavor = 'cloud' | 'studio'

export interface ClientOptions extends HttpOptions {
  readonly login: CozeLogin
  readonly flavor?: Flavor
  readonly log: Logger
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number
}

export interface Call extends Exchange {
  readonly repeat: Repeat
  /** Whose session it is, for logins with `sessionPerUser`. */
  readonly userId?: string
  /** Awaited before every attempt: the upstream limiter. */
  readonly waitTurn?: (signal: AbortSignal) => Promise<void>
}

/** Every call throws `AssistantError` alone. */
export interface CozeClient {
  readonly flavor: Flavor
  readonly clock: Clock
  readonly log: Logger
  json(call: Call, signal: AbortSignal): Promise<JsonAnswer>
  /** Retried until the head of the stream is here, never after it. */
  events(call: Call, signal: AbortSignal): Promise<EventStream>
  bytes(call: Call, signal: AbortSignal): ReturnType<Http['bytes']>
  close(): Promise<void>
}

export function createCozeClient(options: ClientOptions): CozeClient {
  const { clock, log, random = Math.random } = options
  const http = createHttp(options)
  const auth = createAuth({ login: options.login, apiBase: options.apiBase, http, clock })

  async function attempt<T>(
    call: Call,
    signal: AbortSignal,
    send: (exchange: Exchange, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const what = `${call.method} ${call.path}`
    let hasNewLogin = false
    for (let tries = 0; ;) {
      await call.waitTurn?.(signal)
      let token: string | undefined
      try {
        token = await auth.token(call.userId, signal)
        return await send({ ...call, token }, signal)
      } catch (error) {
        const failure = failureOf(error, what, signal)
        if (token !== undefined && isLoginFailure(failure) && !hasNewLogin && call.repeat !== 'impossible') {
          hasNewLogin = true
          if (auth.forget(call.userId, token)) continue
        }
        const pauseMs = retryPauseMs(failure, tries, call.repeat, random())
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
    json: (call, signal) => attempt(call, signal, http.json),
    events: (call, signal) => attempt(call, signal, http.events),
    bytes: (call, signal) => attempt(call, signal, http.bytes),
    close: () => http.close(),
  }
}
