// Does the studio flavour speak as a self-hosted Coze Studio does?
import { expect, test } from 'vitest'
import { defaults } from './index.ts'
import { asking, dataText, emulator, newConversation, send, spoken } from '../../../test/support/coze-wire.ts'

test('streams when nothing is said, and ends with its own event without data', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const { text, headers, events } = await send(
    coze,
    'POST',
    '/v3/chat',
    asking('!say hello', { stream: undefined }),
  )
  expect(text.endsWith('event:conversation.stream.done\ndata:\n\n')).toBe(true)
  expect(headers.get('x-log-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/)
  expect(headers.has('x-tt-logid')).toBe(false)
  expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({ completed_at: 0, failed_at: 0 })
  expect(events[0]?.data).not.toContain('last_error')
})

test('answers failed authentication with status 200 and its reason', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const missing = await send(coze, 'POST', '/v3/chat', asking('x'), '')
  expect(missing).toMatchObject({ status: 200 })
  expect(missing.json).toEqual({
    code: 700012006,
    msg: 'authentication failed: missing authorization in header',
  })
  const wrong = await send(coze, 'POST', '/v1/conversation/create', {}, 'wrong')
  expect(wrong.json['msg']).toBe('authentication failed: api key invalid')
})

test('answers bad requests with 400, and an unknown agent inside the stream', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const invalid = await send(coze, 'POST', '/v3/chat', asking('x', { bot_id: 'abc' }))
  expect([invalid.status, invalid.json['code']]).toEqual([400, 400])
  const unknown = await send(coze, 'POST', '/v3/chat', asking('x', { bot_id: '1' }))
  expect(unknown.events).toEqual([
    { event: 'error', data: '{"code":103100001,"msg":"agent not found or not accessible"}' },
  ])
})

test('lacks routes that the cloud has', async () => {
  const coze = await emulator({ flavor: 'studio' })
  expect((await send(coze, 'POST', '/v3/chat/retrieve?conversation_id=1&chat_id=1')).status).toBe(404)
  expect((await send(coze, 'GET', '/v1/users/me')).status).toBe(404)
})

test('answers under keys of its own', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const id = await newConversation(coze)
  const retrieved = await send(coze, 'GET', `/v1/conversation/retrieve?conversation_id=${id}`)
  expect(retrieved.json['ConversationData']).toMatchObject({ id, account_id: 1 })
  const chat = await send(
    coze,
    'POST',
    `/v3/chat?conversation_id=${id}`,
    asking('!slow 60000', { stream: false }),
  )
  const chatId = dataText(chat, 'id')
  const canceled = await send(coze, 'POST', '/v3/chat/cancel', { conversation_id: id, chat_id: chatId })
  expect(canceled.json['ChatV3ChatDetail']).toMatchObject({ status: 'cancelled' })
  const listed = await send(coze, 'GET', `/v3/chat/message/list?conversation_id=${id}&chat_id=${chatId}`)
  expect(listed.json['Messages']).toBeInstanceOf(Array)
})

test('opens a new conversation in place of one it does not know', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const { events } = await send(coze, 'POST', '/v3/chat?conversation_id=75', asking('x'))
  expect(JSON.parse(events[0]?.data ?? '')).not.toMatchObject({ conversation_id: '75' })
})

test('never says that an action is required, but frames chatflows with ids', async () => {
  const coze = await emulator({ flavor: 'studio' })
  const asked = await send(coze, 'POST', '/v3/chat', asking('!ask'))
  expect(asked.events.map(({ event }) => event)).not.toContain('conversation.chat.requires_action')
  expect(spoken(asked)).toBe('Which city do you mean?')
  const flow = await send(coze, 'POST', '/v1/workflows/chat', {
    workflow_id: defaults.chatflowId,
    parameters: {},
    additional_messages: [{ role: 'user', content: 'x', content_type: 'text' }],
  })
  expect(flow.text.startsWith('id: 1\nevent: conversation.chat.created\ndata: {')).toBe(true)
})
