import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { AssistantError } from '../contract/errors.ts'
import { createFairQueue } from './fair-queue.ts'
import { createGrantLog, createLimiter } from './limiter.ts'

const live = new AbortController().signal

test('no second, minute or day ever sees more grants than its limit', () => {
  fc.assert(
    fc.property(
      fc.record({ perSecond: fc.nat(4), perMinute: fc.nat(9), perDay: fc.nat(30) }),
      fc.array(fc.nat(2_000), { maxLength: 60 }),
      (rates, pauses) => {
        const log = createGrantLog(rates)
        const times: number[] = []
        let nowMs = 0
        for (const pause of pauses) {
          nowMs += pause
          nowMs += log.waitMs(nowMs)
          expect(log.waitMs(nowMs)).toBe(0)
          log.grant(nowMs)
          times.push(nowMs)
        }
        const spans = [
          [rates.perSecond, 1_000],
          [rates.perMinute, 60_000],
          [rates.perDay, 86_400_000],
        ] as const
        for (const [limit, spanMs] of spans) {
          if (limit === 0) continue
          for (const [i, time] of times.entries()) {
            const before = times[i - limit]
            if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(spanMs)
          }
        }
      },
    ),
  )
})

test('what is foretold for the n-th is when the n-th is granted', () => {
  const log = createGrantLog({ perSecond: 2, perMinute: 5 })
  const foretold = [0, 1, 2, 3, 4, 5, 6].map((ahead) => log.waitMs(0, ahead))
  expect(foretold).toEqual([0, 0, 1_000, 1_000, 2_000, 60_000, 60_000])
})

test('everybody has a first turn before anybody has a second', () => {
  const queue = createFairQueue<string>()
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(item.slice(0, 1), item)
  expect([queue.ahead(), queue.ahead('a'), queue.ahead('b')]).toEqual([3, 6, 4])
  queue.remove('a', 'a2')
  const order = [1, 2, 3, 4, 5, 6].map(() => queue.next())
  expect(order).toEqual(['a1', 'b1', 'c1', 'a3', 'c2', undefined])
})

test('the place foretold to one person is the place they get', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }),
      fc.constantFrom('a', 'e'),
      (users, me) => {
        const queue = createFairQueue<number>()
        for (const [i, user] of users.entries()) queue.add(user, i)
        const ahead = queue.ahead(me)
        queue.add(me, -1)
        let served = 0
        while (queue.next() !== -1) served += 1
        expect(ahead).toBe(served)
      },
    ),
  )
})

test('two go at once, the third a second later, the busy person after the patient one', async () => {
  const { clock, advance } = createManualClock()
  const limiter = createLimiter({ perSecond: 2 }, clock)
  const gone: string[] = []
  for (const item of ['a1', 'a2', 'a3', 'a4', 'b1']) {
    void limiter.acquire(item.slice(0, 1), live).then(() => gone.push(item))
  }
  await advance(0)
  expect(gone).toEqual(['a1', 'a2'])
  expect(limiter.expectedWaitMs()).toBe(2_000)
  expect(limiter.expectedWaitMs('b')).toBe(2_000)
  expect(limiter.expectedWaitMs('a')).toBe(2_000)
  await advance(999)
  expect(gone).toHaveLength(2)
  await advance(1)
  expect(gone).toEqual(['a1', 'a2', 'a3', 'b1'])
  await advance(1_000)
  expect(gone).toEqual(['a1', 'a2', 'a3', 'b1', 'a4'])
  expect(limiter.expectedWaitMs()).toBe(0)
})

test('who gives up leaves the queue, and nothing is left asleep', async () => {
  const time = createManualClock()
  const limiter = createLimiter({ perDay: 1 }, time.clock)
  await limiter.acquire('a', live)
  const stop = new AbortController()
  const waiting = limiter.acquire('b', stop.signal)
  await time.advance(0)
  expect(time.sleepers).toBe(1)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ failure: { kind: 'cancelled', outcome: 'not-sent' } })
  await time.advance(0)
  expect(time.sleepers).toBe(0)
  const next = limiter.acquire('c', live)
  await time.advance(86_400_000)
  await next
})

test('a full queue turns the next one away with the time to come back', async () => {
  const { clock } = createManualClock()
  const limiter = createLimiter({ perSecond: 1 }, clock, 1)
  await limiter.acquire('a', live)
  const stop = new AbortController()
  const waiting = limiter.acquire('a', stop.signal).catch(() => undefined)
  const refused = await limiter.acquire('b', live).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(AssistantError)
  expect(refused).toMatchObject({ failure: { kind: 'rate-limited', retryAfterMs: 2_000 } })
  stop.abort()
  await waiting
})

test('without limits nobody waits', async () => {
  const { clock } = createManualClock()
  const limiter = createLimiter({}, clock)
  for (let i = 0; i < 1_000; i += 1) await limiter.acquire('a', live)
  expect(limiter.expectedWaitMs()).toBe(0)
})
