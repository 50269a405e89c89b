// Coordination on SQLite: every call is one operation of a batch, so they share their fsyncs and see each other in order.

import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../contract/runtime.ts'
import type { Batch } from './batch.ts'
import type { Coordination, Held, Key, Lease, Write } from './coordination.ts'
import { checkKey, checkWindows, expiryMs, superseded, toText, waitForWindowsMs } from './coordination.ts'
import type { Records } from './records.ts'
import { numberIn } from './records.ts'

/** A write ready to be done: checked, turned into text, its end computed. */
type Ready =
  | { readonly key: Key; readonly text: string; readonly expiresAtMs: number | null }
  | { readonly key: Key; readonly text?: never }

export function createSqliteCoordination(
  database: DatabaseSync,
  records: Records,
  batch: Batch,
  clock: Clock,
): Coordination {
  const leases = createLeases(database, batch)
  const takes = createTakes(database)

  function ready(write: Write): Ready {
    if ('delete' in write) {
      checkKey(write.delete)
      return { key: write.delete }
    }
    checkKey(write.set)
    return { key: write.set, text: toText(write.value), expiresAtMs: expiryMs(write.ttlMs, clock.now()) }
  }

  function apply(write: Ready, nowMs: number): void {
    if (write.text === undefined) records.remove(write.key, nowMs)
    else records.write(write.key, write.text, write.expiresAtMs)
  }

  return {
    async accept(entry, options = {}) {
      const unless = [entry, ...(options.unless ?? [])]
      unless.forEach(checkKey)
      const { value, ttlMs } = entry
      const own: Write = { set: entry, value, ...(ttlMs === undefined ? {} : { ttlMs }) }
      const writes = [own, ...(options.also ?? [])].map(ready)
      return batch.run({
        statements: writes.length > 1 ? 'several' : 'one',
        apply(nowMs) {
          leases.check(options.under, nowMs)
          if (unless.some((key) => records.has(key, nowMs))) return false
          for (const write of writes) apply(write, nowMs)
          return true
        },
      })
    },

    async commit(writes, under) {
      const all = writes.map(ready)
      if (all.length === 0) return
      await batch.run({
        statements: all.length > 1 ? 'several' : 'one',
        apply(nowMs) {
          leases.check(under, nowMs)
          for (const write of all) apply(write, nowMs)
        },
      })
    },

    async lease(name, owner, ttlMs) {
      // Throws on a span that would never end or has ended.
      expiryMs(ttlMs, 0)
      return leases.acquire(name, owner, ttlMs)
    },

    async take(key, windows) {
      checkWindows(windows)
      return batch.run({
        statements: 'several',
        apply: (nowMs) => {
          const waitMs = waitForWindowsMs(windows, takes.nthNewest(key, nowMs), nowMs)
          if (waitMs > 0) return { granted: false, waitMs }
          takes.add(key, nowMs, Math.max(0, ...windows.map(({ perMs }) => perMs)))
          return { granted: true }
        },
      })
    },
  }
}

function createLeases(database: DatabaseSync, batch: Batch) {
  const held = database.prepare('select 1 from leases where name = ? and expires_at_ms > ?')
  const holds = database.prepare('select 1 from leases where name = ? and fence = ? and expires_at_ms > ?')
  const nextFence = database.prepare('update fence set last = last + 1 returning last')
  const give = database.prepare(
    'insert or replace into leases (name, owner, fence, expires_at_ms) values (?, ?, ?, ?)',
  )
  const renew = database.prepare(
    'update leases set expires_at_ms = ? where name = ? and fence = ? and expires_at_ms > ?',
  )
  const release = database.prepare('delete from leases where name = ? and fence = ?')

  function leaseOf(name: string, fence: number, ttlMs: number): Lease {
    return {
      name,
      fence,
      renew: () =>
        batch.run({
          statements: 'one',
          apply: (nowMs) => Number(renew.run(Math.ceil(nowMs + ttlMs), name, fence, nowMs).changes) > 0,
        }),
      release: () =>
        batch.run({
          statements: 'one',
          apply: () => {
            release.run(name, fence)
          },
        }),
    }
  }

  return {
    /** Throws in front of the first write of an operation, so that nothing of it is stored. */
    check(under: Held | undefined, nowMs: number): void {
      if (under !== undefined && holds.get(under.name, under.fence, nowMs) === undefined) throw superseded()
    },

    acquire: (name: string, owner: string, ttlMs: number): Promise<Lease | undefined> =>
      batch.run({
        statements: 'several',
        apply(nowMs) {
          if (held.get(name, nowMs) !== undefined) return undefined
          const fence = numberIn(nextFence.get(), 'last')
          give.run(name, owner, fence, Math.ceil(nowMs + ttlMs))
          return leaseOf(name, fence, ttlMs)
        },
      }),
  }
}

function createTakes(database: DatabaseSync) {
  const forget = database.prepare('delete from takes where key = ? and expires_at_ms <= ?')
  const pullBack = database.prepare(
    'update takes set expires_at_ms = expires_at_ms - at_ms + ?2, at_ms = ?2 where key = ?1 and at_ms > ?2',
  )
  const nth = database.prepare('select at_ms from takes where key = ? order by at_ms desc limit 1 offset ?')
  const add = database.prepare('insert into takes (key, at_ms, expires_at_ms) values (?, ?, ?)')

  return {
    nthNewest(key: string, nowMs: number) {
      // The wall clock may have been set back: calls "in the future" count as made now, so that no wait exceeds a window.
      pullBack.run(key, nowMs)
      return (n: number): number | undefined => {
        const row = nth.get(key, n - 1)
        return row === undefined ? undefined : numberIn(row, 'at_ms')
      }
    },
    add(key: string, nowMs: number, longestMs: number): void {
      forget.run(key, nowMs)
      add.run(key, nowMs, Math.ceil(nowMs + longestMs))
    },
  }
}
