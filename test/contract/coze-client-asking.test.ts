// How agents ask people in the middle of a chat, and what people say of their answers.

import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { PersonsAnswer } from '../../src/contract/assistant.ts'
import type { JsonObject } from '../../src/contract/event.ts'
import type { CozeAssistant } from '../../src/coze/index.ts'
import { answerOf, defaults, fieldsOf, say } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator } from '../../src/emulators/coze/index.ts'
import {
  agent,
  askIn,
  asker,
  assistantAt,
  followUp,
  live,
  readReply,
  serve,
} from '../support/coze-assistant.ts'
import type { Reply } from '../support/coze-assistant.ts'
import { emulator } from '../support/coze-wire.ts'

const { botId, chatflowId, workflowId } = defaults
const chatflow = { kind: 'chatflow', workflow: chatflowId, bot: botId, parameters: { tone: 'kind' } } as const
const PATH = '/v1/workflows/chat'

const ask = (assistant: CozeAssistant, conversationId: string) =>
  readReply(
    assistant.answer(
      {
        agent: chatflow,
        conversation: { conversationId, userId: 'u' },
        asker,
        turnId: 'turn-1',
        text: 'pizza',
        media: [],
      },
      live,
    ),
  )
function answerAnew(url: string, asked: Reply, answer: PersonsAnswer) {
  if (asked.closing.kind !== 'question') throw new Error(JSON.stringify(asked.closing))
  const resume = JSON.parse(JSON.stringify(asked.closing.resume)) as JsonObject
  return readReply(assistantAt(url).resume(resume, answer, live))
}
const bodies = (coze: CozeEmulator, path: string) =>
  coze.store.requests.filter((request) => request.path === path).map(({ body }) => body)

test('a chatflow asks twice, and is answered after a restart in the same conversation', async () => {
  const coze = await emulator()
  coze.setScript(chatflowId, function* (input) {
    const size = answerOf(yield { ask: 'Which size?' })
    const form = fieldsOf(yield { input: { city: { required: true } }, text: 'Where?' })
    yield say(`${size} in ${String(form['city'])}, ${String(input.parameters['tone'])}`)
  })
  const first = await ask(assistantAt(coze.url), '')
  // The question stands in the answer already.
  expect(first).toMatchObject({ shown: 'Which size?', closing: { kind: 'question', prompt: { text: '' } } })
  const second = await answerAnew(coze.url, first, { text: 'Large' })
  expect(second).toMatchObject({
    shown: 'Where?',
    closing: { kind: 'question' },
    conversationId: first.conversationId,
  })
  const third = await answerAnew(coze.url, second, { values: { city: 'Oslo' } })
  expect(third).toMatchObject({ shown: 'Large in Oslo, kind', closing: { kind: 'completed' } })
  expect(third.closing).toMatchObject({
    debugUrl: expect.stringMatching(/^https:.*execute_id=.*&/) as unknown,
  })
  expect(third.handle).toMatchObject({ kind: 'chatflow' })
  expect(bodies(coze, PATH)[2]).toMatchObject({
    workflow_id: chatflowId,
    bot_id: botId,
    conversation_id: first.conversationId,
    parameters: { tone: 'kind' },
    ext: { user_id: 'u' },
    additional_messages: [{ content: '{"city":"Oslo"}', meta_data: { bridge_turn: 'turn-1' } }],
  })
})

