// Does the emulator keep Coze's rules?
import { expect, test } from 'vitest'
import { always, defaults } from './index.ts'
import { asking, dataText, emulator, newConversation, send, spoken } from '../../../test/support/coze-wire.ts'

const chatOf = (conversationId: string) => `/v3/chat?conversation_id=${conversationId}`

test('answers errors before the stream as JSON with status 200', async () => {
  const coze = await emulator({
    tokens: {
      good: { ownerUid: '1' },
      old: { ownerUid: '1', expired: true },
      weak: { ownerUid: '1', permissions: [] },
    },
    bots: { [defaults.botId]: {}, '71': { published: false } },
  })
  const codeOf = async (body: object, token = 'good') => {
    const { status, json } = await send(coze, 'POST', '/v3/chat', body, token)
    expect(status).toBe(200)
    return json['code']
  }
  expect(await codeOf(asking('x'), '')).toBe(4101)
  expect(await codeOf(asking('x', { bot_id: '1' }), 'wrong')).toBe(4200)
  expect(await codeOf(asking('x'), 'wrong')).toBe(4101)
  expect(await codeOf(asking('x'), 'old')).toBe(4101)
  expect(await codeOf(asking('x'), 'weak')).toBe(4101)
  expect(await codeOf(asking('x', { bot_id: '71' }))).toBe(4015)
  expect(await codeOf(asking('x', { user_id: '' }))).toBe(4000)
  expect(await codeOf(asking('x', { meta_data: { k: 'v'.repeat(513) } }))).toBe(4003)
  expect(
    await codeOf(asking('x', { additional_messages: Array(101).fill({ role: 'user', content: 'x' }) })),
  ).toBe(4004)
  expect(await codeOf(asking('x', { stream: false, auto_save_history: false }))).toBe(4007)
  expect(await codeOf(asking('!refuse 4011'))).toBe(4011)
  expect(coze.store.counts.chats).toBe(0)
})

test('answers a wrong token elsewhere with 401 and the code of the family', async () => {
  const coze = await emulator()
  const retrieve = await send(
    coze,
    'GET',
    '/v3/chat/retrieve?conversation_id=1&chat_id=1',
    undefined,
    'wrong',
  )
  expect([retrieve.status, retrieve.json['code']]).toEqual([401, 700012006])
  const run = await send(coze, 'POST', '/v1/workflow/stream_run', {}, 'wrong')
  expect([run.status, run.json['code']]).toEqual([401, 4100])
  const unknown = await send(coze, 'GET', '/v9/nothing')
  expect([unknown.status, unknown.json['code']]).toEqual([404, 4000])
})

test('frames a stream as cloud does, ended by a quoted [DONE]', async () => {
  const coze = await emulator()
  const { text, headers, events } = await send(coze, 'POST', '/v3/chat', asking('hello'))
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(headers.get('x-tt-logid')).toMatch(/^\d{14}[0-9A-F]{20}$/)
  expect(text.startsWith('event:conversation.chat.created\ndata:{"id":"75')).toBe(true)
  expect(text.endsWith('\n\nevent:done\ndata:"[DONE]"\n\n')).toBe(true)
  expect(events.slice(0, 2).map(({ event }) => event)).toEqual([
    'conversation.chat.created',
    'conversation.chat.in_progress',
  ])
})

test('takes the conversation from the query, and ignores it in the body', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  await send(coze, 'POST', '/v3/chat', asking('lost', { conversation_id: id }))
  await send(coze, 'POST', chatOf(id), asking('kept'))
  expect(coze.store.chatsOf(id).map((chat) => chat.query)).toEqual(['kept'])
  const elsewhere = await send(coze, 'POST', chatOf('75000'), asking('x'))
  expect(elsewhere.json['code']).toBe(4002)
})

test('runs one chat per conversation, and is free again after a cancel', async () => {
  const coze = await emulator()
  coze.setScript(defaults.botId, always({ waitMs: 3_600_000 }))
  const id = await newConversation(coze)
  const first = await send(coze, 'POST', chatOf(id), asking('one', { stream: false }))
  const second = await send(coze, 'POST', chatOf(id), asking('two'))
  expect(second.json['code']).toBe(4016)
  const body = { conversation_id: id, chat_id: dataText(first, 'id') }
  expect(dataText(await send(coze, 'POST', '/v3/chat/cancel', body), 'status')).toBe('canceled')
  expect((await send(coze, 'POST', '/v3/chat/cancel', body)).json['code']).toBe(4104)
  coze.setScript(defaults.botId, always({ say: 'free' }))
  expect(spoken(await send(coze, 'POST', chatOf(id), asking('three')))).toBe('free')
  expect(coze.store.maxRunningPerConversation).toBe(1)
  expect(coze.store.counts.refusedBusy).toBe(1)
})

test('goes on with a chat whose connection was cut', async () => {
  const coze = await emulator()
  const cut = await send(coze, 'POST', '/v3/chat', asking('!cut'))
  expect(cut.broke).toBe(true)
  const [chat] = [...coze.store.chats.values()]
  const ids = `conversation_id=${chat?.conversationId ?? ''}&chat_id=${chat?.id ?? ''}`
  await expect
    .poll(async () => dataText(await send(coze, 'GET', `/v3/chat/retrieve?${ids}`), 'status'))
    .toBe('completed')
  const [whole = ''] = coze.store.answerText(chat?.id ?? '')
  expect(whole.length).toBeGreaterThan(spoken(cut).length)
  expect(whole.startsWith(spoken(cut))).toBe(true)
  const listed = await send(coze, 'GET', `/v3/chat/message/list?${ids}`)
  expect(listed.text).toContain(JSON.stringify(whole))
})

