// Does what stands beside a reply ever cost a word of it, or stay when it is over? By the writer, over a fake platform.

import { expect, test } from 'vitest'
import { createFakePlatform, type FakeSettings } from '../../test/support/fake-platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import type { PlainBody } from '../../test/support/plain-renderer.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import { PlatformError } from '../contract/errors.ts'
import type { Control, Outbox, Surface } from '../contract/platform.ts'
import { createPacer } from './pace.ts'
import { createReplyWriter, type WriterOptions } from './write.ts'

const STOP: Control = { kind: 'stop', token: 's', label: 'Stop' }
const thoughtOf = (text: string, isOver = false) => ({ title: 'T', text, isOver })
const KINDS = [{}, { streams: true }] satisfies FakeSettings[]

function setUp(settings: FakeSettings = {}) {
  const time = createManualClock()
  const { clock } = time
  const log = createQuietLogger()
  const firstTextMs: number[] = []
  const metrics = {
    ...createSilentMetrics(),
    observe(name: string, value: number) {
      if (name === 'bridge_first_text_seconds') firstTextMs.push(value)
    },
  }
  const platform = createFakePlatform('fake', clock, {
    limits: { budgets: [], typingLastsMs: 5_000 },
    showsAsides: true,
    ...settings,
  })
  const sent: PlainBody[] = []
  const outbox = filtered(platform.outbox(), sent)
  const write = (options: Partial<WriterOptions<PlainBody>> = {}) =>
    createReplyWriter<PlainBody>({
      account: 'fake',
      outbox,
      pacer: createPacer({ clock, log, metrics }),
      clock,
      log,
      metrics,
      settings: { minChars: 1, maxWaitMs: 0, quote: 'never' },
      signal: new AbortController().signal,
      keyBase: 'key',
      controls: [STOP],
      askedAtMs: clock.elapsed(),
      saveParts: async () => undefined,
      ...options,
    })
  const seen = (): readonly string[] => [...platform.screen, ...platform.drafts.values()]
  return { time, platform, sent, firstTextMs, write, seen }
}

/** Refuses a word, as content filters do, and what is empty, as every platform does. */
function filtered(outbox: Outbox<PlainBody>, sent: PlainBody[]): Outbox<PlainBody> {
  const look = (body: PlainBody): void => {
    sent.push(body)
    if (!/^\s*$|forbidden/.test(body.text)) return
    throw new PlatformError('fake', 'rejected', 'not allowed here')
  }
  const { openStream } = outbox
  const through = (surface: Surface<PlainBody>): Surface<PlainBody> => ({
    ...surface,
    async update(body, frame, signal) {
      look(body)
      return await surface.update(body, frame, signal)
    },
    async finish(body, opts, signal) {
      look(body)
      return await surface.finish(body, opts, signal)
    },
  })
  return {
    ...outbox,
    async post(body, opts, signal) {
      look(body)
      return await outbox.post(body, opts, signal)
    },
    async edit(id, body, opts, signal) {
      look(body)
      await outbox.edit(id, body, opts, signal)
    },
    ...(openStream ? { openStream: (opts) => through(openStream(opts)) } : {}),
  }
}

test.each(KINDS)('a thought that is refused goes, and the answer comes as it is: %o', async (settings) => {
  for (const before of ['', 'Well. ']) {
    const { time, platform, sent, write } = setUp(settings)
    const writer = write()
    if (before !== '') writer.setThought(thoughtOf(before))
    await time.advance(1_000)
    writer.setThought(thoughtOf(`${before}Something forbidden`))
    await time.advance(2_000)
    writer.setThought(thoughtOf(`${before}Something forbidden, and more`))
    await time.advance(2_000)
    writer.setThought(thoughtOf(`${before}Something forbidden, and more`, true))
    writer.append('One **two**')
    await time.advance(2_000)
    const finished = writer.finish()
    await time.advance(60_000)
    await finished
    expect(platform.screen).toEqual(['One two'])
    expect(sent.filter(({ text }) => text.trim() === '')).toEqual([])
    expect(sent.filter(({ text }) => text.includes('forbidden'))).toHaveLength(1)
  }
})

test.each(KINDS)('a thought that is refused at the very end is left out: %o', async (settings) => {
  for (const end of ['finish', 'rest'] as const) {
    const { time, platform, write } = setUp(settings)
    const writer = write()
    writer.append('One **two**')
    await time.advance(1_000)
    writer.append(' three')
    const finished = writer[end]([])
    writer.setThought(thoughtOf('forbidden', true))
    await time.advance(60_000)
    await finished
    expect(platform.screen).toEqual(['One two three'])
    expect(platform.messages[0]?.controls).toEqual([])
  }
})

test.each(KINDS)('a status that is refused costs no word: %o', async (settings) => {
  const { time, platform, write } = setUp(settings)
  const writer = write()
  writer.setStatus('Using forbidden…')
  await time.advance(2_000)
  writer.append('One **two**')
  await time.advance(2_000)
  const finished = writer.finish()
  await time.advance(60_000)
  await finished
  expect(platform.screen).toEqual(['One two'])
})

test('words that are refused themselves are given up', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.setThought(thoughtOf('Hm.'))
  writer.append('Something forbidden')
  const finished = writer.finish()
  const refused = expect(finished).rejects.toMatchObject({ kind: 'rejected' })
  await time.advance(60_000)
  await refused
  expect(platform.screen).toEqual([])
})

test('where a reply ends without a word, no status and no button of it is left', async () => {
  const { time, platform, write } = setUp()
  const writer = write()
  writer.setStatus('Using x…')
  await time.advance(1_000)
  expect(platform.messages[0]).toMatchObject({ states: ['Using x…'], controls: [STOP] })
  const finished = writer.finish()
  await time.advance(1_000)
  await finished
  expect(platform.messages).toMatchObject([{ states: ['Using x…', '🔊'], controls: [] }])
})

test('where a reply ends without a word, its draft is given up', async () => {
  const { time, platform, write, seen } = setUp({ streams: true })
  const writer = write()
  writer.setStatus('Using x…')
  await time.advance(1_000)
  expect(seen()).toEqual(['Using x…'])
  const finished = writer.finish()
  await time.advance(1_000)
  await finished
  expect(seen()).toEqual([])
  expect(platform.callsOf('abandon')).toHaveLength(1)
})

test('the first text is counted when words stand, not when a thought does; and nothing waits below a thought', async () => {
  const { time, platform, firstTextMs, write } = setUp()
  const writer = write({ settings: { minChars: 20, maxWaitMs: 60_000, quote: 'never' } })
  writer.setThought(thoughtOf('x'.repeat(30)))
  await time.advance(4_000)
  expect(platform.screen).toHaveLength(1)
  expect(firstTextMs).toEqual([])
  const typed = platform.callsOf('typing').length
  writer.append('Hi')
  await time.advance(20_000)
  expect(platform.screen).toEqual([`{T: ${'x'.repeat(30)}}\nHi`])
  expect(firstTextMs).toEqual([4_000])
  expect(platform.callsOf('typing')).toHaveLength(typed)
  writer.append(' there')
  const finished = writer.finish()
  await time.advance(1_000)
  await finished
  expect(firstTextMs).toHaveLength(1)
})
