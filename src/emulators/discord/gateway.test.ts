// Does the gateway keep Discord's rules, seen by a plain socket?
import { expect, test } from 'vitest'
import { dial, identify, lab, send } from '../../../test/support/discord-wire.ts'
import type { Json } from './types.ts'

/** GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES. */
const PLAIN = 4609

test('says hello, READY and the guilds in order, with rising numbers', async () => {
  const { emulator, lab: guild } = await lab({ heartbeatIntervalMs: 1234 })
  const wire = await identify(emulator)
  const created = await wire.event('GUILD_CREATE')
  expect(wire.packets[0]).toMatchObject({ op: 10, d: { heartbeat_interval: 1234 } })
  expect(wire.packets.map(({ t, s }) => [t, s])).toEqual([
    [null, null],
    ['READY', 1],
    ['GUILD_CREATE', 2],
  ])
  expect(wire.packets[1]?.d).toMatchObject({
    guilds: [{ id: guild.id, unavailable: true }],
    application: { id: emulator.applicationId },
    user: { id: emulator.botId },
  })
  expect(created).toMatchObject({ id: guild.id, unavailable: false })
  const roles = created['roles'] as readonly Json[]
  expect(roles.find(({ id }) => id === guild.botRoleId)?.['tags']).toEqual({ bot_id: emulator.botId })
})

test('acknowledges heartbeats', async () => {
  const { emulator } = await lab()
  const wire = await identify(emulator)
  await wire.event('GUILD_CREATE')
  wire.say({ op: 1, d: 2 })
  expect(await wire.until(({ op }) => op === 11)).toMatchObject({ op: 11 })
})

test.each([
  ['a wrong token', { token: 'other', intents: 1, properties: {} }, 4004],
  ['intents that do not exist', { token: 'emulator-token', intents: 1 << 30, properties: {} }, 4013],
  ['a disallowed intent', { token: 'emulator-token', intents: 1 << 15, properties: {} }, 4014],
  ['an impossible shard', { token: 'emulator-token', intents: 1, shard: [2, 2], properties: {} }, 4010],
  ['no properties', { token: 'emulator-token', intents: 1 }, 4002],
])('closes on %s', async (_what, d, code) => {
  const { emulator } = await lab({ messageContentIntent: false })
  const wire = dial(emulator)
  await wire.until(({ op }) => op === 10)
  wire.say({ op: 2, d })
  expect((await wire.closed).code).toBe(code)
})

test.each([
  ['text that is no JSON', 'garbage', 4002],
  ['a payload above 4096 bytes', JSON.stringify({ op: 1, d: 'x'.repeat(4096) }), 4002],
  ['an unknown opcode', '{"op":99}', 4001],
  ['a presence before IDENTIFY', '{"op":3,"d":{}}', 4003],
])('closes on %s', async (_what, text, code) => {
  const { emulator } = await lab()
  const wire = dial(emulator)
  await wire.until(({ op }) => op === 10)
  wire.say(text)
  expect((await wire.closed).code).toBe(code)
})

test('closes on an old version and on a second IDENTIFY', async () => {
  const { emulator } = await lab()
  expect((await dial(emulator, '?v=6').closed).code).toBe(4012)
  const wire = await identify(emulator)
  await wire.event('READY')
  wire.say({ op: 2, d: { token: emulator.token, intents: 1, properties: {} } })
  expect((await wire.closed).code).toBe(4005)
})

test('closes on the 121st frame of a minute', async () => {
  const { emulator } = await lab({ limits: true })
  const wire = await identify(emulator)
  await wire.event('READY')
  for (let sent = 1; sent <= 120; sent += 1) wire.say({ op: 1, d: null })
  expect((await wire.closed).code).toBe(4008)
})

test('too many IDENTIFYs end every session and the token', async () => {
  const { emulator } = await lab({ limits: { identifies: { max: 1, perMs: 1000 } } })
  const first = await identify(emulator)
  await first.event('READY')
  await identify(emulator)
  expect((await first.closed).code).toBe(4004)
  expect((await (await identify(emulator)).closed).code).toBe(4004)
})

test('RESUME replays what was missed and nothing else, then says RESUMED', async () => {
  const { emulator, ann, general } = await lab()
  const first = await identify(emulator)
  const { session_id } = await first.event('READY')
  emulator.say(ann, general, 'seen')
  const seen = await first.until(({ t }) => t === 'MESSAGE_CREATE')
  emulator.faults.gateway.drop()
  await first.closed
  emulator.say(ann, general, 'missed')
  const second = dial(emulator)
  await second.until(({ op }) => op === 10)
  second.say({ op: 6, d: { token: emulator.token, session_id, seq: seen.s } })
  await second.event('RESUMED')
  expect(second.packets.slice(1).map(({ t, s }) => [t, s])).toEqual([
    ['MESSAGE_CREATE', Number(seen.s) + 1],
    ['RESUMED', Number(seen.s) + 2],
  ])
  expect(emulator.store).toMatchObject({ identifies: 1, resumes: 1, isReady: true })
})

