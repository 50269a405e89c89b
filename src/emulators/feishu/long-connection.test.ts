// Does the long connection deliver as the platform's? Frames, acks, repetitions, bursts and broken lines; by bare `ws`.
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { FeishuEmulator } from './index.ts'
import { stage } from './raw-bot.ts'
import { readJson, recordOf, type Json } from './types.ts'
import { decodeFrame, encodeFrame, type WireFrame } from './wire.ts'

const TIMEOUT_MS = 5_000
const FAST = { redeliveryMs: [5, 5], ackWithinMs: 40 }
const sockets: WebSocket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})

interface Client {
  readonly socket: WebSocket
  readonly frames: readonly WireFrame[]
  readonly events: () => readonly Json[]
  /** Once so many frames came. */
  arrived(count: number): Promise<void>
  ack(frame: WireFrame, payload?: Json): void
}

/** Connects, pings, and acknowledges every event unless told not to. */
async function connect({ url, appId, appSecret }: FeishuEmulator, acks = true): Promise<Client> {
  const response = await fetch(`${url}/callback/ws/endpoint`, {
    method: 'POST',
    body: JSON.stringify({ AppID: appId, AppSecret: appSecret }),
  })
  const data = recordOf(recordOf(await response.json())['data'])
  expect(recordOf(data['ClientConfig'])).toMatchObject({ ReconnectCount: -1, PingInterval: 1 })
  const socket = new WebSocket(String(data['URL']))
  sockets.push(socket)
  const frames: WireFrame[] = []
  const ack: Client['ack'] = (frame, payload = { code: 200 }) => {
    const headers = { ...frame.headers, biz_rt: '-1' }
    socket.send(encodeFrame({ ...frame, headers, payload: Buffer.from(JSON.stringify(payload)) }))
  }
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (bytes: Buffer) => {
      const frame = decodeFrame(bytes)
      if (frame.method === 0) resolve()
      else {
        frames.push(frame)
        socket.emit('arrived')
        if (acks) ack(frame)
      }
    })
    socket.on('open', () => {
      socket.send(encodeFrame({ seqId: 0, logId: 0, service: 1, method: 0, headers: { type: 'ping' } }))
    })
  })
  const events = () => frames.map(({ payload }) => recordOf(readJson(Buffer.from(payload ?? []).toString())))
  const arrived = async (count: number) => {
    while (frames.length < count) await once(socket, 'arrived')
  }
  return { socket, frames, events, ack, arrived }
}

test('a message is told with the placeholders of those mentioned', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  const bob = emulator.person({ name: 'Bob' })
  const { events } = await connect(emulator)
  const sent = emulator.say(ann, group, 'ask @Bob', { mention: true, mentions: [bob], mentionAll: true })
  await emulator.waitFor((e) => e.store.acksOf(sent.messageId).length === 1, { timeoutMs: TIMEOUT_MS })
  const event = recordOf(events()[0]?.['event'])
  expect(recordOf(events()[0]?.['header'])).toMatchObject({
    event_type: 'im.message.receive_v1',
    app_id: emulator.appId,
  })
  expect(event['message']).toMatchObject({
    message_id: sent.messageId,
    chat_type: 'group',
    message_type: 'text',
    content: '{"text":"@_all @_user_1 ask @_user_2"}',
    mentions: [
      { key: '@_user_1', id: { open_id: emulator.botOpenId }, mentioned_type: 'bot' },
      { key: '@_user_2', id: { open_id: bob.id } },
    ],
  })
  expect(emulator.screen(group)[0]?.text).toBe('@_all @Emu ask @Bob')
})

test('without the sensitive permission only mentions are told in groups', async () => {
  await using lab = await stage({ groupMessages: 'mentioned' })
  const { emulator, ann, group } = lab
  expect(emulator.say(ann, group, 'unheard').eventId).toBeUndefined()
  expect(emulator.say(ann, group, 'heard', { mention: true }).eventId).toBeDefined()
  expect(emulator.say(ann, emulator.p2p(ann), 'heard').eventId).toBeDefined()
})

