// Does an account come and go without leaving anything: connections, timers, events that go to one who is no more?
import { afterEach, expect, test } from 'vitest'
import type { ChatEvent, SenderId } from '../../src/contract/event.ts'
import type { Inbox, Platform } from '../../src/contract/platform.ts'
import type { Memory } from '../../src/contract/runtime.ts'
import { startFeishuEmulator, type FeishuEmulator } from '../../src/emulators/feishu/index.ts'
import { countedFetch } from '../../test/support/counted-fetch.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createRealClock } from '../../test/support/real-clock.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { createPlatform, type FeishuBody } from './index.ts'

const PATIENCE = { timeoutMs: 10_000 }
const never = new AbortController().signal
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function emulate(options: Parameters<typeof startFeishuEmulator>[0] = {}): Promise<FeishuEmulator> {
  const emulator = await startFeishuEmulator({ limits: false, timeScale: 0.001, ...options })
  ends.push(() => emulator.close())
  return emulator
}

interface Tenure {
  readonly platform: Platform<FeishuBody>
  readonly events: readonly ChatEvent[]
  readonly log: ReturnType<typeof createQuietLogger>
  start(more?: { readonly rolesWanted?: boolean; readonly inbox?: Inbox }): Promise<void>
  leftovers(): { readonly sleeps: number; readonly requests: number }
}

function tenureAt(emulator: FeishuEmulator, memory: Memory = createMemoryNotes()): Tenure {
  const clock = createRealClock()
  const log = createQuietLogger()
  const { fetch, open } = countedFetch()
  const settings = { appId: emulator.appId, appSecret: emulator.appSecret, domain: emulator.url }
  const metrics = createSilentMetrics()
  const platform = createPlatform('feishu', settings, { clock, log, metrics, words: keysAsWords, fetch })
  const events: ChatEvent[] = []
  const take: Inbox = async (event) => {
    events.push(event)
    return { show: 'nothing' }
  }
  return {
    platform,
    events,
    log,
    start({ rolesWanted = false, inbox = take } = {}) {
      ends.push(() => platform.stop())
      return platform.start(inbox, { commands: [], memory, rolesWanted, signal: never })
    },
    leftovers: () => ({ sleeps: clock.sleepers, requests: open() }),
  }
}

const CLEAN = { sleeps: 0, requests: 0 }

test('thirty tenures one after another leave nothing behind, and lose no word', async () => {
  const emulator = await emulate()
  const ann = emulator.person()
  const listeners = (): number => process.listenerCount('exit') + process.listenerCount('uncaughtException')
  const before = listeners()
  for (let round = 0; round < 30; round += 1) {
    const tenure = tenureAt(emulator)
    await tenure.start()
    emulator.say(ann, ann, `round ${round}`)
    await emulator.waitFor(({ pendingEvents }) => pendingEvents().length === 0, PATIENCE)
    expect(tenure.events).toMatchObject([{ kind: 'message', text: `round ${round}` }])
    await tenure.platform.stop()
    expect(tenure.leftovers()).toEqual(CLEAN)
  }
  await emulator.waitFor(({ socket }) => socket.connections === 0, PATIENCE)
  expect(emulator.store.connections).toHaveLength(30)
  expect(listeners()).toBe(before)
})

test('after its end no event goes to it any more: the next tenure hears everything', async () => {
  const emulator = await emulate()
  const ann = emulator.person()
  const [first, next] = [tenureAt(emulator), tenureAt(emulator)]
  await first.start()
  await next.start()
  await first.platform.stop()
  await emulator.waitFor(({ socket }) => socket.connections === 1, PATIENCE)
  for (let n = 0; n < 20; n += 1) emulator.say(ann, ann, String(n))
  await emulator.waitFor(({ pendingEvents }) => pendingEvents().length === 0, PATIENCE)
  expect(first.events).toEqual([])
  expect(next.events).toHaveLength(20)
})

test.each(['endpoint', 'bot.info', 'token', 'upgrade'])(
  'it ends at once also where the server is frozen (%s)',
  async (operation) => {
    const emulator = await emulate()
    const tenure = tenureAt(emulator)
    const hang = emulator.faults.add({ fault: { do: 'hang' }, operations: [operation], times: Infinity })
    const starting = tenure.start()
    await emulator.waitFor(() => hang.hits > 0, PATIENCE)
    await tenure.platform.stop()
    await starting
    // A token asked for is waited for on its own, and not for long: whoever still has to write needs it, too.
    if (operation !== 'token') expect(tenure.leftovers()).toEqual(CLEAN)
    expect(emulator.socket.connections).toBe(0)
  },
)

