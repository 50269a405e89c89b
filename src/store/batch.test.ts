// Who is told what when an operation, a transaction or a COMMIT fails?

import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { Operation } from './batch.ts'
import { createBatch } from './batch.ts'
import { toStoreError } from './store-error.ts'

test('tells nobody of a batch that it is stored when its commit fails, and goes on with the next', async () => {
  const { batch, add, names, database } = setUp()
  // A deferred foreign key is checked at COMMIT: the one way to make exactly that step fail.
  database.exec('pragma foreign_keys = on')
  database.exec('create table child (name text references parent (name) deferrable initially deferred)')
  database.exec('create table parent (name text primary key)')
  const orphan: Operation<unknown> = {
    statements: 'one',
    apply: () => database.exec(`insert into child values ('nobody')`),
  }
  const outcomes = await Promise.allSettled([batch.run(add('a')), batch.run(orphan), batch.run(add('b'))])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(names()).toEqual([])
  await batch.run(add('c'))
  expect(names()).toEqual(['c'])
})

test('undoes an operation that fails half-way, and only that one', async () => {
  const { batch, add, names } = setUp()
  const half: Operation<unknown> = {
    statements: 'several',
    apply: () => {
      add('half').apply(0)
      throw new Error('half-way')
    },
  }
  const outcomes = await Promise.allSettled([batch.run(add('a')), batch.run(half), batch.run(add('b'))])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(names()).toEqual(['a', 'b'])
})

test('tells everybody when the transaction is lost in the middle', async () => {
  const { batch, add, names, database } = setUp()
  const lost: Operation<unknown> = {
    statements: 'one',
    apply: () => {
      database.exec('rollback')
      throw new Error('disk I/O error')
    },
  }
  const outcomes = await Promise.allSettled([batch.run(add('a')), batch.run(lost), batch.run(add('b'))])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(names()).toEqual([])
})

test('refuses writes past its bound, and stores those within', async () => {
  const { batch, add } = setUp()
  const writes = Array.from({ length: 50_001 }, (_, n) => batch.run(add(String(n))))
  const outcomes = await Promise.allSettled(writes)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { problem: 'overloaded' } })
})

test('lets the event loop turn between two commits of a long queue', async () => {
  const { batch, add } = setUp()
  const commitsSeen: number[] = []
  const writes = Array.from({ length: 2_000 }, async (_, n) => {
    await batch.run(add(String(n)))
    commitsSeen.push(batch.statistics().commits)
  })
  await Promise.all(writes)
  // 128 to a commit, each seen by those it stored before the next began.
  const commits = Math.ceil(2_000 / 128)
  expect([...new Set(commitsSeen)]).toEqual(Array.from({ length: commits }, (_, n) => n + 1))
})

function setUp() {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  database.exec('create table names (name text)')
  const insert = database.prepare('insert into names values (?)')
  const select = database.prepare('select name from names')
  const batch = createBatch({
    database,
    now: () => 0,
    translate: (error) => toStoreError(error, 'test'),
    beforeCommit: () => {},
  })
  return {
    database,
    batch,
    add: (name: string): Operation<unknown> => ({ statements: 'one', apply: () => insert.run(name) }),
    names: () => select.all().map((row) => row['name']),
  }
}
