// Is what was missed found in the end, when its history cannot be read at once, and when the next outage comes meanwhile?
import { expect, test, vi } from 'vitest'
import { discordStage, onceInbox, PATIENCE_MS } from '../../test/support/discord-stage.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createMemoryNotes } from '../../test/support/memory-notes.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createCatchUp } from './catch-up.ts'
import { createGuilds } from './guilds.ts'
import { createLastSeen } from './last-seen.ts'

const eventually = { timeout: PATIENCE_MS, interval: 20 }

async function setUp(answer: (after: string) => Promise<unknown>) {
  const time = createManualClock()
  const log = createQuietLogger()
  const seen = createLastSeen({ memory: createMemoryNotes(), clock: time.clock, log })
  await seen.load()
  seen.note({ channelId: '7', messageId: '1000', direct: true }, false, 1)
  const stopping = new AbortController()
  const offered: string[] = []
  let turn = Promise.resolve()
  const catchUp = createCatchUp({
    account: 'dc',
    api: { call: ({ query }) => answer(query?.['after'] ?? '') },
    clock: time.clock,
    log,
    seen,
    guilds: createGuilds(),
    inTurn: (_channel, work) => {
      turn = turn.then(work)
    },
    async offerMissed(message) {
      offered.push(String(message['id']))
      seen.note({ channelId: '7', messageId: String(message['id']), direct: true }, false)
      return true
    },
    signal: stopping.signal,
  })
  return { catchUp, offered, seen, stopping, time, turn: () => turn }
}

test('what cannot be fetched is tried again, and later messages do not hide it', async () => {
  let isDown = true
  const { catchUp, offered, seen, time } = await setUp(async () => {
    if (isDown) throw new Error('ECONNRESET')
    return offered.length === 0 ? [{ id: '1001' }] : []
  })
  catchUp.onReady({ guilds: [] })
  await time.advance(40_000)
  seen.note({ channelId: '7', messageId: '1002', direct: true }, true)
  expect(seen.of('7')).toBe('1000')
  isDown = false
  await time.advance(70_000)
  expect(offered).toEqual(['1001'])
  seen.note({ channelId: '7', messageId: '1003', direct: true }, true)
  expect(seen.of('7')).toBe('1003')
})

test('a second outage while the first is being caught up is caught up too', async () => {
  const first = Promise.withResolvers<unknown>()
  let calls = 0
  const { catchUp, offered, time } = await setUp(() => {
    calls += 1
    return calls === 1 ? first.promise : Promise.resolve(offered.includes('1002') ? [] : [{ id: '1002' }])
  })
  catchUp.onReady({ guilds: [] })
  await time.settle()
  catchUp.onReady({ guilds: [] })
  first.resolve([{ id: '1001' }])
  await time.advance(1_000)
  expect(offered).toEqual(['1001', '1002'])
})

test('a stop in the midst of it leaves the note where it was', async () => {
  const { catchUp, seen, stopping, time, turn } = await setUp(() => new Promise(() => undefined))
  catchUp.onReady({ guilds: [] })
  await time.settle()
  stopping.abort()
  await turn()
  seen.note({ channelId: '7', messageId: '1002', direct: true }, false)
  expect(seen.of('7')).toBe('1000')
})

test('notes that cannot be read at the start are waited for: none is written over', async () => {
  const stage = await discordStage()
  const direct = stage.emulator.directChannel(stage.ann)
  const before = stage.open()
  const heard = onceInbox()
  await before.start(heard.inbox, stage.world())
  stage.emulator.say(stage.ann, direct, 'heard')
  await vi.waitFor(() => expect(heard.texts()).toHaveLength(1), eventually)
  await before.stop()
  stage.emulator.say(stage.ann, direct, 'missed')
  let failures = 0
  const memory = {
    ...stage.memory,
    get: async (key: string) => {
      if ((failures += 1) < 3) throw new Error('away')
      return stage.memory.get(key)
    },
  }
  const after = onceInbox()
  const platform = stage.open()
  await platform.start(after.inbox, { ...stage.world(), memory })
  expect(platform.health().state).toBe('down')
  await vi.waitFor(() => expect(after.texts()).toEqual(['missed']), eventually)
})
