// Do the bridge's own commands work, and does a self-hosted Coze Studio?

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openE2eStage, sentencesIn, until, type E2eStage } from '../support/e2e-stage.ts'
import {
  after,
  beginsToAnswer,
  chatAbout,
  chatsAbout,
  growsOnScreen,
  newcomer,
  say,
  shows,
  wholeAnswer,
} from '../support/e2e-talk.ts'

const english = sentencesIn('en')
const chinese = sentencesIn('zh-CN')

describe.concurrent('a command', () => {
  let stage: E2eStage
  beforeAll(async () => {
    stage = await openE2eStage({ env: { COZE_CHATS_PER_SECOND: '0' } })
  })
  afterAll(() => stage.close())

  test('/help says what one can do, in the language of the person, and asks Coze nothing', async () => {
    const inEnglish = say(stage, newcomer(stage, 'Ann', 'en'), '/help')
    const inChinese = say(stage, newcomer(stage, '安', 'zh-hans'), '/help')
    expect((await beginsToAnswer(stage, inEnglish)).text).toContain(english('help.direct'))
    expect((await beginsToAnswer(stage, inChinese)).text).toContain(chinese('help.direct'))
    expect(after(stage, inEnglish)[0]?.text).toContain('/new')
    expect(chatsAbout(stage, 'help')).toEqual([])
  })

  test('/new makes the agent forget', async () => {
    const ann = newcomer(stage)
    await shows(stage, say(stage, ann, '!say I like the quince'), 'I like the quince')
    await shows(stage, say(stage, ann, '/new'), english('conversation.new'))
    const question = say(stage, ann, 'after the fresh start !remember')
    await shows(stage, question, 'You said nothing before.')
    const chats = ['quince', 'fresh start'].map((text) => chatAbout(stage, text))
    expect(chats[0]?.conversationId).not.toBe(chats[1]?.conversationId)
  })

  test('/stop ends the reply at Coze, keeps what stands, and says so below it', async () => {
    const ann = newcomer(stage)
    const question = say(stage, ann, 'too long for me !slow 15000')
    const before = await growsOnScreen(stage, question)
    const stopping = say(stage, ann, '/stop')
    await until(stage, 'it says that it stopped', () =>
      Boolean(after(stage, question)[0]?.text.includes(english('turn.stopped'))),
    )
    expect(chatAbout(stage, 'too long for me').status).toBe('canceled')
    const [reply, ...others] = after(stage, question)
    expect(others).toEqual([])
    expect(reply?.messageId).toBe(before.messageId)
    expect(reply?.text).toMatch(/^You said: too long for me/)
    await shows(stage, say(stage, ann, '!say on we go'), 'on we go')
    expect(after(stage, stopping)).toHaveLength(1)
  })

  test('/stop with nothing to stop, and a command nobody knows, are answered in a sentence', async () => {
    const ann = newcomer(stage)
    await shows(stage, say(stage, ann, '/stop'), english('turn.nothingToStop'))
    await shows(stage, say(stage, ann, '/frobnicate now'), english('command.unknown'))
    expect(chatsAbout(stage, 'frobnicate')).toEqual([])
  })

  test('in a group meant for another bot is left alone', async () => {
    const ann = newcomer(stage)
    const chat = stage.telegram.group({ members: [ann] })
    say(stage, ann, '/help@another_bot', { chat })
    const question = say(stage, ann, '/help@emu_bot', { chat })
    await shows(stage, question, english('help.group'))
    expect(stage.telegram.screen(chat).filter(({ byBot }) => byBot)).toHaveLength(1)
  })
})

describe('a self-hosted Coze Studio', () => {
  let stage: E2eStage
  beforeAll(async () => {
    stage = await openE2eStage({ coze: { flavor: 'studio' }, env: { COZE_FLAVOR: 'studio' } })
  })
  afterAll(() => stage.close())

  test('streams an answer, and remembers the conversation', async () => {
    const ann = newcomer(stage)
    expect(await wholeAnswer(stage, say(stage, ann, 'hello from a studio'))).toHaveLength(1)
    await shows(stage, say(stage, ann, 'and what before? !remember'), 'hello from a studio')
  })

  test('fails in its own way, as an event of the stream: what stands is kept, with a sentence below', async () => {
    const question = say(stage, newcomer(stage), 'half a studio answer !error 103200002')
    const message = await shows(stage, question, english('failure.brokenOff'))
    expect(message.text).toMatch(/^You said: half a studio answer/)
    expect(message.text).not.toContain('stream error')
  })

  test('breaks off in the middle: the reply is whole all the same', async () => {
    const question = say(stage, newcomer(stage), 'a cut studio answer !cut')
    expect(await wholeAnswer(stage, question)).toHaveLength(1)
  })
})
