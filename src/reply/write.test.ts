// The writer's promises: the reply stands whole, each part is finished once, and nothing is posted without a note of it.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFakePlatform, type FakeSettings, type Fault } from '../../test/support/fake-platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import type { PlainBody } from '../../test/support/plain-renderer.ts'
import type { PartRecord } from '../contract/turn.ts'
import { createPacer } from './pace.ts'
import { createReplyWriter, type WriterOptions } from './write.ts'

const paced = {
  limits: { budgets: [{ key: 'chat', calls: 20, perMs: 20_000, minGapMs: 1_000 }], typingLastsMs: 5_000 },
} satisfies FakeSettings

function setUp(settings: FakeSettings = {}) {
  const time = createManualClock()
  const { clock } = time
  const log = createQuietLogger()
  const metrics = createSilentMetrics()
  const platform = createFakePlatform('fake', clock, settings)
  const pacer = createPacer({ clock, log, metrics })
  const saved: (readonly PartRecord[])[] = []
  const letGo = new AbortController()
  const write = (options: Partial<WriterOptions<PlainBody>> = {}) =>
    createReplyWriter<PlainBody>({
      account: 'fake',
      outbox: platform.outbox(),
      pacer,
      clock,
      log,
      metrics,
      settings: { minChars: 1, maxWaitMs: 0, quote: 'never' },
      signal: letGo.signal,
      keyBase: 'key',
      controls: [],
      askedAtMs: clock.elapsed(),
      saveParts: async (parts) => void saved.push(parts),
      ...options,
    })
  return { time, platform, saved, letGo, write }
}

const paragraphs = Array.from({ length: 40 }, (_, n) => `Paragraph ${n}: ${'lorem ipsum '.repeat(6).trim()}.`)
const longText = paragraphs.join('\n\n')

const faults: fc.Arbitrary<{ call: 'post' | 'edit' | 'update' | 'finish'; fault: Fault }> = fc.oneof(
  fc.record({
    call: fc.constantFrom('post', 'edit', 'update', 'finish'),
    fault: fc.constantFrom<Fault>(
      { kind: 'rate-limited', retryAfterMs: 3_000 },
      { kind: 'rate-limited' },
      { kind: 'unavailable' },
      { kind: 'hang' },
      { kind: 'not-done-unknown' },
    ),
  }),
  fc.record({
    call: fc.constantFrom('edit', 'update', 'finish'),
    fault: fc.constant<Fault>({ kind: 'answer-lost' }),
  }),
)

test.each([
  ['posts and edits', {}],
  ['posts, edits and a look', { findsPosted: true }],
  ['a stream of the platform’s own', { streams: true }],
] satisfies [string, FakeSettings][])(
  'the reply stands whole, each part finished once, whatever fails on the way: %s',
  async (_what, settings) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ chars: fc.integer({ min: 1, max: 400 }), afterMs: fc.integer({ min: 0, max: 1_500 }) }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        fc.array(faults, { maxLength: 6 }),
        async (pieces, met) => {
          const { time, platform, saved, write } = setUp({ ...paced, ...settings })
          for (const { call, fault } of met) platform.fail(call, fault)
          const writer = write()
          let written = ''
          for (const { chars, afterMs } of pieces) {
            const more = longText.slice(written.length, written.length + chars)
            written += more
            writer.append(more)
            await time.advance(afterMs)
          }
          const finished = writer.finish()
          await time.advance(600_000)
          await finished
          expect(platform.screen.join('').replaceAll(/\s/g, '')).toBe(written.replaceAll(/\s/g, ''))
          expect(platform.drafts.size).toBe(0)
          const parts = saved.at(-1) ?? []
          expect(parts.every(({ done }) => done)).toBe(true)
          expect(parts).toHaveLength(platform.screen.length)
          expect(parts.at(-1)?.to).toBe(written.length)
          const failed = met.filter(({ call }) => call === 'finish').length
          const finishes = platform.callsOf('finish').length
          if ('streams' in settings) expect(finishes).toBeLessThanOrEqual(parts.length + failed)
        },
      ),
      { numRuns: 60 },
    )
  },
)

