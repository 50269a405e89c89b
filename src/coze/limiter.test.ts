import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { AssistantError } from '../contract/errors.ts'
import { createFairQueue } from '../circuit/fair-queue.ts'
import { createGrantLog } from './grant-log.ts'
import { createLimiter } from './limiter.ts'

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
  const limiter = createLimiter({ perSecond: 1 }, clock, { maxWaiting: 1 })
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

// Shared, held, and fair

test('what several processes share is asked before each grant, and waited for together', async () => {
  const { clock, advance } = createManualClock()
  const answers = [{ granted: true }, { granted: false, waitMs: 3_000 }, { granted: true }] as const
  let asked = 0
  const take = (): Promise<(typeof answers)[number]> =>
    Promise.resolve(answers[Math.min(asked++, answers.length - 1)] ?? answers[0])
  const limiter = createLimiter({ perSecond: 10 }, clock, { take })
  const gone: string[] = []
  for (const who of ['a', 'b', 'c']) void limiter.acquire(who, live).then(() => gone.push(who))
  await advance(2_999)
  expect(gone).toEqual(['a'])
  await advance(1)
  expect(gone).toEqual(['a', 'b', 'c'])
})

test('where the shared count cannot be asked, or says nothing, our own goes on', async () => {
  const { clock, advance } = createManualClock()
  const away = createLimiter({ perSecond: 1 }, clock, { take: () => Promise.reject(new Error('away')) })
  const silent = createLimiter({ perSecond: 1 }, clock, { take: () => new Promise(() => undefined) })
  const gone: string[] = []
  for (const [name, limiter] of [
    ['away', away],
    ['silent', silent],
  ] as const)
    for (const who of ['a', 'b']) void limiter.acquire(who, live).then(() => gone.push(`${name} ${who}`))
  await advance(0)
  expect(gone).toEqual(['away a'])
  await advance(10_000)
  expect(gone.toSorted()).toEqual(['away a', 'away b', 'silent a', 'silent b'])
})

test('on hold nobody goes, everybody hears their place, and then they go in order', async () => {
  const { clock, advance } = createManualClock()
  const limiter = createLimiter({}, clock)
  limiter.hold(30_000)
  const told: (readonly [string, number, number])[] = []
  const gone: string[] = []
  for (const who of ['a', 'b'])
    void limiter
      .join(who, live, ({ ahead, waitMs }) => told.push([who, ahead, waitMs]))
      .granted.then(() => gone.push(who))
  expect(told).toEqual([
    ['a', 0, 30_000],
    ['b', 1, 30_000],
  ])
  await advance(29_999)
  expect([limiter.heldMs(), gone]).toEqual([1, []])
  await advance(1)
  expect(gone).toEqual(['a', 'b'])
})

test('a place is told again when it has moved up by a quarter, at most every five seconds', async () => {
  const { clock, advance } = createManualClock()
  const limiter = createLimiter({ perSecond: 1 }, clock)
  for (let n = 0; n < 40; n += 1) void limiter.acquire(`other ${n}`, live)
  const told: number[] = []
  void limiter.join('me', live, ({ ahead }) => told.push(ahead + 1))
  await advance(60_000)
  expect(told[0]).toBe(40)
  expect(told.length).toBeLessThanOrEqual(9)
  for (const [i, place] of told.entries())
    if (i > 0) expect(place).toBeLessThanOrEqual(0.75 * (told[i - 1] ?? 0))
})

test('with nobody there only one tries, and when that lasts the line is told rather than kept', async () => {
  const { clock, advance } = createManualClock()
  const failure = { kind: 'unavailable', detail: 'away', outcome: 'not-sent' } as const
  let isHopeless = false
  const upstream = { isUp: false, awayMs: () => 0, hopeless: () => (isHopeless ? failure : undefined) }
  const limiter = createLimiter({ perSecond: 100 }, clock, { upstream })
  const ends: string[] = []
  for (const who of ['a', 'b', 'c'])
    void limiter.acquire(who, live).then(
      () => ends.push(`${who} went`),
      () => ends.push(`${who} told`),
    )
  await advance(0)
  expect(ends.length).toBeLessThanOrEqual(1)
  isHopeless = true
  await advance(1_000)
  expect(ends.filter((end) => end.endsWith('told')).length).toBeGreaterThanOrEqual(2)
})

test('a flood of one person delays nobody else’s first question by more than one turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.constantFrom('ann', 'ben', 'cid', 'dan'), { minLength: 1, maxLength: 12 }),
      async (flood, others) => {
        const { clock, advance } = createManualClock()
        const limiter = createLimiter({ perSecond: 1 }, clock)
        const gone: string[] = []
        const ask = (who: string): void => void limiter.acquire(who, live).then(() => gone.push(who))
        for (let n = 0; n < flood; n += 1) ask('flooder')
        for (const who of others) ask(who)
        await advance((flood + others.length + 1) * 1_000)
        expect(gone).toHaveLength(flood + others.length)
        const people = [...new Set(others)]
        // The one who went at once, then at most one more of the flood before everybody's first.
        const firsts = people.map((who) => gone.indexOf(who))
        expect(Math.max(...firsts)).toBeLessThanOrEqual(people.length + 1)
      },
    ),
    { numRuns: 25 },
  )
})
