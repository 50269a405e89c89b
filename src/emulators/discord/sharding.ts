// How is the gateway shared out? How many shards the server wants, which events a shard gets, and when the next may enter.

export interface ShardingOptions {
  /** What `GET /gateway/bot` recommends; 1 by default. */
  readonly shards?: number
  /** An IDENTIFY with fewer is closed with 4011; 1 by default. */
  readonly requiredShards?: number
  /** How many may IDENTIFY within `identifyEveryMs`; 1 by default. */
  readonly maxConcurrency?: number
  readonly identifyEveryMs?: number
}

export type Shard = readonly [id: number, count: number]

export interface Sharding {
  readonly recommended: number
  readonly required: number
  readonly maxConcurrency: number
  /** From now on the server wants other numbers; sessions that stand stay. */
  reshard(recommended: number, required: number): void
  /** False: too soon after another of the same bucket. True counts as one. */
  admit(shardId: number, nowMs: number): boolean
}

export function createSharding(options: ShardingOptions): Sharding {
  const { identifyEveryMs = 0, maxConcurrency = 1 } = options
  const lastOfBucket = new Map<number, number>()
  let { requiredShards: required = 1, shards: recommended = 1 } = options
  return {
    get recommended() {
      return recommended
    },
    get required() {
      return required
    },
    maxConcurrency,
    reshard(wanted, least) {
      recommended = wanted
      required = least
    },
    admit(shardId, nowMs) {
      const bucket = shardId % maxConcurrency
      if (nowMs - (lastOfBucket.get(bucket) ?? -Infinity) < identifyEveryMs) return false
      lastOfBucket.set(bucket, nowMs)
      return true
    },
  }
}

/** Two whole numbers, the first below the second. Left out: the only one. */
export function readShard(value: unknown): Shard | undefined {
  if (value === undefined) return [0, 1]
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [id, count] = value as readonly unknown[]
  if (typeof id !== 'number' || typeof count !== 'number') return undefined
  return Number.isSafeInteger(id) && Number.isSafeInteger(count) && id >= 0 && id < count
    ? [id, count]
    : undefined
}

/** Direct messages belong to the first. https://docs.discord.com/developers/events/gateway#sharding */
export function isOfShard([id, count]: Shard, guildId: string | undefined): boolean {
  return (guildId === undefined ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(count))) === id
}
