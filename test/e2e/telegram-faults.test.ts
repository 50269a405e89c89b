// What becomes of a reply when Telegram is slow, forbids, forgets, breaks off or talks nonsense?

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { openE2eStage, until, type E2eOptions, type E2eStage } from '../support/e2e-stage.ts'
import {
  after,
  beginsToAnswer,
  chatAbout,
  growsOnScreen,
  newcomer,
  say,
  shows,
  wholeAnswer,
} from '../support/e2e-talk.ts'

describe.concurrent('a reply on its way to Telegram', () => {
  let stage: E2eStage
  beforeAll(async () => {
    stage = await openE2eStage({ env: { COZE_CHATS_PER_SECOND: '0' } })
  })
  afterAll(() => stage.close())

  test('waits out a 429 in the middle: no call to that chat meanwhile, then the newest text, then all', async () => {
    const ann = newcomer(stage)
    const seconds = 3
    const blocked = stage.telegram.faults.add({
      fault: { do: 'rate-limit', retryAfterSeconds: seconds },
      methods: ['editMessageText'],
      chatId: ann.id,
    })
    const question = say(stage, ann, 'a long wait !slow 1500')
    expect(await wholeAnswer(stage, question)).toHaveLength(1)
    expect(blocked.hits).toBe(1)
    const calls = stage.telegram.store.calls.filter(({ chatId }) => chatId === ann.id)
    const at = calls.findIndex(({ status }) => status === 429)
    expect(calls.filter(({ status }) => status === 429)).toHaveLength(1)
    const next = calls[at + 1]!
    expect(next.atMs - calls[at]!.atMs).toBeGreaterThanOrEqual(seconds * 1000)
    // Coze was done long before: what came after the wait is the whole answer, not what was refused.
    const frames = stage.telegram.store.frames.filter((frame) => frame.byBot && frame.chatId === ann.id)
    expect(frames.find(({ atMs }) => atMs >= next.atMs)?.text).toContain('What is said once is kept.')
  })

  test('is served although another chat waits', async () => {
    const ann = newcomer(stage)
    const bob = newcomer(stage, 'Bob')
    stage.telegram.faults.add({
      fault: { do: 'rate-limit', retryAfterSeconds: 5 },
      methods: ['sendMessage'],
      chatId: ann.id,
    })
    const waiting = say(stage, ann, '!say Ann has to wait')
    await until(stage, 'Ann is refused', () =>
      stage.telegram.store.calls.some(({ chatId, status }) => chatId === ann.id && status === 429),
    )
    const served = say(stage, bob, '!say Bob has not')
    await shows(stage, served, 'Bob has not')
    expect(after(stage, waiting)).toEqual([])
    await shows(stage, waiting, 'Ann has to wait')
    expect(after(stage, waiting)).toHaveLength(1)
  })

  test('stands once when an edit was stored but answered by a broken gateway', async () => {
    const ann = newcomer(stage)
    const fault = stage.telegram.faults.add({
      fault: { do: 'html', status: 502, storing: 'after' },
      methods: ['editMessageText'],
      chatId: ann.id,
      times: 2,
    })
    const question = say(stage, ann, 'through a bad gateway !slow 1200')
    expect(await wholeAnswer(stage, question)).toHaveLength(1)
    expect(fault.hits).toBe(2)
  })

  test.each([
    ['the connection broke', { do: 'drop', storing: 'after' }],
    ['the answer was nonsense', { do: 'garbage', storing: 'after' }],
  ] as const)('stands, at most twice, when its first message was stored but %s', async (because, fault) => {
    const ann = newcomer(stage)
    const posted = stage.telegram.faults.add({ fault, methods: ['sendMessage'], chatId: ann.id })
    const question = say(stage, ann, `!say told although ${because}`)
    await shows(stage, question, `told although ${because}`)
    expect(posted.hits).toBe(1)
    const later = say(stage, ann, `!say later than ${because}`)
    await shows(stage, later, `later than ${because}`)
    const copies = after(stage, question).filter(({ text }) => text === `told although ${because}`)
    expect(copies.length).toBeLessThanOrEqual(2)
    chatAbout(stage, `told although ${because}`)
  })

  test('is posted anew when its message is deleted meanwhile', async () => {
    const ann = newcomer(stage)
    const question = say(stage, ann, 'do not delete me !slow 2500')
    const message = await growsOnScreen(stage, question)
    stage.telegram.deleteMessage(message)
    const messages = await wholeAnswer(stage, question)
    expect(messages.map(({ messageId }) => messageId)).not.toContain(message.messageId)
    chatAbout(stage, 'do not delete me')
  })

  test('is given up when the person blocks the bot; others are answered, and so is that person later', async () => {
    const ann = newcomer(stage)
    const question = say(stage, ann, 'I leave !slow 1500')
    await beginsToAnswer(stage, question)
    stage.telegram.block(ann)
    const bob = newcomer(stage, 'Bob')
    await shows(stage, say(stage, bob, '!say still here for Bob'), 'still here for Bob')
    stage.telegram.unblock(ann)
    await shows(stage, say(stage, ann, '!say welcome back'), 'welcome back')
    expect(stage.bridge.exitCode).toBeUndefined()
  })

  test('reaches the supergroup a group became in the middle', async () => {
    const ann = newcomer(stage)
    const chat = stage.telegram.group({ members: [ann], type: 'group' })
    const question = say(stage, ann, '@emu_bot we are moving !slow 1500', { chat })
    await beginsToAnswer(stage, question)
    const moved = stage.telegram.migrate(chat)
    const shown = () => stage.telegram.screen(moved).filter(({ byBot }) => byBot)
    await until(stage, 'the reply stands in the supergroup', () =>
      shown().some(({ text }) => text.includes('What is said once is kept.')),
    )
    chatAbout(stage, 'we are moving')
  })
})

