// Are administrators known before their words are decided on, at the price of one call a chat?
import { expect, test } from 'vitest'
import { PlatformError } from '../../src/contract/errors.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createRoles } from './roles.ts'

const GROUP = '-1001'
const MEMBERS = [
  { user: { id: 1 }, status: 'creator' },
  { user: { id: 2 }, status: 'administrator' },
  { user: { id: 'x' }, status: 'administrator' },
  null,
  { status: 'administrator' },
]

/** `answers`: in order, the last one for ever. */
function setUp(untilKnown: boolean, ...answers: readonly (() => unknown)[]) {
  const time = createManualClock()
  const ending = new AbortController()
  const asked: unknown[] = []
  const roles = createRoles({
    account: 'tg',
    api: {
      async call(_method, payload) {
        asked.push((payload as { chat_id: unknown }).chat_id)
        return answers[Math.min(asked.length, answers.length) - 1]?.()
      },
    },
    clock: time.clock,
    log: createQuietLogger(),
    untilKnown,
    keep: () => undefined,
    signal: ending.signal,
  })
  return { roles, asked, time, ending }
}

const members = (): unknown => MEMBERS
const fails = (kind: 'unavailable' | 'denied') => (): never => {
  throw new PlatformError('tg', kind, 'getChatAdministrators: no')
}
const never = (): Promise<unknown> => new Promise(() => undefined)

test('an owner is an administrator too, others are nothing in particular', async () => {
  const { roles } = setUp(true, members)
  expect(await roles.of(GROUP, '1')).toEqual(['creator', 'administrator'])
  expect(await roles.of(GROUP, '2')).toEqual(['administrator'])
  expect(await roles.of(GROUP, '3')).toEqual([])
})

test('who writes as the group is its administrator, and nobody is asked', async () => {
  const { roles, asked } = setUp(true, members)
  expect(await roles.of(GROUP, GROUP)).toEqual(['administrator'])
  expect(asked).toEqual([])
})

test('is asked once, however many wait, and again after five minutes or a change', async () => {
  const { roles, asked, time } = setUp(true, members)
  await Promise.all(['1', '2', '3'].map((id) => roles.of(GROUP, id)))
  await roles.of('-7', '1')
  expect(asked).toEqual([-1001, -7])
  await time.advance(299_000)
  await roles.of(GROUP, '1')
  expect(asked).toHaveLength(2)
  await time.advance(1_000)
  await roles.of(GROUP, '1')
  roles.forget(GROUP)
  await roles.of(GROUP, '1')
  expect(asked).toEqual([-1001, -7, -1001, -1001])
})

test('one that is polled waits for an answer, but not for ever', async () => {
  const { roles, time } = setUp(true, fails('unavailable'))
  await expect(roles.of(GROUP, '1')).rejects.toThrow('not known yet')
  await time.advance(14_000)
  await expect(roles.of(GROUP, '1')).rejects.toThrow('not known yet')
  await time.advance(1_000)
  expect(await roles.of(GROUP, '1')).toBeUndefined()
})

test('a refusal is not asked about again at once', async () => {
  const { roles, asked, time } = setUp(true, fails('denied'), members)
  expect(await roles.of(GROUP, '1')).toBeUndefined()
  expect(await roles.of(GROUP, '1')).toBeUndefined()
  expect(asked).toHaveLength(1)
  await time.advance(60_000)
  expect(await roles.of(GROUP, '1')).toContain('creator')
})

test('what was known lately serves while nothing newer can be had', async () => {
  const { roles, time } = setUp(true, members, fails('unavailable'))
  await roles.of(GROUP, '1')
  await time.advance(300_000)
  expect(await roles.of(GROUP, '2')).toEqual(['administrator'])
})

test('a webhook waits two seconds', async () => {
  const { roles, time } = setUp(false, never)
  let known: unknown = 'waiting'
  const asking = roles.of(GROUP, '1').then((roles) => {
    known = roles
  })
  await time.advance(1_999)
  expect(known).toBe('waiting')
  await time.advance(1)
  await asking
  expect(known).toBeUndefined()
})

test('a flood wait is kept for all chats', async () => {
  const flood = (): never => {
    throw new PlatformError('tg', 'rate-limited', '429', { retryAfterMs: 5_000 })
  }
  const { roles, asked, time } = setUp(false, flood, members)
  expect(await roles.of(GROUP, '1')).toBeUndefined()
  expect(await roles.of('-7', '1')).toBeUndefined()
  expect(asked).toHaveLength(1)
  await time.advance(5_000)
  expect(await roles.of('-7', '1')).toContain('creator')
})

test('a thousand chats are remembered, not more', async () => {
  const { roles, asked } = setUp(true, members)
  for (let i = 1; i <= 1_001; i++) await roles.of(String(-i), '1')
  await roles.of('-1001', '1')
  expect(asked).toHaveLength(1_001)
  await roles.of('-1', '1')
  expect(asked).toHaveLength(1_002)
})

test('a stop ends the asking', async () => {
  const { roles, time, ending } = setUp(true, never)
  const asking = expect(roles.of(GROUP, '1')).rejects.toThrow('not known yet')
  ending.abort()
  await asking
  expect(time.sleepers).toBe(0)
})