test('keeps meta_data with the question and with the chat', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  const message = { role: 'user', content: 'x', content_type: 'text', meta_data: { turn: 't1' } }
  const body = asking('', { additional_messages: [message], meta_data: { turn: 't2' } })
  await send(coze, 'POST', chatOf(id), body)
  const listed = await send(coze, 'POST', `/v1/conversation/message/list?conversation_id=${id}`, {
    order: 'asc',
  })
  expect(listed.json['data']).toMatchObject([
    { meta_data: { turn: 't1' }, type: 'question' },
    { type: 'answer' },
  ])
  expect([...coze.store.chats.values()][0]?.metaData).toEqual({ turn: 't2' })
})

test('pages through messages in the order of the list', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  const path = `conversation_id=${id}`
  for (const content of ['a', 'b', 'c'])
    await send(coze, 'POST', `/v1/conversation/message/create?${path}`, {
      role: 'user',
      content,
      content_type: 'text',
    })
  const first = await send(coze, 'POST', `/v1/conversation/message/list?${path}`, { limit: 2 })
  expect(first.json).toMatchObject({ data: [{ content: 'c' }, { content: 'b' }], has_more: true })
  const rest = await send(coze, 'POST', `/v1/conversation/message/list?${path}`, {
    after_id: first.json['last_id'],
  })
  expect(rest.json).toMatchObject({ data: [{ content: 'a' }], has_more: false })
})

test('lets nobody see a conversation of another account', async () => {
  const coze = await emulator({ tokens: { [defaults.token]: { ownerUid: '1' }, other: { ownerUid: '2' } } })
  const id = await newConversation(coze)
  expect((await send(coze, 'POST', chatOf(id), asking('x'), 'other')).json['code']).toBe(4002)
})

test('gives several answers of one chat different messages', async () => {
  const coze = await emulator()
  await send(coze, 'POST', '/v3/chat', asking('!two'))
  const [chat] = [...coze.store.chats.values()]
  expect(coze.store.answerText(chat?.id ?? '')).toEqual([
    '1. You said: !two',
    '2. And this is a **second** answer of the same chat.',
  ])
})

test('blocks the conversation of a chat that waits for an action', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  await send(coze, 'POST', chatOf(id), asking('!ask'))
  expect((await send(coze, 'POST', chatOf(id), asking('x'))).json['code']).toBe(4016)
  const [chat] = coze.store.chatsOf(id)
  const path = `/v3/chat/submit_tool_outputs?conversation_id=${id}&chat_id=${chat?.id ?? ''}`
  const wrong = await send(coze, 'POST', path, { tool_outputs: [], stream: true })
  expect(wrong.json['code']).toBe(4000)
  const tool_outputs = [{ tool_call_id: chat?.toolCalls[0]?.id, output: 'Oslo' }]
  expect(spoken(await send(coze, 'POST', path, { tool_outputs, stream: true }))).toBe('You said: Oslo')
  expect(coze.store.answerText(chat?.id ?? '')).toEqual(['Which city do you mean?', 'You said: Oslo'])
})

test('refuses object_string that Coze refuses', async () => {
  const coze = await emulator()
  const codeOf = async (items: unknown) => {
    const message = { role: 'user', content: JSON.stringify(items), content_type: 'object_string' }
    const answered = await send(coze, 'POST', '/v3/chat', asking('', { additional_messages: [message] }))
    return answered.json['code']
  }
  const image = { type: 'image', file_url: 'http://127.0.0.1/a.png' }
  expect(await codeOf([{ type: 'text', text: 'alone' }])).toBe(4000)
  expect(await codeOf([image])).toBe(4000)
  expect(
    await codeOf([
      { type: 'text', text: 'a' },
      { type: 'image', file_id: '75' },
    ]),
  ).toBe(4200)
  expect(await codeOf([{ type: 'text', text: 'a' }, image])).toBeUndefined()
})

test('uploads what it knows and refuses the rest', async () => {
  const coze = await emulator()
  const upload = async (name: string, bytes: string) => {
    const form = new FormData()
    form.append('file', new File([bytes], name))
    return send(coze, 'POST', '/v1/files/upload', form)
  }
  const kept = await upload('a.png', '\r\n--not a boundary\r\n')
  const file = coze.store.files.get(dataText(kept, 'id'))
  expect(file?.bytes?.toString()).toBe('\r\n--not a boundary\r\n')
  expect((await upload('a.png', '')).json['code']).toBe(4300)
  expect((await upload('a.md', 'x')).json['code']).toBe(4303)
  expect((await send(coze, 'POST', '/v1/files/upload', {})).json['code']).toBe(4300)
})

test('refuses too many chats a second with 429', async () => {
  const coze = await emulator({ limits: { chatsPerSecond: 1 }, nowMs: () => 1_760_000_000_000 })
  expect((await send(coze, 'POST', '/v3/chat', asking('x'))).status).toBe(200)
  expect((await send(coze, 'POST', '/v3/chat', asking('x'))).status).toBe(429)
})

test('tells an observer the whole exchange', async () => {
  const seen: { path: string; events: readonly { event: string; data: unknown }[] | undefined }[] = []
  const coze = await emulator({ observe: (exchange) => seen.push(exchange) })
  await send(coze, 'POST', '/v3/chat', asking('hi'))
  await expect.poll(() => seen.length).toBe(1)
  expect(seen[0]?.events?.at(-1)).toEqual({ event: 'done', data: '[DONE]' })
})
