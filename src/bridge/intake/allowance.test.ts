// How many questions and tokens a person has, and when there are more.

import { expect, test } from 'vitest'
import { createManualClock } from '../../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../../test/support/quiet-logger.ts'
import { message, policy, route } from '../../../test/support/bridge-events.ts'
import type { Budget, Budgets, Policy } from '../../contract/policy.ts'
import { openStore } from '../../store/open.ts'
import { createTokens } from '../../store/tokens.ts'
import { budgetFor, createPersonBudget } from './allowance.ts'

const none: Budget = { questionsPerMinute: 0, questionsPerHour: 0, questionsPerDay: 0, tokensPerDay: 0 }
const budgets = (
  general: Partial<Budget>,
  roles: Readonly<Record<string, Partial<Budget>>> = {},
): Budgets => ({
  ...none,
  ...general,
  roles: Object.fromEntries(Object.entries(roles).map(([role, own]) => [role, { ...none, ...own }])),
})

async function setUp(overrides: Partial<Policy>) {
  const time = createManualClock()
  const store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '.' })
  const given = policy(overrides)
  const begin = () => createPersonBudget(given, store.coordination, createTokens(store, time.clock))
  return { time, budget: begin(), begin }
}
const hourly = { budgets: budgets({ questionsPerHour: 2 }) }
const spent = (minutes: number) => ({ notice: { key: 'budget.spent', params: { minutes } } })

test('the question beyond the hour’s is refused with the minutes to wait', async () => {
  const { time, budget } = await setUp(hourly)
  expect(await budget.take(message('1'), undefined)).toBeUndefined()
  await time.advance(10 * 60_000)
  expect(await budget.take(message('2'), undefined)).toBeUndefined()
  expect(await budget.take(message('3'), undefined)).toEqual({ ...spent(50), waitMs: 50 * 60_000 })
  await time.advance(50 * 60_000)
  expect(await budget.take(message('4'), undefined)).toBeUndefined()
})

test('each person has their own, the same in every chat', async () => {
  const { budget } = await setUp(hourly)
  await budget.take(message('1', { chat: 'a' }), undefined)
  await budget.take(message('2', { chat: 'b' }), undefined)
  expect(await budget.take(message('3', { chat: 'c' }), undefined)).toMatchObject(spent(60))
  expect(await budget.take(message('1', { user: 'ben' }), undefined)).toBeUndefined()
  expect(await budget.take(message('1', { account: 'sales' }), undefined)).toBeUndefined()
})

test('a restart gives nothing away', async () => {
  const { budget, begin } = await setUp(hourly)
  await budget.take(message('1'), undefined)
  await budget.take(message('2'), undefined)
  expect(await begin().take(message('3'), undefined)).toMatchObject(spent(60))
})

test('minute and day count beside the hour', async () => {
  const { time, budget } = await setUp({
    budgets: budgets({ questionsPerMinute: 1, questionsPerHour: 2, questionsPerDay: 3 }),
  })
  await budget.take(message('1'), undefined)
  expect(await budget.take(message('2'), undefined)).toMatchObject(spent(1))
  await time.advance(60_000)
  await budget.take(message('2'), undefined)
  await time.advance(2 * 3_600_000)
  expect(await budget.take(message('3'), undefined)).toBeUndefined()
  await time.advance(60_000)
  expect(await budget.take(message('4'), undefined)).toMatchObject(spent(22 * 60 - 2))
})

test('a route’s own budget holds there instead, and is counted apart', async () => {
  const { budget } = await setUp(hourly)
  const vip = route({ budget: { ...none, questionsPerHour: 1, key: 'vip' } })
  expect(await budget.take(message('1'), vip)).toBeUndefined()
  expect(await budget.take(message('2'), vip)).toMatchObject(spent(60))
  expect(await budget.take(message('3'), undefined)).toBeUndefined()
  expect(await budget.take(message('4'), undefined)).toBeUndefined()
  expect(await budget.take(message('5'), undefined)).toMatchObject(spent(60))
})

test('of several roles each limit is the most generous one', () => {
  const given = budgets(
    { questionsPerHour: 1, tokensPerDay: 10 },
    { helper: { questionsPerHour: 5, tokensPerDay: 100 }, vip: { questionsPerHour: 9, tokensPerDay: 0 } },
  )
  const as = (...roles: string[]) =>
    budgetFor({ sender: { ...message('').sender, roles } }, undefined, { budgets: given })
  expect(as()).toMatchObject({ questionsPerHour: 1, tokensPerDay: 10 })
  expect(as('stranger')).toMatchObject({ questionsPerHour: 1 })
  expect(as('helper')).toMatchObject({ questionsPerHour: 5, tokensPerDay: 100 })
  expect(as('helper', 'vip')).toMatchObject({ questionsPerHour: 9, tokensPerDay: 0 })
})

test('tokens used up are refused with the hours until the day is over; the last answer may go beyond', async () => {
  const { time, budget, begin } = await setUp({ budgets: budgets({ tokensPerDay: 100 }) })
  const ann = message('1')
  await Promise.all([budget.spend(ann, undefined, 60), budget.spend(ann, undefined, 30)])
  expect(await budget.take(ann, undefined)).toBeUndefined()
  await time.advance(3 * 3_600_000)
  await budget.spend(ann, undefined, 50)
  expect(await begin().take(ann, undefined)).toEqual({
    notice: { key: 'budget.tokens', params: { hours: 21 } },
    waitMs: 21 * 3_600_000,
  })
  expect(await budget.take(message('1', { user: 'ben' }), undefined)).toBeUndefined()
  await time.advance(21 * 3_600_000)
  expect(await budget.take(ann, undefined)).toBeUndefined()
})

test('admins have no limit, and neither has anybody where there is none', async () => {
  const admins = { ...policy().access, admins: ['user:ann'] }
  const { budget } = await setUp({ ...hourly, access: admins })
  const { budget: free } = await setUp({})
  for (let n = 0; n < 10; n += 1) {
    expect(await budget.take(message('?'), undefined)).toBeUndefined()
    expect(await free.take(message('?'), undefined)).toBeUndefined()
  }
})
