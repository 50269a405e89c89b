// How are the library's sockets kept from throwing where nobody catches, and from coming back once they were given up?
//
// @discordjs/ws runs its packets, its closing and its reconnecting in socket callbacks that nobody awaits: whatever
// throws there, in it or in discord.js above it, ends the process. And a manager that was destroyed in the middle of a
// reconnect connects again, for ever. All of it runs through a handful of functions of its shard, so these are wrapped:
// 1. packets are repaired before they are read (packet.ts); 2. what still throws is reported; 3. a sealed shard does not
// connect; 4. sockets that are cut have a listener for the error this makes; 5. of two greetings the second is not heard:
// its heartbeat would never end; 6. a goodbye nobody answers is not waited for: the library would, for half a minute.
import { SimpleShardingStrategy, type ClientOptions } from 'discord.js'
import type { Clock } from '../../src/contract/runtime.ts'
import { readAmount, fieldsOf, type Fields } from '../common/read.ts'
import { repairPacket, type GatewayInformation } from './packet.ts'

const HELLO = 10
/** https://developer.mozilla.org/docs/Web/API/WebSocket/readyState */
const CLOSING = 2
const GOODBYE_WITHIN_MS = 1_000

export interface ShardGuard {
  /** For `ClientOptions.ws`. */
  readonly buildStrategy: BuildStrategy
  /** From now on nothing is read and nothing connects. */
  seal(): void
  /** Ends the sockets, without a goodbye. */
  cut(): void
}
type BuildStrategy = NonNullable<NonNullable<ClientOptions['ws']>['buildStrategy']>

export interface ShardGuardParts {
  readonly clock: Clock
  /** Instead of the library's own call: once a session. */
  fetchGateway(): Promise<GatewayInformation>
  /** Told of every packet, also of those that are no events. */
  heard(shardId: number, packet: Fields): void
  /** Something threw in a socket's callback: the connection may be stuck. */
  broke(shardId: number, error: unknown): void
}

/** Border: private parts of @discordjs/ws 1.2.3, whose `WebSocketShard` is not reachable by its type from here. */
interface Shard {
  readonly id: number
  connection: Socket | null
  unpackMessage(data: unknown, isBinary: boolean): Promise<unknown>
  onMessage(data: unknown, isBinary: boolean): Promise<void>
  onClose(code: number): Promise<void>
  onError(error: unknown): void
  internalConnect(): Promise<void>
  destroy(options?: unknown): Promise<void>
  heartbeat(requested?: boolean): Promise<void>
}
interface Socket {
  on(event: 'error', listener: () => void): unknown
  terminate(): void
  readonly readyState: number
}
interface Insides {
  readonly shards: ReadonlyMap<number, Shard>
}

export function createShardGuard(parts: ShardGuardParts): ShardGuard {
  const shards = new Set<Shard>()
  let sealed = false

  return {
    buildStrategy(manager) {
      let information: Promise<GatewayInformation> | undefined
      manager.fetchGatewayInformation = () => (information ??= parts.fetchGateway())
      const strategy = new SimpleShardingStrategy(manager)
      const spawn = strategy.spawn.bind(strategy)
      strategy.spawn = async (ids) => {
        await spawn(ids)
        // Border: see `Shard`.
        for (const shard of (strategy as unknown as Insides).shards.values()) guard(shard)
      }
      return strategy
    },
    seal() {
      sealed = true
    },
    cut() {
      for (const { connection } of shards) {
        if (connection === null) continue
        connection.on('error', () => undefined)
        connection.terminate()
      }
    },
  }

  function guard(shard: Shard): void {
    shards.add(shard)
    const { onError } = shard
    const unpack = shard.unpackMessage.bind(shard)
    let greetedBy: Socket | null = null
    shard.unpackMessage = async (data, isBinary) => {
      const packet = sealed || isHuge(data) ? null : repairPacket(await unpack(data, isBinary))
      if (packet !== null && packet['op'] === HELLO) {
        if (greetedBy !== null && greetedBy === shard.connection) return null
        greetedBy = shard.connection
      }
      if (packet !== null) parts.heard(shard.id, packet)
      return packet
    }
    shard.onError = (error) => {
      if (error instanceof Error && !sealed) onError.call(shard, error)
    }
    shard.onMessage = caught(shard, shard.onMessage)
    shard.onClose = caught(shard, shard.onClose)
    shard.heartbeat = caught(shard, shard.heartbeat)
    shard.internalConnect = caught(shard, unlessSealed(shard.internalConnect))
    const destroy = caught(shard, shard.destroy)
    shard.destroy = async (options) => {
      // It stops listening for errors, also on a socket that is still connecting.
      const { connection } = shard
      connection?.on('error', () => undefined)
      const said = new AbortController()
      if (connection !== null) void hangUp(connection, said.signal)
      await destroy(options)
      said.abort()
    }
  }

  /** `destroy` goes on (to the next connection) as soon as this one is closed. */
  async function hangUp(connection: Socket, said: AbortSignal): Promise<void> {
    const isOver = await parts.clock.sleep(GOODBYE_WITHIN_MS, said).then(
      () => false,
      () => true,
    )
    if (!isOver && connection.readyState === CLOSING) connection.terminate()
  }

  function unlessSealed(connect: Shard['internalConnect']): Shard['internalConnect'] {
    return async function (this: Shard) {
      if (!sealed) await connect.call(this)
    }
  }

  function caught<Args extends unknown[]>(
    shard: Shard,
    work: (this: Shard, ...args: Args) => Promise<void>,
  ): (...args: Args) => Promise<void> {
    return async (...args) => {
      try {
        await work.apply(shard, args)
      } catch (error) {
        if (!sealed) parts.broke(shard.id, error)
      }
    }
  }
}

/** The largest servers tell of themselves in a few MiB; reading more would hold up everything else. */
const MAX_PACKET_CHARS = 16 << 20

function isHuge(data: unknown): boolean {
  if (typeof data === 'string') return data.length > MAX_PACKET_CHARS
  return data instanceof ArrayBuffer && data.byteLength > MAX_PACKET_CHARS
}

/** How often the server wants to hear from us, where a packet says so. */
export function heartbeatOf(packet: Fields): number | undefined {
  return packet['op'] === 10 ? readAmount(fieldsOf(packet['d'])['heartbeat_interval']) : undefined
}
