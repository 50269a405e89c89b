// What can be told of a SQLite store without taking it from whom it belongs to?

import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../contract/runtime.ts'
import { createNamespaceKeyv } from './namespace.ts'
import { createLocalNews } from './news.ts'
import { checkOurs, createRecords } from './records.ts'
import { createSqliteShelf } from './sqlite-shelf.ts'
import type { Store } from './store.ts'
import { StoreError, toStoreError } from './store-error.ts'

export interface FileLook {
  readonly exists: boolean
  /** A process has it open. */
  readonly inUse: boolean
  /** Why a bridge could not open it. */
  readonly problem?: StoreError
}

/** A check reads the whole file. Our choice, as in sqlite.ts. */
const MAX_CHECKED_BYTES = 32 * 1024 * 1024

/** For `doctor`. Makes no file, and writes nothing; the lock is had for a moment, where it is free. Never throws. */
export function lookAtFile(path: string, where: string): FileLook {
  if (!existsSync(path)) return { exists: false, inUse: false }
  try {
    const inUse = isLocked(`${path}.lock`)
    const database = new DatabaseSync(path, { readOnly: true, timeout: 500 })
    try {
      checkOurs(database, where)
      const verdict =
        inUse || statSync(path).size > MAX_CHECKED_BYTES
          ? 'ok'
          : database.prepare('pragma quick_check(1)').get()?.['quick_check']
      if (verdict === 'ok') return { exists: true, inUse }
      const problem = new StoreError(
        'damaged',
        `The store ${where} is damaged (${String(verdict)}).`,
        'Move the file away and start again, or put a backup in its place.',
      )
      return { exists: true, inUse, problem }
    } finally {
      database.close()
    }
  } catch (error) {
    return { exists: true, inUse: false, problem: toStoreError(error, where) }
  }
}

/** The process that has the store holds it exclusively for as long as it lives (sqlite.ts). */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('begin exclusive; rollback')
    return false
  } catch (error) {
    if (toStoreError(error, path).problem === 'occupied') return true
    throw error
  } finally {
    lock.close()
  }
}

/** For reading records beside the process that has the store. Whatever would write rejects. Throws `StoreError`. */
export function peekAtFile(path: string, where: string, clock: Clock): Store {
  const closed = (): never => {
    throw new StoreError('inaccessible', `The store ${where} was opened for reading only.`)
  }
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 500 })
    const room = {
      records: createRecords(database),
      batch: {
        run: () => Promise.reject(new StoreError('inaccessible', 'read only')),
        close: () => undefined,
        statistics,
      },
      now: clock.now,
      translate: (error: unknown) => toStoreError(error, where),
    }
    return {
      kind: 'sqlite',
      promise: '',
      keyv: (namespace) => createNamespaceKeyv(namespace, createSqliteShelf(namespace, room), clock.now),
      coordination: {
        accept: async () => false,
        commit: async () => closed(),
        lease: async () => undefined,
        take: async () => closed(),
      },
      news: createLocalNews(),
      statistics,
      async close() {
        database.close()
      },
    }
  } catch (error) {
    throw toStoreError(error, where)
  }
}

function statistics() {
  return { commits: 0, operations: 0 }
}
