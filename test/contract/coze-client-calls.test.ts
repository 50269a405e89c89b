// Each call of the Coze client against an emulated Coze, cloud and Studio.

import { expect, test } from 'vitest'
import { createCozeClient } from '../../src/coze/index.ts'
import { getMe, listBots, listWorkflows, listWorkspaces } from '../../src/coze/account.ts'
import { listVoices } from '../../src/coze/audio.ts'
import { listConversations, retrieveConversation } from '../../src/coze/conversations.ts'
import { retrieveFile } from '../../src/coze/files.ts'
import { always, defaults, inTurn, say } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator } from '../../src/emulators/coze/index.ts'
import {
  askIn,
  assistantAt,
  agent,
  asker,
  fastClock,
  followUp,
  live,
  readReply,
} from '../support/coze-assistant.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { emulator } from '../support/coze-wire.ts'

const chatflow = { kind: 'chatflow', workflow: defaults.chatflowId, bot: defaults.botId } as const

async function* pieces(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text)
}
const file = (name: string, ...texts: readonly string[]) => ({
  stream: pieces(...texts),
  sizeBytes: Buffer.byteLength(texts.join('')),
  name,
})

function lastRequest(coze: CozeEmulator, path: string) {
  const request = coze.store.requests.findLast((one) => one.path === path)
  if (request === undefined) throw new Error(`no request to ${path}`)
  return request
}

test('three turns stay in one conversation, named in the query', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  const first = await askIn(assistant, '')
  const id = first.conversationId ?? ''
  await askIn(assistant, id)
  await askIn(assistant, id)
  const asked = coze.store.requests.filter(({ path }) => path === '/v3/chat')
  expect(asked.map(({ query }) => query['conversation_id'])).toEqual([undefined, id, id])
  expect(coze.store.chatsOf(id)).toHaveLength(3)
})

test('a reply can be had without a stream', async () => {
  const coze = await emulator()
  coze.setScript(
    defaults.botId,
    always(say('one'), { newAnswer: true }, say('two'), { knowledge: 'PRIVATE' }),
  )
  const reply = await askIn(assistantAt(coze.url, { streaming: false }), '')
  expect(reply).toMatchObject({ shown: 'one\n\ntwo', closing: { kind: 'completed' } })
  expect(reply.events[0]?.kind).toBe('started')
  expect(lastRequest(coze, '/v3/chat').body).toMatchObject({ stream: false })
})

test('a picture goes with its question', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, (input) => [
    say(`${input.query} + ${input.files.map(({ name }) => name).join()}`),
  ])
  const assistant = assistantAt(coze.url)
  const { fileId } = await assistant.upload(file('截图 1.png', 'PNG', 'DATA'), live)
  expect(coze.store.files.get(fileId)).toMatchObject({ name: '截图 1.png', sizeBytes: 7 })
  const conversation = { conversationId: '', userId: 'u' }
  const media = [{ kind: 'image', fileId }] as const
  const question = { agent, conversation, asker, turnId: 't', text: 'look', media }
  expect((await readReply(assistant.answer(question, live))).shown).toBe('look + 截图 1.png')
})

test('speech becomes text, and text speech', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  const heard = await assistant.transcribe(file('voice.ogg', 'OGG'), live)
  expect(heard.text).toBe('heard voice.ogg of 3 bytes')
  const speech = await assistant.speak({ text: 'hi', voice: '7400000000000000100', speed: 1.5 }, live)
  expect(speech.mimeType).toBe('audio/ogg')
  expect(speech.bytes.byteLength).toBeGreaterThan(0)
  expect(lastRequest(coze, '/v1/audio/speech').body).toEqual({
    input: 'hi',
    voice_id: '7400000000000000100',
    response_format: 'ogg_opus',
    speed: 1.5,
  })
  await expect(assistant.speak({ text: '长'.repeat(342), voice: 'v' }, live)).rejects.toMatchObject({
    failure: { kind: 'too-long' },
  })
})

test('an answer is liked, and the liking taken back', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  const { handle, conversationId = '' } = await askIn(assistant, '')
  if (handle === undefined) throw new Error('no handle')
  const conversation = { conversationId, userId: 'u' }
  const verdicts = () =>
    coze.store
      .chatsOf(conversationId)[0]
      ?.messages.map(({ feedback }) => feedback?.type)
      .filter((one) => one !== undefined)
  await assistant.rate({ conversation, handle, verdict: 'like' }, live)
  expect(verdicts()).toEqual(['like'])
  await assistant.rate({ conversation, handle, verdict: 'none' }, live)
  expect(verdicts()).toEqual([])
})

