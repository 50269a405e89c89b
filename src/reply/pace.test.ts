// The pacer's promises: nothing over a limit, finals first, the newest after a wait, and no call without an end.

import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import { PlatformError } from '../contract/errors.ts'
import type { CallBudget } from '../contract/platform.ts'
import { createPacer, type CallPlan, type Urgency } from './pace.ts'

const chat = (overrides: Partial<CallBudget> = {}): CallBudget => ({
  key: 'chat:1',
  calls: 4,
  perMs: 4_000,
  minGapMs: 1_000,
  ...overrides,
})
const never = new AbortController().signal

function setUp(budgets: readonly CallBudget[] = [chat()]) {
  const time = createManualClock()
  const pacer = createPacer({ clock: time.clock, log: createQuietLogger(), metrics: createSilentMetrics() })
  const sent: { what: string; atMs: number }[] = []
  const plan = (urgency: Urgency, extra: Partial<CallPlan> = {}): CallPlan => ({
    account: 'a',
    limits: { budgets },
    kind: 'edit',
    urgency,
    repeatable: true,
    ...extra,
  })
  const send = (what: string, urgency: Urgency, extra: Partial<CallPlan> = {}): Promise<void> =>
    pacer.call(
      plan(urgency, extra),
      async () => {
        sent.push({ what, atMs: time.clock.elapsed() })
      },
      never,
    )
  return { time, pacer, sent, send, plan }
}

test('frames keep their gap', async () => {
  const { time, sent, send } = setUp()
  void send('1', 'frame')
  void send('2', 'frame')
  void send('3', 'frame')
  await time.advance(10_000)
  expect(sent.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000])
})

test('a final does not wait for the gap between frames', async () => {
  const { time, sent, send } = setUp()
  void send('frame', 'frame')
  void send('final', 'final')
  await time.settle()
  expect(sent.map(({ what, atMs }) => `${what}@${atMs}`)).toEqual(['frame@0', 'final@0'])
})

test('finals go before answers, answers before frames, whatever came first', async () => {
  const { time, sent, send } = setUp([chat({ calls: 1, perMs: 1_000, minGapMs: 0 })])
  void send('first', 'frame')
  void send('frame', 'frame')
  void send('answer', 'answer')
  void send('final', 'final')
  await time.advance(10_000)
  expect(sent.map(({ what }) => what)).toEqual(['first', 'final', 'answer', 'frame'])
})

test('never more calls in a window than the platform allows', async () => {
  const { time, sent, send } = setUp([chat({ calls: 4, perMs: 4_000, minGapMs: 0 })])
  for (let n = 0; n < 20; n += 1) void send(String(n), 'answer')
  await time.advance(60_000)
  expect(sent).toHaveLength(20)
  for (const { atMs } of sent) {
    expect(
      sent.filter((other) => other.atMs > atMs - 4_000 && other.atMs <= atMs).length,
    ).toBeLessThanOrEqual(4)
  }
})

test('frames leave room in a window for a final', async () => {
  const { time, sent, send } = setUp([chat({ calls: 4, perMs: 60_000, minGapMs: 0 })])
  for (let n = 0; n < 8; n += 1) void send(`frame ${n}`, 'frame')
  await time.settle()
  void send('final', 'final')
  await time.settle()
  expect(sent.map(({ what }) => what)).toEqual(['frame 0', 'frame 1', 'frame 2', 'final'])
})

test('replies in one chat share its budget evenly', async () => {
  const { time, sent, pacer, plan } = setUp([chat({ calls: 100, perMs: 1_000, minGapMs: 1_000 })])
  const grow = async (name: string): Promise<void> => {
    for (let n = 0; n < 10; n += 1) {
      await pacer.call(plan('frame'), async () => void sent.push({ what: name, atMs: 0 }), never)
    }
  }
  void Promise.all([grow('a'), grow('b')])
  await time.advance(60_000)
  expect(sent.map(({ what }) => what).join('')).toBe('ab'.repeat(10))
})

test('what a call sends is made after the wait, not before', async () => {
  const { time, pacer, plan, send } = setUp()
  void send('first', 'frame')
  let newest = 'old'
  let shown = ''
  void pacer.call(plan('frame'), async () => void (shown = newest), never)
  newest = 'new'
  await time.advance(1_000)
  expect(shown).toBe('new')
})

