// Does the bridge itself, in a session with everything in it, send only what Coze and Telegram describe?

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CozeExchange } from '../../src/emulators/coze/index.ts'
import type { TelegramExchange } from '../../src/emulators/telegram/index.ts'
import { openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import {
  after,
  beginsToAnswer,
  growsOnScreen,
  newcomer,
  say,
  shows,
  wholeAnswer,
} from '../support/e2e-talk.ts'
import { createCozeChecker } from './coze-checker.ts'
import { describeWithSchemas } from './schemas.ts'
import { createTelegramValidator } from './telegram-validator.ts'

describeWithSchemas('a session of the bridge', (folder) => {
  const asked: CozeExchange[] = []
  const called: TelegramExchange[] = []
  let stage: E2eStage

  beforeAll(async () => {
    stage = await openE2eStage({
      coze: {
        observe: (exchange) => asked.push(exchange),
        pace: { firstDeltaMs: 20, deltaMs: 4, charsPerDelta: 8 },
      },
      telegram: { observe: (exchange) => called.push(exchange), privateTopics: true },
      env: { COZE_CHATS_PER_SECOND: '0' },
    })
    await Promise.all([
      talk(stage),
      talkInGroup(stage),
      stopAnAnswer(stage),
      breakOff(stage),
      useTools(stage),
      askTooMuch(stage),
    ])
  }, 60_000)
  afterAll(() => stage.close())

  test('asks Coze in the words of its OpenAPI document', () => {
    const check = createCozeChecker(folder)
    const faults = asked.flatMap(check).filter((fault) => fault.startsWith('request '))
    expect(faults).toEqual([])
    const paths = new Set(asked.map(({ path }) => path))
    expect([...paths]).toEqual(
      expect.arrayContaining([
        '/v1/conversation/create',
        '/v3/chat',
        '/v3/chat/retrieve',
        '/v3/chat/message/list',
        '/v3/chat/cancel',
        '/v3/chat/submit_tool_outputs',
      ]),
    )
  })

  test('is understood by Coze: no unknown path, no wrong parameter', () => {
    expect(asked.filter(({ status }) => status >= 400)).toEqual([])
    const codes = asked.map(({ responseBody }) =>
      typeof responseBody === 'object' && responseBody !== null && 'code' in responseBody
        ? responseBody.code
        : 0,
    )
    expect(codes.filter((code) => code !== 0)).toEqual([])
  })

  test('calls Telegram as its description says, and reads only what it describes', () => {
    const validator = createTelegramValidator(folder)
    expect(called.flatMap((exchange) => validator.exchange(exchange))).toEqual([])
    const methods = new Set(called.map(({ method }) => method))
    expect([...methods]).toEqual(
      expect.arrayContaining([
        'getMe',
        'getUpdates',
        'setMyCommands',
        'sendMessage',
        'editMessageText',
        'sendChatAction',
      ]),
    )
    expect(called.filter(({ status }) => status >= 400)).toEqual([])
  })
})

async function talk(stage: E2eStage): Promise<void> {
  const ann = newcomer(stage, '安', 'zh-hans')
  await wholeAnswer(stage, say(stage, ann, '你好，看看样式'))
  await shows(stage, say(stage, ann, '/help'), '/new')
  const { threadId } = stage.telegram.topic(ann, 'Work')
  await beginsToAnswer(stage, say(stage, ann, '!say in a topic of its own', { threadId }))
}

async function talkInGroup(stage: E2eStage): Promise<void> {
  const ann = newcomer(stage)
  const chat = stage.telegram.group({ members: [ann], forum: true })
  const { threadId } = stage.telegram.topic(chat, 'Cooking')
  await beginsToAnswer(stage, say(stage, ann, '@emu_bot !say in the forum', { chat, threadId }))
}

async function stopAnAnswer(stage: E2eStage): Promise<void> {
  const ann = newcomer(stage)
  const question = say(stage, ann, 'to be stopped !slow 15000')
  await growsOnScreen(stage, question)
  say(stage, ann, '/stop')
  await until(stage, 'it stopped', () => Boolean(after(stage, question)[0]?.text.includes('Stopped.')))
}

async function breakOff(stage: E2eStage): Promise<void> {
  await wholeAnswer(stage, say(stage, newcomer(stage), 'cut in the middle !cut'))
}

async function useTools(stage: E2eStage): Promise<void> {
  const question = say(stage, newcomer(stage), 'the weather !plugin')
  await beginsToAnswer(stage, question)
  await until(stage, 'the tools were answered', () =>
    stage.coze.store.requests.some(({ path }) => path === '/v3/chat/submit_tool_outputs'),
  )
  await until(stage, 'the chat is over', () => stage.coze.store.counts.running === 0)
}

async function askTooMuch(stage: E2eStage): Promise<void> {
  const messages = await wholeAnswer(stage, say(stage, newcomer(stage), '!long 6000'))
  expect(messages.length).toBeGreaterThan(1)
}