test('a cleared conversation keeps its id and forgets its context', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, (input) => [say(`${input.history.length} before`)])
  const assistant = assistantAt(coze.url)
  const conversation = await assistant.startConversation(agent, asker, live)
  await askIn(assistant, conversation.conversationId)
  expect((await askIn(assistant, conversation.conversationId)).shown).not.toBe('0 before')
  await assistant.clear(conversation, live)
  expect((await askIn(assistant, conversation.conversationId)).shown).toBe('0 before')
})

test('the agent greets with its own words', async () => {
  const bots = { [defaults.botId]: { prologue: 'Hello there', suggestedQuestions: ['A?', 'B?'] } }
  for (const flavor of ['cloud', 'studio'] as const) {
    const coze = await emulator({ bots, flavor })
    const greeting = await assistantAt(coze.url, { flavor }).greeting(agent, live)
    expect(greeting).toEqual({ text: 'Hello there', suggestions: ['A?', 'B?'] })
  }
})

test('the check names what is wrong, and how to mend it', async () => {
  const coze = await emulator()
  const verdicts = async (bot: string, token: string) =>
    (
      await assistantAt(coze.url, { login: { kind: 'token', token } }).check(
        [{ kind: 'bot', bot }, chatflow],
        live,
      )
    ).map(({ verdict, subject }) => `${verdict} ${subject.replace(/ \d+$/, '')}`)
  expect(await verdicts(defaults.botId, defaults.token)).toEqual([
    'ok Coze token',
    'ok Coze bot',
    'ok Coze chatflow',
    'ok Coze conversations',
  ])
  expect(await verdicts('7300000000000000009', defaults.token)).toContain('fault Coze bot')
  expect(await verdicts(defaults.botId, 'pat_wrong')).toEqual(['fault Coze token'])
  await coze.close()
  expect(await verdicts(defaults.botId, defaults.token)).toEqual(['fault Coze address'])
})

test('lists what the account has', async () => {
  const coze = await emulator()
  const login = { kind: 'token', token: defaults.token } as const
  const client = createCozeClient({ apiBase: coze.url, clock: fastClock, log: createQuietLogger(), login })
  expect((await getMe(client, live)).id).not.toBe('')
  const { workspaces } = await listWorkspaces(client, {}, live)
  const workspaceId = workspaces[0]?.id ?? ''
  expect((await listBots(client, { workspaceId }, live)).bots.map(({ id }) => id)).toContain(defaults.botId)
  const flows = await listWorkflows(client, { workspaceId, mode: 'chatflow' }, live)
  expect(flows.workflows.map(({ id }) => id)).toContain(defaults.chatflowId)
  expect((await listVoices(client, {}, live)).voices.length).toBeGreaterThan(0)
  const { conversationId } = await assistantAt(coze.url).startConversation(agent, asker, live)
  const { conversations } = await listConversations(client, { botId: defaults.botId }, live)
  expect(conversations.map(({ id }) => id)).toEqual([conversationId])
  expect((await retrieveConversation(client, conversationId, undefined, live)).id).toBe(conversationId)
  const { fileId } = await assistantAt(coze.url).upload(file('a.png', 'x'), live)
  expect(await retrieveFile(client, fileId, live)).toEqual({ id: fileId, name: 'a.png', sizeBytes: 1 })
  await client.close()
})

test('a chatflow answers in its conversation, named in the body', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  const conversation = await assistant.startConversation(chatflow, asker, live)
  const question = { agent: chatflow, conversation, asker, turnId: 't', text: 'hello', media: [] }
  const reply = await readReply(assistant.answer(question, live))
  expect(reply.closing.kind).toBe('completed')
  expect(reply.shown).toContain('hello')
  expect(reply.handle).toMatchObject({ kind: 'chatflow' })
  const request = lastRequest(coze, '/v1/workflows/chat')
  expect(request.body).toMatchObject({ conversation_id: conversation.conversationId })
  expect(request.query).toEqual({})
  expect(await assistant.find({ ...question, askedAtMs: 0 }, live)).toEqual({ found: 'cannotTell' })
})

