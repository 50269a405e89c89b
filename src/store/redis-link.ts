// How is one connection to Redis held, so that no call hangs and all work again by themselves once it is back?
//
// The five options that matter, found by trying what a killed and a frozen server do to the client:
// - disableOfflineQueue: calls reject at once while it is away, instead of waiting for it;
// - connectTimeout; socketTimeout, and pingInterval so that an idle connection is not taken for a dead one: a frozen server
//   answers nothing, and no time limit of a command ends one that was written;
// - an own reconnectStrategy: the client's own gives up for good after a socket timeout.
// They do not see a frozen server that is still written to: writing keeps a socket alive. So the age of the oldest call is
// watched as well, and a connection that keeps it waiting is thrown away for another one.

import { createClient, ReconnectStrategyError } from '@redis/client'
import type { RedisScripts } from '@redis/client'
import type { Clock, Logger } from '../contract/runtime.ts'
import type { RedisAddress } from './address.ts'
import { isFinal, toRedisStoreError } from './redis-errors.ts'
import { scripts } from './redis-script.ts'
import { StoreError } from './store-error.ts'

export type RedisClient = ReturnType<typeof makeClient>

export interface RedisLink {
  /**
   * Rejects with `StoreError`: after `CALL_LASTS_MS` when the server does not answer, and at once while it has been away for as
   * long. A connection that was only just lost is waited for, and what was under way is called once more: it must do no harm twice.
   */
  call<Result>(run: (client: RedisClient) => Promise<Result>): Promise<Result>
  /** Called with each new connection that is ready, and with the one there is. */
  onReady(listener: (client: RedisClient) => void): void
  /** Lets go at once; calls under way reject. */
  close(): Promise<void>
}

/** What a call may take; a store that is slower is as good as away. */
export const CALL_LASTS_MS = 1_500
const PING_EVERY_MS = 700
const WATCH_EVERY_MS = 250
const CONNECT_LASTS_MS = 2_000
const LONGEST_PAUSE_MS = 500
/** Past this many the server has stopped keeping up; refusing lets the platforms offer their events again. */
const MAX_CALLS = 10_000

interface LinkWorld {
  readonly address: RedisAddress
  readonly clock: Clock
  readonly log: Logger
  /** How long a server that is away is waited for. */
  readonly patienceMs: number
}

