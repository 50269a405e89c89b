// Does the unmodified Feishu SDK live with the emulator as it does with Feishu?
import { Client, EventDispatcher, LoggerLevel, WSClient, type Cache } from '@larksuiteoapi/node-sdk'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import {
  startFeishuEmulator,
  type FeishuEmulator,
  type FeishuEmulatorOptions,
} from '../../src/emulators/feishu/index.ts'

const TIMEOUT_MS = 10_000
const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex')
const open: FeishuEmulator[] = []
const clients: WSClient[] = []
const silent = { error() {}, warn() {}, info() {}, debug() {}, trace() {} }

afterEach(async () => {
  for (const client of clients.splice(0)) client.close({ force: true })
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: FeishuEmulatorOptions = {}) {
  const emulator = await startFeishuEmulator(options)
  open.push(emulator)
  const ann = emulator.person({ name: 'Ann' })
  const group = emulator.group({ name: 'Lab', members: [ann] })
  return { emulator, ann, group, client: clientOf(emulator) }
}

function clientOf({ url, appId, appSecret }: FeishuEmulator, cache?: Cache): Client {
  return new Client({
    appId,
    appSecret,
    domain: url,
    logger: silent,
    loggerLevel: LoggerLevel.fatal,
    ...(cache === undefined ? {} : { cache }),
  })
}

/** Resolves with what the client said first: ready, or why it gave up. */
async function connect(
  { url, appId, appSecret }: FeishuEmulator,
  handlers: Record<string, (data: never) => unknown>,
  more: Partial<ConstructorParameters<typeof WSClient>[0]> = {},
): Promise<{ socket: WSClient; opened: 'ready' | Error }> {
  const eventDispatcher = new EventDispatcher({ logger: silent, loggerLevel: LoggerLevel.fatal })
  eventDispatcher.register(handlers)
  const { promise, resolve } = Promise.withResolvers<'ready' | Error>()
  const socket = new WSClient({
    appId,
    appSecret,
    domain: url,
    logger: silent,
    loggerLevel: LoggerLevel.fatal,
    onReady: () => resolve('ready'),
    onError: resolve,
    ...more,
  })
  clients.push(socket)
  await socket.start({ eventDispatcher })
  return { socket, opened: await promise }
}

function streamingCard(): string {
  return JSON.stringify({
    schema: '2.0',
    config: { streaming_mode: true, update_multi: true, summary: { content: 'Working…' } },
    body: { elements: [{ tag: 'markdown', element_id: 'body', content: '' }] },
  })
}

test('a message is sent, answered in a thread, read, edited and recalled', async () => {
  const { emulator, client, ann, group } = await start()
  const asked = emulator.say(ann, group, 'hi @Emu', { mention: true })
  const sent = await client.im.v1.message.create({
    params: { receive_id_type: 'chat_id' },
    data: { receive_id: group.id, msg_type: 'text', content: '{"text":"one"}', uuid: 'u1' },
  })
  const path = { message_id: sent.data?.message_id ?? '' }
  const answer = await client.im.v1.message.reply({
    path: { message_id: asked.messageId },
    data: { msg_type: 'text', content: '{"text":"two"}', reply_in_thread: true },
  })
  expect(answer.data).toMatchObject({ parent_id: asked.messageId, chat_id: group.id })
  expect(answer.data?.thread_id).toMatch(/^omt_/)
  const read = await client.im.v1.message.get({ path: { message_id: asked.messageId } })
  expect(read.data?.items?.[0]?.mentions?.[0]?.id).toBe(emulator.botOpenId)
  await client.im.v1.message.update({ path, data: { msg_type: 'text', content: '{"text":"three"}' } })
  expect(emulator.screen(group).map(({ text }) => text)).toEqual(['hi @Emu', 'three', 'two'])
  await client.im.v1.message.delete({ path })
  expect(emulator.screen(group)[1]).toMatchObject({ recalled: true, text: '' })
})

test('a card lives from its entity to its summary', async () => {
  const { emulator, client, ann, group } = await start()
  const asked = emulator.say(ann, group, 'question')
  const made = await client.cardkit.v1.card.create({ data: { type: 'card_json', data: streamingCard() } })
  const cardId = made.data?.card_id ?? ''
  await client.im.v1.message.reply({
    path: { message_id: asked.messageId },
    data: {
      msg_type: 'interactive',
      content: JSON.stringify({ type: 'card', data: { card_id: cardId } }),
    },
  })
  const element = { card_id: cardId, element_id: 'body' }
  await client.cardkit.v1.cardElement.content({ path: element, data: { content: 'Hello', sequence: 1 } })
  await client.cardkit.v1.cardElement.content({
    path: element,
    data: { content: 'Hello **you**', sequence: 2 },
  })
  await client.cardkit.v1.cardElement.create({
    path: { card_id: cardId },
    data: {
      type: 'append',
      elements: JSON.stringify([{ tag: 'markdown', element_id: 'tail', content: 'tail' }]),
      sequence: 3,
    },
  })
  await client.cardkit.v1.cardElement.delete({
    path: { card_id: cardId, element_id: 'tail' },
    data: { sequence: 4 },
  })
  await client.cardkit.v1.card.settings({
    path: { card_id: cardId },
    data: {
      settings: JSON.stringify({ config: { streaming_mode: false, summary: { content: 'Hello you' } } }),
      sequence: 5,
    },
  })
  expect(emulator.screen(group).at(-1)).toMatchObject({
    text: 'Hello **you**',
    generating: false,
    summary: 'Hello you',
    cardId,
    replyTo: asked.messageId,
  })
})

test('a refusal is thrown with the code, or passes in silence in HTTP 200', async () => {
  const loud = await start()
  const create = (client: Client) =>
    client.im.v1.message.create({
      params: { receive_id_type: 'chat_id' },
      data: { receive_id: 'oc_nowhere', msg_type: 'text', content: '{"text":"x"}' },
    })
  await expect(create(loud.client)).rejects.toMatchObject({
    response: { status: 400, data: { code: 230034 } },
  })
  const quiet = await start({ errorsAs: 'http200' })
  expect(await create(quiet.client)).toMatchObject({ code: 230034 })
})

test('uploads give their key, or null when refused in HTTP 200; attachments are downloaded', async () => {
  const { emulator, client, ann, group } = await start({ errorsAs: 'http200' })
  const image = await client.im.v1.image.create({ data: { image_type: 'message', image: PNG } })
  expect(emulator.file(image?.image_key ?? '')?.bytes).toEqual(PNG)
  const file = await client.im.v1.file.create({
    data: { file_type: 'stream', file_name: '报告.txt', file: Buffer.from('words') },
  })
  expect(emulator.file(file?.file_key ?? '')).toMatchObject({ name: '报告.txt', bytes: Buffer.from('words') })
  const refused = await client.im.v1.image.create({
    data: { image_type: 'message', image: Buffer.from('no') },
  })
  expect(refused).toBeNull()

  const sent = emulator.say(ann, group, '', { file: { bytes: Buffer.from('data'), name: 'a.txt' } })
  const { file_key } = JSON.parse(emulator.screen(group)[0]!.content) as { file_key: string }
  const got = await client.im.v1.messageResource.get({
    path: { message_id: sent.messageId, file_key },
    params: { type: 'file' },
  })
  const folder = await mkdtemp(join(tmpdir(), 'feishu-'))
  await got.writeFile(join(folder, 'a.txt'))
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('data')
  await rm(folder, { recursive: true })
})

test('what the SDK has no method for goes through request', async () => {
  const { emulator, client, group } = await start()
  const info = await client.request<{ bot: { open_id: string } }>({
    method: 'GET',
    url: '/open-apis/bot/v3/info',
  })
  expect(info.bot.open_id).toBe(emulator.botOpenId)
  await client.request({
    method: 'POST',
    url: '/open-apis/application/v7/app_slash_commands',
    data: { command: 'new', description: { default_value: 'Start anew' } },
  })
  expect([...emulator.store.slashCommands.values()].map(({ command }) => command)).toEqual(['new'])
  const chat = await client.im.v1.chat.get({ path: { chat_id: group.id } })
  expect(chat.data).toMatchObject({ chat_mode: 'group', user_count: '1' })
})

test('an own cache recovers from a revoked token', async () => {
  const { emulator, group } = await start()
  const kept = new Map<unknown, unknown>()
  const client = clientOf(emulator, {
    get: async (key) => kept.get(key),
    set: async (key, value) => kept.set(key, value) instanceof Map,
  })
  const send = () =>
    client.im.v1.message.create({
      params: { receive_id_type: 'chat_id' },
      data: { receive_id: group.id, msg_type: 'text', content: '{"text":"x"}' },
    })
  await send()
  emulator.faults.add({ fault: { do: 'invalid-token' } })
  await expect(send()).rejects.toMatchObject({ response: { data: { code: 99991663 } } })
  kept.clear()
  expect(await send()).toMatchObject({ code: 0 })
  expect(emulator.store.tokens).toHaveLength(2)
})

test('events are received and acknowledged; a handler that throws gets its event again', async () => {
  const { emulator, ann, group } = await start({ timeScale: 0.001 })
  const got: string[] = []
  const { opened } = await connect(emulator, {
    'im.message.receive_v1': (data: { message: { message_id: string } }) => {
      got.push(data.message.message_id)
      if (got.length === 1) throw new Error('not now')
    },
  })
  expect(opened).toBe('ready')
  const { messageId } = emulator.say(ann, group, 'hi', { mention: true })
  await emulator.waitFor((e) => e.store.acksOf(messageId).length === 2, { timeoutMs: TIMEOUT_MS })
  expect(emulator.store.acksOf(messageId).map(({ code }) => code)).toEqual([500, 200])
  expect(got).toEqual([messageId, messageId])
})

test('an event in pieces is one event, a frame that is none harms nothing', async () => {
  const { emulator, ann, group } = await start()
  const got: string[] = []
  await connect(emulator, {
    'im.message.receive_v1': (data: { message: { content: string } }) => void got.push(data.message.content),
  })
  await emulator.waitFor((e) => e.store.isConnected, { timeoutMs: TIMEOUT_MS })
  emulator.socket.sendGarbage()
  emulator.socket.sendText('words')
  emulator.socket.sendBadPayload()
  emulator.socket.sendCardFrame({ schema: '2.0' })
  emulator.socket.next({ pieces: 4, shuffled: true })
  emulator.say(ann, group, 'whole')
  await emulator.waitFor((e) => e.store.acks.length === 1, { timeoutMs: TIMEOUT_MS })
  expect(got).toEqual(['{"text":"whole"}'])
})

test('a press is answered through the long connection', async () => {
  const { emulator, client, ann, group } = await start()
  await connect(emulator, {
    'card.action.trigger': (data: { action: { value: { k: string } } }) => ({
      toast: { type: 'success', content: `got ${data.action.value.k}` },
    }),
  })
  const button = {
    tag: 'button',
    text: { tag: 'plain_text', content: 'Go' },
    behaviors: [{ type: 'callback', value: { k: 'v' } }],
  }
  const card = { schema: '2.0', config: { update_multi: true }, body: { elements: [button] } }
  const sent = await client.im.v1.message.create({
    params: { receive_id_type: 'chat_id' },
    data: { receive_id: group.id, msg_type: 'interactive', content: JSON.stringify(card) },
  })
  const click = await emulator.clickButton(ann, sent.data?.message_id ?? '', { k: 'v' })
  expect(click).toMatchObject({ ok: true, toast: { type: 'success', content: 'got v' } })
})

test('a cut line is mended, and what happened meanwhile is told', async () => {
  const { emulator, ann, group } = await start()
  const got: string[] = []
  await connect(emulator, {
    'im.message.receive_v1': (data: { message: { content: string } }) => void got.push(data.message.content),
  })
  await emulator.waitFor((e) => e.store.isConnected, { timeoutMs: TIMEOUT_MS })
  emulator.socket.drop()
  await emulator.waitFor((e) => !e.store.isConnected, { timeoutMs: TIMEOUT_MS })
  emulator.say(ann, group, 'meanwhile')
  await emulator.waitFor((e) => e.pendingEvents().length === 0, { timeoutMs: TIMEOUT_MS })
  expect(got).toEqual(['{"text":"meanwhile"}'])
})

test('a silent line is noticed by the watchdog alone', async () => {
  const { emulator, ann, group } = await start({ redeliveryMs: [10], ackWithinMs: 100 })
  await connect(emulator, { 'im.message.receive_v1': () => {} }, { wsConfig: { pingTimeout: 1 } })
  await emulator.waitFor((e) => e.store.isConnected, { timeoutMs: TIMEOUT_MS })
  emulator.socket.goSilent()
  await emulator.waitFor((e) => e.store.isConnected, { timeoutMs: TIMEOUT_MS, what: 'a new connection' })
  const { messageId } = emulator.say(ann, group, 'still there?')
  await emulator.waitFor((e) => e.store.acksOf(messageId).length === 1, { timeoutMs: TIMEOUT_MS })
})

test('what the endpoint refuses for good ends the client, what it cannot do now does not', async () => {
  const { emulator } = await start()
  const once = (code: number) =>
    emulator.faults.add({ fault: { do: 'error', code, status: 200 }, operations: ['endpoint'] })
  for (const code of [1, 403, 514, 1000040350]) {
    once(code)
    expect((await connect(emulator, {})).opened).toBeInstanceOf(Error)
  }
  emulator.socket.drop()
  const { socket } = await connect(emulator, {}, { autoReconnect: true })
  once(1000040343)
  emulator.socket.drop()
  await emulator.waitFor((e) => e.store.isConnected && e.store.calls.at(-1)?.code === 0, {
    timeoutMs: TIMEOUT_MS,
  })
  expect(socket.getConnectionStatus().state).not.toBe('failed')
})
