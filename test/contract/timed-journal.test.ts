// Are the journal's writes timed, and its failures counted, while it does what it always does?

import { expect, test } from 'vitest'
import type { Metrics } from '../../src/contract/runtime.ts'
import type { TurnRecord } from '../../src/contract/turn.ts'
import { createJournal } from '../../src/store/journal.ts'
import { openStore } from '../../src/store/open.ts'
import { timedJournal } from '../../src/store/timed.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'

test('each write is observed once, and a failing one is counted and thrown on', async () => {
  const { clock } = createManualClock()
  const log = createQuietLogger()
  const store = await openStore('memory:', { clock, log, baseDir: '.' })
  const told: string[] = []
  const metrics: Metrics = {
    count: (name) => told.push(name),
    gauge: () => undefined,
    observe: (name) => told.push(name),
  }
  const journal = timedJournal(createJournal(store, log), { clock, metrics })
  const record = { version: 1, id: 't', seq: 1, acceptedAtMs: 0, joined: [] } as unknown as TurnRecord
  expect(await journal.accept(record)).toBe(true)
  expect(await journal.accept(record)).toBe(false)
  expect(await journal.open()).toHaveLength(1)
  await journal.finish(record)
  expect(told).toEqual(Array(3).fill('bridge_journal_write_seconds'))
  await store.close()
  await expect(journal.save(record)).rejects.toThrow()
  expect(told.at(-1)).toBe('bridge_journal_errors_total')
})