test("a chatflow's card with choices is told as choices, and its letters are understood", async () => {
  const card = JSON.stringify({
    type: 'question',
    content_type: 'option',
    content: { question: 'Pick', options: [{ name: 'One' }, { name: 'Two' }] },
    id: 'n_0',
  })
  const asked: unknown[] = []
  const chunks: Buffer[] = []
  const url = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked.push(JSON.parse(Buffer.concat(chunks.splice(0)).toString()))
      const frame = { id: 'm', conversation_id: 'c', chat_id: 'x', role: 'assistant', type: 'answer' }
      const chat = { id: 'x', conversation_id: 'c', execute_id: '9' }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const events: readonly (readonly [string, unknown])[] = [
        ['conversation.chat.created', { ...chat, status: 'created' }],
        ['conversation.message.delta', { ...frame, content: card, content_type: 'card' }],
        ['conversation.message.completed', { ...frame, content: card, content_type: 'card' }],
        ['conversation.chat.requires_action', { ...chat, status: 'requires_action' }],
        ['done', { debug_url: 'https://debug' }],
      ]
      for (const [event, data] of events) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
      response.end()
    })
  })
  const reply = await ask(assistantAt(url, { flavor: 'studio' }), 'c')
  expect(reply).toMatchObject({ shown: 'Pick', closing: { prompt: { text: '', choices: ['One', 'Two'] } } })
  await answerAnew(url, reply, { text: 'b' })
  expect(asked[1]).toMatchObject({ conversation_id: 'c', additional_messages: [{ content: 'Two' }] })
})

test("a chatflow's question is found again when its stream was lost", async () => {
  const url = await serve((request, response) => {
    request.resume()
    const path = request.url ?? ''
    response.writeHead(200, { 'content-type': 'application/json' })
    const message = {
      id: 'm',
      role: 'assistant',
      type: 'answer',
      content: 'Which size?',
      content_type: 'text',
    }
    const data = path.includes('message/list')
      ? [message]
      : { id: 'x', conversation_id: 'c', status: 'requires_action' }
    response.end(JSON.stringify({ code: 0, data }))
  })
  const handle = { kind: 'chatflow', conversationId: 'c', chatId: 'x' }
  const conversation = { conversationId: 'c', userId: 'u' }
  const reply = await readReply(assistantAt(url).follow({ agent: chatflow, conversation, handle }, live))
  expect(reply).toMatchObject({
    shown: 'Which size?',
    closing: {
      kind: 'question',
      prompt: { text: '' },
      resume: { kind: 'chatflow', conversationId: 'c', mark: 'x' },
    },
  })
})

test('a chatflow that fails bare, with its code as a text, keeps that code', async () => {
  const coze = await emulator()
  coze.setScript(chatflowId, () => [{ fail: { code: 720701013, msg: 'broke' } }])
  expect((await ask(assistantAt(coze.url), '')).closing).toMatchObject({
    failure: { kind: 'unavailable', code: 720701013 },
  })
})

test('files cannot go with a question to a chatflow', async () => {
  const coze = await emulator()
  const media = [{ kind: 'image', fileId: '1' }] as const
  const conversation = { conversationId: '', userId: 'u' }
  const question = { agent: chatflow, conversation, asker, turnId: 't', text: 'x', media }
  const { closing } = await readReply(assistantAt(coze.url).answer(question, live))
  expect(closing).toMatchObject({ failure: { kind: 'unsupported', outcome: 'not-sent' } })
  expect(coze.store.requests).toHaveLength(0)
})

