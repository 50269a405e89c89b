// Does the gateway share out its events as Discord does, and what of a long run can be forgotten?
import { expect, test } from 'vitest'
import { dial, lab, send, type Wire } from '../../../test/support/discord-wire.ts'
import type { DiscordEmulator } from './index.ts'
import { isOfShard, readShard } from './sharding.ts'

async function enter(emulator: DiscordEmulator, shard: unknown): Promise<Wire> {
  const wire = dial(emulator)
  await wire.until(({ op }) => op === 10)
  wire.say({ op: 2, d: { token: emulator.token, intents: 37_377, properties: {}, shard } })
  return wire
}

test('says how many shards it wants, and how many may log in at once', async () => {
  const { emulator } = await lab({ shards: 3, maxConcurrency: 2 })
  const answer = await send(emulator, 'GET', '/gateway/bot')
  expect(answer.json).toMatchObject({ shards: 3, session_start_limit: { max_concurrency: 2 } })
})

test('an event goes to its shard, to each session of it, and direct messages to the first', async () => {
  const { ann, emulator, general, lab: guild } = await lab({ shards: 2 })
  const own = isOfShard([0, 2], guild.id) ? 0 : 1
  const [one, same, other] = await Promise.all([own, own, 1 - own].map((id) => enter(emulator, [id, 2])))
  await Promise.all([one?.event('READY'), same?.event('READY'), other?.event('READY')])
  emulator.say(ann, general, 'in the guild')
  emulator.say(ann, emulator.directChannel(ann), 'in private')
  await Promise.all([one?.event('MESSAGE_CREATE'), same?.event('MESSAGE_CREATE')])
  const direct = own === 0 ? one : other
  await direct?.until(({ d, t }) => t === 'MESSAGE_CREATE' && JSON.stringify(d).includes('in private'))
  const told = (wire: Wire | undefined): number =>
    wire?.packets.filter(({ d, t }) => t === 'MESSAGE_CREATE' && JSON.stringify(d).includes('in the guild'))
      .length ?? 0
  expect([told(one), told(same), told(other)]).toEqual([1, 1, 0])
  expect(emulator.store.sessions).toHaveLength(3)
})

test.each([[[2, 2]], [[-1, 2]], [[0]], [[0.5, 2]], [['0', 1]], ['0'], [[0, 1, 2]]])(
  'there is no shard %j',
  async (shard) => {
    const { emulator } = await lab()
    expect(readShard(shard)).toBeUndefined()
    expect((await (await enter(emulator, shard)).closed).code).toBe(4010)
  },
)

test('too few shards are refused once more are required', async () => {
  const { emulator } = await lab({ shards: 2 })
  await (await enter(emulator, [0, 2])).event('READY')
  emulator.faults.gateway.reshard(4)
  expect((await (await enter(emulator, [0, 2])).closed).code).toBe(4011)
  await (await enter(emulator, [0, 4])).event('READY')
})

test('of one bucket only one logs in at a time', async () => {
  let now = 1_800_000_000_000
  const { emulator } = await lab({ shards: 4, maxConcurrency: 2, identifyEveryMs: 5_000, nowMs: () => now })
  await (await enter(emulator, [0, 4])).event('READY')
  await (await enter(emulator, [1, 4])).event('READY')
  const late = await enter(emulator, [2, 4])
  expect((await late.until(({ op }) => op === 9)).d).toBe(false)
  now += 5_000
  await (await enter(emulator, [2, 4])).event('READY')
})

test('a frozen connection hears nothing and holds its session; a RESUME may bring more than was missed', async () => {
  const { ann, emulator, general } = await lab()
  const first = await enter(emulator, [0, 1])
  const { session_id } = await first.event('READY')
  emulator.say(ann, general, 'heard')
  const heard = await first.until(({ t }) => t === 'MESSAGE_CREATE')
  emulator.faults.gateway.freeze()
  emulator.faults.gateway.replayMore(1)
  emulator.say(ann, general, 'not heard')
  const second = dial(emulator)
  await second.until(({ op }) => op === 10)
  second.say({ op: 6, d: { token: emulator.token, session_id, seq: heard.s } })
  await second.event('RESUMED')
  const texts = (wire: Wire): readonly unknown[] =>
    wire.packets.flatMap(({ d, t }) => (t === 'MESSAGE_CREATE' ? (d as { content: string }).content : []))
  expect([texts(first), texts(second)]).toEqual([['heard'], ['heard', 'not heard']])
  first.socket.terminate()
})

test('an event may come late, behind those after it', async () => {
  const { ann, emulator, general } = await lab()
  const wire = await enter(emulator, [0, 1])
  await wire.event('GUILD_CREATE')
  emulator.faults.gateway.onDispatch({ event: 'MESSAGE_CREATE', do: 'late', delayMs: 20 })
  emulator.say(ann, general, 'a')
  emulator.say(ann, general, 'b')
  await wire.until((packet) => JSON.stringify(packet).includes('"content":"a"'))
  const texts = wire.packets.flatMap(({ d, t }) =>
    t === 'MESSAGE_CREATE' ? (d as { content: string }).content : [],
  )
  expect(texts).toEqual(['b', 'a'])
})

test('what is old is forgotten on request', async () => {
  const { ann, emulator, general, messages } = await lab()
  emulator.say(ann, general, 'old', { files: [{ name: 'a.txt', bytes: 'x' }] })
  await send(emulator, 'POST', messages, { content: 'old' })
  emulator.store.forgetBefore(Date.now() + 1_000)
  expect([emulator.store.frames, emulator.store.calls, emulator.screen(general)]).toEqual([[], [], []])
  emulator.say(ann, general, 'new')
  expect(emulator.screen(general).map(({ text }) => text)).toEqual(['new'])
})
