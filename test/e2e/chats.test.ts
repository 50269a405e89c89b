// Does everybody get their own answer, in the place where they asked?

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import { after, chatAbout, chatsAbout, newcomer, say, shows, wholeAnswer } from '../support/e2e-talk.ts'

describe.concurrent('a bridge between Coze and Telegram', () => {
  let stage: E2eStage
  beforeAll(async () => {
    stage = await openE2eStage({ telegram: { privateTopics: true }, env: { COZE_CHATS_PER_SECOND: '0' } })
  })
  afterAll(() => stage.close())

  test('answers a private message with all that Coze said, growing in one message', async () => {
    const ann = newcomer(stage)
    const question = say(stage, ann, 'hello from a private chat')
    const [message, ...others] = await wholeAnswer(stage, question)
    expect(others).toEqual([])
    const frames = stage.telegram.store.frames.filter((frame) => frame.byBot && frame.chatId === ann.id)
    expect(frames.map(({ kind }) => kind).slice(0, 2)).toEqual(['post', 'edit'])
    expect(new Set(frames.map(({ messageId }) => messageId))).toEqual(new Set([message?.messageId]))
  })

  test('answers a mention in a group, as a reply to it, and leaves talk between people alone', async () => {
    const ann = newcomer(stage)
    const bob = newcomer(stage, 'Bob')
    const chat = stage.telegram.group({ members: [ann, bob] })
    say(stage, ann, 'a word between us two', { chat })
    say(stage, ann, 'emu_bot without an at sign, and mail to x@emu_bot.example', { chat })
    const question = say(stage, bob, '@emu_bot !say an answer in the group', { chat })
    // Updates of a chat are handled in their order: the silence before is proven by this answer.
    const message = await shows(stage, question, 'an answer in the group')
    expect(message.replyTo).toBe(question.messageId)
    expect(stage.telegram.screen(chat).filter(({ byBot }) => byBot)).toHaveLength(1)
    expect(chatsAbout(stage, 'between us two')).toEqual([])
    expect(chatsAbout(stage, 'without an at sign')).toEqual([])
    expect(chatAbout(stage, 'an answer in the group').query).toBe('!say an answer in the group')
  })

  test('answers a reply to one of its own messages in a group', async () => {
    const ann = newcomer(stage)
    const chat = stage.telegram.group({ members: [ann] })
    const first = say(stage, ann, '@emu_bot !say first words', { chat })
    const answer = await shows(stage, first, 'first words')
    const second = say(stage, ann, '!say second words', { chat, replyTo: answer.messageId })
    await shows(stage, second, 'second words')
    expect(chatAbout(stage, 'second words').conversationId).toBe(
      chatAbout(stage, 'first words').conversationId,
    )
  })

  test('keeps two people in one group apart: two conversations, two Coze users, nobody reads the other', async () => {
    const ann = newcomer(stage)
    const bob = newcomer(stage, 'Bob')
    const chat = stage.telegram.group({ members: [ann, bob] })
    const secrets = [
      say(stage, ann, '@emu_bot !say ok the apricot is mine', { chat }),
      say(stage, bob, '@emu_bot !say ok the banana is mine', { chat }),
    ]
    await shows(stage, secrets[0]!, 'apricot')
    await shows(stage, secrets[1]!, 'banana')
    const mine = say(stage, ann, '@emu_bot recall for apricot !remember', { chat })
    const his = say(stage, bob, '@emu_bot recall for banana !remember', { chat })
    const memoryOf = (question: typeof mine) =>
      after(stage, question).find(({ replyTo }) => replyTo === question.messageId)?.text ?? ''
    await until(stage, 'both are told what they said', () =>
      [mine, his].every((question) => memoryOf(question).includes('is mine')),
    )
    expect(memoryOf(mine)).toContain('apricot')
    expect(memoryOf(mine)).not.toContain('banana')
    expect(memoryOf(his)).toContain('banana')
    expect(memoryOf(his)).not.toContain('apricot')
    const about = ['apricot is', 'banana is'].map((words) => chatAbout(stage, words))
    expect(new Set(about.map(({ conversationId }) => conversationId)).size).toBe(2)
    expect(new Set(about.map(({ userId }) => userId)).size).toBe(2)
    // Whoever runs the agent does not learn who its people are on Telegram.
    expect(about.map(({ userId }) => userId)).not.toContain(String(ann.id))
  })

  test('answers in the topic of a forum where it was asked', async () => {
    const ann = newcomer(stage)
    const chat = stage.telegram.group({ members: [ann], forum: true })
    const topic = stage.telegram.topic(chat, 'Cooking')
    const { threadId } = topic
    const question = say(stage, ann, '@emu_bot !say inside the topic', { chat, threadId })
    const message = await shows(stage, question, 'inside the topic')
    expect(message.threadId).toBe(threadId)
    expect(stage.telegram.screen(chat).filter((shown) => shown.byBot)).toHaveLength(1)
  })

  test('answers in the topic of a private chat where it was asked', async () => {
    const ann = newcomer(stage)
    const { threadId } = stage.telegram.topic(ann, 'Work')
    const question = say(stage, ann, '!say inside the private topic', { threadId })
    expect((await shows(stage, question, 'inside the private topic')).threadId).toBe(threadId)
  })

  test('answers an admin who writes anonymously', async () => {
    const ann = newcomer(stage)
    const chat = stage.telegram.group({ members: [ann] })
    const question = say(stage, ann, '@emu_bot !say to nobody in particular', {
      chat,
      asAnonymousAdmin: true,
    })
    await shows(stage, question, 'to nobody in particular')
  })

  test('answers once when Telegram delivers an update twice, also under another id', async () => {
    const ann = newcomer(stage)
    const question = say(stage, ann, '!say delivered twice')
    await shows(stage, question, 'delivered twice')
    stage.telegram.redeliver(question.updateId!)
    stage.telegram.redeliver(question.updateId!, 'new')
    const later = say(stage, ann, '!say asked once')
    await shows(stage, later, 'asked once')
    expect(chatsAbout(stage, 'delivered twice')).toHaveLength(1)
    expect(after(stage, question)).toHaveLength(2)
  })

  test('answers ten quick messages of one person in order, in one conversation, never two at once', async () => {
    const ann = newcomer(stage)
    const numbers = Array.from({ length: 10 }, (_, i) => i + 1)
    const questions = numbers.map((n) => say(stage, ann, `!say the answer to quick question ${n}.`))
    await shows(stage, questions.at(-1)!, 'quick question 10.')
    const texts = after(stage, questions[0]!).map(({ text }) => text)
    expect(texts).toEqual(numbers.map((n) => `the answer to quick question ${n}.`))
    const chats = chatsAbout(stage, 'quick question')
    expect(chats).toHaveLength(10)
    expect(new Set(chats.map(({ conversationId }) => conversationId)).size).toBe(1)
    expect(stage.coze.store.maxRunningPerConversation).toBe(1)
    expect(stage.coze.store.counts.refusedBusy).toBe(0)
  })

  test('shows 20,000 characters with code and tables whole, in messages that fit, without being told to slow down', async () => {
    const ann = newcomer(stage)
    const question = say(stage, ann, '!long 20000')
    const messages = await wholeAnswer(stage, question)
    expect(messages.length).toBeGreaterThan(4)
    expect(Math.max(...messages.map(({ text }) => text.length))).toBeLessThanOrEqual(4096)
    const kinds = new Set(messages.flatMap(({ entities }) => entities.map(({ type }) => type)))
    expect([...kinds]).toEqual(expect.arrayContaining(['bold', 'pre', 'text_link']))
    const calls = stage.telegram.store.calls.filter(({ chatId }) => chatId === ann.id)
    expect(calls.filter(({ status }) => status === 429)).toEqual([])
  })
})