test('a rate limit blocks its place for as long as the platform says, and a final goes through after it', async () => {
  const { time, sent, pacer, plan } = setUp()
  let refusals = 1
  void pacer.call(
    plan('final'),
    async () => {
      if (refusals-- > 0) throw new PlatformError('a', 'rate-limited', 'edit: 429', { retryAfterMs: 30_000 })
      sent.push({ what: 'final', atMs: time.clock.elapsed() })
    },
    never,
  )
  await time.advance(29_999)
  expect(sent).toEqual([])
  await time.advance(1)
  expect(sent).toEqual([{ what: 'final', atMs: 30_000 }])
})

test('a rate-limited frame is given back, so that a newer one can go in its place', async () => {
  const { time, pacer, plan } = setUp()
  const limited = pacer.call(
    plan('frame'),
    () => Promise.reject(new PlatformError('a', 'rate-limited', 'edit: 429', { retryAfterMs: 5_000 })),
    never,
  )
  await expect(limited).rejects.toMatchObject({ kind: 'rate-limited' })
  let sentAtMs = 0
  void pacer.call(plan('frame'), async () => void (sentAtMs = time.clock.elapsed()), never)
  await time.advance(10_000)
  expect(sentAtMs).toBe(5_000)
})

test('one chat that is rate limited does not hold up another', async () => {
  const account: CallBudget = { key: 'account', calls: 30, perMs: 1_000 }
  const { time, pacer, plan, sent } = setUp()
  const inChat = (key: string): Partial<CallPlan> => ({ limits: { budgets: [chat({ key }), account] } })
  await expect(
    pacer.call(
      plan('frame', inChat('one')),
      () => Promise.reject(new PlatformError('a', 'rate-limited', '429', { retryAfterMs: 60_000 })),
      never,
    ),
  ).rejects.toThrow()
  void pacer.call(plan('frame', inChat('one')), async () => void sent.push({ what: 'one', atMs: 0 }), never)
  void pacer.call(plan('frame', inChat('two')), async () => void sent.push({ what: 'two', atMs: 0 }), never)
  await time.settle()
  expect(sent.map(({ what }) => what)).toEqual(['two'])
})

test('a thousand chats get through the account budget, each in its turn', async () => {
  const account: CallBudget = { key: 'account', calls: 30, perMs: 1_000 }
  const { time, pacer, plan, sent } = setUp()
  for (let n = 0; n < 1_000; n += 1) {
    const limits = { budgets: [chat({ key: `chat:${n}` }), account] }
    void pacer.call(
      plan('answer', { limits }),
      async () => void sent.push({ what: String(n), atMs: time.clock.elapsed() }),
      never,
    )
  }
  await time.advance(40_000)
  expect(sent).toHaveLength(1_000)
  expect(sent.map(({ what }) => Number(what))).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
  expect(sent.filter(({ atMs }) => atMs < 1_000)).toHaveLength(30)
})

test('a call that never settles ends at our own deadline, with an unknown outcome', async () => {
  const { time, pacer, plan } = setUp()
  const stuck = pacer.call(
    plan('frame', { kind: 'post', repeatable: false }),
    () => new Promise(() => {}),
    never,
  )
  const ended = expect(stuck).rejects.toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
  await time.advance(30_000)
  await ended
})

test('a final is tried again while the platform is down, an unrepeatable post of unknown outcome is not', async () => {
  const { time, pacer, plan } = setUp([chat({ calls: 100, minGapMs: 0 })])
  let attempts = 0
  void pacer.call(
    plan('final'),
    async () => {
      attempts += 1
      if (attempts < 4) throw new PlatformError('a', 'unavailable', '502', { outcome: 'unknown' })
    },
    never,
  )
  await time.advance(10_000)
  expect(attempts).toBe(4)

  const post = pacer.call(
    plan('answer', { kind: 'post', repeatable: false }),
    () => Promise.reject(new PlatformError('a', 'unavailable', 'socket hang up', { outcome: 'unknown' })),
    never,
  )
  await expect(post).rejects.toMatchObject({ outcome: 'unknown' })
})

