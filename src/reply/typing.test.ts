// "is typing…": shown while there is room for it, renewed before it fades, and never insisted on.

import { expect, test } from 'vitest'
import { createFakePlatform } from '../../test/support/fake-platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import type { Limits, Outbox } from '../contract/platform.ts'
import { createPacer } from './pace.ts'
import { keepTyping } from './typing.ts'

function setUp(limits: Limits = { budgets: [], typingLastsMs: 5_000 }) {
  const time = createManualClock()
  const { clock } = time
  const log = createQuietLogger()
  const platform = createFakePlatform('fake', clock, { limits })
  const pacer = createPacer({ clock, log, metrics: createSilentMetrics() })
  const until = new AbortController()
  const begin = (outbox: Pick<Outbox, 'limits' | 'showTyping'> = platform.outbox()) =>
    keepTyping({ account: 'fake', outbox, pacer, clock, log, until: until.signal })
  return {
    time,
    platform,
    pacer,
    until,
    begin,
    shown: () => platform.callsOf('typing').map(({ atMs }) => atMs),
  }
}

test('is renewed a little before it fades, until it is stopped', async () => {
  const { time, begin, shown } = setUp()
  const typing = begin()
  await time.advance(10_000)
  expect(shown()).toEqual([0, 4_500, 9_000])
  typing.stop()
  await time.advance(60_000)
  expect(shown()).toHaveLength(3)
  expect(time.sleepers).toBe(0)
})

test('ends with its reply’s frames', async () => {
  const { time, begin, shown, until } = setUp()
  begin()
  await time.settle()
  until.abort(new Error('over'))
  await time.advance(60_000)
  expect(shown()).toEqual([0])
})

test('is never begun after the end', async () => {
  const { time, begin, shown, until } = setUp()
  until.abort(new Error('over'))
  begin()
  await time.advance(60_000)
  expect(shown()).toEqual([])
})

test('a platform that refuses it once is not asked again', async () => {
  const { time, platform, begin, shown } = setUp()
  platform.fail('typing', { kind: 'denied' })
  begin()
  await time.advance(60_000)
  expect(shown()).toEqual([0])
})

test('is dropped, not queued, where calls are short', async () => {
  const { time, platform, pacer, begin, shown } = setUp({
    budgets: [{ key: 'chat', calls: 1, perMs: 6_000 }],
    typingLastsMs: 5_000,
  })
  const plan = {
    account: 'fake',
    limits: platform.outbox().limits,
    kind: 'post',
    urgency: 'answer',
    repeatable: false,
  } as const
  await pacer.call(plan, async () => {}, new AbortController().signal)
  begin()
  await time.advance(9_000)
  expect(shown()).toEqual([9_000])
})

test('is not shown where the platform has none', async () => {
  const { time, platform, begin, shown } = setUp({ budgets: [] })
  begin()
  const { limits } = platform.outbox()
  begin({ limits: { ...limits, typingLastsMs: 5_000 } })
  await time.advance(60_000)
  expect(shown()).toEqual([])
})