test.each([
  ['posts and edits', {}],
  ['a stream of the platform’s own', { streams: true }],
] satisfies [string, FakeSettings][])(
  'a sealed part is finished once and never touched again: %s',
  async (_what, settings) => {
    const { time, platform, saved, write } = setUp({ ...paced, ...settings })
    const writer = write()
    for (let from = 0; from < longText.length; from += 50) {
      writer.append(longText.slice(from, from + 50))
      await time.advance(300)
    }
    const finished = writer.finish()
    await time.advance(60_000)
    await finished
    expect(platform.screen.length).toBeGreaterThan(5)
    expect(platform.screen.join('\n\n')).toBe(longText)
    if (platform.callsOf('finish').length > 0) {
      expect(platform.callsOf('finish').map(({ key }) => key)).toEqual(
        platform.messages.map(({ key }) => key),
      )
    }
    // In the order of their messages: nobody goes back to an earlier one.
    const touched = platform.calls
      .filter(({ call }) => call !== 'typing')
      .map((call) => platform.messages.findIndex(({ id, key }) => id === call.messageId || key === call.key))
    expect(touched).toEqual(touched.toSorted((a, b) => a - b))
    expect(saved.at(-1)?.map(({ done }) => done)).toEqual(platform.screen.map(() => true))
  },
)

test('every post is noted before it is made', async () => {
  const happened: string[] = []
  const { time, platform, write } = setUp()
  const outbox = platform.outbox()
  const writer = write({
    outbox: {
      ...outbox,
      post: (body, options, signal) => {
        happened.push(`post ${options.key}`)
        return outbox.post(body, options, signal)
      },
    },
    saveParts: async (parts) => void happened.push(`save ${parts.map(({ key }) => key).join(' ')}`),
  })
  writer.append(longText.slice(0, 1_500))
  const finished = writer.finish()
  await time.advance(60_000)
  await finished
  const posts = happened.filter((what) => what.startsWith('post'))
  expect(posts.length).toBeGreaterThan(2)
  // The first is noted by whoever makes the writer.
  for (const post of posts.slice(1)) {
    const key = post.slice('post '.length)
    const noted = happened.findIndex((what) => what.startsWith('save') && what.split(' ').includes(key))
    expect(noted).toBeGreaterThanOrEqual(0)
    expect(noted).toBeLessThan(happened.indexOf(post))
  }
})

test.each([
  ['an edit', 'edit', {}],
  ['a frame of a stream', 'update', { streams: true }],
] as const)('what looks the same is not sent again: %s', async (_what, call, settings) => {
  const { time, platform, write } = setUp(settings)
  const writer = write()
  writer.append('One')
  await time.advance(1_000)
  const before = platform.callsOf(call).length
  writer.append('\n\n')
  await time.advance(1_000)
  writer.append('\n')
  await time.advance(1_000)
  expect(platform.callsOf(call)).toHaveLength(before)
})

test('a last state that stands already costs no call', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.append('One')
  await time.advance(1_000)
  await Promise.all([writer.finish(), time.advance(1_000)])
  expect(platform.calls.map(({ call }) => call)).toEqual(['post'])
})

test('a surface that fades is kept alive, and no oftener than it needs', async () => {
  const { time, platform, write } = setUp({ streams: true, limits: { budgets: [], keepAliveMs: 20_000 } })
  const writer = write()
  writer.append('One')
  await time.advance(65_000)
  expect(platform.callsOf('update').map(({ atMs }) => atMs)).toEqual([0, 20_000, 40_000, 60_000])
  await Promise.all([writer.finish(), time.advance(1_000)])
  expect(platform.screen).toEqual(['One'])
})

test('while a call is on its way nothing queues up: the next shows the newest', async () => {
  const { time, platform, write } = setUp(paced)
  const writer = write()
  for (const word of ['One', ' two', ' three', ' four']) {
    writer.append(word)
    await time.advance(100)
  }
  await time.advance(5_000)
  expect(platform.messages[0]?.states).toEqual(['One', 'One two three four'])
})

test('two replies in one chat share its calls evenly', async () => {
  const { time, platform, write } = setUp(paced)
  const writers = [write({ keyBase: 'a' }), write({ keyBase: 'b' })]
  for (let second = 0; second < 60; second += 1) {
    for (const writer of writers) writer.append(`w${second} `)
    await time.advance(1_000)
  }
  const counts = platform.messages.map(({ states }) => states.length)
  expect(counts).toHaveLength(2)
  expect(Math.abs((counts[0] ?? 0) - (counts[1] ?? 0))).toBeLessThanOrEqual(2)
  expect(Math.min(...counts)).toBeGreaterThan(10)
})

test('a message deleted amid the reply is posted anew', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.append('One')
  await time.advance(1_000)
  platform.delete('m1')
  writer.append(' two')
  await time.advance(1_000)
  expect(platform.screen).toEqual(['One two'])
  await Promise.all([writer.finish(), time.advance(1_000)])
  expect(platform.screen).toEqual(['One two'])
})

