// Where a question belongs, and what it refers to: threads of their own, quotes fetched, messages taken back. Over fakes.

import { expect, test } from 'vitest'
import type { ChatEvent, LifeEvent } from '../../src/contract/event.ts'
import { address, brand, policy, route } from '../support/bridge-events.ts'
import { openTurns, setUp, type HarnessOptions } from '../support/bridge-harness.ts'
import { at, completed, createGate, delta, says, started } from '../support/scripted-assistant.ts'

const inChannel = { chatKind: 'group', mentionsBot: true } as const
const withThreads: HarnessOptions = {
  opensThreads: true,
  policy: policy({ routes: [route({ threads: 'open' })] }),
}

function quoting(text: string, quoted: string): (event: ChatEvent) => ChatEvent {
  return (event) =>
    event.kind === 'message'
      ? { ...event, text, quoted: { fromBot: false, senderName: 'Bob', text: quoted } }
      : event
}

function takenBack(messageId: string): LifeEvent {
  return {
    kind: 'retracted',
    id: brand(`retracted-${messageId}`),
    sentAtMs: 0,
    address: address('chat'),
    messageId: brand(messageId),
  }
}

test('a question in a channel is answered in a thread of its own, opened before it is asked', async () => {
  const h = await setUp(withThreads)
  h.assistant.onAnswer(says('Yes'))
  await h.say('is it so?', { ...inChannel, id: 'e1' })
  await h.run()
  expect(h.platform.messages).toMatchObject([{ place: 'thread-asked-e1', states: ['Yes'] }])
  expect(h.platform.callsOf('thread').map(({ text }) => text)).toEqual(['is it so?'])
  expect(h.platform.messages[0]?.replyTo).toBeUndefined()
})

test('the conversation belongs to the thread from its first message', async () => {
  const h = await setUp(withThreads)
  h.assistant.onAnswer(says('Yes'))
  await h.say('is it so?', { ...inChannel, id: 'e1' })
  await h.run()
  await h.say('and why?', { ...inChannel, thread: 'thread-asked-e1', mentionsBot: false })
  await h.say('something else', { ...inChannel, id: 'e3' })
  await h.run()
  const conversations = h.assistant.asked.map(({ conversation }) => conversation.conversationId)
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['is it so?', 'and why?', 'something else'])
  expect(conversations[1]).toBe(conversations[0])
  expect(conversations[2]).not.toBe(conversations[0])
})

test('in a thread, people who talk among themselves are left alone', async () => {
  const h = await setUp(withThreads)
  await h.say('is it so?', { ...inChannel, id: 'e1' })
  await h.run()
  const there = { ...inChannel, thread: 'thread-asked-e1', mentionsBot: false }
  expect(await h.say('what is it about?', { ...there, user: 'bob' })).toEqual({ show: 'nothing' })
  await h.say('elsewhere', { ...there, thread: 'another' })
  await h.run()
  expect(h.assistant.asked).toHaveLength(1)
})

test('a channel where no thread can be opened gets its answer all the same', async () => {
  const h = await setUp(withThreads)
  h.platform.fail('thread', { kind: 'denied' })
  h.assistant.onAnswer(says('Yes'))
  await h.say('is it so?', { ...inChannel, id: 'e1' })
  await h.run()
  expect(h.platform.messages).toMatchObject([{ place: 'chat', replyTo: 'asked-e1', states: ['Yes'] }])
})

test('killed while its thread was being opened, a question is answered in that thread', async () => {
  const h = await setUp(withThreads)
  h.platform.fail('thread', { kind: 'done-then-hang' })
  h.assistant.onAnswer(says('Yes'))
  await h.say('is it so?', { ...inChannel, id: 'e1' })
  await h.run()
  await h.kill()
  await h.run()
  expect(h.platform.messages).toMatchObject([{ place: 'thread-asked-e1', states: ['Yes'] }])
  expect(h.assistant.asked).toHaveLength(1)
  expect(await openTurns(h)).toBe(0)
})

test('what a question refers to is fetched before it is asked', async () => {
  const h = await setUp({ completes: quoting('is that true?', 'The moon is hollow.') })
  await h.say('', { incomplete: true })
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['> Bob: The moon is hollow.\n\nis that true?'])
})

test('a reference that cannot be fetched in time does not keep the question waiting', async () => {
  const h = await setUp({ completes: (event) => event })
  h.platform.fail('complete', { kind: 'hang' })
  await h.say('is that true?', { incomplete: true })
  await h.run(10_000)
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['is that true?'])
})

test('a forward that cannot be read is answered with a sentence, not with a question about nothing', async () => {
  const h = await setUp({ completes: (event) => event })
  h.platform.fail('complete', { kind: 'denied' })
  await h.say('', { incomplete: true })
  await h.run()
  expect(h.screen).toEqual(['input.unreadable'])
  expect(h.assistant.asked).toHaveLength(0)
})

test('what was fetched survives a kill: the question is the same one afterwards', async () => {
  const h = await setUp({ completes: quoting('is that true?', 'The moon is hollow.') })
  h.platform.fail('complete', { kind: 'done-then-hang' })
  await h.say('is that true?', { incomplete: true })
  await h.run()
  await h.kill()
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['> Bob: The moon is hollow.\n\nis that true?'])
})

test('a message taken back before its turn came is not asked', async () => {
  const h = await setUp()
  const gate = createGate()
  h.assistant.onAnswer([started, at(gate), delta('A'), completed], says('B'))
  await h.say('one', { id: 'e1' })
  await h.say('two', { id: 'e2' })
  await h.say('three', { id: 'e3' })
  await h.run()
  await h.take(takenBack('asked-e2'))
  gate.open()
  await h.run()
  expect(h.assistant.asked.map(({ text }) => text)).toEqual(['one', 'three'])
  expect(await openTurns(h)).toBe(0)
})

test('a button of somebody who may not ask is answered, so that it does not keep turning', async () => {
  const h = await setUp({ policy: policy({ routes: [] }) })
  const ack = await h.take({
    kind: 'command',
    id: brand('c1'),
    name: 'help',
    options: {},
    rest: '',
    address: address('chat'),
    chatKind: 'group',
    sender: { id: brand('ann'), isBot: false },
    replyTarget: { account: 'fake', place: { chat: 'chat' } },
    sentAtMs: 0,
  })
  expect(ack).toEqual({ show: 'notice', notice: { key: 'access.denied' } })
})

test('a button that stands for nothing any more says so', async () => {
  const h = await setUp()
  const ack = await h.take({
    kind: 'action',
    id: brand('a1'),
    token: 'long-gone',
    address: address('chat'),
    chatKind: 'direct',
    sender: { id: brand('ann'), isBot: false },
    replyTarget: { account: 'fake', place: { chat: 'chat' } },
    sentAtMs: 0,
  })
  expect(ack).toEqual({ show: 'notice', notice: { key: 'action.expired' } })
})
