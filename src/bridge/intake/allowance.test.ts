// How many questions a person has, and when the next one.

import { expect, test } from 'vitest'
import { createManualClock } from '../../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../../test/support/quiet-logger.ts'
import { message, policy } from '../../../test/support/bridge-events.ts'
import type { Policy } from '../../contract/policy.ts'
import { openStore } from '../../store/open.ts'
import { createPersonBudget } from './allowance.ts'

async function setUp(overrides: Partial<Policy>) {
  const time = createManualClock()
  const store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '.' })
  const given = policy(overrides)
  return { time, store, budget: createPersonBudget(given, store.coordination), given }
}
const hourly = { budgets: { questionsPerHour: 2, questionsPerDay: 0 } }

test('the question beyond the hour’s is refused with the minutes to wait', async () => {
  const { time, budget } = await setUp(hourly)
  expect(await budget.take(message('1'))).toBeUndefined()
  await time.advance(10 * 60_000)
  expect(await budget.take(message('2'))).toBeUndefined()
  expect(await budget.take(message('3'))).toEqual({ key: 'budget.spent', params: { minutes: 50 } })
  await time.advance(50 * 60_000)
  expect(await budget.take(message('4'))).toBeUndefined()
})

test('each person has their own, the same in every chat', async () => {
  const { budget } = await setUp(hourly)
  await budget.take(message('1', { chat: 'a' }))
  await budget.take(message('2', { chat: 'b' }))
  expect(await budget.take(message('3', { chat: 'c' }))).toMatchObject({ key: 'budget.spent' })
  expect(await budget.take(message('1', { user: 'ben' }))).toBeUndefined()
  expect(await budget.take(message('1', { account: 'sales' }))).toBeUndefined()
})

test('a restart gives nothing away', async () => {
  const { store, budget, given } = await setUp(hourly)
  await budget.take(message('1'))
  await budget.take(message('2'))
  const after = createPersonBudget(given, store.coordination)
  expect(await after.take(message('3'))).toMatchObject({ key: 'budget.spent' })
})

test('the day counts beside the hour', async () => {
  const { time, budget } = await setUp({ budgets: { questionsPerHour: 2, questionsPerDay: 3 } })
  await budget.take(message('1'))
  await budget.take(message('2'))
  await time.advance(2 * 3_600_000)
  expect(await budget.take(message('3'))).toBeUndefined()
  expect(await budget.take(message('4'))).toEqual({
    key: 'budget.spent',
    params: { minutes: 22 * 60 },
  })
})

test('admins have no limit, and neither has anybody where there is none', async () => {
  const admins = { ...policy().access, admins: ['user:ann'] }
  const { budget } = await setUp({ ...hourly, access: admins })
  const { budget: free } = await setUp({})
  for (let n = 0; n < 10; n += 1) {
    expect(await budget.take(message('?'))).toBeUndefined()
    expect(await free.take(message('?'))).toBeUndefined()
  }
})
