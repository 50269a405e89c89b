// Are chatflows, waiting chats and verdicts as Coze has them?
import { expect, test } from 'vitest'
import { asking, dataText, emulator, newConversation, send, spoken } from '../../../test/support/coze-wire.ts'
import type { Answered } from '../../../test/support/coze-wire.ts'
import { always, answerOf, defaults, fail, fieldsOf } from './index.ts'
import type { CozeEmulator } from './index.ts'
import { objectOf, parseJson } from './json.ts'

const { botId, chatflowId } = defaults

const askFlow = (coze: CozeEmulator, text: string, beside: object = {}) =>
  send(coze, 'POST', '/v1/workflows/chat', {
    workflow_id: chatflowId,
    bot_id: botId,
    parameters: {},
    additional_messages: [{ role: 'user', content: text, content_type: 'text' }],
    ...beside,
  })

const conversationOf = (answered: Answered) =>
  String(objectOf(parseJson(answered.events[0]?.data ?? ''))['conversation_id'])

const verbose = (answered: Answered) =>
  answered.events
    .map(({ data }) => objectOf(parseJson(data)))
    .filter((data) => data['type'] === 'verbose')
    .map((data) => objectOf(parseJson(String(data['content'])))['msg_type'])

const names = (answered: Answered) => answered.events.map(({ event }) => event)

test('a chatflow asks, and goes on with the next chat of its conversation', async () => {
  const coze = await emulator()
  coze.setScript(chatflowId, function* (input) {
    const size = answerOf(yield { ask: 'Which size?', choices: ['Small', 'Large'] })
    const form = fieldsOf(yield { input: { city: { required: true } }, text: 'Where?' })
    yield { say: `${size} in ${String(form['city'])} ${JSON.stringify(input.parameters)}` }
  })
  const asked = await askFlow(coze, 'pizza', { parameters: { a: 1, USER_INPUT: 'ignored' } })
  expect(asked.text.startsWith('event: conversation.chat.created\ndata: {')).toBe(true)
  expect(spoken(asked)).toBe('Which size?\nA. Small\nB. Large')
  expect(verbose(asked)).toEqual(['interrupt', 'generate_answer_finish'])
  expect(names(asked).slice(-2)).toEqual(['conversation.chat.requires_action', 'done'])
  const on = { conversation_id: conversationOf(asked) }
  expect(spoken(await askFlow(coze, 'B', on))).toBe('Where?')
  expect(spoken(await askFlow(coze, 'not a field', on))).toBe('Where?')
  expect(spoken(await askFlow(coze, 'city: Oslo', on))).toBe('Large in Oslo {"a":1}')
  expect(coze.store.chatsOf(on.conversation_id)).toHaveLength(4)
})

test('a chatflow without an answer says so, and a failed one is bare', async () => {
  const coze = await emulator()
  coze.setScript(chatflowId, always())
  expect(verbose(await askFlow(coze, 'x'))).toEqual(['empty result', 'generate_answer_finish'])
  coze.setScript(chatflowId, always({ fail: { code: 720701013, msg: 'broke' } }))
  const failed = await askFlow(coze, 'x')
  expect(failed.events.find(({ event }) => event === 'conversation.chat.failed')?.data).toBe(
    '{"code":"720701013","msg":"broke"}',
  )
  coze.setScript(chatflowId, always(fail(5000, 'broke')))
  expect((await askFlow(coze, 'x')).text).toContain('"last_error":{"code":5000')
})

test('a chatflow keeps its rules', async () => {
  const coze = await emulator({
    tokens: { [defaults.token]: { ownerUid: '1' }, other: { ownerUid: '2' } },
    apps: { '9': { conversationNames: ['Trip'] } },
  })
  const codeOf = async (beside: object) => (await askFlow(coze, 'x', beside)).json['code']
  const image = [{ type: 'image', file_url: 'http://127.0.0.1/a.png' }]
  const message = { role: 'user', content: JSON.stringify(image), content_type: 'object_string' }
  expect(await codeOf({ additional_messages: [message] })).toBe(4000)
  expect(await codeOf({ workflow_id: defaults.workflowId })).toBe(4000)
  expect(await codeOf({ app_id: '9' })).toBe(4000)
  expect(await codeOf({ bot_id: undefined })).toBe(4000)
  expect(await codeOf({ bot_id: undefined, app_id: '8' })).toBe(4200)
  expect(await codeOf({ parameters: undefined })).toBe(4000)
  expect(await codeOf({ parameters: { photo: '{"file_id":"75"}' } })).toBe(4200)
  const id = dataText(await send(coze, 'POST', '/v1/conversation/create', {}, 'other'), 'id')
  expect(await codeOf({ conversation_id: id })).toBe(4002)

  const app = { bot_id: undefined, app_id: '9' }
  const first = await askFlow(coze, 'one', { ...app, parameters: { CONVERSATION_NAME: 'Trip' } })
  const second = await askFlow(coze, 'two', { ...app, parameters: { CONVERSATION_NAME: 'Trip' } })
  expect(conversationOf(second)).toBe(conversationOf(first))
  const unknown = await askFlow(coze, 'x', { ...app, parameters: { CONVERSATION_NAME: 'Other' } })
  expect(unknown.text).toContain('"code":"720702204"')
})

