// Does the official @coze/api SDK, unmodified, work against the emulator?
import { createHash, generateKeyPairSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatEventType, ChatStatus, CozeAPI, getDeviceCode, getDeviceToken, getJWTToken } from '@coze/api'
import { RoleType, WorkflowEventType } from '@coze/api'
import type { StreamChatData } from '@coze/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { always, defaults, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator } from '../../src/emulators/coze/index.ts'

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const { botId, workflowId, chatflowId } = defaults
let coze: CozeEmulator
let folder: string
let sdk: CozeAPI

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coze-sdk-'))
  coze = await startCozeEmulator({
    pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 4 },
    // This SDK's person approves in no time.
    oauth: { pollEvery: 0 },
    oauthApps: { app1: { ownerUid: '41', keyId: 'key1', publicKeyPem: keys.publicKey } },
  })
  sdk = new CozeAPI({ token: defaults.token, baseURL: coze.url })
})
afterAll(async () => {
  await coze.close()
  await rm(folder, { recursive: true })
})

/** On Node the SDK takes streams of files on disk. */
async function fileStream(name: string, bytes: Buffer) {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return createReadStream(path)
}

const question = (content: string) => [{ role: RoleType.User, content, content_type: 'text' as const }]

async function read(stream: AsyncIterable<StreamChatData>) {
  const seen = { events: [] as string[], text: '', chatId: '', conversationId: '' }
  for await (const part of stream) {
    seen.events.push(part.event)
    if (part.event === ChatEventType.CONVERSATION_CHAT_CREATED) {
      seen.chatId = part.data.id
      seen.conversationId = part.data.conversation_id
    }
    if (part.event === ChatEventType.CONVERSATION_MESSAGE_DELTA) seen.text += part.data.content
  }
  return seen
}

test('streams a chat from created to done', async () => {
  const seen = await read(
    sdk.chat.stream({ bot_id: botId, user_id: 'u', additional_messages: question('你好') }),
  )
  expect(seen.events[0]).toBe('conversation.chat.created')
  expect(seen.events.at(-1)).toBe('done')
  expect([seen.text]).toEqual(coze.store.answerText(seen.chatId))
})

