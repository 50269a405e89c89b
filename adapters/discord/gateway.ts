// What is one life of the gateway connection? One discord.js client, from its login to the moment it is given up.
//
// The library keeps the socket, the heartbeats and the RESUME. Its reading of packets into servers, members and messages
// is switched off: the adapter reads the raw dispatches, so nothing is cached twice, nothing is dropped for want of a
// cached channel, and nothing of it can throw. A client is never used a second time: the next life is a new one.
import { createHash } from 'node:crypto'
import { Client, type ClientOptions } from 'discord.js'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { fieldsOf, readString } from '../common/read.ts'
import { createIdentifyGate } from './identify-gate.ts'
import type { GatewayInformation } from './packet.ts'
import type { Part } from './part.ts'
import { createShardGuard, heartbeatOf } from './shards.ts'

export interface GatewayParts {
  readonly account: string
  readonly token: string
  readonly intents: number
  /** This shard alone; without one, all that the server wants. */
  readonly part?: Part
  readonly rest: NonNullable<ClientOptions['rest']>
  readonly clock: Clock
  readonly log: Logger
  fetchGateway(signal: AbortSignal): Promise<GatewayInformation>
  /** Every dispatch, in order. Must not throw. */
  dispatch(type: string, data: unknown): void
  /** All shards hold a session; or, no longer. */
  attached(isAttached: boolean): void
}

/** How a life ended. `refused`: only the owner can mend it. */
export type Ending =
  | { readonly how: 'stopped' }
  | { readonly how: 'refused'; readonly code: number; readonly livedMs: number }
  /** `unreachable`: nobody spoke to us, so no login was spent. */
  | { readonly how: 'broken' | 'unreachable'; readonly because: string; readonly livedMs: number }

/** A large bot's READY takes seconds; an IDENTIFY may have to wait five. */
const ATTACH_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 2_000
/** One beat may be lost; the library itself ends the connection at the second. */
const BEATS_UNTIL_DEAD = 3
const USUAL_BEAT_MS = 41_250
/** The library tries again every half second, without end. */
const MAX_TRIES = 4
/** A session that held this long was a good one. */
const HELD_MS = 60_000
const GOODBYE_WITHIN_MS = 2_000
const UNAUTHORIZED = 4004

