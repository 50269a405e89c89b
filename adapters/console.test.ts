// Does the terminal keep the contract: lines in, growing replies out?
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createMemoryNotes } from '../test/support/memory-notes.ts'
import { createQuietLogger } from '../test/support/quiet-logger.ts'
import { createManualClock } from '../test/support/manual-clock.ts'
import { createRecordingInbox } from '../test/support/recording-inbox.ts'
import { createSilentMetrics } from '../test/support/silent-metrics.ts'
import { keysAsWords } from '../test/support/words.ts'
import type { Surface } from '../src/contract/platform.ts'
import { adapters } from './index.ts'
import { createPlatform } from './console.ts'

const patience = (): AbortSignal => AbortSignal.timeout(5_000)

async function open(isTerminal: boolean) {
  const input = new PassThrough()
  const output = new PassThrough({ encoding: 'utf8' })
  const time = createManualClock()
  const platform = createPlatform(
    'console',
    { input, output, isTerminal, locale: 'en' },
    {
      clock: time.clock,
      log: createQuietLogger(),
      metrics: createSilentMetrics(),
      words: keysAsWords,
      fetch: async () => Promise.reject(new Error('no network here')),
    },
  )
  const recorded = createRecordingInbox()
  await platform.start(recorded.inbox, {
    commands: [],
    memory: createMemoryNotes(),
    signal: new AbortController().signal,
  })
  return { input, platform, recorded, time, screen: () => String(output.read() ?? '') }
}

async function surfaceIn(terminal: Awaited<ReturnType<typeof open>>): Promise<Surface<string>> {
  terminal.input.write('hello\n')
  const event = await terminal.recorded.nth(1, patience())
  if (event.kind !== 'message') throw new Error('expected a message')
  const surface = terminal.platform.outboxFor(event.replyTarget).openStream?.({ key: 'k' })
  if (surface === undefined) throw new Error('expected a surface')
  return surface
}

test('lines are messages, slashes commands, in order, each under an id of its own', async () => {
  const { input, platform, recorded } = await open(false)
  input.end('hello\n\n/new  now please\n再见\n')
  await recorded.nth(3, patience())
  expect(recorded.events).toMatchObject([
    { kind: 'message', text: 'hello', chatKind: 'direct', sender: { locale: 'en' } },
    { kind: 'command', name: 'new', rest: 'now please' },
    { kind: 'message', text: '再见' },
  ])
  expect(new Set(recorded.events.map(({ id }) => id)).size).toBe(3)
  await platform.stop()
})

test('a line that was not stored is offered again', async () => {
  const { input, platform, recorded, time } = await open(false)
  recorded.refuse(1)
  input.write('hello\n')
  const stored = recorded.nth(1, patience())
  while (recorded.refused === 0) await time.settle()
  await time.advance(500)
  expect(await stored).toMatchObject({ text: 'hello' })
  await platform.stop()
})

test('a terminal shows the reply growing in place', async () => {
  const terminal = await open(true)
  const surface = await surfaceIn(terminal)
  await surface.update('Hel', { controls: [] }, patience())
  await surface.finish('Hello\nyou', { controls: [] }, patience())
  expect(terminal.screen()).toBe('Hel\n\x1b[1A\r\x1b[JHello\nyou\n')
  await terminal.platform.stop()
})

test('a file gets finished replies only', async () => {
  const terminal = await open(false)
  const surface = await surfaceIn(terminal)
  await surface.update('Hel', { controls: [] }, patience())
  await surface.finish('Hello', { controls: [] }, patience())
  expect(terminal.screen()).toBe('Hello\n')
  await terminal.platform.stop()
})

test('a button is pressed by its number', async () => {
  const terminal = await open(false)
  const surface = await surfaceIn(terminal)
  await surface.finish('Which?', { controls: [{ kind: 'choice', token: 't1', label: 'This' }] }, patience())
  expect(terminal.screen()).toBe('Which?\n[#1 This]\n')
  terminal.input.write('#1\n')
  expect(await terminal.recorded.nth(2, patience())).toMatchObject({ kind: 'action', token: 't1' })
  await terminal.platform.stop()
})

test('answers to nobody cannot bring escape codes to the terminal', async () => {
  const { platform } = await open(true)
  const { renderer } = platform.outboxFor({ account: 'console', place: {} })
  const evil = 'a\x1b[2J\x07\rb'
  const span = { kind: 'text', text: evil } as const
  expect(renderer.render([{ kind: 'paragraph', spans: [span] }])).toBe('ab')
  expect(renderer.plain(evil)).toBe('ab')
  await platform.stop()
})

test('links show their text and where they lead', async () => {
  const { platform } = await open(false)
  const { renderer } = platform.outboxFor({ account: 'console', place: {} })
  const link = (text: string) =>
    ({ kind: 'link', url: 'https://a.b', spans: [{ kind: 'text', text }] }) as const
  const shown = renderer.render([{ kind: 'paragraph', spans: [link('here'), link('see https://a.b')] }])
  expect(shown).toBe('here (https://a.b)see https://a.b')
  await platform.stop()
})

test('every listed adapter loads', async () => {
  for (const load of Object.values(adapters)) expect((await load()).createPlatform).toBeTypeOf('function')
})
