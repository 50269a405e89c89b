// Opens the store from one address: everything that must survive is in it.

import { readAddress } from './address.ts'
import { openLocalStore } from './sqlite-store.ts'
import type { Store, StoreWorld } from './store.ts'

export type { BatchStatistics, Store, StoreWorld } from './store.ts'

/**
 * `url`: `memory:`, `sqlite:` and a path, or `redis://…`. Throws `StoreError` with a sentence and a remedy; a Redis that cannot
 * be reached is waited for some seconds. Called by the roof, once.
 */
export async function openStore(url: string, world: StoreWorld): Promise<Store> {
  const address = readAddress(url, world.baseDir)
  if (address.kind !== 'redis') return openLocalStore(address, world)
  // Only who uses it pays for it.
  const { openRedisStore } = await import('./redis.ts')
  return openRedisStore(address, world)
}