test('an event that was not acknowledged, or refused with 500, comes again with the same id, and not for ever', async () => {
  await using lab = await stage({ ...FAST, nowMs: Date.now })
  const { emulator, ann, group } = lab
  const client = await connect(emulator, false)
  emulator.say(ann, group, 'hi')
  await client.arrived(1)
  client.ack(client.frames[0]!, { code: 500 })
  await emulator.waitFor((e) => e.pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
  expect(client.frames).toHaveLength(3)
  expect(new Set(client.frames.map(({ headers }) => headers['message_id'])).size).toBe(1)
})

test('an acknowledgement that comes too late is noted as such', async () => {
  await using lab = await stage({ redeliveryMs: [60_000], ackWithinMs: 5, nowMs: Date.now })
  const { emulator, ann, group } = lab
  const client = await connect(emulator, false)
  emulator.say(ann, group, 'hi')
  await emulator.waitFor((e) => e.pendingEvents().some(({ state }) => state === 'waiting'), {
    timeoutMs: TIMEOUT_MS,
  })
  await client.arrived(1)
  client.ack(client.frames[0]!)
  await emulator.waitFor((e) => e.store.acks.length === 1, { timeoutMs: TIMEOUT_MS })
  expect(emulator.store.acks[0]).toMatchObject({ late: true, code: 200 })
  expect(emulator.pendingEvents()).toHaveLength(1)
})

test('what happened while nobody was connected comes in a burst, oldest first', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  const sent = ['one', 'two', 'three'].map((text) => emulator.say(ann, group, text).messageId)
  expect(emulator.pendingEvents()).toHaveLength(3)
  const client = await connect(emulator)
  await emulator.waitFor((e) => e.pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
  const told = client.events().map(({ event }) => recordOf(recordOf(event)['message'])['message_id'])
  expect(told).toEqual(sent)
})

test('what went to a silent connection comes again on a sound one', async () => {
  await using lab = await stage({
    ...FAST,
    redeliveryMs: Array.from({ length: 100 }, () => 1),
    nowMs: Date.now,
  })
  const { emulator, ann, group } = lab
  const silent = await connect(emulator)
  emulator.socket.goSilent()
  expect(emulator.store.isConnected).toBe(false)
  const sound = await connect(emulator)
  const sent = Array.from({ length: 8 }, (_, i) => emulator.say(ann, group, `${i}`).messageId)
  await emulator.waitFor((e) => sent.every((id) => e.store.acksOf(id).length === 1), {
    timeoutMs: TIMEOUT_MS,
  })
  expect(sound.frames).toHaveLength(8)
  expect(silent.frames).toHaveLength(0)
})

test('an event travels in pieces, out of order, or twice', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  const client = await connect(emulator)
  emulator.socket.next({ pieces: 3, shuffled: true })
  emulator.say(ann, group, 'in pieces')
  await emulator.waitFor((e) => e.store.acks.length === 3, { timeoutMs: TIMEOUT_MS })
  expect(client.frames.map(({ headers }) => `${headers['seq']}/${headers['sum']}`)).toEqual([
    '2/3',
    '1/3',
    '0/3',
  ])
  emulator.socket.next({ copies: 2 })
  emulator.say(ann, group, 'twice')
  await emulator.waitFor((e) => e.store.acks.length === 5, { timeoutMs: TIMEOUT_MS })
})

test('a ticket serves once, and the upgrade can be refused', async () => {
  await using lab = await stage()
  const { emulator } = lab
  await connect(emulator)
  const used = sockets[0]?.url ?? ''
  await expect(refusalOf(used)).resolves.toBe('514')
  emulator.faults.add({ fault: { do: 'error', code: 1000040350 }, operations: ['upgrade'] })
  await expect(refusalOf(used)).resolves.toBe('1000040350')
})

