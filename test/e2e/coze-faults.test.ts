// What does a person read, and what is lost, when Coze fails: in every way it can say so, and in ways it cannot?

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import {
  defaults,
  echoScript,
  gateway,
  startCozeEmulator,
  type Fault,
  type Script,
} from '../../src/emulators/coze/index.ts'
import { freePort, openE2eStage, sentencesIn, until, type E2eStage } from '../support/e2e-stage.ts'
import {
  after,
  beginsToAnswer,
  chatAbout,
  chatsAbout,
  newcomer,
  say,
  shows,
  wholeAnswer,
} from '../support/e2e-talk.ts'

const english = sentencesIn('en')
const owner = english('failure.owner')
const quota = english('failure.quota')
const tooLong = english('failure.tooLong')
const refused = english('failure.refused')
const unavailable = english('failure.unavailable')
const brokenOff = english('failure.brokenOff')

/** `!once CODE TEXT` is refused with that code the first time, and answered with TEXT after that. */
function refusingOnce(): Script {
  const refusedBefore = new Set<string>()
  return (input) => {
    const [, code, text = ''] = /^!once (\d+) (.*)$/.exec(input.query) ?? []
    if (code === undefined) return echoScript(input)
    if (refusedBefore.has(input.query)) return [{ say: text }]
    refusedBefore.add(input.query)
    return [{ refuse: { code: Number(code), msg: 'not now' } }]
  }
}

describe.concurrent('when Coze refuses a question', () => {
  let stage: E2eStage
  beforeAll(async () => {
    stage = await openE2eStage({
      coze: {
        pace: { firstDeltaMs: 20, deltaMs: 4, charsPerDelta: 8 },
        bots: { [defaults.botId]: { script: refusingOnce() } },
      },
      env: { COZE_CHATS_PER_SECOND: '0' },
    })
  })
  afterAll(() => stage.close())

  test.each([
    [4000, owner],
    [4008, quota],
    [4010, tooLong],
    [4011, quota],
    [4013, unavailable],
    [4014, refused],
    [4015, owner],
    [4028, quota],
    [4100, owner],
    [4101, owner],
    [4200, owner],
    [5000, unavailable],
    [987654321, unavailable],
  ])(
    'with code %i, the person reads one sentence, and the log has code and logid',
    async (code, sentence) => {
      const question = say(stage, newcomer(stage), `please !refuse ${code}`)
      await beginsToAnswer(stage, question)
      expect(after(stage, question).map(({ text }) => text)).toEqual([sentence])
      const told = stage.log.filter((entry) => entry['code'] === code)
      expect(told.length).toBeGreaterThan(0)
      for (const { logid } of told) expect(logid).toMatch(/\S/)
    },
  )

  test.each([4009, 5000, 4016])('with code %i once, the question is answered after all', async (code) => {
    const question = say(stage, newcomer(stage), `!once ${code} answered after a ${code}`)
    await shows(stage, question, `answered after a ${code}`)
    expect(after(stage, question).map(({ text }) => text)).toEqual([`answered after a ${code}`])
  })

  test('because the conversation is gone, it is asked in a new one', async () => {
    const ann = newcomer(stage)
    await shows(stage, say(stage, ann, '!say before it was gone'), 'before it was gone')
    const gone = chatAbout(stage, 'before it was gone').conversationId
    stage.coze.forgetConversation(gone)
    await shows(stage, say(stage, ann, '!say after it was gone'), 'after it was gone')
    const kept = chatAbout(stage, 'after it was gone').conversationId
    expect(kept).not.toBe(gone)
    await shows(stage, say(stage, ann, '!say and it goes on'), 'and it goes on')
    expect(chatAbout(stage, 'and it goes on').conversationId).toBe(kept)
  })

  test.each([
    ['one', '!fail 5000', brokenOff],
    ['two', '!fail 5000 bare', brokenOff],
    ['three', '!error 5000', brokenOff],
    ['four', '!fail 4011', quota],
  ])(
    'in the middle of answer %s (%s), what stands is kept, with a sentence below',
    async (number, behaviour, sentence) => {
      const question = say(stage, newcomer(stage), `half of answer ${number} ${behaviour}`)
      const message = await shows(stage, question, sentence)
      expect(message.text).toMatch(/^You said: half of answer/)
      expect(message.text.endsWith(sentence)).toBe(true)
      expect(message.text).not.toMatch(/event interval|stream error/)
      expect(after(stage, question)).toHaveLength(1)
      chatAbout(stage, `half of answer ${number} `)
    },
  )

  test('tools, knowledge and thoughts of the agent are never shown', async () => {
    const ann = newcomer(stage)
    for (const form of ['!tool', '!knowledge', '!reason']) {
      const question = say(stage, ann, `only the answer ${form}`)
      await wholeAnswer(stage, question)
    }
    const shown = stage.telegram.store.frames.filter(({ byBot }) => byBot).map(({ text }) => text)
    expect(shown.join('\n')).not.toMatch(/secret-|I think it over/)
  })
})

