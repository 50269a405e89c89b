// Do messages keep the platform's rules? Once per uuid, in their thread, within the rates and sizes; by raw HTTP.
import { expect, test } from 'vitest'
import { stage } from './raw-bot.ts'
import { readJson } from './types.ts'

test('a message is sent once per uuid within an hour, also when the first answer was lost', async () => {
  await using lab = await stage()
  const { emulator, bot, group, pass } = lab
  emulator.faults.add({ fault: { do: 'drop', storing: 'after' }, operations: ['message.create'] })
  await expect(bot.send(group.id, 'hi', { uuid: 'u1' })).rejects.toThrow()
  const again = await bot.send(group.id, 'hi', { uuid: 'u1' })
  expect(emulator.screen(group).map(({ messageId }) => messageId)).toEqual([again.data.message_id])
  pass(3_600_001)
  await bot.send(group.id, 'hi', { uuid: 'u1' })
  expect(emulator.screen(group)).toHaveLength(2)
})

test('a receiver must fit its type', async () => {
  await using lab = await stage()
  const { bot, ann } = lab
  const to = async (type: string, id: string) =>
    (
      await bot.call('POST', `/im/v1/messages?receive_id_type=${type}`, {
        receive_id: id,
        msg_type: 'text',
        content: '{"text":"hi"}',
      })
    ).code
  expect(await to('open_id', ann.id)).toBe(0)
  expect(await to('union_id', ann.unionId)).toBe(0)
  expect(await to('chat_id', ann.id)).toBe(99992361)
  expect(await to('open_id', 'ou_stranger')).toBe(99992351)
  expect(await to('thread_id', 'omt_1')).toBe(99992402)
})

test('a reply names what it answers, and stays in the thread of it', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const plain = emulator.say(ann, group, 'question')
  expect((await bot.reply(plain.messageId, 'answer')).data).toMatchObject({
    parent_id: plain.messageId,
    root_id: plain.messageId,
  })
  const threaded = await bot.reply(plain.messageId, 'in a thread', { reply_in_thread: true })
  const threadId = threaded.data.thread_id ?? ''
  const inThread = emulator.say(ann, group, 'more', { thread: threadId })
  const last = await bot.reply(inThread.messageId, 'last')
  expect(last.data).toMatchObject({ thread_id: threadId, parent_id: plain.messageId })
  expect(emulator.screen(group, { thread: threadId }).map(({ text }) => text)).toEqual([
    'question',
    'in a thread',
    'more',
    'last',
  ])
})

test('in a topic group every message begins a topic', async () => {
  await using lab = await stage()
  const { emulator, bot, ann } = lab
  const topics = emulator.group({ members: [ann], kind: 'topic' })
  const asked = emulator.say(ann, topics, 'question')
  expect(asked.threadId).toMatch(/^omt_/)
  expect((await bot.reply(asked.messageId, 'answer')).data.thread_id).toBe(asked.threadId)
  expect((await bot.send(topics.id, 'alone')).data.thread_id).not.toBe(asked.threadId)
  expect((await bot.call('GET', `/im/v1/chats/${topics.id}`)).data).toMatchObject({ chat_mode: 'topic' })
})

test('what cannot be answered says why', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const asked = emulator.say(ann, group, 'question')
  emulator.recall(asked)
  expect((await bot.reply(asked.messageId, 'x')).code).toBe(230011)
  expect((await bot.reply('omt_1', 'x')).code).toBe(99992354)
  expect((await bot.reply('om_unknown', 'x')).code).toBe(231003)
  emulator.removeBot(group)
  expect((await bot.send(group.id, 'x')).code).toBe(230002)
  emulator.addBot(group)
  emulator.refuse(group, 230035)
  expect((await bot.send(group.id, 'x')).code).toBe(230035)
})

test('five messages a second go into one chat', async () => {
  await using lab = await stage()
  const { bot, group, pass } = lab
  const codes: number[] = []
  for (let i = 0; i < 6; i += 1) codes.push((await bot.send(group.id, `${i}`)).code)
  expect(codes).toEqual([0, 0, 0, 0, 0, 230020])
  pass(1000)
  expect((await bot.send(group.id, 'later')).code).toBe(0)
})

