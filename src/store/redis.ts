// The store of several processes, on Redis or Valkey.

import type { Keyv } from 'keyv'
import type { RedisAddress } from './address.ts'
import { createNamespaceKeyv } from './namespace.ts'
import { createRedisCoordination } from './redis-coordination.ts'
import type { RedisLink } from './redis-link.ts'
import { openRedisLink } from './redis-link.ts'
import { createRedisNews } from './redis-news.ts'
import { evictionWarning, promiseOf, readHabits } from './redis-promise.ts'
import { createRedisQueue } from './redis-queue.ts'
import { createRedisShelf } from './redis-shelf.ts'
import type { Store, StoreWorld } from './store.ts'
import { StoreError } from './store-error.ts'

/** Raise it when what stands under the keys changes its shape. */
const SCHEMA_VERSION = '1'
/** How long a start waits for a Redis that is just starting too. */
const PATIENCE_MS = 10_000

/** Waits some seconds for a server that is away. Throws `StoreError` with a sentence and a remedy. */
export async function openRedisStore(address: RedisAddress, world: StoreWorld): Promise<Store> {
  const link = await openRedisLink({ address, ...world, patienceMs: PATIENCE_MS })
  try {
    return await storeOn(link, address, world)
  } catch (error) {
    await link.close()
    throw error
  }
}

async function storeOn(link: RedisLink, address: RedisAddress, world: StoreWorld): Promise<Store> {
  const { clock, log } = world
  const base = `{${address.prefix}}:`
  await checkVersion(link, base, address.where)
  const habits = await link.call(readHabits)
  const warning = evictionWarning(habits)
  if (warning !== undefined) log.warn({ store: address.where }, warning)

  const queue = createRedisQueue({ link, base, where: address.where, clock })
  const openEar = () => openRedisLink({ address, ...world, patienceMs: Number.POSITIVE_INFINITY })
  const news = createRedisNews({ link, base, openEar, clock, log })
  const keyvs = new Map<string, Keyv<unknown>>()
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await queue.close()
    await news.close()
    await link.close()
  }

  return {
    kind: 'redis',
    promise: promiseOf(habits),
    keyv(namespace: string) {
      const keyv =
        keyvs.get(namespace) ??
        createNamespaceKeyv(namespace, createRedisShelf(namespace, { link, queue, base }), clock.now)
      keyvs.set(namespace, keyv)
      return keyv
    },
    coordination: createRedisCoordination(queue),
    news,
    statistics: queue.statistics,
    close: () => (closing ??= close()),
  }
}

async function checkVersion(link: RedisLink, base: string, where: string): Promise<void> {
  const version = await link.call(async (client) => {
    await client.set(`${base}version`, SCHEMA_VERSION, { condition: 'NX' })
    return client.get(`${base}version`)
  })
  if (version === SCHEMA_VERSION) return
  throw new StoreError(
    'newer',
    `The store ${where} was written by another version of the bridge (${version ?? 'none'}, this one knows ${SCHEMA_VERSION}).`,
    'Start that version, or give this one another prefix or database.',
  )
}