test('refused markup goes once more as plain text, and stays plain', async () => {
  for (const streams of [false, true]) {
    const { time, platform, write } = setUp({ refusesMarkup: true, streams })
    const writer = write()
    writer.append('One **two**')
    await time.advance(1_000)
    writer.append(' three')
    await time.advance(1_000)
    await Promise.all([writer.finish(), time.advance(1_000)])
    expect(platform.screen).toEqual(['One **two** three'])
  }
})

test('a post nobody heard of is looked for where that is possible, else made again', async () => {
  for (const findsPosted of [true, false]) {
    const { time, platform, write } = setUp({ findsPosted })
    platform.fail('post', { kind: 'answer-lost' })
    const writer = write()
    writer.append('One')
    await time.advance(10_000)
    writer.append(' two')
    await time.advance(10_000)
    await Promise.all([writer.finish(), time.advance(10_000)])
    expect(platform.screen).toEqual(findsPosted ? ['One two'] : ['One', 'One two'])
  }
})

test('a call that hangs for ever holds nobody for ever', async () => {
  const { time, platform, write } = setUp()
  platform.fail('post', { kind: 'hang' })
  const writer = write()
  writer.append('One')
  const finished = writer.finish()
  await time.advance(60_000)
  await finished
  expect(platform.screen).toEqual(['One'])
})

test('the end is tried until it stands', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.append('One')
  await time.advance(1_000)
  platform.fail('edit', { kind: 'unavailable' }, 8)
  writer.append(' two')
  const finished = writer.finish()
  await time.advance(600_000)
  await finished
  expect(platform.screen).toEqual(['One two'])
})

test('a place that may not be written to ends the reply, and says so to whoever finishes it', async () => {
  const { time, platform, write } = setUp()
  platform.fail('post', { kind: 'denied' })
  const writer = write()
  writer.append('One')
  await time.advance(1_000)
  writer.append(' two')
  await expect(writer.finish()).rejects.toMatchObject({ kind: 'denied' })
  expect(platform.callsOf('post')).toHaveLength(1)
})

test('a rate limit that no budget names is waited out all the same', async () => {
  const { time, platform, write } = setUp({ streams: true, limits: { budgets: [] } })
  platform.fail('update', { kind: 'rate-limited', retryAfterMs: 5_000 }, 3)
  const writer = write()
  writer.append('One')
  await time.advance(4_999)
  expect(platform.callsOf('update')).toHaveLength(1)
  await time.advance(60_000)
  expect([...platform.drafts.values()]).toEqual(['One'])
})

test('text known better than by its pieces replaces what stood', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.append('One tow')
  await time.advance(1_000)
  writer.replace('One two')
  await time.advance(1_000)
  expect(writer.text).toBe('One two')
  await Promise.all([writer.finish(), time.advance(1_000)])
  expect(platform.screen).toEqual(['One two'])
})

test('after the signal nothing more is sent, and finishing rejects', async () => {
  const { time, platform, letGo, write } = setUp()
  const writer = write()
  writer.append('One')
  await time.advance(1_000)
  letGo.abort(new Error('the process is stopping'))
  writer.append(' two')
  await expect(writer.finish()).rejects.toThrow('stopping')
  await time.advance(60_000)
  expect(platform.screen).toEqual(['One'])
})

test('nothing is posted for a reply that never says a word', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.append(' \n\n ')
  await time.advance(10_000)
  await Promise.all([writer.finish(), time.advance(1_000)])
  expect(platform.calls).toEqual([])
})

test('a status stands in the reply’s own form, moves, and makes way for the first text in its message', async () => {
  const { time, platform, write } = setUp(paced)
  const outbox = platform.outbox()
  // What is sent as plain words may be a message of another kind, in which no reply can grow.
  const plain = (): never => {
    throw new Error('a status was sent as plain words')
  }
  const writer = write({ outbox: { ...outbox, renderer: { ...outbox.renderer, plain } } })
  writer.setStatus('10 %')
  await time.advance(100)
  expect(platform.screen).toEqual(['10 %'])
  writer.setStatus('50 %')
  await time.advance(2_000)
  expect(platform.screen).toEqual(['50 %'])
  writer.setStatus(undefined)
  writer.append('Done.')
  const done = writer.finish()
  await time.advance(5_000)
  await done
  expect(platform.screen).toEqual(['Done.'])
  expect(platform.messages).toHaveLength(1)
})