test('the gateway refuses more than fifty calls of one API a second, and says for how long', async () => {
  await using lab = await stage()
  const { bot } = lab
  const answers = await Promise.all(Array.from({ length: 51 }, () => bot.call('GET', '/bot/v3/info')))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatchObject({ code: 99991400 })
  expect(refused[0]?.headers.get('x-ogw-ratelimit-reset')).toBe('1')
})

test('a text is edited twenty times, a card not at all this way', async () => {
  await using lab = await stage({ limits: false })
  const { emulator, bot, group } = lab
  const { message_id: id } = (await bot.send(group.id, 'first')).data
  const edit = (text: string) =>
    bot.call('PUT', `/im/v1/messages/${id}`, { msg_type: 'text', content: JSON.stringify({ text }) })
  for (let i = 0; i < 20; i += 1) expect((await edit(`${i}`)).code).toBe(0)
  expect((await edit('one more')).code).toBe(230072)
  expect(emulator.screen(group)[0]).toMatchObject({ text: '19', editedCount: 20 })
  const card = await bot.send(group.id, '', { msg_type: 'interactive', content: inline('hi') })
  const asText = await bot.call('PUT', `/im/v1/messages/${card.data.message_id}`, {
    msg_type: 'text',
    content: '{"text":"x"}',
  })
  expect(asText.code).toBe(230054)
})

test('a card message is patched five times a second', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  const { message_id: id } = (await bot.send(group.id, '', { msg_type: 'interactive', content: inline('0') }))
    .data
  const codes: number[] = []
  for (let i = 1; i <= 6; i += 1)
    codes.push((await bot.call('PATCH', `/im/v1/messages/${id}`, { content: inline(`${i}`) })).code)
  expect(codes).toEqual([0, 0, 0, 0, 0, 230020])
  expect(emulator.screen(group)[0]).toMatchObject({ text: '5', generating: false })
})

test('too much is refused: text beyond 150 KB, cards and posts beyond 30 KB', async () => {
  await using lab = await stage({ limits: false })
  const { bot, group } = lab
  const send = async (msg_type: string, content: unknown) =>
    (await bot.send(group.id, '', { msg_type, content: JSON.stringify(content) })).code
  expect(await send('text', { text: 'x'.repeat(150 * 1024) })).toBe(230025)
  expect(await send('post', { zh_cn: { content: [[{ tag: 'text', text: 'x'.repeat(31_000) }]] } })).toBe(
    230025,
  )
  expect(await send('interactive', readJson(inline('x'.repeat(31_000))))).toBe(230025)
  expect(await send('post', { content: [[{ tag: 'text', text: 'no locale' }]] })).toBe(230001)
})

test('a message is read with its mentions as strings, a merged forward with its children', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const asked = emulator.say(ann, group, 'hi @Emu', { mention: true })
  const { items } = (await bot.call('GET', `/im/v1/messages/${asked.messageId}`)).data
  expect(items[0]!.mentions[0]).toMatchObject({ key: '@_user_1', id: emulator.botOpenId, id_type: 'open_id' })
  expect(items[0]!.body.content).toBe('{"text":"hi @_user_1"}')
  const forwarded = emulator.say(ann, group, '', {
    forward: [
      { from: ann, text: 'a' },
      { from: ann, text: 'b' },
    ],
  })
  const read = (await bot.call('GET', `/im/v1/messages/${forwarded.messageId}`)).data.items
  expect(read.map((item) => item['upper_message_id'])).toEqual([
    undefined,
    forwarded.messageId,
    forwarded.messageId,
  ])
})

test('a room lists its messages page by page, of a thread only the first', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group } = lab
  const first = emulator.say(ann, group, 'one')
  emulator.say(ann, group, 'inside', { replyTo: first, thread: true })
  emulator.say(ann, group, 'two')
  const list = (more: string) =>
    bot.call('GET', `/im/v1/messages?container_id_type=chat&container_id=${group.id}&page_size=1${more}`)
  const page = (await list('')).data
  expect([page.has_more, page.items[0]!.message_id]).toEqual([true, first.messageId])
  const next = (await list(`&page_token=${page.page_token}`)).data
  expect([next.has_more, next.items[0]!.body.content]).toEqual([false, '{"text":"two"}'])
})

function inline(content: string): string {
  return JSON.stringify({
    schema: '2.0',
    config: { update_multi: true },
    body: { elements: [{ tag: 'markdown', content }] },
  })
}
