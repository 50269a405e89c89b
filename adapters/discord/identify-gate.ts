// When may a shard log in? Of each bucket of shards one in five seconds, whichever connections of this process they are of.
// https://discord.com/developers/docs/events/gateway#session-start-limit-object
//
// Other processes are not known here: there the server refuses the second (INVALID SESSION), and it is tried again after
// the same time and some more, by chance.
import type { Clock } from '../../src/contract/runtime.ts'

export interface IdentifyGate {
  /** Resolves when `shardId` may IDENTIFY. Rejects as `signal` aborts. */
  waitForIdentify(shardId: number, signal: AbortSignal): Promise<void>
}

interface Bucket {
  /** Settles when whoever is before is through. */
  last: Promise<void>
  shardId: number
  atMs: number
}

const APART_MS = 5_000
const MAX_JITTER_MS = 1_500

/** Buckets by account: the connections of one process know of one another by it alone. */
const accounts = new Map<string, Map<number, Bucket>>()
const MAX_ACCOUNTS = 1_000

/** One per connection. `account`: the same for all connections of one bot. */
export function createIdentifyGate(parts: {
  readonly account: string
  readonly clock: Clock
  readonly maxConcurrency: number
}): IdentifyGate {
  const { clock } = parts
  const buckets = bucketsOf(parts.account)
  const ownAtMs = new Map<number, number>()

  return {
    async waitForIdentify(shardId, signal) {
      const key = shardId % Math.max(1, parts.maxConcurrency)
      const before = buckets.get(key)
      const bucket = before ?? { last: Promise.resolve(), shardId, atMs: -Infinity }
      buckets.set(key, bucket)
      const turn = bucket.last.then(async () => {
        signal.throwIfAborted()
        const waitMs = waitOf(bucket, shardId)
        if (waitMs > 0) await clock.sleep(waitMs + Math.random() * MAX_JITTER_MS, signal)
        bucket.shardId = shardId
        bucket.atMs = clock.elapsed()
        ownAtMs.set(shardId, bucket.atMs)
      })
      bucket.last = turn.catch(() => undefined)
      await turn
    },
  }

  /** After another shard, and after an attempt of this connection's own; a connection made anew may try its luck at once. */
  function waitOf(bucket: Bucket, shardId: number): number {
    const lastMs = bucket.shardId === shardId ? (ownAtMs.get(shardId) ?? -Infinity) : bucket.atMs
    const waitMs = lastMs + APART_MS - clock.elapsed()
    // More than that is another clock's time.
    return waitMs <= APART_MS ? waitMs : 0
  }
}

function bucketsOf(account: string): Map<number, Bucket> {
  const known = accounts.get(account) ?? new Map<number, Bucket>()
  accounts.delete(account)
  accounts.set(account, known)
  if (accounts.size > MAX_ACCOUNTS) accounts.delete(accounts.keys().next().value ?? '')
  return known
}