describe.concurrent('when the stream from Coze breaks', () => {
  test('at any byte, the reply is followed to its end: whole, once, asked once', async (context) => {
    const stage = await stageFor(context, { COZE_CHATS_PER_SECOND: '0' })
    const faults: readonly Fault[] = [
      ...[0, 1, 40, 310, 700, 1_501, 2_999, 5_000].map((cutAfterBytes) => ({
        cutAfterBytes,
        splitBytes: 97,
      })),
      { endAfterDeltas: 1, done: 'none' },
      { endAfterDeltas: 20, done: 'none' },
      { resetAfterStored: true },
    ]
    // The n-th question meets the n-th fault.
    faults.forEach((fault, i) => stage.coze.faults.add({ path: '/v3/chat', after: i, times: 1, fault }))
    const questions = faults.map((_, i) => say(stage, newcomer(stage), `cut number ${i}.`))
    for (const question of questions) {
      const messages = await wholeAnswer(stage, question)
      expect(messages).toHaveLength(1)
    }
    const followed = stage.coze.store.requests.filter(({ path }) => path === '/v3/chat/retrieve')
    expect(new Set(followed.map(({ query }) => query['chat_id'])).size).toBe(faults.length)
  })

  test('or is written in a way nobody expected, the reply comes out right', async (context) => {
    const stage = await stageFor(context)
    const awkward = {
      splitBytes: 5,
      crlf: true,
      commentLines: true,
      unknownEvents: true,
      nullMetaData: true,
      stringTimestamps: true,
      shuffleKeys: true,
      bigToolEventBytes: 300_000,
      done: 'unquoted',
    } as const
    stage.coze.faults.next('/v3/chat', awkward)
    const question = say(stage, newcomer(stage), '你好，世界')
    expect(await wholeAnswer(stage, question)).toHaveLength(1)
  })
})

describe.concurrent('when Coze is not itself', () => {
  test.for<readonly [what: string, fault: Fault]>([
    ['a page of a proxy', gateway.badGateway],
    ['half of a JSON text', gateway.garbage],
    ['something that is no JSON', { status: 200, contentType: 'application/json', body: 'OK' }],
    ['HTTP 401', gateway.unauthorized],
  ])(
    '%s comes instead of an answer: one sentence, and the next question is answered',
    async ([, fault], context) => {
      const stage = await stageFor(context)
      const ann = newcomer(stage)
      const mended = stage.coze.faults.always('*', fault)
      const question = say(stage, ann, '!say lost in the network')
      const message = await beginsToAnswer(stage, question)
      expect([unavailable, owner]).toContain(message.text)
      mended()
      await shows(stage, say(stage, ann, '!say well again'), 'well again')
      expect(after(stage, question)).toHaveLength(2)
      expect(chatsAbout(stage, 'lost in the network')).toEqual([])
    },
  )

  test('a question that met a bad gateway once is answered', async (context) => {
    const stage = await stageFor(context)
    stage.coze.faults.next('/v3/chat', gateway.badGateway)
    const question = say(stage, newcomer(stage), '!say after a bad gateway')
    await shows(stage, question, 'after a bad gateway')
    chatAbout(stage, 'after a bad gateway')
  })

  test('nobody listens at its address: one sentence; when somebody does, the next question is answered', async (context) => {
    const port = await freePort()
    const stage = await stageFor(context, { COZE_API_BASE: `http://127.0.0.1:${port}` })
    const ann = newcomer(stage)
    const question = say(stage, ann, '!say is anybody there')
    expect((await beginsToAnswer(stage, question)).text).toBe(unavailable)
    const coze = await startCozeEmulator({ port })
    context.onTestFinished(() => coze.close())
    await shows(stage, say(stage, ann, '!say here I am'), 'here I am')
    expect(stage.bridge.exitCode).toBeUndefined()
    await until(stage, 'the log says why', () => stage.output.includes('ECONNREFUSED'))
  })
})

async function stageFor(
  { onTestFinished }: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<E2eStage> {
  const stage = await openE2eStage({ env })
  onTestFinished(() => stage.close())
  return stage
}
