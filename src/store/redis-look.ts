// What can be told of a Redis store without becoming one of those who share it?

import type { RedisAddress } from './address.ts'
import { openRedisLink, type RedisClient } from './redis-link.ts'
import { promiseOf, readHabits, type RedisHabits } from './redis-promise.ts'
import type { StoreWorld } from './store.ts'

export interface RedisLook {
  readonly habits: RedisHabits
  /** As `Store.promise`. */
  readonly promise: string
  /** A bridge holds its accounts there now. Undefined: there was too much to look through. */
  readonly inUse?: boolean
}

/** A server that is away is not waited for: somebody sits before the screen. Our choice. */
const PATIENCE_MS = 2_500
const MOST_PAGES = 200
const PER_PAGE = 500

/** For `doctor`; writes nothing. Rejects with `StoreError`. */
export async function lookAtRedis(address: RedisAddress, world: StoreWorld): Promise<RedisLook> {
  const link = await openRedisLink({ address, ...world, patienceMs: PATIENCE_MS })
  try {
    const habits = await link.call(readHabits)
    const inUse = await link.call((client) => hasLeases(client, address.prefix))
    return { habits, promise: promiseOf(habits), ...(inUse === undefined ? {} : { inUse }) }
  } finally {
    await link.close()
  }
}

/** Whoever serves an account holds a lease named after it (claims.ts). */
async function hasLeases(client: RedisClient, prefix: string): Promise<boolean | undefined> {
  // A bracket or star in the prefix would be a pattern.
  const pattern = `{${prefix}}:lease:account:*`
  let cursor = '0'
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await client.scan(cursor, { MATCH: pattern, COUNT: PER_PAGE })
    if (found.keys.length > 0) return true
    cursor = found.cursor
    if (cursor === '0') return false
  }
  return undefined
}