/** Resolves when the life is over and everything of it is closed. Never rejects. */
export async function liveOnce(parts: GatewayParts, signal: AbortSignal): Promise<Ending> {
  const { clock, log } = parts
  const ended = Promise.withResolvers<Ending>()
  const over = new AbortController()
  const attached = new Map<number, number>()
  let isOver = false
  let hasHeard = false
  let tries = 0
  let beatMs = USUAL_BEAT_MS
  let heardAtMs = clock.elapsed()
  let detachedAtMs = clock.elapsed()
  let livedMs = 0
  /** Shards that wait for their turn to log in: that takes as long as it takes. */
  let queuing = 0

  const guard = createShardGuard({
    clock,
    fetchGateway: () => parts.fetchGateway(AbortSignal.any([signal, over.signal])),
    heard(_shardId, packet) {
      hasHeard = true
      heardAtMs = clock.elapsed()
      beatMs = heartbeatOf(packet) ?? beatMs
    },
    broke(shardId, error) {
      log.warn({ shard: shardId, name: nameOf(error) }, 'the gateway connection threw; it is made anew')
      end(broken('a packet or a close that the library cannot bear'))
    },
  })
  const client = new Client({
    intents: parts.intents,
    ...(parts.part === undefined
      ? { shards: 'auto' as const }
      : { shards: [parts.part.id], shardCount: parts.part.count }),
    rest: parts.rest,
    sweepers: {},
    ws: { buildStrategy: guard.buildStrategy, buildIdentifyThrottler },
  })
  // Border: private parts of discord.js 14.28.1. `login` would cut a leading "Bot" off the token.
  const insides = client.ws as unknown as { connect(): Promise<void>; handlePacket(): boolean }
  insides.handlePacket = () => true
  client.token = parts.token
  client.rest.setToken(parts.token)

  client.on('raw', (packet: unknown, shardId: unknown) => {
    if (!isOver) take(packet, Number(shardId))
  })
  client.on('shardReconnecting', (shardId) => {
    if (!isOver) detach(shardId)
  })
  client.on('shardDisconnect', ({ code }, shardId) => {
    log.warn({ shard: shardId, code }, 'the gateway closed for good')
    end({ how: 'refused', code, livedMs: longestHeldMs() })
  })
  client.on('shardError', (error, shardId) => {
    log.debug({ shard: shardId, name: nameOf(error) }, 'a gateway connection failed')
  })
  client.on('error', (error) => {
    log.debug({ name: nameOf(error) }, 'the gateway client reports an error')
  })
  signal.addEventListener('abort', () => end({ how: 'stopped' }), { signal: over.signal })
  if (signal.aborted) end({ how: 'stopped' })

  void watch()
  void insides.connect().catch((error: unknown) => end(endingOf(error)))
  const ending = await ended.promise
  await close()
  return ending

  function take(packet: unknown, shardId: number): void {
    const { t, d } = fieldsOf(packet)
    if (typeof t !== 'string') return
    if (t === 'READY' && readString(fieldsOf(fieldsOf(d)['user'])['id']) === undefined) {
      end(broken('a READY that does not say who we are'))
      return
    }
    if (t === 'READY' || t === 'RESUMED') attach(shardId, t)
    parts.dispatch(t, d)
  }

  function attach(shardId: number, how: string): void {
    attached.set(shardId, clock.elapsed())
    log.info({ shard: shardId, how }, 'gateway session attached')
    if (attached.size < client.ws.shards.size) return
    parts.attached(true)
  }

  function detach(shardId: number): void {
    const sinceMs = attached.get(shardId)
    const heldMs = sinceMs === undefined ? 0 : clock.elapsed() - sinceMs
    if (sinceMs !== undefined) detachedAtMs = clock.elapsed()
    attached.delete(shardId)
    livedMs = Math.max(livedMs, heldMs)
    tries = heldMs >= HELD_MS ? 1 : tries + 1
    log.info({ shard: shardId, tries, heldMs: Math.round(heldMs) }, 'no gateway session; reconnecting')
    parts.attached(false)
    if (tries > MAX_TRIES) end(broken('the connection does not hold'))
  }

  async function buildIdentifyThrottler(manager: {
    fetchGatewayInformation(): Promise<{ session_start_limit: { max_concurrency: number } }>
  }): Promise<{ waitForIdentify(shardId: number, signal: AbortSignal): Promise<void> }> {
    const { session_start_limit: limit } = await manager.fetchGatewayInformation()
    const account = createHash('sha256')
      .update(`${String(parts.rest.api)} ${parts.token}`)
      .digest('hex')
    const gate = createIdentifyGate({ account, clock, maxConcurrency: limit.max_concurrency })
    return {
      async waitForIdentify(shardId, closed) {
        queuing += 1
        try {
          await gate.waitForIdentify(shardId, AbortSignal.any([closed, over.signal]))
        } finally {
          queuing -= 1
          detachedAtMs = clock.elapsed()
        }
      },
    }
  }

  /** Half-open sockets, a HELLO or READY that never comes: nothing tells of those but time. */
  async function watch(): Promise<void> {
    while (!isOver) {
      await clock.sleep(LOOK_EVERY_MS, over.signal).catch(() => undefined)
      const nowMs = clock.elapsed()
      const isAttached = attached.size > 0 && attached.size >= client.ws.shards.size
      if (isAttached && nowMs - heardAtMs > BEATS_UNTIL_DEAD * beatMs) end(broken('the gateway fell silent'))
      if (!isAttached && queuing === 0 && nowMs - detachedAtMs > ATTACH_WITHIN_MS)
        end(broken('no session came about'))
    }
  }

  function broken(
    because: string,
    how: 'broken' | 'unreachable' = hasHeard ? 'broken' : 'unreachable',
  ): Ending {
    return { how, because, livedMs: longestHeldMs() }
  }

  function longestHeldMs(): number {
    return Math.max(livedMs, ...[...attached.values()].map((sinceMs) => clock.elapsed() - sinceMs))
  }

  function endingOf(error: unknown): Ending {
    if (error instanceof PlatformError && error.kind === 'denied')
      return { how: 'refused', code: UNAUTHORIZED, livedMs: longestHeldMs() }
    if (error instanceof PlatformError) return broken(error.message)
    const status = /^Unexpected server response: (\d{3})$/.exec(messageOf(error))?.[1]
    if (status !== undefined) return broken(`the gateway answers HTTP ${status}`)
    if (/^Not enough sessions remaining/.test(messageOf(error)))
      return broken('no logins are left for today', 'broken')
    return broken('the gateway cannot be reached')
  }

  function end(ending: Ending): void {
    if (isOver) return
    isOver = true
    guard.seal()
    parts.attached(false)
    over.abort()
    ended.resolve(ending)
  }

  /** `destroy` may hang or come back (in the middle of a reconnect, before READY); the guard sees to both. */
  async function close(): Promise<void> {
    const said = new AbortController()
    await Promise.race([
      client.destroy().catch(() => undefined),
      clock.sleep(GOODBYE_WITHIN_MS, said.signal).catch(() => undefined),
    ])
    said.abort()
    guard.cut()
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
