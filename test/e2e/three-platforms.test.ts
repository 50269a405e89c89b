// One bridge on three platforms: does everybody get their own answer, and does one platform's trouble stay its own?

import { describe, expect, test, type TestContext } from 'vitest'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { openE2eStage, until, type E2eOptions, type E2eStage } from '../support/e2e-stage.ts'
import {
  allGrow,
  allWhole,
  ask,
  comesWhole,
  guestAt,
  isWhole,
  repliesTo,
  seatAt,
  type Asked,
} from '../support/e2e-people.ts'
import { chatAbout } from '../support/e2e-talk.ts'

type AllStage = E2eStage<PlatformName>

describe.concurrent('a bridge on Discord, Telegram and Feishu', () => {
  test('answers several people on each at once: whole, asked once, no conversation shared', async (context) => {
    const stage = await stageFor(context, { env: { COZE_CHATS_PER_SECOND: '0' } })
    const questions = PLATFORM_NAMES.flatMap((platform) =>
      ['Ann', 'Bob', 'Cyd'].map((name) => ask(guestAt(stage, platform, name), `${name} of ${platform}`)),
    )
    await allWhole(stage, questions)
    expect(stage.coze.store.chats.size).toBe(questions.length)
    const chats = questions.map(({ words }) => chatAbout(stage, words))
    expect(new Set(chats.map(({ conversationId }) => conversationId)).size).toBe(questions.length)
    expect(new Set(chats.map(({ userId }) => userId)).size).toBe(questions.length)
    // Nobody reads what another was told.
    for (const { words, guest } of questions) {
      const shown = guest.chair.shown().map(({ text }) => text)
      for (const other of questions)
        if (other.words !== words) expect(shown.join('\n')).not.toContain(other.words)
    }
  })

  test('remembers each person on their own platform only', async (context) => {
    const stage = await stageFor(context)
    const guests = PLATFORM_NAMES.map((platform) => guestAt(stage, platform))
    await allWhole(
      stage,
      guests.map((guest) => ask(guest, `!say my ${guest.platform} walnut`)),
    )
    const recalls = guests.map((guest) => ask(guest, `what of ${guest.platform}?`, '!remember'))
    await allWhole(stage, recalls)
    for (const recall of recalls) {
      const text = repliesTo(recall)
        .map((message) => message.text)
        .join('\n')
      for (const platform of PLATFORM_NAMES)
        expect(text.includes(`my ${platform} walnut`)).toBe(platform === recall.guest.platform)
    }
  })
})

describe.concurrent('one platform in trouble', () => {
  test.for(PLATFORM_NAMES)(
    '%s withholds every answer while a reply is due: the other two finish',
    async (troubled, context) => {
      const stage = await stageFor(context)
      const guests = PLATFORM_NAMES.map((platform) => guestAt(stage, platform))
      withhold(stage, troubled)
      const questions = guests.map((guest) => ask(guest, `asked on ${guest.platform}`, '!slow 300'))
      await allWhole(stage, sound(questions, troubled))
      for (const asked of of(questions, troubled)) expect(repliesTo(asked)).toEqual([])
      expect(stage.bridge.exitCode).toBeUndefined()
    },
  )

  test.for(PLATFORM_NAMES)(
    '%s withholds every answer from the start: the other two finish',
    async (troubled, context) => {
      const stage = await stageFor(context, { started: false })
      withhold(stage, troubled)
      stage.launch()
      await othersConnected(stage, troubled)
      const guests = PLATFORM_NAMES.map((platform) => guestAt(stage, platform))
      const questions = guests.map((guest) => ask(guest, `asked on ${guest.platform}`))
      await allWhole(stage, sound(questions, troubled))
      expect(stage.bridge.exitCode).toBeUndefined()
    },
  )

  test.for(PLATFORM_NAMES)(
    '%s refuses every call for ten seconds: it finishes after that, the others long before',
    async (troubled, context) => {
      const stage = await stageFor(context)
      const guests = PLATFORM_NAMES.map((platform) => guestAt(stage, platform))
      limitAll(stage, troubled, 10)
      const questions = guests.map((guest) => ask(guest, `asked on ${guest.platform}`))
      await allWhole(stage, questions)
      const lastOf = ({ guest }: Asked): number => guest.frames.at(-1)?.atPerfMs ?? Infinity
      const firstOf = ({ guest }: Asked): number => guest.frames[0]?.atPerfMs ?? -Infinity
      for (const limited of of(questions, troubled)) {
        for (const other of sound(questions, troubled)) expect(lastOf(other)).toBeLessThan(firstOf(limited))
      }
    },
  )

  test.for(PLATFORM_NAMES)(
    '%s is down at the start: the others answer at once, and it does when it is back',
    async (troubled, context) => {
      const stage = await stageFor(context, { started: false })
      const back = takeDown(stage, troubled)
      stage.launch()
      await othersConnected(stage, troubled)
      const others = PLATFORM_NAMES.filter((platform) => platform !== troubled)
      await allWhole(
        stage,
        others.map((platform) => ask(guestAt(stage, platform), `early on ${platform}`)),
      )
      expect(seatAt(stage, troubled).isConnected()).toBe(false)
      back()
      await until(stage, `${troubled} is connected`, () => seatAt(stage, troubled).isConnected())
      await comesWhole(stage, ask(guestAt(stage, troubled), `late on ${troubled}`))
    },
  )
})