describe.concurrent('updates from Telegram', () => {
  test('that never came are told in words when another process takes them: 409', async (context) => {
    const stage = await stageFor(context)
    stage.telegram.faults.add({
      fault: {
        do: 'error',
        code: 409,
        description:
          'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      },
      methods: ['getUpdates'],
    })
    // The parked poll has to end first.
    const ann = newcomer(stage)
    await shows(stage, say(stage, ann, '!say before the conflict'), 'before the conflict')
    await shows(stage, say(stage, ann, '!say after the conflict'), 'after the conflict')
    const told = stage.log.filter(({ level }) => level === 'warn' || level === 'error')
    expect(told.map(({ message }) => message).join('\n')).toMatch(
      /another|other (bridge|process|bot|program)/i,
    )
  })

  test('that are nonsense do not end it: unknown types, broken bodies, pages of proxies', async (context) => {
    const stage = await stageFor(context)
    for (const fault of [{ do: 'garbage' }, { do: 'html', status: 502 }, { do: 'drop' }] as const) {
      stage.telegram.faults.add({ fault, methods: ['getUpdates'] })
    }
    stage.telegram.injectUpdate('message', 'no object at all')
    stage.telegram.injectUpdate('message', { message_id: 'x', chat: null, date: 'yesterday', text: 7 })
    stage.telegram.injectUpdate('message', { message_id: 5, chat: { id: 5 }, from: [], entities: 'no' })
    await shows(stage, say(stage, newcomer(stage), '!say alive after all that'), 'alive after all that')
  })

  test('come as soon as the server does: down at the start, up later', async (context) => {
    const stage = await openE2eStage({ started: false })
    context.onTestFinished(() => stage.close())
    const down = stage.telegram.faults.add({ fault: { do: 'drop' }, methods: ['getMe'], times: Infinity })
    stage.launch()
    await until(stage, 'the bridge found nobody there', () => down.hits > 0 && stage.log.some(isWarning))
    down.remove()
    await shows(stage, say(stage, newcomer(stage), '!say good morning'), 'good morning')
  })
})

function isWarning({ level }: { readonly level?: unknown }): boolean {
  return level === 'warn'
}

async function stageFor({ onTestFinished }: TestContext, options: E2eOptions = {}): Promise<E2eStage> {
  const stage = await openE2eStage(options)
  onTestFinished(() => stage.close())
  return stage
}
