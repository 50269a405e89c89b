// One message that grows: found again, posted anew, plain where markup is refused, and never twice without need.

import { expect, test } from 'vitest'
import { createFakePlatform, type FakeSettings } from '../../test/support/fake-platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import type { PlainBody } from '../../test/support/plain-renderer.ts'
import { createPacer } from './pace.ts'
import { openMessage, type MessageStart, type Shown } from './surface.ts'

const never = new AbortController().signal
const shows = (text: string, entities = 0): Shown<PlainBody> => ({
  body: { text, entities },
  plain: `plain ${text}`,
  controls: [],
})

function setUp(settings: FakeSettings = {}) {
  const time = createManualClock()
  const { clock } = time
  const platform = createFakePlatform('fake', clock, settings)
  const pacer = createPacer({ clock, log: createQuietLogger(), metrics: createSilentMetrics() })
  const place = { account: 'fake', outbox: platform.outbox(), pacer, clock, signal: never }
  const open = (start: Partial<MessageStart> = {}) =>
    openMessage(place, { key: 'k', maybePosted: false, ...start })
  /** Lets time pass until it is done. */
  const done = async <T>(promise: Promise<T>): Promise<T> => {
    const [result] = await Promise.all([promise, time.advance(600_000)])
    return result
  }
  return { time, platform, open, done }
}

test('posts first, edits then, and tells what to remember', async () => {
  const { platform, open, done } = setUp()
  const message = open()
  expect(await done(message.update(() => shows('One'), never))).toEqual({ messageId: 'm1' })
  expect(await done(message.finish(shows('One two')))).toEqual({ messageId: 'm1' })
  expect(platform.messages[0]?.states).toEqual(['One', 'One two'])
})

test('goes on in the message an earlier life has posted', async () => {
  const { platform, open, done } = setUp()
  await done(open().update(() => shows('One'), never))
  await done(open({ resume: { messageId: 'm1' }, maybePosted: true }).finish(shows('One two')))
  expect(platform.screen).toEqual(['One two'])
  expect(platform.callsOf('find')).toEqual([])
})

test('looks for what an earlier life may have posted, once', async () => {
  const { platform, open, done } = setUp({ findsPosted: true })
  await done(open().update(() => shows('One'), never))
  const message = open({ maybePosted: true })
  await done(message.update(() => shows('One two'), never))
  await done(message.finish(shows('One two three')))
  expect(platform.screen).toEqual(['One two three'])
  expect(platform.callsOf('find')).toHaveLength(1)
})

test('a message posted anew after a deletion is looked for under its own key', async () => {
  const { platform, open, done } = setUp({ findsPosted: true })
  const message = open()
  await done(message.update(() => shows('One'), never))
  platform.delete('m1')
  platform.fail('post', { kind: 'answer-lost' })
  await done(message.update(() => shows('One two'), never))
  await done(message.finish(shows('One two three')))
  expect(platform.screen).toEqual(['One two three'])
})

test('refused markup is sent once more without, and this message stays without', async () => {
  for (const streams of [false, true]) {
    const { platform, open, done } = setUp({ refusesMarkup: true, streams })
    const message = open()
    await done(message.update(() => shows('One', 1), never))
    await done(message.finish(shows('Two', 1)))
    expect(platform.screen).toEqual(['plain Two'])
    const refused = platform.calls.filter(({ text }) => text?.startsWith('plain') === false)
    expect(refused).toHaveLength(1)
  }
})

test('text refused even without markup is given up, not tried for ever', async () => {
  const { platform, open } = setUp()
  platform.fail('post', { kind: 'rejected' }, 2)
  await expect(open().update(() => shows('One'), never)).rejects.toMatchObject({ kind: 'rejected' })
  expect(platform.callsOf('post')).toHaveLength(2)
})

test('a frame that waits for its turn shows what is newest by then', async () => {
  const limits = { budgets: [{ key: 'chat', calls: 20, perMs: 60_000, minGapMs: 5_000 }] }
  const { time, platform, open, done } = setUp({ limits })
  const message = open()
  let newest = shows('One')
  await Promise.all([message.update(() => newest, never), time.settle()])
  const update = message.update(() => newest, never)
  await time.settle()
  newest = shows('Three')
  await done(update)
  expect(platform.screen).toEqual(['Three'])
})

test('a stream is finished under the key it was opened with, safe to repeat', async () => {
  const { platform, open, done } = setUp({ streams: true })
  const message = open()
  expect(await done(message.update(() => shows('One'), never))).toEqual({ draft: 'k' })
  platform.fail('finish', { kind: 'answer-lost' })
  expect(await done(message.finish(shows('One two')))).toEqual({ messageId: 'm1' })
  expect(platform.screen).toEqual(['One two'])
  expect(platform.drafts.size).toBe(0)
})

test('a stream resumed from its state is finished as the same message', async () => {
  const { platform, open, done } = setUp({ streams: true })
  await done(open().update(() => shows('One'), never))
  await done(open({ resume: { draft: 'k' } }).finish(shows('One two')))
  expect(platform.screen).toEqual(['One two'])
})

test('a stream that was finished before is edited as a message', async () => {
  const { platform, open, done } = setUp({ streams: true })
  await done(open().finish(shows('One')))
  await done(open({ resume: { messageId: 'm1' } }).finish(shows('One two')))
  expect(platform.screen).toEqual(['One two'])
  expect(platform.callsOf('edit')).toHaveLength(1)
})

test('giving up leaves nothing that looks busy', async () => {
  const { platform, open, done } = setUp({ streams: true })
  const message = open()
  await done(message.update(() => shows('One'), never))
  await done(message.abandon())
  expect(platform.drafts.size).toBe(0)
})
