// How is a SQLite file opened so that it is private, durable, ours alone, and whole?
//
// 1. The folder is made, readable by its owner alone.
// 2. `<file>.lock`, a database of its own, is locked exclusively for as long as the process lives: the operating system
//    gives that lock back when the process dies, however it dies. The store itself stays readable for tools.
// 3. The file is made with mode 0600; SQLite's -wal and -shm files take the same mode.
// 4. It is made sure that it is ours, and it is looked through for damage, when it is small enough for that to take no time.

import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkOurs, prepareSchema } from './records.ts'
import { StoreError, toStoreError } from './store-error.ts'

export interface OpenDatabase {
  readonly database: DatabaseSync
  close(): void
}

/** Others who read the file (a backup, a look with the sqlite3 tool) hold it for moments; a wait blocks the event loop. */
const BUSY_TIMEOUT_MS = 1_000
/** A check reads the whole file: some 100 ms for this size. */
const MAX_CHECKED_BYTES = 32 * 1024 * 1024

/** `where` is how the owner wrote the path: for sentences. Throws `StoreError`. */
export function openDatabaseFile(path: string, where: string): OpenDatabase {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const lock = lockFile(`${path}.lock`)
    try {
      const database = openPrivately(path, where)
      return {
        database,
        close() {
          database.close()
          lock.close()
        },
      }
    } catch (error) {
      lock.close()
      throw error
    }
  } catch (error) {
    throw toStoreError(error, where)
  }
}

/** The same engine without a file. */
export function openDatabaseInMemory(): OpenDatabase {
  const database = new DatabaseSync(':memory:')
  prepareSchema(database)
  return {
    database,
    close: () => database.close(),
  }
}

function lockFile(path: string): DatabaseSync {
  makePrivate(path)
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}

function openPrivately(path: string, where: string): DatabaseSync {
  makePrivate(path)
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    checkOurs(database, where)
    // FULL: a committed transaction survives a power cut, also with a write-ahead log. https://www.sqlite.org/pragma.html#pragma_synchronous
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on;')
    if (statSync(path).size <= MAX_CHECKED_BYTES) checkWhole(database, where)
    prepareSchema(database)
    // We hold the file alone: whoever held a lease is dead.
    database.exec('delete from leases')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function checkWhole(database: DatabaseSync, where: string): void {
  const verdict = database.prepare('pragma quick_check(1)').get()?.['quick_check']
  if (verdict === 'ok') return
  throw new StoreError(
    'damaged',
    `The store ${where} is damaged (${String(verdict)}).`,
    'Move the file away and start again, or put a backup in its place.',
  )
}

/** Never opens a file that is there: closing any handle on it would give back the locks this process holds on it (POSIX). */
function makePrivate(path: string): void {
  if (existsSync(path)) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'a', 0o600))
}