test('a chat waits for all of several tools, and keeps what it was given', async () => {
  const coze = await emulator()
  const call = (name: string) => ({ type: 'function', name, arguments: '{}' }) as const
  coze.setScript(botId, function* () {
    const outputs = yield { requiresAction: [call('one'), call('two')] }
    yield { say: (outputs ?? []).map(({ output }) => output).join('+') }
  })
  const id = await newConversation(coze)
  await send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('x'))
  const [chat] = coze.store.chatsOf(id)
  const ids = (chat?.toolCalls ?? []).map((one) => one.id)
  const path = `/v3/chat/submit_tool_outputs?conversation_id=${id}&chat_id=${chat?.id ?? ''}`
  const submit = (given: readonly (string | undefined)[]) => {
    const tool_outputs = given.map((tool_call_id, at) => ({ tool_call_id, output: `out${at}` }))
    return send(coze, 'POST', path, { tool_outputs, stream: true })
  }
  expect((await submit(ids.slice(0, 1))).json['code']).toBe(4000)
  expect((await submit([...ids, 'stray'])).json['code']).toBe(4000)
  expect((await submit([...ids, ids[0]])).json['code']).toBe(4000)
  expect(spoken(await submit(ids))).toBe('out0+out1')
  expect(coze.store.toolOutputs).toMatchObject([
    { chatId: chat?.id, outputs: [{ output: 'out0' }, { output: 'out1' }] },
  ])
})

test("an agent's question is a reply_message whose answer may be a letter", async () => {
  const coze = await emulator()
  coze.setScript(botId, function* () {
    yield { say: answerOf(yield { ask: 'Which size?', choices: ['Small', 'Large'] }) }
  })
  const id = await newConversation(coze)
  await send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('x'))
  const [chat] = coze.store.chatsOf(id)
  const [call] = chat?.toolCalls ?? []
  expect(call).toMatchObject({ type: 'reply_message' })
  expect(parseJson(call?.arguments ?? '')).toEqual({
    question: 'Which size?',
    options: [{ name: 'Small' }, { name: 'Large' }],
  })
  const path = `/v3/chat/submit_tool_outputs?conversation_id=${id}&chat_id=${chat?.id ?? ''}`
  await send(coze, 'POST', path, { tool_outputs: [{ tool_call_id: call?.id, output: 'a' }], stream: true })
  expect(coze.store.answerText(chat?.id ?? '').at(-1)).toBe('Small')
})

test.each(['refused', 'frees'] as const)('a cancel of a waiting chat: %s', async (waitingChatCancel) => {
  const coze = await emulator({ waitingChatCancel })
  const id = await newConversation(coze)
  await send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('!ask'))
  const [chat] = coze.store.chatsOf(id)
  const body = { conversation_id: id, chat_id: chat?.id }
  const canceled = await send(coze, 'POST', '/v3/chat/cancel', body)
  const next = await send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('!say next'))
  expect([canceled.json['code'], next.json['code'] ?? spoken(next)]).toEqual(
    waitingChatCancel === 'refused' ? [4104, 4016] : [0, 'next'],
  )
  expect(coze.store.counts.running).toBe(0)
})

test('keeps every verdict, also one taken back', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  await send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('!say hi'))
  const messageId = coze.store.conversations.get(id)?.messages.at(-1)?.id ?? ''
  const path = `/v1/conversations/${id}/messages/${messageId}/feedback`
  expect((await send(coze, 'POST', path, { feedback_type: 'none' })).json['code']).toBe(4000)
  await send(coze, 'POST', path, { feedback_type: 'like', reason_types: ['good'] })
  await send(coze, 'DELETE', path)
  expect(coze.store.feedbacks).toMatchObject([
    { messageId, conversationId: id, type: 'like', reasons: ['good'] },
    { messageId, type: 'none' },
  ])
})
