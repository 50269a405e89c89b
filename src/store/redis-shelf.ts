// A namespace's records in Redis. Writes join the queue; reads go beside it and see what was done: after an awaited write, that write.

import { wordsOfKey, wordsOfSet } from './redis-coordination.ts'
import type { RedisLink } from './redis-link.ts'
import type { RedisQueue } from './redis-queue.ts'
import type { Shelf } from './shelf.ts'

const PAGE_SIZE = 100

export function createRedisShelf(
  namespace: string,
  { link, queue, base }: { readonly link: RedisLink; readonly queue: RedisQueue; readonly base: string },
): Shelf {
  const at = (key: string) => ({ namespace, key })
  const recordOf = (key: string): string => `${base}record:${encodeURIComponent(namespace)}:${key}`

  return {
    async read(keys) {
      if (keys.length === 0) return []
      const texts = await link.call((client) => client.mGet(keys.map(recordOf)))
      return texts.map((text) => text ?? undefined)
    },
    async has(keys) {
      const counts = await Promise.all(keys.map((key) => link.call((client) => client.exists(recordOf(key)))))
      return counts.map((count) => count > 0)
    },
    async write(key, text, ttlMs) {
      await queue.run('write', ['', '', '0', '', '1', ...wordsOfSet(at(key), text, ttlMs)])
    },
    async remove(key) {
      return (await queue.run('remove', wordsOfKey(at(key)))) === '1'
    },
    async clear() {
      await queue.run('clear', [encodeURIComponent(namespace)])
    },
    async page(afterKey) {
      const [last = '', ...found] = await link.call((client) =>
        client.readPage(base, [encodeURIComponent(namespace), afterKey, String(PAGE_SIZE)]),
      )
      const records = []
      for (let n = 0; n + 1 < found.length; n += 2) {
        const [key, text] = [found[n], found[n + 1]]
        if (key !== undefined && text !== undefined) records.push({ key, text })
      }
      return last === '' ? { records } : { records, next: last }
    },
  }
}
