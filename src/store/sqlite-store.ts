// The store of one process, on SQLite: in a file, or in memory.

import type { Keyv } from 'keyv'
import type { Address } from './address.ts'
import { createBatch } from './batch.ts'
import { createNamespaceKeyv } from './namespace.ts'
import { createLocalNews } from './news.ts'
import { createRecords } from './records.ts'
import type { OpenDatabase } from './sqlite.ts'
import { openDatabaseFile, openDatabaseInMemory } from './sqlite.ts'
import { createSqliteCoordination } from './sqlite-coordination.ts'
import { createSqliteShelf } from './sqlite-shelf.ts'
import type { Store, StoreWorld } from './store.ts'
import type { StoreError } from './store-error.ts'
import { toStoreError } from './store-error.ts'

type LocalAddress = Exclude<Address, { readonly kind: 'redis' }>

/** A sweep now and then instead of a timer: more rows are swept at once than are written between two sweeps. */
const OPERATIONS_PER_SWEEP = 250

const promises: Readonly<Record<LocalAddress['kind'], string>> = {
  memory: 'Kept in memory only: everything is lost when the process ends.',
  sqlite:
    'Kept in a SQLite file: what was accepted survives a crash, a kill and, as far as the disk honours fsync, a power cut.',
}

/** Throws `StoreError`. */
export function openLocalStore(address: LocalAddress, world: StoreWorld): Store {
  const open =
    address.kind === 'memory' ? openDatabaseInMemory() : openDatabaseFile(address.path, address.where)
  try {
    return storeOn(open, address, world)
  } catch (error) {
    open.close()
    throw toStoreError(error, address.where)
  }
}

function storeOn(open: OpenDatabase, address: LocalAddress, { clock, log }: StoreWorld): Store {
  const { database } = open
  const translate = (error: unknown): StoreError => toStoreError(error, address.where)
  const records = createRecords(database)

  let operationsSinceSweep = 0
  const sweep = (nowMs: number): void => {
    operationsSinceSweep = 0
    try {
      records.sweep(nowMs)
    } catch (error) {
      // The batch's COMMIT decides whether anything is wrong with it; old rows can wait.
      log.warn({ store: address.kind }, 'could not sweep expired records', translate(error))
    }
  }
  const batch = createBatch({
    database,
    now: clock.now,
    translate,
    beforeCommit(operations, nowMs) {
      operationsSinceSweep += operations
      if (operationsSinceSweep >= OPERATIONS_PER_SWEEP) sweep(nowMs)
    },
  })
  sweep(clock.now())

  const room = { records, batch, now: clock.now, translate }
  const keyvs = new Map<string, Keyv<unknown>>()
  let closed = false

  return {
    kind: address.kind,
    promise: promises[address.kind],
    keyv(namespace: string) {
      const keyv =
        keyvs.get(namespace) ?? createNamespaceKeyv(namespace, createSqliteShelf(namespace, room), clock.now)
      keyvs.set(namespace, keyv)
      return keyv
    },
    coordination: createSqliteCoordination(database, records, batch, clock),
    news: createLocalNews(),
    statistics: batch.statistics,
    async close() {
      if (closed) return
      closed = true
      batch.close()
      open.close()
    },
  }
}