describe.concurrent('a bridge that is killed', () => {
  test('while replies grow on all three: whole, asked once, nothing doubled, no card left generating', async (context) => {
    const stage = await stageFor(context)
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `survive on ${platform}`, '!slow 2500'),
    )
    await allGrow(stage, questions)
    const begun = questions.map((asked) => repliesTo(asked).map(({ messageId }) => messageId))
    await stage.bridge.kill()
    await stage.start()
    const messages = await allWhole(stage, questions)
    expect(messages.map((shown) => shown.map(({ messageId }) => messageId))).toEqual(begun)
    await nothingGenerates(stage)
  })

  test('in long replies of many messages: none doubled, none missing, no card left generating', async (context) => {
    const stage = await stageFor(context, {
      coze: { pace: { firstDeltaMs: 20, deltaMs: 20, charsPerDelta: 8 } },
      env: { COZE_CHATS_PER_SECOND: '0' },
    })
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `at length on ${platform}`, '!long 9000 24'),
    )
    await allGrow(stage, questions)
    const begun = questions.map((asked) => repliesTo(asked).map(({ messageId }) => messageId))
    await stage.bridge.kill()
    await stage.start()
    const messages = await allWhole(stage, questions)
    messages.forEach((shown, n) => {
      const ids = shown.map(({ messageId }) => messageId)
      expect(ids.slice(0, begun[n]!.length)).toEqual(begun[n])
      // What is written twice begins alike.
      const beginnings = shown.map(({ text }) => text.slice(0, 100))
      expect(new Set(beginnings).size, questions[n]!.guest.platform).toBe(beginnings.length)
    })
    await nothingGenerates(stage)
  })

  test.for(['discord', 'feishu'] as const)(
    'in the moment its first message stands on %s: it stands once',
    async (platform, context) => {
      const stage = await stageFor(context)
      const guest = guestAt(stage, platform)
      // Before the answer to the call is out: the bridge never learns which message it made.
      const spare = guest.chair.onFrame(() => void stage.bridge.kill())
      const asked = ask(guest, 'once and no more', '!slow 300')
      await until(stage, 'the bridge is dead', () => stage.bridge.exitCode !== undefined)
      spare()
      const [first] = repliesTo(asked)
      await stage.start()
      const shown = await comesWhole(stage, asked)
      expect(shown.map(({ messageId }) => messageId)).toEqual([first?.messageId])
      if (platform === 'feishu') await nothingGenerates(stage)
    },
  )
})

describe.concurrent('the connection to Discord', () => {
  test('lost in mid-reply, its session refused: the reply becomes whole, a question asked meanwhile is answered', async (context) => {
    const stage = await stageFor(context)
    const { gateway } = stage.discord.faults
    const [ann, bob] = [guestAt(stage, 'discord', 'Ann'), guestAt(stage, 'discord', 'Bob')]
    await comesWhole(stage, ask(bob, '!say Bob was here before'))
    const growing = ask(ann, 'grow on', '!slow 3000')
    await allGrow(stage, [growing])
    const back = gateway.refuse()
    gateway.forgetSessions()
    gateway.drop()
    await until(stage, 'Discord is lost', () => !stage.discord.store.isReady)
    const meanwhile = ask(bob, 'while nobody listened')
    expect(isWhole(stage, growing)).toBe(false)
    back()
    const [reply] = await allWhole(stage, [growing, meanwhile])
    expect(reply).toHaveLength(1)
    expect(stage.discord.store.identifies).toBeGreaterThan(1)
  })

  test.for([
    ['no JSON', '{"op":0,"t":"MESSAGE_CREATE","s":'],
    ['bytes', Buffer.from([0, 255, 1, 254])],
    ['an event without data', JSON.stringify({ op: 0, t: 'MESSAGE_CREATE', s: 7, d: null })],
    ['an event nobody understands', JSON.stringify({ op: 0, t: 'GUILD_CREATE', s: 8, d: { id: 5 } })],
    ['a greeting without a heart', JSON.stringify({ op: 10, d: null })],
  ] as const)(
    'survives a packet of %s: the others go on, Discord answers again',
    async ([, packet], context) => {
      const stage = await stageFor(context)
      const guests = PLATFORM_NAMES.map((platform) => guestAt(stage, platform))
      await allWhole(
        stage,
        guests.map((guest) => ask(guest, `!say before on ${guest.platform}`)),
      )
      stage.discord.faults.gateway.sendRaw(packet)
      await allWhole(
        stage,
        guests.map((guest) => ask(guest, `right after it on ${guest.platform}`)),
      )
      expect(stage.bridge.exitCode).toBeUndefined()
      expect(stage.discord.store.isReady).toBe(true)
    },
  )
})

