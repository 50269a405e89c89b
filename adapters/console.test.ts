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

const oslo = { kind: 'choice', token: 't1', label: 'Oslo' } as const
const bergen = { kind: 'choice', token: 't2', label: 'Bergen' } as const

test('a choice is made by its number, with or without its sign', async () => {
  const terminal = await open(false)
  const surface = await surfaceIn(terminal)
  const id = await surface.finish('Where?', { controls: [oslo, bergen] }, patience())
  expect(terminal.screen()).toBe('Where?\n[1] Oslo  [2] Bergen\n')
  terminal.input.write('#1\n2\n3\n')
  await terminal.recorded.nth(4, patience())
  expect(terminal.recorded.events.slice(1)).toMatchObject([
    { kind: 'action', token: 't1', messageId: id },
    { kind: 'action', token: 't2', messageId: id },
    { kind: 'message', text: '3' },
  ])
  expect(terminal.recorded.events[1]).not.toHaveProperty('opensForm')
  await terminal.platform.stop()
})

test('a number alone is a word where no choice is asked for; the sign presses all the same', async () => {
  const terminal = await open(false)
  const outbox = terminal.platform.outboxFor({ account: 'console', place: {} })
  const again = { kind: 'again', token: 'a', label: 'Again' } as const
  await outbox.post(
    'Done.',
    { key: 'k', controls: [{ kind: 'thumbs', upToken: 'u', downToken: 'd' }, again] },
    patience(),
  )
  expect(terminal.screen()).toBe('Done.\n[#1] 👍  [#2] 👎  [#3] Again\n')
  terminal.input.write('3\n#2\n#3\n')
  expect(await terminal.recorded.nth(1, patience())).toMatchObject({ kind: 'message', text: '3' })
  expect(await terminal.recorded.nth(2, patience())).toMatchObject({ kind: 'action', token: 'd' })
  expect(await terminal.recorded.nth(3, patience())).toMatchObject({ kind: 'action', token: 'a' })
  await terminal.platform.stop()
})

test('below a newer message, a choice still has its sign, but a number is the answer to what was asked last', async () => {
  const terminal = await open(false)
  const outbox = terminal.platform.outboxFor({ account: 'console', place: {} })
  const asked = await outbox.post('Where?', { key: 'k1', controls: [oslo] }, patience())
  await outbox.post(
    'How many?',
    { key: 'k2', controls: [{ kind: 'reply', placeholder: 'days' }] },
    patience(),
  )
  expect(terminal.screen()).toBe('Where?\n[1] Oslo\nHow many?\n✎ days\n')
  terminal.input.write('1\n#1\n')
  expect(await terminal.recorded.nth(1, patience())).toMatchObject({ kind: 'message', text: '1' })
  expect(await terminal.recorded.nth(2, patience())).toMatchObject({ kind: 'action', token: 't1' })
  await outbox.edit(asked, '✓ Oslo', { controls: [] }, patience())
  terminal.input.write('#1\n')
  expect(await terminal.recorded.nth(3, patience())).toMatchObject({ kind: 'message', text: '#1' })
  expect(terminal.screen()).toBe('✓ Oslo\n')
  await terminal.platform.stop()
})

test('links are printed, and labels stay on their line', async () => {
  const terminal = await open(false)
  const outbox = terminal.platform.outboxFor({ account: 'console', place: {} })
  const controls = [
    { kind: 'link', label: 'Open', url: 'https://a.b/c' },
    { kind: 'suggestion', token: 's', label: 'And\ntomorrow\x1b[2J?' },
  ] as const
  await outbox.post('Here.', { key: 'k', controls }, patience())
  expect(terminal.screen()).toBe('Here.\n[#1] And tomorrow?\n→ Open: https://a.b/c\n')
  await terminal.platform.stop()
})

test('many buttons take as many lines as they need', async () => {
  const terminal = await open(false)
  const outbox = terminal.platform.outboxFor({ account: 'console', place: {} })
  const controls = ['a', 'b', 'c'].map((token) => ({
    kind: 'suggestion' as const,
    token,
    label: token.repeat(30),
  }))
  await outbox.post('Here.', { key: 'k', controls }, patience())
  const [, first, second] = terminal.screen().split('\n')
  expect(first).toBe(`[#1] ${'a'.repeat(30)}  [#2] ${'b'.repeat(30)}`)
  expect(second).toBe(`[#3] ${'c'.repeat(30)}`)
  await terminal.platform.stop()
})

test('a reply that waited for a person goes on below their answer, without its beginning', async () => {
  for (const isTerminal of [true, false]) {
    const terminal = await open(isTerminal)
    const surface = await surfaceIn(terminal)
    const state = await surface.update('Where?', { controls: [oslo] }, patience())
    await surface.finish('Where?', { controls: [oslo] }, patience())
    terminal.input.write('1\n')
    await terminal.recorded.nth(2, patience())
    terminal.screen()
    const outbox = terminal.platform.outboxFor({ account: 'console', place: {} })
    const resumed = outbox.openStream?.({ key: 'k', resume: state })
    await resumed?.update('Where?', { controls: [] }, patience())
    expect(terminal.screen()).toBe('')
    await resumed?.finish('Where?\n\nSunny in Oslo.', { controls: [] }, patience())
    expect(terminal.screen()).toBe('Sunny in Oslo.\n')
    await terminal.platform.stop()
  }
})

test('when somebody types into a growing reply, it goes on below with the line that was being written', async () => {
  const terminal = await open(true)
  const surface = await surfaceIn(terminal)
  await surface.update('One.\n\nTw', { controls: [] }, patience())
  terminal.input.write('/help\n')
  await terminal.recorded.nth(2, patience())
  terminal.screen()
  await surface.update('One.\n\nTwo.', { controls: [] }, patience())
  expect(terminal.screen()).toBe('Two.\n')
  await surface.finish('One.\n\nTwo.\n\nThree.', { controls: [] }, patience())
  expect(terminal.screen()).toBe('\x1b[1A\r\x1b[JTwo.\n\nThree.\n')
  await terminal.platform.stop()
})

test('what is said at once to a press or a command is printed', async () => {
  const terminal = await open(false)
  terminal.recorded.answer({ show: 'notice', notice: { key: 'action.done' } })
  terminal.input.write('/stop\n')
  await terminal.recorded.nth(1, patience())
  await terminal.time.settle()
  expect(terminal.screen()).toBe('action.done\n')
  await terminal.platform.stop()
})

test('what stands behind a command is left as it was typed; a path is no command', async () => {
  const { input, platform, recorded } = await open(false)
  input.end('/Weather city="New  York" days:3\n/usr/bin is a folder\n')
  await recorded.nth(2, patience())
  expect(recorded.events).toMatchObject([
    { kind: 'command', name: 'weather', options: {}, rest: 'city="New  York" days:3' },
    { kind: 'message', text: '/usr/bin is a folder' },
  ])
  expect(recorded.events[0]).not.toHaveProperty('opensForm')
  await platform.stop()
})

test('it asks for nothing in forms: the bridge asks field by field', async () => {
  const { platform } = await open(false)
  const outbox = platform.outboxFor({ account: 'console', place: {} })
  expect(outbox.ask).toBeUndefined()
  expect(outbox.limits.maxFormFields).toBeUndefined()
  await platform.stop()
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
