// How do many writes share one fsync? Group commit: what is asked for within one turn of the event loop runs in one
// transaction, in the order it was asked for, and every promise settles after its COMMIT.
//
// 1. `run` queues an operation and arranges a flush for the end of this turn of the loop.
// 2. The flush begins a transaction and applies the operations one after the other: a later one sees the earlier ones.
// 3. An operation that throws is undone alone (a statement undoes itself; several statements stand in a savepoint).
// 4. COMMIT. If it fails, or SQLite gave the transaction up in the middle, every promise of the batch rejects.

import type { DatabaseSync } from 'node:sqlite'
import type { BatchStatistics } from './store.ts'
import { StoreError } from './store-error.ts'

export interface Operation<Result> {
  /** Whether `apply` writes with more than one statement. */
  readonly statements: 'one' | 'several'
  /** Synchronous. `nowMs` is the same for the whole batch. */
  apply(nowMs: number): Result
}

export interface Batch {
  run<Result>(operation: Operation<Result>): Promise<Result>
  /** Runs what is queued and refuses what comes after. */
  close(): void
  statistics(): BatchStatistics
}

interface Waiting {
  readonly operation: Operation<unknown>
  settle(outcome: Outcome): void
}
type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: StoreError }

/** One transaction's length: at some ten microseconds an operation, the event loop is held for a few milliseconds. */
const MAX_OPERATIONS_PER_COMMIT = 128
/** Past this many the disk has stopped keeping up; refusing lets the platforms offer their events again. */
const MAX_WAITING = 50_000

export function createBatch(world: {
  readonly database: DatabaseSync
  readonly now: () => number
  readonly translate: (error: unknown) => StoreError
  /** Runs inside the transaction, after its operations. Must not throw. */
  readonly beforeCommit: (operations: number, nowMs: number) => void
}): Batch {
  const { database, translate } = world
  let waiting: Waiting[] = []
  let flushArranged = false
  let closed = false
  let commits = 0
  let operations = 0

  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const rollback = database.prepare('rollback')
  const savepoint = database.prepare('savepoint one')
  const release = database.prepare('release one')
  const undo = database.prepare('rollback to one')

  function flush(): void {
    flushArranged = false
    const batch = waiting.slice(0, MAX_OPERATIONS_PER_COMMIT)
    waiting = waiting.slice(MAX_OPERATIONS_PER_COMMIT)
    if (waiting.length > 0) arrangeFlush()
    if (batch.length === 0) return

    const outcomes = runTogether(batch)
    for (const [index, one] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome !== undefined) one.settle(outcome)
    }
  }

  function runTogether(batch: readonly Waiting[]): readonly Outcome[] {
    try {
      const nowMs = world.now()
      begin.run()
      const outcomes = batch.map(({ operation }) => runAlone(operation, nowMs))
      world.beforeCommit(batch.length, nowMs)
      commit.run()
      commits += 1
      operations += batch.length
      return outcomes
    } catch (cause) {
      if (database.isOpen && database.isTransaction) rollback.run()
      const error = translate(cause)
      return batch.map(() => ({ ok: false, error }))
    }
  }

  function runAlone(operation: Operation<unknown>, nowMs: number): Outcome {
    const several = operation.statements === 'several'
    if (several) savepoint.run()
    try {
      const value = operation.apply(nowMs)
      if (several) release.run()
      return { ok: true, value }
    } catch (cause) {
      // A full disk or an I/O error rolls the whole transaction back: then nothing of the batch may be told as stored.
      if (!database.isTransaction) throw cause
      if (several) {
        undo.run()
        release.run()
      }
      return { ok: false, error: translate(cause) }
    }
  }

  function arrangeFlush(): void {
    if (flushArranged) return
    flushArranged = true
    setImmediate(flush)
  }

  return {
    run<Result>(operation: Operation<Result>) {
      return new Promise<Result>((resolve, reject) => {
        if (closed) throw new StoreError('closed', 'The store is closed.')
        if (waiting.length >= MAX_WAITING) {
          throw new StoreError('overloaded', `More than ${MAX_WAITING} writes wait for the disk.`)
        }
        waiting.push({
          operation,
          // The value comes from this very operation's `apply`.
          settle: (outcome) => (outcome.ok ? resolve(outcome.value as Result) : reject(outcome.error)),
        })
        arrangeFlush()
      })
    },
    close() {
      closed = true
      while (waiting.length > 0) flush()
    },
    statistics: () => ({ commits, operations }),
  }
}