/** Connects, and gives up after some seconds, or at once when waiting cannot help. Throws `StoreError`. */
export async function openRedisLink(world: LinkWorld): Promise<RedisLink> {
  const { address, clock, log } = world
  const translate = (error: unknown): StoreError => toRedisStoreError(error, address.where)
  const givesUpAtMs = clock.elapsed() + world.patienceMs
  const listeners = new Set<(client: RedisClient) => void>()
  const calls = new Map<symbol, number>()
  const closing = new AbortController()
  let isOpened = false
  let awaySinceMs: number | undefined
  /** Calls that wait for a connection only just lost. */
  const waiters = new Set<() => void>()
  /** What no waiting will mend, found while opening. */
  let final: StoreError | undefined
  let client = connect()
  const isClosed = (): boolean => closing.signal.aborted

  function connect(): RedisClient {
    const made = makeClient(address, (retries, cause) => {
      const error = translate(cause)
      if (!isOpened) {
        if (isFinal(error)) final ??= error
        if (final !== undefined) return final
        if (clock.elapsed() > givesUpAtMs) return error
      }
      return Math.min(50 * 2 ** retries, LONGEST_PAUSE_MS)
    })
    made.on('error', (cause: unknown) => {
      const error = translate(cause)
      if (!isOpened && isFinal(error)) {
        final ??= error
        made.destroy()
      } else if (made === client) away(error)
    })
    made.on('ready', () => {
      if (made !== client) return
      if (awaySinceMs !== undefined) log.info({ store: address.where }, 'the store can be reached again')
      awaySinceMs = undefined
      for (const wake of [...waiters]) wake()
      for (const listener of listeners) listener(made)
    })
    return made
  }

  function away(error: StoreError): void {
    if (awaySinceMs !== undefined || isClosed()) return
    awaySinceMs = clock.elapsed()
    log.warn(
      { store: address.where, problem: error.problem },
      'the store is away: trying until it is back',
      error,
    )
  }

  /** Whatever waited on the old connection is rejected by its end. */
  function replace(): void {
    const old = client
    client = connect()
    old.destroy()
    away(new StoreError('unreachable', `The store ${address.where} does not answer.`))
    // Ends by success or by `destroy`: the strategy never gives up.
    client.connect().catch(() => {})
  }

  async function watch(): Promise<void> {
    for (;;) {
      const sinceMs = clock.elapsed()
      await clock.sleep(WATCH_EVERY_MS, closing.signal)
      if (!isWorthWaiting()) for (const wake of [...waiters]) wake()
      // It was this process that did nothing, not the server: what it answered meanwhile is read first.
      if (clock.elapsed() - sinceMs > 2 * WATCH_EVERY_MS) continue
      // In the order they were made: the first is the oldest.
      const oldestMs = calls.values().next().value
      if (oldestMs !== undefined && clock.elapsed() - oldestMs > CALL_LASTS_MS) replace()
    }
  }

  function isWorthWaiting(): boolean {
    return awaySinceMs === undefined || clock.elapsed() - awaySinceMs < CALL_LASTS_MS
  }

  /** Resolves when it is back, or has been away for too long. */
  async function back(): Promise<void> {
    if (!isOpened || isClosed() || !isWorthWaiting()) return
    away(new StoreError('unreachable', `The store ${address.where} is not connected.`))
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        waiters.delete(wake)
        resolve()
      }
      waiters.add(wake)
    })
  }

  async function open(): Promise<void> {
    for (;;) {
      try {
        if (!client.isOpen) await client.connect()
        // Also one that takes connections and never says a word, or is still loading, is found out.
        await link.call((made) => made.ping())
        isOpened = true
        return
      } catch (cause) {
        const error =
          final ?? translate(cause instanceof ReconnectStrategyError ? cause.originalError : cause)
        if (isClosed() || isFinal(error) || clock.elapsed() > givesUpAtMs) throw error
        away(error)
        await clock.sleep(LONGEST_PAUSE_MS, closing.signal)
      }
    }
  }

  async function callOnce<Result>(run: (client: RedisClient) => Promise<Result>): Promise<Result> {
    if (calls.size + waiters.size >= MAX_CALLS) {
      throw new StoreError('overloaded', `More than ${MAX_CALLS} calls wait for the store ${address.where}.`)
    }
    if (!client.isReady) await back()
    if (isClosed()) throw new StoreError('closed', 'The store is closed.')
    const id = Symbol()
    calls.set(id, clock.elapsed())
    try {
      return await run(client)
    } catch (cause) {
      throw translate(cause)
    } finally {
      calls.delete(id)
    }
  }

  const link: RedisLink = {
    async call(run) {
      const sinceMs = clock.elapsed()
      try {
        return await callOnce(run)
      } catch (error) {
        const isLost = error instanceof StoreError && error.problem === 'unreachable'
        if (!isLost || isClosed() || clock.elapsed() - sinceMs >= CALL_LASTS_MS) throw error
        return callOnce(run)
      }
    },
    onReady(listener) {
      listeners.add(listener)
      if (client.isReady) listener(client)
    },
    async close() {
      closing.abort()
      for (const wake of [...waiters]) wake()
      destroyQuietly(client)
    },
  }

  // Its sleep rejects at the end, and nothing else in it can.
  watch().catch(() => {})
  try {
    await open()
  } catch (error) {
    await link.close()
    throw error
  }
  return link
}

function makeClient(
  { host, port, tls, database, username, password }: RedisAddress,
  reconnectStrategy: (retries: number, cause: Error) => number | Error,
) {
  const socket = {
    host,
    port,
    connectTimeout: CONNECT_LASTS_MS,
    socketTimeout: CALL_LASTS_MS,
    reconnectStrategy,
  }
  return createClient({
    // The protocol everything that calls itself Redis speaks.
    RESP: 2,
    scripts: scripts satisfies RedisScripts,
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    disableOfflineQueue: true,
    pingInterval: PING_EVERY_MS,
    // A timer per command that would only end those that were never written: the watch ends them all.
    commandOptions: { timeout: 0 },
    disableClientInfo: true,
    socket: tls ? { ...socket, tls: true, ...(isName(host) ? { servername: host } : {}) } : socket,
  })
}

function isName(host: string): boolean {
  return !/^[\d.]+$|:/.test(host)
}

/** Throws when it is closed already. */
function destroyQuietly(client: RedisClient): void {
  if (client.isOpen) client.destroy()
}
