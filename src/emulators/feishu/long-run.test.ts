// Does the emulator serve long runs: what nobody heard of, what comes in disorder, what is forgotten?
import { expect, test } from 'vitest'
import { stage } from './raw-bot.ts'

test('a post whose answer was lost is told apart from one that was answered', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  emulator.faults.add({ fault: { do: 'drop', storing: 'after' }, operations: ['message.create'] })
  await expect(bot.send(group.id, 'lost', { uuid: 'u1' })).rejects.toThrow()
  await bot.send(group.id, 'heard', { uuid: 'u2' })
  const [lost] = emulator.screen(group)
  expect(emulator.store.ambiguousPosts).toMatchObject([
    { operation: 'message.create', chatId: group.id, messageId: lost?.messageId, uuid: 'u1' },
  ])
})

test('a post whose caller is gone before the answer is one of those', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  const token = await bot.signIn()
  emulator.faults.add({ fault: { do: 'slow', delayMs: 60_000 }, operations: ['message.create'] })
  const gone = new AbortController()
  const body = { receive_id: group.id, msg_type: 'text', content: '{"text":"hi"}' }
  const sent = fetch(`${emulator.url}/open-apis/im/v1/messages?receive_id_type=chat_id`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: gone.signal,
  })
  setImmediate(() => setTimeout(() => gone.abort(), 50))
  await expect(sent).rejects.toThrow()
  await emulator.waitFor(({ store }) => store.ambiguousPosts.length === 1, { timeoutMs: 5_000 })
  expect(emulator.screen(group)).toHaveLength(1)
})

test('what is older than a moment is forgotten, but for people, rooms, topics and what is on its way', async () => {
  await using lab = await stage()
  const { emulator, bot, ann, group, pass } = lab
  const root = emulator.say(ann, group, 'a topic', { quiet: true })
  const inTopic = emulator.say(ann, group, 'in it', { replyTo: root, thread: true, quiet: true })
  const card = JSON.stringify({ schema: '2.0', config: { streaming_mode: true }, body: { elements: [] } })
  const { data } = await bot.call('POST', '/cardkit/v1/cards', { type: 'card_json', data: card })
  await bot.send(group.id, '', {
    msg_type: 'interactive',
    content: JSON.stringify({ type: 'card', data: { card_id: data.card_id } }),
    uuid: 'u1',
  })
  const waiting = emulator.say(ann, group, 'nobody listens')
  pass(60_000)
  const kept = await bot.send(group.id, 'new')
  emulator.store.forgetBefore(emulator.store.messages.get(kept.data.message_id)?.createdAtMs ?? 0)
  expect(emulator.screen(group).map(({ messageId }) => messageId)).toEqual([
    root.messageId,
    waiting.messageId,
    kept.data.message_id,
  ])
  expect(emulator.store.messages.has(inTopic.messageId)).toBe(false)
  expect(emulator.store.cards.size).toBe(0)
  expect(emulator.store.frames.map(({ text }) => text)).toEqual(['new'])
  emulator.say(ann, group, 'once more', { thread: inTopic.threadId ?? '', quiet: true })
  expect(emulator.screen(group, { thread: inTopic.threadId ?? '' })).toHaveLength(2)
})

test('departments are shown, hidden or refused', async () => {
  const seen = async (departments: 'readable' | 'hidden' | 'refused') => {
    await using lab = await stage({ departments })
    const { emulator, bot } = lab
    const { id } = emulator.person({ departments: ['od-1'] })
    const { code, data } = await bot.call(
      'GET',
      `/contact/v3/users/${id}?department_id_type=open_department_id`,
    )
    return [code, (data as { user?: { department_ids?: unknown } } | undefined)?.user?.department_ids]
  }
  expect(await seen('readable')).toEqual([0, ['od-1']])
  expect(await seen('hidden')).toEqual([0, undefined])
  expect(await seen('refused')).toEqual([99991672, undefined])
})