test('typing is dropped when there is no room, and never waits', async () => {
  const { pacer, plan, send } = setUp()
  await send('frame', 'frame')
  let shown = 0
  const typing = plan('typing', { kind: 'typing' })
  await expect(pacer.tryCall(typing, async () => void (shown += 1), never)).resolves.toBe(false)
  expect(shown).toBe(0)
})

test('a frame in line makes way when its wait is ended, and takes no budget', async () => {
  const { time, sent, send } = setUp()
  await send('first', 'frame')
  const closing = new AbortController()
  const waiting = send('stale', 'frame', { waitSignal: closing.signal })
  closing.abort()
  await expect(waiting).rejects.toThrow()
  void send('final', 'final')
  await time.settle()
  expect(sent.map(({ what }) => what)).toEqual(['first', 'final'])
})

test('after a rate limit frames keep more distance, and come closer again as calls go through', async () => {
  const { time, sent, send, pacer, plan } = setUp([chat({ calls: 100, perMs: 10_000, minGapMs: 1_000 })])
  await pacer
    .call(
      plan('frame'),
      () => Promise.reject(new PlatformError('a', 'rate-limited', '429', { retryAfterMs: 1_000 })),
      never,
    )
    .catch(() => undefined)
  for (let n = 0; n < 60; n += 1) void send(String(n), 'frame')
  await time.advance(600_000)
  const gaps = sent.slice(1).map(({ atMs }, n) => atMs - (sent[n]?.atMs ?? 0))
  expect(gaps[0]).toBeGreaterThan(1_500)
  expect(gaps.at(-1)).toBe(1_000)
})

test('a thousand calls whose moment comes at once go a few in each turn of the loop, in order', async () => {
  const { pacer, plan, time } = setUp()
  const sent: number[] = []
  for (let n = 0; n < 1_000; n += 1) {
    const limits = { budgets: [chat({ key: `chat:${n}` }), { key: 'account', calls: 100_000, perMs: 1_000 }] }
    void pacer.call(plan('frame', { limits }), async () => void sent.push(n), never)
  }
  await Promise.resolve()
  expect(sent.length).toBeLessThan(100)
  await time.advance(1)
  expect(sent).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
})

// Nobody there

const gone502 = (): Promise<never> => Promise.reject(new PlatformError('a', 'unavailable', '502'))

test('a platform that is not there gets one call now and then, and every final when it is back', async () => {
  const { time, pacer, plan } = setUp([chat({ calls: 1_000, perMs: 1_000, minGapMs: 0 })])
  let isBack = false
  const tried: number[] = []
  const through: number[] = []
  for (let n = 0; n < 50; n += 1) {
    void pacer.call(
      plan('final'),
      async () => {
        tried.push(time.clock.elapsed())
        if (!isBack) await gone502()
        through.push(n)
      },
      never,
    )
  }
  await time.settle()
  const atOnce = tried.length
  await time.advance(60_000)
  expect(pacer.health('a')).toMatchObject({ state: 'down' })
  expect(pacer.health('b')).toEqual({ state: 'up' })
  expect(tried.length - atOnce).toBeLessThan(15)
  isBack = true
  await time.advance(60_000)
  expect(through.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n))
  expect(pacer.health('a')).toEqual({ state: 'up' })
})

test('refusals and rate limits are signs of life', async () => {
  const { pacer, plan } = setUp([chat({ calls: 1_000, perMs: 1_000, minGapMs: 0 })])
  for (let n = 0; n < 12; n += 1) {
    const error = new PlatformError('a', n % 5 === 4 ? 'rejected' : 'unavailable', 'no', {
      outcome: 'unknown',
    })
    const post = { kind: 'post', repeatable: false } as const
    await pacer.call(plan('answer', post), () => Promise.reject(error), never).catch(() => undefined)
  }
  expect(pacer.health('a')).toEqual({ state: 'up' })
})

test('typing is dropped while nobody is there', async () => {
  const { pacer, plan } = setUp([chat({ calls: 1_000, perMs: 1_000, minGapMs: 0 })])
  for (let n = 0; n < 5; n += 1) await pacer.call(plan('frame'), gone502, never).catch(() => undefined)
  let typed = 0
  expect(await pacer.tryCall(plan('typing'), async () => void (typed += 1), never)).toBe(false)
  expect(typed).toBe(0)
})