test('an unknown session, and one that is too old, get op 9 false; a number ahead closes', async () => {
  let now = 1_800_000_000_000
  const { emulator } = await lab({ nowMs: () => now, resumeWindowMs: 1000 })
  const first = await identify(emulator)
  const { session_id } = await first.event('READY')
  const ahead = dial(emulator)
  await ahead.until(({ op }) => op === 10)
  ahead.say({ op: 6, d: { token: emulator.token, session_id, seq: 99 } })
  expect((await ahead.closed).code).toBe(4007)
  first.socket.terminate()
  await emulator.waitFor(({ store }) => !store.isReady, { timeoutMs: 5000 })
  now += 1001
  for (const id of [session_id, 'unknown']) {
    const wire = dial(emulator)
    await wire.until(({ op }) => op === 10)
    wire.say({ op: 6, d: { token: emulator.token, session_id: id, seq: 1 } })
    expect((await wire.until(({ op }) => op === 9)).d).toBe(false)
  }
  expect(emulator.store.refusedResumes).toBe(2)
})

test('tells only what the intents ask for', async () => {
  const { emulator, ann, general } = await lab()
  const guildOnly = await identify(emulator, 1 | (1 << 9))
  const directOnly = await identify(emulator, 1 << 12)
  await Promise.all([guildOnly.event('READY'), directOnly.event('READY')])
  const said = emulator.say(ann, general, 'guild')
  emulator.react(ann, said, '👍')
  emulator.say(ann, emulator.directChannel(ann), 'direct')
  emulator.inject('END', {})
  await Promise.all([guildOnly.event('END'), directOnly.event('END')])
  const told = (wire: typeof guildOnly): readonly unknown[] => wire.packets.map(({ t }) => t).filter(Boolean)
  expect(told(guildOnly)).toEqual(['READY', 'GUILD_CREATE', 'MESSAGE_CREATE', 'END'])
  expect(told(directOnly)).toEqual(['READY', 'MESSAGE_CREATE', 'END'])
})

test('without the content intent only the exceptions carry words, over REST as well', async () => {
  const { emulator, ann, general, messages } = await lab({ messageContentIntent: false })
  const wire = await identify(emulator, PLAIN)
  await wire.event('READY')
  const own = await send(emulator, 'POST', messages, { content: 'own' })
  const ownRef = { channelId: general, messageId: String(own.json['id']) }
  emulator.say(ann, general, 'plain', { files: [{ name: 'a.txt', bytes: 'x' }] })
  emulator.say(ann, general, 'by role', { roleMention: true })
  emulator.say(ann, general, 'named', { mention: true })
  emulator.say(ann, general, 'reply with ping', { replyTo: ownRef })
  emulator.say(ann, general, 'quiet reply', { replyTo: ownRef, ping: false })
  emulator.inject('END', {})
  await wire.event('END')
  const texts = wire.packets.filter(({ t }) => t === 'MESSAGE_CREATE').map(({ d }) => (d as Json)['content'])
  expect(texts).toEqual(['own', '', '', `<@${emulator.botId}> named`, 'reply with ping', ''])
  const history = JSON.parse((await send(emulator, 'GET', messages)).text) as readonly Json[]
  expect(history.map(({ content }) => content).toReversed()).toEqual(texts)
  expect(history.at(-2)?.['attachments']).toEqual([])
})

test('tells of the bot’s own message after the answer, or before it when asked to', async () => {
  const { emulator, messages } = await lab()
  const wire = await identify(emulator)
  await wire.event('READY')
  emulator.faults.add({ fault: { do: 'hang', storing: 'after' }, routes: ['createMessage'] })
  const hanging = send(emulator, 'POST', messages, { content: 'lost' }).catch(() => 'cut')
  expect(await wire.event('MESSAGE_CREATE')).toMatchObject({ content: 'lost' })
  await emulator.close()
  expect(await hanging).toBe('cut')
})

test('events are lost, doubled, swapped and mangled on demand', async () => {
  const { emulator, ann, general } = await lab()
  const wire = await identify(emulator)
  await wire.event('GUILD_CREATE')
  for (const rule of ['twice', 'lose', 'swap'] as const)
    emulator.faults.gateway.onDispatch({ event: 'MESSAGE_CREATE', do: rule })
  for (const text of ['a', 'b', 'c', 'd']) emulator.say(ann, general, text)
  emulator.faults.gateway.onDispatch({ event: 'MESSAGE_CREATE', do: 'mangle', mangle: () => ({ id: 5 }) })
  emulator.say(ann, general, 'e')
  emulator.inject('END', {})
  await wire.event('END')
  const told = wire.packets.filter(({ t }) => t === 'MESSAGE_CREATE').map(({ d }) => (d as Json)['content'])
  expect(told).toEqual(['a', 'a', 'd', 'c', undefined])
})

test('HELLO, READY, guilds and events can be held back and let go', async () => {
  const { emulator, ann, general } = await lab()
  const releases = (['hello', 'ready', 'guildCreate', 'dispatch'] as const).map((kind) =>
    emulator.faults.gateway.withhold(kind),
  )
  const wire = dial(emulator)
  const steps: string[] = []
  wire.socket.on('message', (data: Buffer) => {
    const { op, t } = JSON.parse(data.toString()) as { op: number; t: string | null }
    steps.push(t ?? String(op))
    if (op === 10) wire.say({ op: 2, d: { token: emulator.token, intents: PLAIN, properties: {} } })
  })
  await new Promise((resolve) => wire.socket.once('open', resolve))
  expect(steps).toEqual([])
  releases[0]?.()
  await emulator.waitFor(({ store }) => store.isReady, { timeoutMs: 5000 })
  emulator.say(ann, general, 'held')
  for (const release of releases.slice(1)) release()
  await wire.event('MESSAGE_CREATE')
  expect(steps).toEqual(['10', 'READY', 'GUILD_CREATE', 'MESSAGE_CREATE'])
})