test('a bot that wants words and tools at once gets all answers in one call, and may ask again', async () => {
  const coze = await emulator()
  coze.setScript(botId, function* () {
    yield say('Which city?')
    const given = yield {
      requiresAction: [
        { type: 'function', name: 'clock', arguments: '{"zone":1}' },
        { type: 'reply_message', name: 'question', arguments: '{}' },
      ],
    }
    const size = answerOf(yield { ask: 'Which size?', choices: ['Small', 'Large'] })
    yield say(`${given?.map(({ output }) => output).join(' + ') ?? ''}: ${size}`)
  })
  const assistant = assistantAt(coze.url)
  const first = await askIn(assistant, '')
  if (first.closing.kind !== 'toolCalls') throw new Error(first.closing.kind)
  expect(first.shown).toBe('Which city?')
  expect(first.closing.calls).toMatchObject([
    { kind: 'function', name: 'clock', argumentsJson: '{"zone":1}' },
    { kind: 'ask' },
  ])
  const conversation = { conversationId: first.conversationId ?? '', userId: 'u' }
  const submit = (closing: Reply['closing'], outputs: readonly string[]) => {
    if (closing.kind !== 'toolCalls') throw new Error(closing.kind)
    const { calls, handle } = closing
    const results = calls.map(({ id }, i) => ({ id, output: outputs[i] ?? '' }))
    return readReply(assistant.submit({ agent, conversation, handle, results }, live))
  }
  const second = await submit(first.closing, ['noon', 'Oslo'])
  expect(second.shown).toContain('Which size?')
  expect(second.closing).toMatchObject({
    kind: 'toolCalls',
    handle: first.closing.handle,
    calls: [{ kind: 'ask' }],
  })
  const third = await submit(second.closing, ['B'])
  expect(third).toMatchObject({ shown: 'noon + Oslo: Large', closing: { kind: 'completed' } })
  expect(coze.store.toolOutputs).toHaveLength(2)
})

test('a verdict may change, be taken back, and taken back once more', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  const { handle = {}, conversationId = '' } = await askIn(assistant, '')
  const conversation = { conversationId, userId: 'u' }
  const rate = (verdict: 'like' | 'unlike' | 'none') =>
    assistant.rate({ conversation, handle, verdict }, live)
  const now = () =>
    coze.store.chatsOf(conversationId)[0]?.messages.flatMap(({ feedback }) => feedback?.type ?? [])
  await rate('like')
  expect(now()).toEqual(['like'])
  await rate('unlike')
  expect(now()).toEqual(['unlike'])
  await rate('none')
  await rate('none')
  expect(now()).toEqual([])
  await rate('like')
  expect(now()).toEqual(['like'])
})

test('the answer of a chatflow can be liked too', async () => {
  const coze = await emulator()
  const assistant = assistantAt(coze.url)
  const { handle = {}, conversationId = '' } = await ask(assistant, '')
  await assistant.rate({ conversation: { conversationId, userId: 'u' }, handle, verdict: 'like' }, live)
  expect(coze.store.feedbacks).toMatchObject([{ type: 'like', conversationId }])
})

test('each person runs and resumes workflows in a session of their own', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const coze = await emulator({
    oauthApps: { app: { ownerUid: defaults.ownerUid, keyId: 'k', publicKeyPem } },
  })
  coze.setWorkflowScript(workflowId, function* () {
    yield { output: yield { ask: 'Which?', form: 'options' } }
  })
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const login = { kind: 'jwt', clientId: 'app', keyId: 'k', privateKey: pem, sessionPerUser: true } as const
  const assistant = assistantAt(coze.url, { login })
  for (const userId of ['anna', 'ben']) {
    for (const mode of ['stream', 'run', 'async'] as const) {
      const workflow = { workflow: workflowId, mode }
      const asked = await readReply(
        assistant.run({ workflow, asker: { userId }, turnId: 't', parameters: {} }, live),
      )
      if (asked.closing.kind !== 'question') throw new Error(JSON.stringify(asked.closing))
      const done = await readReply(assistant.resume(asked.closing.resume, { text: 'x' }, live))
      expect(done.shown).toBe('x')
    }
  }
  const owners = new Set(
    coze.store.requests.filter(({ path }) => path.includes('workflow')).map(({ owner }) => owner),
  )
  expect(owners.size).toBe(2)
})

test('a lost reply of a bot that waits for tools is followed to its calls', async () => {
  const coze = await emulator()
  coze.setScript(botId, function* () {
    yield { requiresAction: [{ type: 'function', name: 'clock', arguments: '{}' }] }
  })
  const assistant = assistantAt(coze.url)
  const waiting = await askIn(assistant, '')
  expect((await followUp(assistant, waiting)).closing).toMatchObject({
    kind: 'toolCalls',
    calls: [{ name: 'clock' }],
  })
})
