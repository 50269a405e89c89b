// Preload: the disk under the store is full for a while. Every write fails as SQLite says it, reads go on.
//
// CHAOS_DISK_FULL="800:1200" fills it 800 ms after the start, for 1.2 s.

import { StatementSync } from 'node:sqlite'

const [fromMs = 0, forMs = 0] = (process.env['CHAOS_DISK_FULL'] ?? '').split(':').map(Number)
let isFull = false

setTimeout(() => (isFull = true), fromMs).unref()
setTimeout(() => (isFull = false), fromMs + forMs).unref()

const WRITES = /^\s*(?:insert|update|delete|replace)/i

for (const name of ['run', 'get', 'all'] as const) {
  const real = StatementSync.prototype[name] as (this: StatementSync, ...given: unknown[]) => unknown
  const failing = function (this: StatementSync, ...given: unknown[]): unknown {
    if (isFull && WRITES.test(this.sourceSQL)) {
      // https://www.sqlite.org/rescode.html#full
      throw Object.assign(new Error('database or disk is full'), {
        code: 'ERR_SQLITE_ERROR',
        errcode: 13,
        errstr: 'database or disk is full',
      })
    }
    return real.apply(this, given)
  }
  Object.defineProperty(StatementSync.prototype, name, { value: failing, configurable: true, writable: true })
}
