// A namespace's records in SQLite. Writes join the batch; reads go straight to the database and see what is committed.

import type { Batch } from './batch.ts'
import { expiryMs } from './coordination.ts'
import type { Records } from './records.ts'
import type { Shelf } from './shelf.ts'
import type { StoreError } from './store-error.ts'

export interface SqliteRoom {
  readonly records: Records
  readonly batch: Batch
  readonly now: () => number
  readonly translate: (error: unknown) => StoreError
}

export function createSqliteShelf(namespace: string, { records, batch, now, translate }: SqliteRoom): Shelf {
  const at = (key: string) => ({ namespace, key })

  function reading<Result>(read: (nowMs: number) => Result): Result {
    try {
      return read(now())
    } catch (error) {
      throw translate(error)
    }
  }

  return {
    async read(keys) {
      return reading((nowMs) => keys.map((key) => records.read(at(key), nowMs)))
    },
    async has(keys) {
      return reading((nowMs) => keys.map((key) => records.has(at(key), nowMs)))
    },
    async write(key, text, ttlMs) {
      const expiresAtMs = expiryMs(ttlMs, now())
      await batch.run({ statements: 'one', apply: () => records.write(at(key), text, expiresAtMs) })
    },
    remove: (key) => batch.run({ statements: 'one', apply: (nowMs) => records.remove(at(key), nowMs) }),
    async clear() {
      await batch.run({ statements: 'one', apply: () => records.clear(namespace) })
    },
    async page(afterKey) {
      const page = reading((nowMs) => records.page(namespace, afterKey, nowMs))
      const last = page.at(-1)
      return last === undefined ? { records: page } : { records: page, next: last.key }
    },
  }
}