describe.concurrent('the connection to Feishu', () => {
  test('half open is noticed, and the question asked into the silence is answered', async (context) => {
    const stage = await stageFor(context, { feishu: { timeScale: 0.01 } })
    const guest = guestAt(stage, 'feishu')
    await comesWhole(stage, ask(guest, '!say before the silence'))
    stage.feishu.socket.goSilent()
    const asked = ask(guest, 'into the silence')
    await comesWhole(stage, asked)
    expect(stage.feishu.store.isConnected).toBe(true)
  })
})

async function stageFor(
  { onTestFinished }: TestContext,
  options: E2eOptions<PlatformName> = {},
): Promise<AllStage> {
  const stage = await openE2eStage({ platforms: PLATFORM_NAMES, ...options })
  onTestFinished(() => stage.close())
  return stage
}

/** No call is answered from now on. */
function withhold(stage: AllStage, platform: PlatformName): void {
  switch (platform) {
    case 'discord':
      stage.discord.faults.add({ fault: { do: 'hang' }, times: Infinity })
      return
    case 'telegram':
      stage.telegram.faults.add({ fault: { do: 'slow', delayMs: 3_600_000 }, times: Infinity })
      return
    case 'feishu':
      stage.feishu.faults.add({ fault: { do: 'hang' }, times: Infinity })
  }
}

/** Every call is refused until the seconds are over. */
function limitAll(stage: AllStage, platform: PlatformName, seconds: number): void {
  switch (platform) {
    case 'discord':
      stage.discord.faults.add({
        fault: { do: 'rate-limit', retryAfterMs: seconds * 1_000, scope: 'global' },
      })
      return
    case 'telegram':
      stage.telegram.faults.add({ fault: { do: 'rate-limit', retryAfterSeconds: seconds } })
      return
    case 'feishu':
      stage.feishu.faults.add({ fault: { do: 'rate-limit', resetSeconds: seconds } })
  }
}

/** Nobody answers there until the returned function is called. */
function takeDown(stage: AllStage, platform: PlatformName): () => void {
  switch (platform) {
    case 'discord':
      return stage.discord.faults.offline()
    case 'telegram': {
      const fault = stage.telegram.faults.add({ fault: { do: 'drop' }, times: Infinity })
      return () => fault.remove()
    }
    case 'feishu': {
      const fault = stage.feishu.faults.add({ fault: { do: 'drop' }, times: Infinity })
      return () => fault.remove()
    }
  }
}

async function othersConnected(stage: AllStage, troubled: PlatformName): Promise<void> {
  await until(stage, `all but ${troubled} are connected`, () =>
    stage.seats.every((seat) => seat.platform === troubled || seat.isConnected()),
  )
}

function sound(questions: readonly Asked[], troubled: PlatformName): readonly Asked[] {
  return questions.filter(({ guest }) => guest.platform !== troubled)
}

function of(questions: readonly Asked[], troubled: PlatformName): readonly Asked[] {
  return questions.filter(({ guest }) => guest.platform === troubled)
}

/** Cards are closed after their last words: the chat list says no more that somebody writes. */
async function nothingGenerates(stage: AllStage): Promise<void> {
  const cards = [...stage.feishu.store.cards.values()].filter(({ messageId }) => messageId !== undefined)
  expect(cards.length).toBeGreaterThan(0)
  await until(stage, 'no card is left generating', () => cards.every(({ streaming }) => streaming === 'off'))
}
