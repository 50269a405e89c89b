// A surface that dies after a while is left in time: the reply goes on in the next one, and nothing of it is lost.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFakePlatform } from '../../test/support/fake-platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createPlainRenderer } from '../../test/support/plain-renderer.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import type { PartRecord } from '../contract/turn.ts'
import { textParts } from '../../test/support/reply-laws.ts'
import { createReplyDocument } from './document.ts'
import { createPacer } from './pace.ts'
import { createReplyWriter } from './write.ts'

const SURFACE_LIVES_MS = 8 * 60_000

function setUp() {
  const time = createManualClock()
  const { clock } = time
  const log = createQuietLogger()
  const metrics = createSilentMetrics()
  const platform = createFakePlatform('fake', clock, {
    streams: true,
    showsAsides: true,
    maxChars: 4_000,
    limits: { budgets: [], surfaceLivesMs: SURFACE_LIVES_MS },
  })
  const saved: (readonly PartRecord[])[] = []
  const writer = createReplyWriter({
    account: 'fake',
    outbox: platform.outbox(),
    pacer: createPacer({ clock, log, metrics }),
    clock,
    log,
    metrics,
    settings: { minChars: 1, maxWaitMs: 0, quote: 'never' },
    signal: new AbortController().signal,
    keyBase: 'key',
    controls: [],
    askedAtMs: clock.elapsed(),
    saveParts: async (parts) => void saved.push(parts),
  })
  return { time, platform, saved, writer }
}

test('a reply that grows for half an hour goes from surface to surface, each finished before it dies', async () => {
  const { time, platform, saved, writer } = setUp()
  let text = ''
  const lastUpdateOf = new Map<string, number>()
  for (let minute = 0; minute < 30; minute += 1) {
    const sentence = `Minute ${minute} has come and gone.\n\n`
    text += sentence
    writer.append(sentence)
    await time.advance(60_000)
  }
  const finished = writer.finish()
  await time.advance(1_000)
  await finished
  expect(platform.screen.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
  expect(platform.screen.length).toBe(4)
  const firstOf = new Map<string, number>()
  for (const { call, key, atMs } of platform.calls) {
    if (key === undefined || (call !== 'update' && call !== 'finish')) continue
    firstOf.set(key, firstOf.get(key) ?? atMs)
    lastUpdateOf.set(key, atMs)
  }
  for (const [key, atMs] of lastUpdateOf) {
    expect(atMs - (firstOf.get(key) ?? 0), key).toBeLessThan(10 * 60_000)
  }
  expect(saved.at(-1)?.every(({ done }) => done)).toBe(true)
})

test('a surface that only thought until it was old is not left after a few words', async () => {
  const { time, platform, writer } = setUp()
  for (let minute = 0; minute < 9; minute += 1) {
    writer.setThought({ title: 'T', text: `minute ${minute}`, isOver: false })
    await time.advance(60_000)
  }
  const text = 'The answer comes in small pieces, as answers do, and it is short.'
  for (const word of text.split(/(?<= )/)) {
    writer.append(word)
    await time.advance(1_000)
  }
  const finished = writer.finish()
  await time.advance(1_000)
  await finished
  expect(platform.screen).toEqual([`{T: minute 8}\n${text}`])
})

test('a rotated part stays where it was cut, and what follows begins there', () => {
  const renderer = createPlainRenderer(4_000)
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z \n.]{1,60}$/), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 11 }),
      (pieces, when) => {
        const document = createReplyDocument(renderer)
        const sealed = pieces.flatMap((piece, n) => {
          document.append(piece)
          if (n === when) document.rotate()
          return document.frame().sealed
        })
        document.finish()
        const parts = [...sealed, ...document.frame().sealed]
        expect(parts.map(({ from }) => from)).toEqual(
          [0, ...parts.map(({ to }) => to)].slice(0, parts.length),
        )
        expect(parts.at(-1)?.to ?? 0).toBe(parts.length === 0 ? 0 : pieces.join('').length)
      },
    ),
  )
})

test('a fence that is open when its surface dies is closed there and opened again in the next', () => {
  const document = createReplyDocument(createPlainRenderer(4_000))
  document.append('Run this:\n\n```sh\necho one\necho two\n')
  document.frame()
  document.append('echo three\n')
  document.rotate()
  const [first] = textParts(document.frame().sealed)
  document.append('echo four\n```\n')
  document.finish()
  const [second] = textParts(document.frame().sealed)
  expect(first?.body.text).toContain('echo one')
  expect(second?.body.text).toMatch(/^<sh>/)
  expect(second?.body.text).toContain('echo four')
})