test('the endpoint refuses a wrong secret, and whatever a fault says, always with data', async () => {
  await using lab = await stage()
  const { emulator } = lab
  const ask = async (secret: string) => {
    const response = await fetch(`${emulator.url}/callback/ws/endpoint`, {
      method: 'POST',
      body: JSON.stringify({ AppID: emulator.appId, AppSecret: secret }),
    })
    return recordOf(await response.json())
  }
  expect(await ask('wrong')).toMatchObject({ code: 514, data: { URL: '' } })
  emulator.faults.add({ fault: { do: 'error', code: 1000040351, status: 200 }, operations: ['endpoint'] })
  expect(await ask(emulator.appSecret)).toMatchObject({ code: 1000040351, data: { URL: '' } })
})

test('people enter the chat, use the menu, react and recall', async () => {
  await using lab = await stage()
  const { emulator, ann, group } = lab
  const client = await connect(emulator)
  const sent = emulator.say(ann, group, 'hi')
  emulator.react(ann, sent, 'OK')
  emulator.recall(sent)
  emulator.enterChat(ann)
  emulator.pushMenu(ann, 'new_chat')
  emulator.removeBot(group)
  emulator.inject({ schema: '2.0', header: { event_id: 'e1', event_type: 'unknown_v1' }, event: {} })
  await emulator.waitFor((e) => e.store.acks.length === 7, { timeoutMs: TIMEOUT_MS })
  expect(client.events().map(({ header }) => recordOf(header)['event_type'])).toEqual([
    'im.message.receive_v1',
    'im.message.reaction.created_v1',
    'im.message.recalled_v1',
    'im.chat.access_event.bot_p2p_chat_entered_v1',
    'application.bot.menu_v6',
    'im.chat.member.bot.deleted_v1',
    'unknown_v1',
  ])
})

function refusalOf(url: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url)
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('unexpected-response', (_request, { headers }) => {
      resolve(headers['handshake-autherrcode']?.toString())
      socket.terminate()
    })
  })
}

test('what one connection leaves unacknowledged goes to another: a frozen process is seen', async () => {
  await using lab = await stage({ redeliveryMs: [5, 5, 5, 5], ackWithinMs: 500 })
  const { emulator, ann, group } = lab
  const frozen = await connect(emulator, false)
  const sound = await connect(emulator)
  const said = Array.from({ length: 20 }, (_, n) => emulator.say(ann, group, String(n)))
  await emulator.waitFor(({ pendingEvents }) => pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
  const ids = new Set(sound.events().map((body) => recordOf(body['header'])['event_id']))
  expect(ids).toEqual(new Set(said.map(({ eventId }) => eventId)))
  const [first, second] = emulator.store.connections
  expect(first).toMatchObject({ number: 1, isOpen: true, pushed: frozen.frames.length, acknowledged: 0 })
  expect(second).toMatchObject({ number: 2, isOpen: true, acknowledged: 20 })
})

test('events are told twice, in another order, and late', async () => {
  await using lab = await stage(FAST)
  const { emulator, ann, group } = lab
  const client = await connect(emulator)
  const texts = () =>
    client.events().map((body) => {
      const { content } = recordOf(recordOf(body['event'])['message'])
      return recordOf(readJson(String(content)))['text']
    })
  emulator.disturb({ do: 'twice' })
  emulator.disturb({ do: 'swap' })
  for (const text of ['a', 'b', 'c']) emulator.say(ann, group, text)
  await client.arrived(4)
  expect(texts()).toEqual(['a', 'a', 'c', 'b'])
  emulator.disturb({ do: 'late', lateMs: 20 })
  for (const text of ['d', 'e']) emulator.say(ann, group, text)
  await client.arrived(6)
  expect(texts().slice(4)).toEqual(['e', 'd'])
})

test('one of two connections may go silent, and the other one is told all', async () => {
  await using lab = await stage(FAST)
  const { emulator, ann, group } = lab
  const silent = await connect(emulator)
  const sound = await connect(emulator)
  emulator.socket.goSilent(1)
  const { eventId } = emulator.say(ann, group, 'hello')
  await sound.arrived(1)
  expect(sound.events()).toMatchObject([{ header: { event_id: eventId } }])
  expect(silent.frames).toEqual([])
  expect(emulator.store.isConnected).toBe(true)
})
