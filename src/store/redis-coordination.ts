// Coordination on Redis: every call is one operation of the queue's next batch.

import type { Coordination, Held, Key, Lease, Write } from './coordination.ts'
import { checkKey, checkWindows, expiryMs, superseded, toText } from './coordination.ts'
import type { RedisQueue } from './redis-queue.ts'
import { StoreError } from './store-error.ts'

/** How many accepts without an answer are remembered. */
const MAX_DOUBTED = 10_000

export function createRedisCoordination(queue: RedisQueue): Coordination {
  /**
   * What was to be accepted when the answer got lost: it may have been done. Offered again, it is new if exactly that stands there;
   * otherwise a question whose sender was told to come again would be taken for one that is being answered.
   */
  const doubted = new Map<string, string>()

  function doubt(key: string, text: string): void {
    const oldest = doubted.keys().next().value
    if (doubted.size >= MAX_DOUBTED && oldest !== undefined) doubted.delete(oldest)
    doubted.set(key, text)
  }

  async function write(
    unless: readonly Key[],
    doubtedText: string,
    writes: readonly Write[],
    under: Held | undefined,
  ): Promise<boolean> {
    const outcome = await queue.run('write', [
      ...(under === undefined ? ['', ''] : [under.name, String(under.fence)]),
      String(unless.length),
      ...unless.flatMap(wordsOfKey),
      doubtedText,
      String(writes.length),
      ...writes.flatMap(wordsOfWrite),
    ])
    if (outcome === 'superseded') throw superseded()
    return outcome === 'done'
  }

  return {
    async accept(entry, options = {}) {
      const { value, ttlMs } = entry
      const own: Write = { set: entry, value, ...(ttlMs === undefined ? {} : { ttlMs }) }
      const key = wordsOfKey(entry).join(':')
      const text = toText(value)
      try {
        const unless = [entry, ...(options.unless ?? [])]
        const isNew = await write(
          unless,
          doubted.get(key) ?? '',
          [own, ...(options.also ?? [])],
          options.under,
        )
        doubted.delete(key)
        return isNew
      } catch (error) {
        if (error instanceof StoreError && error.problem === 'unreachable' && !doubted.has(key))
          doubt(key, text)
        throw error
      }
    },

    async commit(writes, under) {
      if (writes.length > 0) await write([], '', writes, under)
    },

    async lease(name, owner, ttlMs) {
      if (name === '') throw new StoreError('invalid', 'A lease needs a name.')
      const ttl = ttlText(ttlMs)
      const fence = await queue.run('lease', [name, owner, ttl])
      return fence === '' ? undefined : leaseOf(queue, name, fence, ttl)
    },

    async take(key, windows) {
      checkWindows(windows)
      const words = windows.flatMap(({ calls, perMs }) => [String(calls), String(perMs)])
      const waitMs = Number(await queue.run('take', [key, String(windows.length), ...words]))
      return waitMs > 0 ? { granted: false, waitMs } : { granted: true }
    },
  }
}

function leaseOf(queue: RedisQueue, name: string, fence: string, ttl: string): Lease {
  return {
    name,
    fence: Number(fence),
    renew: async () => (await queue.run('renew', [name, fence, ttl])) === '1',
    async release() {
      await queue.run('release', [name, fence])
    },
  }
}

/** The first word has no ":" in it, whatever the namespace is called. */
export function wordsOfKey({ namespace, key }: Key): readonly [string, string] {
  checkKey({ namespace, key })
  return [encodeURIComponent(namespace), key]
}

function wordsOfWrite(write: Write): readonly string[] {
  if ('delete' in write) return ['delete', ...wordsOfKey(write.delete)]
  return wordsOfSet(write.set, toText(write.value), write.ttlMs)
}

export function wordsOfSet(key: Key, text: string, ttlMs: number | undefined): readonly string[] {
  return ['set', ...wordsOfKey(key), text, ttlText(ttlMs)]
}

/** In whole milliseconds; empty: for ever. */
function ttlText(ttlMs: number | undefined): string {
  const wholeMs = expiryMs(ttlMs, 0)
  return wholeMs === null ? '' : String(wholeMs)
}
