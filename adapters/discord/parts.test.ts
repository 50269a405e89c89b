// Can several connections share one account, each with its part of the servers, and none miss or double anything?
import { expect, test, vi } from 'vitest'
import { discordStage, onceInbox, PATIENCE_MS, type DiscordStage } from '../../test/support/discord-stage.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import type { Channel } from '../../src/emulators/discord/index.ts'
import { createIdentifyGate } from './identify-gate.ts'
import { isOfPart, partsOf, readPart } from './part.ts'

const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)
const eventually = { timeout: PATIENCE_MS, interval: 20 }
/** Time goes on with every look at the clock: servers made in one millisecond would all be of one shard. */
let ticks = 0
const TWO = { shards: 2, maxConcurrency: 2, nowMs: () => Date.now() + (ticks += 1) }

/** A text channel in a server of each of two shards. */
function channelsOfBoth({ ann, emulator }: DiscordStage): readonly [Channel, Channel] {
  const found = new Map<string, Channel>()
  for (let n = 0; n < 64 && found.size < 2; n += 1) {
    const guild = emulator.guild({ name: `g${n}`, members: [ann] })
    const whose = isOfPart({ id: 0, count: 2 }, guild.id) ? 'first' : 'second'
    if (!found.has(whose)) found.set(whose, emulator.textChannel(guild, whose))
  }
  const [first, second] = [found.get('first'), found.get('second')]
  if (first === undefined || second === undefined) throw new Error('all servers are of one shard')
  return [first, second]
}

test('an account is one part until the server recommends several shards', async () => {
  const stage = await discordStage()
  expect(await stage.open().parts?.(patience())).toEqual([])
  stage.emulator.faults.gateway.reshard(3, 1)
  expect(await stage.open().parts?.(patience())).toEqual(['0/3', '1/3', '2/3'])
  const publicKey = stage.emulator.publicKey
  expect(stage.open(undefined, { mode: 'interactions', publicKey }).parts).toBeUndefined()
})

test('each part hears its own servers, and the first the direct messages too', async () => {
  const stage = await discordStage(TWO)
  const [one, two] = channelsOfBoth(stage)
  const [first, second] = [onceInbox(), onceInbox()]
  await Promise.all([
    stage.open('0/2').start(first.inbox, stage.world()),
    stage.open('1/2').start(second.inbox, stage.world()),
  ])
  expect(stage.emulator.store.sessions.map(({ shard }) => shard.join('/')).sort()).toEqual(['0/2', '1/2'])
  stage.emulator.say(stage.ann, one, 'to the first', { mention: true })
  stage.emulator.say(stage.ann, two, 'to the second', { mention: true })
  stage.emulator.say(stage.ann, stage.emulator.directChannel(stage.ann), 'in private')
  await vi.waitFor(() => {
    expect(first.texts()).toEqual(['to the first', 'in private'])
    expect(second.texts()).toEqual(['to the second'])
  }, eventually)
})

test('only the first part publishes the menu', async () => {
  const stage = await discordStage(TWO)
  expect(stage.open('0/2').publishCommands).toBeDefined()
  expect(stage.open('1/2').publishCommands).toBeUndefined()
})

test('a part taken over asks exactly for what its servers said meanwhile', async () => {
  const stage = await discordStage(TWO)
  const [one, two] = channelsOfBoth(stage)
  const direct = stage.emulator.directChannel(stage.ann)
  const inbox = onceInbox()
  const before = stage.open('1/2')
  const first = stage.open('0/2')
  await Promise.all([before.start(inbox.inbox, stage.world()), first.start(inbox.inbox, stage.world())])
  stage.emulator.say(stage.ann, two, 'heard', { mention: true })
  stage.emulator.say(stage.ann, direct, 'heard too')
  await vi.waitFor(() => expect(inbox.texts()).toHaveLength(2), eventually)
  await Promise.all([before.stop(), first.stop()])
  stage.emulator.say(stage.ann, one, 'missed by the first', { mention: true })
  stage.emulator.say(stage.ann, two, 'missed by the second', { mention: true })
  stage.emulator.say(stage.ann, direct, 'missed in private')
  const after = onceInbox()
  const asked = stage.emulator.store.calls.length
  await stage.open('1/2').start(after.inbox, stage.world())
  await vi.waitFor(() => expect(after.texts()).toEqual(['missed by the second']), eventually)
  const calls = stage.emulator.store.calls.slice(asked).filter(({ route }) => route === 'listMessages')
  expect(new Set(calls.map(({ channelId }) => channelId))).toEqual(new Set([two.id]))
})

test('what was seen survives a change of the number of parts', async () => {
  const stage = await discordStage(TWO)
  const [one, two] = channelsOfBoth(stage)
  const whole = stage.open()
  const inbox = onceInbox()
  // Without a part all shards are held.
  await whole.start(inbox.inbox, stage.world())
  for (const channel of [one, two]) stage.emulator.say(stage.ann, channel, 'heard', { mention: true })
  await vi.waitFor(() => expect(inbox.texts()).toHaveLength(2), eventually)
  await whole.stop()
  for (const channel of [one, two]) stage.emulator.say(stage.ann, channel, 'missed', { mention: true })
  for (const part of ['0/2', '1/2']) {
    const after = onceInbox()
    await stage.open(part).start(after.inbox, stage.world())
    await vi.waitFor(() => expect(after.texts()).toEqual(['missed']), eventually)
  }
})

test('a connection made for too few shards says so, and what to do', async () => {
  const stage = await discordStage({ ...TWO, requiredShards: 4 })
  const platform = stage.open('0/2')
  await platform.start(onceInbox().inbox, stage.world())
  await vi.waitFor(
    () => expect(JSON.stringify(platform.health())).toContain('more than 2 shards'),
    eventually,
  )
})

test('what is no part is refused', () => {
  expect(readPart('a', '1/4')).toEqual({ id: 1, count: 4 })
  for (const part of ['4/4', '1', '-1/2', '0/0', 'a/b', ''])
    expect(() => readPart('a', part)).toThrow(TypeError)
  expect(partsOf(1)).toEqual([])
})

test('shards of one bucket log in five seconds apart, those of others at once', async () => {
  const { advance, clock, settle } = createManualClock()
  const idle = new AbortController().signal
  const gate = (): ReturnType<typeof createIdentifyGate> =>
    createIdentifyGate({ account: 'apart', clock, maxConcurrency: 2 })
  const through: string[] = []
  for (const id of [0, 1, 2, 3])
    void gate()
      .waitForIdentify(id, idle)
      .then(() => through.push(String(id)))
  await settle()
  expect(through).toEqual(['0', '1'])
  await advance(4_900)
  expect(through).toHaveLength(2)
  await advance(1_700)
  expect(through.sort()).toEqual(['0', '1', '2', '3'])
})
