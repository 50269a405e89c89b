// Opens the store from one address: everything that must survive is in it.

import { resolve } from 'node:path'
import type { Keyv } from 'keyv'
import type { Clock, Logger } from '../contract/runtime.ts'
import type { BatchStatistics } from './batch.ts'
import { createBatch } from './batch.ts'
import type { Coordination } from './coordination.ts'
import { createNamespaceKeyv } from './namespace.ts'
import { createRecords } from './records.ts'
import type { OpenDatabase } from './sqlite.ts'
import { openDatabaseFile, openDatabaseInMemory } from './sqlite.ts'
import { createSqliteCoordination } from './sqlite-coordination.ts'
import { StoreError, toStoreError } from './store-error.ts'

export interface Store {
  readonly kind: 'memory' | 'sqlite'
  /** What survives what: one English sentence, for `doctor` and the line at the start. */
  readonly promise: string
  /**
   * The records of one namespace; the same object each time. Rejects with `StoreError`; attach no 'error' listener, with one
   * Keyv would turn failures into misses. TTLs in milliseconds, positive or left out. Values as JSON can hold them.
   */
  keyv<Value>(namespace: string): Keyv<Value>
  readonly coordination: Coordination
  statistics(): BatchStatistics
  /** Finishes the writes asked for so far and lets go of the file. May be called again. */
  close(): Promise<void>
}

export interface StoreWorld {
  readonly clock: Clock
  readonly log: Logger
  /** Relative paths begin here. */
  readonly baseDir: string
}

/** A sweep now and then instead of a timer: more rows are swept at once than are written between two sweeps. */
const OPERATIONS_PER_SWEEP = 250

const promises: Readonly<Record<Store['kind'], string>> = {
  memory: 'Kept in memory only: everything is lost when the process ends.',
  sqlite:
    'Kept in a SQLite file: what was accepted survives a crash, a kill and, as far as the disk honours fsync, a power cut.',
}

/** `url`: `memory:`, or `sqlite:` and a path. Throws `StoreError` with a sentence and a remedy. Called by the roof, once. */
export async function openStore(url: string, world: StoreWorld): Promise<Store> {
  const address = readAddress(url, world.baseDir)
  const open =
    address.kind === 'memory' ? openDatabaseInMemory() : openDatabaseFile(address.path, address.where)
  try {
    return storeOn(open, address, world)
  } catch (error) {
    open.close()
    throw toStoreError(error, address.where)
  }
}

type Address =
  | { readonly kind: 'memory'; readonly where: string }
  | { readonly kind: 'sqlite'; readonly where: string; readonly path: string }

function readAddress(url: string, baseDir: string): Address {
  if (url === 'memory:') return { kind: 'memory', where: url }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1]
  if (path !== undefined) return { kind: 'sqlite', where: path, path: resolve(baseDir, path) }
  // Whatever stands behind the scheme may hold a password.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? 'an address without a scheme'
  throw new StoreError(
    'address',
    `The store cannot be opened: ${scheme} is not a store this version knows, or its path is missing.`,
    'Use "sqlite:./data/bridge.db", or "memory:" for a trial.',
  )
}

function storeOn(open: OpenDatabase, address: Address, { clock, log }: StoreWorld): Store {
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
      const keyv = keyvs.get(namespace) ?? createNamespaceKeyv(namespace, room)
      keyvs.set(namespace, keyv)
      return keyv
    },
    coordination: createSqliteCoordination(database, records, batch, clock),
    statistics: batch.statistics,
    async close() {
      if (closed) return
      closed = true
      batch.close()
      open.close()
    },
  }
}
