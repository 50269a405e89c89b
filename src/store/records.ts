// How do records stand in the database? One table for all namespaces; values are JSON text; what has run out is as good as gone.

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Key } from './coordination.ts'
import { StoreError } from './store-error.ts'

/** Synchronous; throws what SQLite throws. Writes run inside a batch's transaction. */
export interface Records {
  /** The value's text. */
  read(key: Key, nowMs: number): string | undefined
  has(key: Key, nowMs: number): boolean
  /** `expiresAtMs` null: never. */
  write(key: Key, text: string, expiresAtMs: number | null): void
  /** Whether it was there. */
  remove(key: Key, nowMs: number): boolean
  clear(namespace: string): void
  /** Up to a page of records with keys after `afterKey`, in order of their keys. */
  page(
    namespace: string,
    afterKey: string,
    nowMs: number,
  ): readonly { readonly key: string; readonly text: string }[]
  /** Deletes a bounded number of what has run out. */
  sweep(nowMs: number): void
}

/** Raise it, and add the way from the one before to `prepareSchema`, when the tables change. */
const SCHEMA_VERSION = 1
const PAGE_SIZE = 100
/** At once, so that a sweep never holds the event loop for more than a few milliseconds. */
const MAX_SWEPT = 500

const schema = `
  create table if not exists records (
    namespace text not null, key text not null, value text not null, expires_at_ms integer,
    primary key (namespace, key)
  ) strict;
  create index if not exists records_by_expiry on records (expires_at_ms) where expires_at_ms is not null;
  create table if not exists leases (
    name text primary key, owner text not null, fence integer not null, expires_at_ms integer not null
  ) strict;
  create table if not exists fence (only integer primary key check (only = 1), last integer not null) strict;
  insert or ignore into fence values (1, 0);
  create table if not exists takes (key text not null, at_ms integer not null, expires_at_ms integer not null) strict;
  create index if not exists takes_by_key on takes (key, at_ms);
  create index if not exists takes_by_expiry on takes (expires_at_ms);
  pragma user_version = ${SCHEMA_VERSION};
`

/** Makes sure that the database is ours, or empty, before anything is written to it. */
export function checkOurs(database: DatabaseSync, where: string): void {
  const version = numberIn(database.prepare('pragma user_version').get(), 'user_version')
  const tables = database.prepare('select name from sqlite_schema').all()
  const ours = tables.length === 0 || (version > 0 && tables.some((table) => table['name'] === 'records'))
  if (!ours) {
    throw new StoreError(
      'damaged',
      `The store ${where} is a database of another program.`,
      'Choose another file.',
    )
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      'newer',
      `The store ${where} was written by a newer version of the bridge (${version}, this one knows ${SCHEMA_VERSION}).`,
      'Start that version, or give this one another store.',
    )
  }
}

/** Makes the tables where they are missing, all or none. */
export function prepareSchema(database: DatabaseSync): void {
  database.exec(`begin immediate; ${schema} commit;`)
}

export function createRecords(database: DatabaseSync): Records {
  const alive = '(expires_at_ms is null or expires_at_ms > ?)'
  const read = database.prepare(`select value from records where namespace = ? and key = ? and ${alive}`)
  const write = database.prepare(
    `insert into records (namespace, key, value, expires_at_ms) values (?, ?, ?, ?)
     on conflict (namespace, key) do update set value = excluded.value, expires_at_ms = excluded.expires_at_ms`,
  )
  const remove = database.prepare(
    'delete from records where namespace = ? and key = ? returning expires_at_ms',
  )
  const clear = database.prepare('delete from records where namespace = ?')
  const page = database.prepare(
    `select key, value from records where namespace = ? and key > ? and ${alive} order by key limit ${PAGE_SIZE}`,
  )
  const sweeps = ['records', 'leases', 'takes'].map((table) =>
    database.prepare(
      `delete from ${table} where rowid in (select rowid from ${table} where expires_at_ms <= ? limit ${MAX_SWEPT})`,
    ),
  )

  return {
    read({ namespace, key }, nowMs) {
      const row = read.get(namespace, key, nowMs)
      return row === undefined ? undefined : textIn(row, 'value')
    },
    has({ namespace, key }, nowMs) {
      return read.get(namespace, key, nowMs) !== undefined
    },
    write({ namespace, key }, text, expiresAtMs) {
      write.run(namespace, key, text, expiresAtMs)
    },
    remove({ namespace, key }, nowMs) {
      const row = remove.get(namespace, key)
      if (row === undefined) return false
      return row['expires_at_ms'] === null || numberIn(row, 'expires_at_ms') > nowMs
    },
    clear(namespace) {
      clear.run(namespace)
    },
    page(namespace, afterKey, nowMs) {
      return page
        .all(namespace, afterKey, nowMs)
        .map((row) => ({ key: textIn(row, 'key'), text: textIn(row, 'value') }))
    },
    sweep(nowMs) {
      for (const sweep of sweeps) sweep.run(nowMs)
    },
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>

export function numberIn(row: Row | undefined, column: string): number {
  const value = row?.[column]
  if (typeof value !== 'number') throw new StoreError('damaged', `The store has no number in "${column}".`)
  return value
}

function textIn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new StoreError('damaged', `The store has no text in "${column}".`)
  return value
}
