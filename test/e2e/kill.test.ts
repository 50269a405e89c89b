// Does a reply survive the death of the bridge, whenever it comes, and does a polite stop lose nothing?

import { describe, expect, test, type TestContext } from 'vitest'
import { openE2eStage, until, yamlOf, type E2eOptions, type E2eStage } from '../support/e2e-stage.ts'
import {
  after,
  answerOf,
  beginsToAnswer,
  chatAbout,
  chatsAbout,
  growsOnScreen,
  newcomer,
  say,
  shows,
  standsWhole,
  wholeAnswer,
} from '../support/e2e-talk.ts'

describe.concurrent('a bridge that is killed', () => {
  test('in mid-reply: the next one finishes the reply in the same message, and Coze is asked once', async (context) => {
    const stage = await stageFor(context)
    const question = say(stage, newcomer(stage), 'survive this !slow 2500')
    const begun = await growsOnScreen(stage, question)
    await stage.bridge.kill()
    expect(standsWhole(stage, 'survive this', after(stage, question))).toBe(false)
    await stage.start()
    const messages = await wholeAnswer(stage, question)
    expect(messages.map(({ messageId }) => messageId)).toEqual([begun.messageId])
  })

  test('in mid-reply of many messages: none stands twice, none is missing', async (context) => {
    const stage = await stageFor(context, {
      coze: { pace: { firstDeltaMs: 10, deltaMs: 10, charsPerDelta: 8 } },
    })
    const question = say(stage, newcomer(stage), '!long 9000 24')
    await growsOnScreen(stage, question, 2)
    const before = after(stage, question).map(({ messageId }) => messageId)
    await stage.bridge.kill()
    await stage.start()
    const messages = await wholeAnswer(stage, question)
    expect(messages.map(({ messageId }) => messageId).slice(0, before.length)).toEqual(before)
  })

  test('after it took the question, before Coze heard it: asked once, answered', async (context) => {
    const stage = await stageFor(context)
    const neverAnswered = stage.coze.faults.always('/v1/conversation/create', { hang: true })
    const question = say(stage, newcomer(stage), '!say heard after all')
    await until(stage, 'the update is confirmed, and a conversation asked for', () => {
      const { requests } = stage.coze.store
      const isAsked = requests.some(({ path }) => path === '/v1/conversation/create')
      return isAsked && stage.telegram.store.confirmedUpdateId >= question.updateId!
    })
    await stage.bridge.kill()
    neverAnswered()
    expect(chatsAbout(stage, 'heard after all')).toEqual([])
    await stage.start()
    await shows(stage, question, 'heard after all')
    chatAbout(stage, 'heard after all')
  })

  test('while Coze is being asked: the question is looked for, not asked again', async (context) => {
    const stage = await stageFor(context)
    stage.coze.faults.next('/v3/chat', { headersDelayMs: 1_500 })
    const question = say(stage, newcomer(stage), '!say found again')
    await until(stage, 'Coze has the question', () => chatsAbout(stage, 'found again').length > 0)
    await stage.bridge.kill()
    await stage.start()
    await shows(stage, question, 'found again')
    chatAbout(stage, 'found again')
    expect(after(stage, question)).toHaveLength(1)
  })

  test('while it delivers: the rest is delivered, and Coze is not asked again', async (context) => {
    const stage = await stageFor(context)
    // Killed while it waits to post the second message: a post whose answer it did not live to see may stand twice.
    const refused = stage.telegram.faults.add({
      fault: { do: 'rate-limit', retryAfterSeconds: 60 },
      methods: ['sendMessage'],
      skip: 1,
    })
    const question = say(stage, newcomer(stage), '!long 12000 100')
    await until(stage, 'Coze is done, the screen is not', () => {
      const isDone = chatsAbout(stage, '!long')[0]?.endedAtMs !== undefined
      return isDone && refused.hits > 0
    })
    await stage.bridge.kill()
    refused.remove()
    expect(standsWhole(stage, '!long', after(stage, question))).toBe(false)
    const before = after(stage, question).map(({ messageId }) => messageId)
    await stage.start()
    const messages = await wholeAnswer(stage, question)
    expect(messages.map(({ messageId }) => messageId).slice(0, before.length)).toEqual(before)
  })

  test('with questions waiting in line: they are answered in their order', async (context) => {
    const stage = await stageFor(context)
    const ann = newcomer(stage)
    const first = say(stage, ann, 'first in line !slow 2000')
    const second = say(stage, ann, '!say second in line')
    const third = say(stage, ann, '!say third in line')
    await growsOnScreen(stage, first)
    await stage.bridge.kill()
    await stage.start()
    await shows(stage, third, 'third in line')
    const texts = after(stage, first).map(({ text }) => text)
    expect(texts.slice(1)).toEqual(['second in line', 'third in line'])
    for (const words of ['first in line', 'second in line', 'third in line']) chatAbout(stage, words)
    expect(stage.coze.store.maxRunningPerConversation).toBe(1)
    expect(standsWhole(stage, 'first in line', after(stage, first).slice(0, 1))).toBe(true)
    expect(second.chatId).toBe(first.chatId)
  })
})

describe.concurrent('a bridge that is told to stop', () => {
  test('finishes the reply it is writing, ends with 0, and the next one remembers the conversation', async (context) => {
    const stage = await stageFor(context)
    const ann = newcomer(stage)
    const first = say(stage, ann, 'remember the walnut !slow 800')
    await beginsToAnswer(stage, first)
    expect(await stage.bridge.stop()).toBe(0)
    expect(standsWhole(stage, 'walnut', after(stage, first))).toBe(true)
    await stage.start()
    const second = say(stage, ann, 'what was it? !remember')
    await shows(stage, second, 'remember the walnut')
    expect(chatAbout(stage, 'what was it?').conversationId).toBe(chatAbout(stage, 'walnut').conversationId)
  })

  test('leaves what takes too long to the journal: the next one finishes it', async (context) => {
    const stage = await stageFor(context, { yaml: yamlOf('drainMs: 300') })
    const question = say(stage, newcomer(stage), 'a patient answer !slow 2500')
    const begun = await beginsToAnswer(stage, question)
    expect(await stage.bridge.stop()).toBe(0)
    expect(standsWhole(stage, 'a patient answer', after(stage, question))).toBe(false)
    await stage.start()
    const messages = await wholeAnswer(stage, question)
    expect(messages.map(({ messageId }) => messageId)).toEqual([begun.messageId])
    expect(answerOf(stage, chatAbout(stage, 'a patient answer'))).not.toBe('')
  })
})

async function stageFor({ onTestFinished }: TestContext, options: E2eOptions = {}): Promise<E2eStage> {
  const stage = await openE2eStage(options)
  onTestFinished(() => stage.close())
  return stage
}