test('what it could not store any more is told to the next one', async () => {
  const emulator = await emulate({ ackWithinMs: 200 })
  const ann = emulator.person()
  const [first, next] = [tenureAt(emulator), tenureAt(emulator)]
  const taken = Promise.withResolvers<undefined>()
  await first.start({
    inbox: async (_, signal) => {
      taken.resolve(undefined)
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))))
      return { show: 'nothing' }
    },
  })
  const { eventId } = emulator.say(ann, ann, 'hello')
  await taken.promise
  await first.platform.stop()
  await next.start()
  await emulator.waitFor(({ pendingEvents }) => pendingEvents().length === 0, PATIENCE)
  expect(next.events).toMatchObject([{ kind: 'message', text: 'hello' }])
  expect(emulator.store.acks.filter((ack) => ack.eventId === eventId && ack.code === 200)).toHaveLength(1)
})

test('a person is written to first by their id, and in their chat once it is known', async () => {
  const emulator = await emulate()
  const ann = emulator.person()
  const tenure = tenureAt(emulator)
  await tenure.start()
  const write = async (key: string): Promise<void> => {
    const target = await tenure.platform.openDirect?.(ann.id as SenderId, never)
    if (target === undefined) throw new Error('expected a target')
    const outbox = tenure.platform.outboxFor(target)
    await outbox.post(outbox.renderer.plain(key), { key, controls: [] }, never)
  }
  const calls = emulator.store.calls.length
  await tenure.platform.openDirect?.(ann.id as SenderId, never)
  expect(emulator.store.calls).toHaveLength(calls)
  await write('first')
  emulator.say(ann, ann, 'hello')
  await emulator.waitFor(() => tenure.events.length === 1, PATIENCE)
  await emulator.waitFor(({ pendingEvents }) => pendingEvents().length === 0, PATIENCE)
  await write('second')
  expect(emulator.screen(ann).map(({ text }) => text)).toEqual(['first', 'hello', 'second'])
  const types = emulator.store.calls
    .filter(({ operation }) => operation === 'message.create')
    .map(({ query }) => query['receive_id_type'])
  expect(types).toEqual(['open_id', 'chat_id'])
})

test('departments stand with the sender of words and presses, where they are wanted', async () => {
  const emulator = await emulate()
  const ann = emulator.person({ departments: ['od-1', 'od-2'] })
  const tenure = tenureAt(emulator)
  await tenure.start({ rolesWanted: true })
  emulator.say(ann, ann, 'hello')
  await emulator.waitFor(() => tenure.events.length === 1, PATIENCE)
  expect(tenure.events).toMatchObject([{ sender: { id: ann.id, roles: ['od-1', 'od-2'] } }])
  const asked = emulator.store.calls.filter(({ operation }) => operation === 'user.get')
  emulator.say(ann, ann, 'again')
  await emulator.waitFor(() => tenure.events.length === 2, PATIENCE)
  expect(tenure.events[1]).toMatchObject({ sender: { roles: ['od-1', 'od-2'] } })
  expect(emulator.store.calls.filter(({ operation }) => operation === 'user.get')).toEqual(asked)
})

test.each(['hidden', 'refused'] as const)(
  'departments that are %s: no roles, one warning, a hint by check',
  async (departments) => {
    const emulator = await emulate({ departments })
    const ann = emulator.person({ departments: ['od-1'] })
    const tenure = tenureAt(emulator)
    await tenure.start({ rolesWanted: true })
    for (const text of ['a', 'b']) emulator.say(ann, ann, text)
    await emulator.waitFor(() => tenure.events.length === 2, PATIENCE)
    for (const event of tenure.events) expect('sender' in event && event.sender.roles).toBe(undefined)
    const warnings = tenure.log.lines.filter(({ message }) =>
      message.includes('contact:user.department:readonly'),
    )
    expect(warnings).toHaveLength(1)
    const finding = (await tenure.platform.check(never)).find(
      ({ subject }) => subject === 'feishu departments',
    )
    expect(finding?.verdict).toBe(departments === 'refused' ? 'warning' : 'ok')
  },
)

test('where nobody asks for roles, nobody is asked', async () => {
  const emulator = await emulate()
  const ann = emulator.person({ departments: ['od-1'] })
  const tenure = tenureAt(emulator)
  await tenure.start()
  emulator.say(ann, ann, 'hello')
  await emulator.waitFor(() => tenure.events.length === 1, PATIENCE)
  expect(emulator.store.calls.filter(({ operation }) => operation === 'user.get')).toEqual([])
})