test('a workflow run speaks, asks, and goes on with the answer', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(defaults.workflowId, function* () {
    yield { message: 'Working on it', pieces: 3 }
    yield { ping: true }
    const answer = yield { interrupt: { type: 2, data: '{"content_type":"text","content":"Which city?"}' } }
    yield { output: { output: `Weather of ${answer ?? '?'}` } }
  })
  const assistant = assistantAt(coze.url)
  const workflow = { workflow: defaults.workflowId, mode: 'stream' } as const
  const asked = await readReply(assistant.run({ workflow, asker, turnId: 't', parameters: { a: 1 } }, live))
  expect(asked.shown).toBe('Working on it')
  if (asked.closing.kind !== 'question') throw new Error(asked.closing.kind)
  expect(asked.closing.prompt.text).toBe('Which city?')
  const resumed = await readReply(assistant.resume(asked.closing.resume, { text: 'Oslo' }, live))
  expect(resumed).toMatchObject({ shown: 'Weather of Oslo', closing: { kind: 'completed' } })
})

test.each(['run', 'async'] as const)('a workflow in mode %s gives its output', async (mode) => {
  const coze = await emulator()
  coze.setWorkflowScript(defaults.workflowId, () => [{ waitMs: 5 }, { output: { output: 'done' } }])
  const run = { workflow: { workflow: defaults.workflowId, mode }, asker, turnId: 't', parameters: {} }
  const reply = await readReply(assistantAt(coze.url).run(run, live))
  expect(reply).toMatchObject({ shown: 'done', closing: { kind: 'completed' } })
})

test('a workflow that fails says with which code', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(defaults.workflowId, () => [
    { workflowError: { code: 720702085, message: 'timeout' } },
  ])
  for (const mode of ['stream', 'run'] as const) {
    const run = { workflow: { workflow: defaults.workflowId, mode }, asker, turnId: 't', parameters: {} }
    const { closing } = await readReply(assistantAt(coze.url).run(run, live))
    expect(closing).toMatchObject({ kind: 'failed', failure: { kind: 'unavailable', code: 720702085 } })
  }
})

test('Coze Studio answers, is followed and cancelled, and says what it does not have', async () => {
  const coze = await emulator({ flavor: 'studio' })
  coze.setScript(defaults.botId, inTurn([say('whole answer')], [say('whole answer')]))
  const assistant = assistantAt(coze.url, { flavor: 'studio' })
  const conversation = await assistant.startConversation(agent, asker, live)
  const first = await askIn(assistant, conversation.conversationId)
  expect(first).toMatchObject({ shown: 'whole answer', closing: { kind: 'completed' } })
  coze.faults.next('/v3/chat', { cutAfterDeltas: 1 })
  const lost = await askIn(assistant, conversation.conversationId)
  expect(lost.closing).toMatchObject({ failure: { kind: 'lost' } })
  expect(await followUp(assistant, lost)).toMatchObject({
    shown: 'whole answer',
    closing: { kind: 'completed' },
  })
  const handle = lost.handle ?? {}
  await assistant.cancel({ conversation, handle }, live)
  await assistant.clear(conversation, live)
  const unsupported = { failure: { kind: 'unsupported', outcome: 'not-sent' } }
  await expect(assistant.transcribe(file('a.ogg', 'x'), live)).rejects.toMatchObject(unsupported)
  await expect(assistant.rate({ conversation, handle, verdict: 'like' }, live)).rejects.toMatchObject(
    unsupported,
  )
  expect(
    (await readReply(assistant.submit({ agent, conversation, handle, results: [] }, live))).closing,
  ).toMatchObject(unsupported)
  const question = { agent, conversation, turnId: 't', text: 'x', askedAtMs: 0 }
  expect(await assistant.find(question, live)).toEqual({ found: 'cannotTell' })
  expect((await assistant.check([agent], live)).every(({ verdict }) => verdict === 'ok')).toBe(true)
})

test('a wrong token is denied by Coze Studio too, and a forgotten chat of it is gone', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const wrong = assistantAt(coze.url, { flavor: 'studio', login: { kind: 'token', token: 'pat_wrong' } })
  expect((await askIn(wrong, '')).closing).toMatchObject({ failure: { kind: 'denied', code: 700012006 } })
  const assistant = assistantAt(coze.url, { flavor: 'studio' })
  const reply = await askIn(assistant, '')
  coze.forgetConversation(reply.conversationId ?? '')
  expect(
    (await followUp(assistant, { ...reply, handle: { ...reply.handle, chatId: '75' } })).closing,
  ).toMatchObject({
    failure: { kind: 'gone' },
  })
})

test('questions past the upstream limit wait their turn, say how long, and are all asked', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url, { rates: { chatsPerSecond: 2 } })
  const replies = [1, 2, 3].map(() => askIn(assistant, ''))
  expect(assistant.expectedWaitMs()).toBeGreaterThan(0)
  await Promise.all(replies)
  expect(coze.store.requests.filter(({ path }) => path === '/v3/chat')).toHaveLength(3)
})