test('remembers a conversation whose id is in the query', async () => {
  const { id } = await sdk.conversations.create({ bot_id: botId, meta_data: { k: 'v' } })
  const ask = (text: string) =>
    read(
      sdk.chat.stream({
        bot_id: botId,
        user_id: 'u',
        conversation_id: id,
        additional_messages: question(text),
      }),
    )
  await ask('my name is Ann')
  expect((await ask('!remember')).text).toContain('my name is Ann')
  const listed = await sdk.conversations.messages.list(id, { order: 'asc' })
  expect(listed.data.map((message) => message.role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  expect((await sdk.conversations.retrieve(id)).meta_data).toEqual({ k: 'v' })
  expect((await sdk.conversations.list({ bot_id: botId })).conversations.some((one) => one.id === id)).toBe(
    true,
  )
  await sdk.conversations.clear(id)
  expect((await ask('!remember')).text).toBe('You said nothing before.')
})

test('creates, polls, and lists what was answered', async () => {
  const polled = await sdk.chat.createAndPoll({
    bot_id: botId,
    user_id: 'u',
    additional_messages: question('!say polled answer'),
  })
  expect(polled.chat.status).toBe(ChatStatus.COMPLETED)
  expect(polled.messages?.map((message) => message.type)).toEqual(['verbose', 'answer'])
  expect(polled.messages?.[1]?.content).toBe('polled answer')
})

test('submits tool outputs in a stream', async () => {
  const first = await read(
    sdk.chat.stream({ bot_id: botId, user_id: 'u', additional_messages: question('!plugin') }),
  )
  expect(first.events).toContain('conversation.chat.requires_action')
  const waiting = await sdk.chat.retrieve(first.conversationId, first.chatId)
  const call = waiting.required_action?.submit_tool_outputs.tool_calls[0]
  const rest = await read(
    sdk.chat.submitToolOutputs({
      conversation_id: first.conversationId,
      chat_id: first.chatId,
      tool_outputs: [{ tool_call_id: call?.id ?? '', output: '7 degrees' }],
      stream: true,
    }),
  )
  expect(rest.text).toContain('7 degrees')
  expect(rest.events.at(-1)).toBe('done')
})

test('cancels a chat that runs', async () => {
  coze.setScript(botId, always({ waitMs: 60_000 }))
  const chat = await sdk.chat.create({ bot_id: botId, user_id: 'u', additional_messages: question('wait') })
  const canceled = await sdk.chat.cancel(chat.conversation_id, chat.id)
  expect(canceled.status).toBe('canceled')
  coze.clearScripts()
})

test('uploads a file and asks about it', async () => {
  const bytes = Buffer.alloc(300_000, 7)
  const uploaded = await sdk.files.upload({ file: await fileStream('bild 图.png', bytes) })
  expect(coze.store.files.get(uploaded.id)).toMatchObject({ name: 'bild 图.png', sizeBytes: 300_000 })
  expect(coze.store.files.get(uploaded.id)?.bytes?.equals(bytes)).toBe(true)
  expect((await sdk.files.retrieve(uploaded.id)).file_name).toBe('bild 图.png')
  const seen = await read(
    sdk.chat.stream({
      bot_id: botId,
      user_id: 'u',
      additional_messages: [
        {
          role: RoleType.User,
          content_type: 'object_string',
          content: [
            { type: 'text', text: 'what is this?' },
            { type: 'image', file_id: uploaded.id },
          ],
        },
      ],
    }),
  )
  expect(seen.text).toContain('I see 1 picture: bild 图.png (image, 300000 bytes, sha256 ')
})

test('runs a workflow at once, streamed, interrupted and resumed', async () => {
  const once = await sdk.workflows.runs.create({ workflow_id: workflowId, parameters: { a: 1 } })
  expect(JSON.parse(once.data)).toEqual({ output: { a: 1 } })

  coze.setWorkflowScript(workflowId, function* () {
    yield { message: 'Which city?', node: 'Ask' }
    const city = yield { interrupt: { type: 2, data: '', node: 'Ask' } }
    yield { ping: true }
    yield { output: `sunny in ${city ?? '?'}` }
  })
  const names: string[] = []
  let eventId = ''
  for await (const part of sdk.workflows.runs.stream({ workflow_id: workflowId, parameters: {} })) {
    names.push(part.event)
    if (
      part.event === WorkflowEventType.INTERRUPT &&
      typeof part.data === 'object' &&
      'interrupt_data' in part.data
    )
      eventId = part.data.interrupt_data.event_id
  }
  const given = { workflow_id: workflowId, event_id: eventId, resume_data: 'Oslo', interrupt_type: 2 }
  let last = ''
  for await (const part of sdk.workflows.runs.resume(given)) {
    names.push(part.event)
    if (part.event === WorkflowEventType.MESSAGE && typeof part.data === 'object' && 'content' in part.data)
      last = part.data.content
  }
  expect(names).toEqual(['Message', 'Interrupt', 'PING', 'Message', 'Done'])
  expect(last).toBe('sunny in Oslo')
})

test('asks a chatflow, whose waiting question the next chat answers', async () => {
  const ask = (text: string, conversationId?: string) =>
    read(
      sdk.workflows.chat.stream({
        workflow_id: chatflowId,
        bot_id: botId,
        parameters: {},
        additional_messages: question(text),
        ...(conversationId === undefined ? {} : { conversation_id: conversationId }),
      }),
    )
  const asked = await ask('!ask')
  expect(asked.text).toBe('Which city do you mean?')
  expect(asked.events.slice(-2)).toEqual(['conversation.chat.requires_action', 'done'])
  expect((await ask('Oslo', asked.conversationId)).text).toBe('You said: Oslo')
})

test('signs in with a service JWT, and keeps sessions apart', async () => {
  const signIn = (sessionName: string) =>
    getJWTToken({
      baseURL: coze.url,
      appId: 'app1',
      aud: 'api.coze.cn',
      keyid: 'key1',
      privateKey: keys.privateKey,
      sessionName,
    })
  const [ann, bob] = await Promise.all([signIn('ann'), signIn('bob')])
  expect(ann.expires_in).toBeGreaterThan(1_000_000_000)
  const asAnn = new CozeAPI({ token: ann.access_token, baseURL: coze.url })
  const asBob = new CozeAPI({ token: bob.access_token, baseURL: coze.url })
  const { id } = await asAnn.conversations.create({})
  expect((await asAnn.conversations.retrieve(id)).id).toBe(id)
  await expect(asBob.conversations.retrieve(id)).rejects.toThrow(/4002/)
})

test('signs in with a device code once the person approved', async () => {
  const login = await getDeviceCode({ baseURL: coze.url, clientId: 'client' })
  const poll = () => getDeviceToken({ baseURL: coze.url, clientId: 'client', deviceCode: login.device_code })
  await expect(poll()).rejects.toThrow()
  coze.approveDevice(login.user_code, '43')
  const token = await poll()
  const me = await new CozeAPI({ token: token.access_token, baseURL: coze.url }).users.me()
  expect(me.user_id).toBe('43')
})

test('reads bots, workspaces, voices and variables', async () => {
  expect((await sdk.bots.retrieveNew(botId)).name).toBe('Echo')
  expect((await sdk.bots.listNew({ workspace_id: defaults.workspaceId })).total).toBe(1)
  expect((await sdk.workspaces.list()).workspaces).toHaveLength(1)
  expect((await sdk.audio.voices.list()).voice_list).toHaveLength(2)
  await sdk.variables.update({
    bot_id: botId,
    connector_uid: 'u',
    data: [{ keyword: 'city', value: 'Oslo' }],
  })
  const variables = await sdk.variables.retrieve({ bot_id: botId, connector_uid: 'u', keywords: ['city'] })
  expect(variables.items[0]?.value).toBe('Oslo')
})

test('says a text, hears it again, and gets sound with an answer', async () => {
  const spoken = Buffer.from(
    await sdk.audio.speech.create({
      input: '你好',
      voice_id: defaults.voiceId,
      response_format: 'wav',
    }),
  )
  expect(coze.store.speeches.at(-1)).toMatchObject({ format: 'wav', sizeBytes: spoken.length })
  coze.hear('你好', { sha256: createHash('sha256').update(spoken).digest('hex') })
  const heard = await sdk.audio.transcriptions.create({ file: await fileStream('a.wav', spoken) })
  expect(heard.text).toBe('你好')
  const sound: string[] = []
  for await (const part of sdk.chat.stream({
    bot_id: botId,
    user_id: 'u',
    additional_messages: question('!voice hi'),
  }))
    if (part.event === ChatEventType.CONVERSATION_AUDIO_DELTA) sound.push(part.data.content)
  const whole = Buffer.concat(sound.map((piece) => Buffer.from(piece, 'base64')))
  expect(whole.toString('latin1', 28, 36)).toBe('OpusHead')
})

test('gets the refusals of uploads and questions it knows', async () => {
  const ask = (items: readonly object[]) =>
    sdk.chat.create({
      bot_id: botId,
      user_id: 'u',
      additional_messages: [
        { role: RoleType.User, content_type: 'object_string', content: JSON.stringify(items) },
      ],
    })
  await expect(sdk.files.upload({ file: await fileStream('a.md', Buffer.from('# a')) })).rejects.toThrow(
    /4303/,
  )
  await expect(ask([{ type: 'text', text: 'alone' }])).rejects.toThrow(/4000/)
  await expect(ask([{ type: 'image', file_id: '75' }])).rejects.toThrow(/4200/)
})

test('gets authentication errors it knows', async () => {
  const stranger = new CozeAPI({ token: 'pat_wrong', baseURL: coze.url })
  await expect(stranger.bots.retrieveNew(botId)).rejects.toThrow(/authentication is invalid/)
  await expect(stranger.conversations.create({})).rejects.toThrow(/access token invalid/)
})
