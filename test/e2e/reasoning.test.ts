// Does a person see what the model thinks and which tool it uses, and is the reply whole and clean of both in the end?

import { describe, expect, test, type TestContext } from 'vitest'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import { platformLines } from '../../src/playground/script/platform-lines.ts'
import { openE2eStage, sentencesIn, until, yamlOf, type E2eStage } from '../support/e2e-stage.ts'
import { ask, guestAt, repliesTo, seatAt, type Asked } from '../support/e2e-people.ts'
import { answerOf, chatAbout, chatsAbout } from '../support/e2e-talk.ts'

type AllStage = E2eStage<PlatformName>

const english = sentencesIn('en')
const chinese = sentencesIn('zh-CN')
const THINKING = letters(english('thinking.now'))
const USING = english('working.tool').replace('{tool}', 'get_weather')
/** Slow enough that a kill comes in the middle. */
const SLOW = { firstDeltaMs: 20, deltaMs: 25, charsPerDelta: 8 }

describe('a model that thinks before it answers', () => {
  test('thinks in the message of its answer, which folds the thought up when it is there', async (context) => {
    const stage = await stageFor(context, { pace: SLOW })
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `think on ${platform}`, '!reason 2400 40'),
    )
    await until(stage, 'each shows its thoughts', () =>
      questions.every((asked) => statesOf(asked).some(isThinking)),
    )
    const standing = questions.filter(({ guest }) => guest.platform !== 'telegram').map(idOf)
    await allFolded(stage, questions)
    for (const asked of questions) {
      const [shown, ...others] = repliesTo(asked)
      expect(others, asked.guest.platform).toEqual([])
      const text = letters(shown?.text ?? '')
      // Its beginning, and not all of it.
      expect(text).toContain('Thought1Thepersonaskssomething')
      expect(text).not.toContain('Thought20')
      expect(statesOf(asked).some((state) => state.includes('Thought20'))).toBe(true)
    }
    expect(questions.filter(({ guest }) => guest.platform !== 'telegram').map(idOf)).toEqual(standing)
    expectFoldedUp(stage, questions)
  })

  test('is shown in the language of its person, also in a draft, and not at all where nobody wants it', async (context) => {
    const wanted = await stageFor(context, { telegram: 'draft' })
    const chair = seatAt(wanted, 'telegram').sitDown('小明', 'zh')
    const drafts: string[] = []
    chair.onFrame(({ kind, text }) => {
      if (kind === 'draft') drafts.push(text)
    })
    chair.say('想一想 !reason 400 30')
    await until(wanted, 'the answer stands', () => chair.shown().some(({ text }) => text.includes('你说')))
    expect(drafts.some((text) => text.startsWith(`${chinese('thinking.now')}\nThought 1`))).toBe(true)
    expect(chair.shown().map(({ text }) => text.split('\n')[0])).toEqual([chinese('thinking.done')])

    const unwanted = await stageFor(context, { reply: 'reasoning: false' })
    const asked = ask(guestAt(unwanted, 'discord'), 'keep it to yourself', '!reason 400')
    await until(unwanted, 'the answer stands', () => isWholeAlone(unwanted, asked))
    expect(statesOf(asked).some((state) => state.includes('Thought1'))).toBe(false)
  })

  test('killed while it thinks: the next one answers in the same message, once', async (context) => {
    const stage = await stageFor(context, { pace: SLOW })
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `think long on ${platform}`, '!reason 2400 60'),
    )
    await until(stage, 'each grows by its thoughts', () =>
      questions.every((asked) => statesOf(asked).filter(isThinking).length > 1),
    )
    const standing = questions.map(idOf)
    await stage.bridge.kill()
    await stage.start()
    await allFolded(stage, questions)
    expect(questions.map(idOf)).toEqual(standing)
    for (const asked of questions) expect(repliesTo(asked)).toHaveLength(1)
    expectFoldedUp(stage, questions)
  })

  test('killed while it answers: the answer and its thought stand whole, and nothing twice', async (context) => {
    const stage = await stageFor(context, { pace: { ...SLOW, deltaMs: 80 } })
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `answer on ${platform}`, '!reason 300 5'),
    )
    await until(stage, 'each grows by its answer', () =>
      questions.every(
        (asked) => new Set(statesOf(asked).filter((state) => state.includes('Yousaid'))).size > 1,
      ),
    )
    const standing = questions.map(idOf)
    await stage.bridge.kill()
    await stage.start()
    await allFolded(stage, questions)
    expect(questions.map(idOf)).toEqual(standing)
    for (const asked of questions) {
      expect(repliesTo(asked)).toHaveLength(1)
      expect(letters(repliesTo(asked)[0]?.text ?? '').split('Thought1The')).toHaveLength(2)
    }
    expectFoldedUp(stage, questions)
  })
})

describe('an agent that uses a tool', () => {
  test('says so while no text grows; its answer knows nothing of it', async (context) => {
    const stage = await stageFor(context, { reply: '' })
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `weather on ${platform}`, '!tool 2500'),
    )
    await until(stage, 'each says which tool it uses', () =>
      questions.every(({ guest }) => guest.frames.some(({ text }) => text.includes(USING))),
    )
    await until(stage, 'the answers stand', () => questions.every((asked) => isWholeAlone(stage, asked)))
    for (const asked of questions) {
      const told = asked.guest.frames.map(({ text }) => text)
      expect(told.at(-1)).not.toContain(USING)
      expect(told.some((text) => text.includes('secret-tool-response'))).toBe(false)
    }
  })

  test('says nothing of it where nobody wants that', async (context) => {
    const stage = await stageFor(context, { reply: 'status: false' })
    const asked = ask(guestAt(stage, 'feishu'), 'quietly now', '!tool 1500')
    await until(stage, 'the answer stands', () => isWholeAlone(stage, asked))
    expect(asked.guest.frames.some(({ text }) => text.includes('get_weather'))).toBe(false)
  })

  test('killed at it: the next one answers in the same message, and the tool is gone from it', async (context) => {
    const stage = await stageFor(context, { reply: '' })
    const questions = PLATFORM_NAMES.map((platform) =>
      ask(guestAt(stage, platform), `weather again on ${platform}`, '!tool 4000'),
    )
    await until(stage, 'each says which tool it uses', () =>
      questions.every(({ guest }) => guest.chair.shown().some(({ text }) => text.includes(USING))),
    )
    // What is shown is noted a moment later.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const standing = questions.map(idOf)
    await stage.bridge.kill()
    await stage.start()
    await until(stage, 'the answers stand', () => questions.every((asked) => isWholeAlone(stage, asked)))
    expect(questions.map(idOf)).toEqual(standing)
  })
})

async function stageFor(
  { onTestFinished }: TestContext,
  {
    reply = 'reasoning: true',
    pace,
    telegram = 'edit',
  }: { readonly reply?: string; readonly pace?: typeof SLOW; readonly telegram?: 'edit' | 'draft' } = {},
): Promise<AllStage> {
  const lines = platformLines(PLATFORM_NAMES).replace('telegram: {', `telegram: { streaming: ${telegram},`)
  const stage = await openE2eStage({
    platforms: PLATFORM_NAMES,
    yaml: yamlOf(`routes:\n  - reply: { ${reply} }`, lines.trim()),
    ...(pace === undefined ? {} : { coze: { pace } }),
  })
  onTestFinished(() => stage.close())
  return stage
}

/** Every state of the reply's messages, by its letters. */
function statesOf({ guest }: Asked): readonly string[] {
  return guest.frames.map(({ text }) => letters(text))
}

/** A card's title is none of its words. */
function isThinking(state: string): boolean {
  return (state.includes(THINKING) || state.startsWith('Thought1')) && !state.includes('Yousaid')
}

function idOf(asked: Asked): string | undefined {
  return repliesTo(asked)[0]?.messageId
}

/** Waits until each answer stands whole, with its thought above; Coze was asked once for each. */
async function allFolded(stage: AllStage, questions: readonly Asked[]): Promise<void> {
  await until(stage, 'the answers stand below their thoughts', () =>
    questions.every((asked) => {
      const text = letters(repliesTo(asked)[0]?.text ?? '')
      return isWholeAlone(stage, asked, true) && text.includes('Thought1The')
    }),
  )
  await until(stage, 'nothing looks busy', () =>
    [...stage.feishu.store.cards.values()].every(({ streaming }) => streaming === 'off'),
  )
  for (const { words } of questions) chatAbout(stage, words)
}

/** Whether Coze's answer stands as it is, once; below a thought, or alone. */
function isWholeAlone(stage: AllStage, asked: Asked, thought = false): boolean {
  const chat = chatsAbout(stage, asked.words)[0]
  const [message, ...others] = repliesTo(asked)
  if (chat?.endedAtMs === undefined || message === undefined || others.length > 0) return false
  const text = letters(message.text)
  const lines = answerOf(stage, chat)
    .replace(/```\w*/g, '')
    .replace(/\]\([^)]*\)/g, ']')
    .split('\n')
    .map(letters)
  const wanted = lines.filter((line) => line !== '')
  const from = wanted[0] ?? ''
  const stands = thought ? text.slice(text.indexOf(from)) : text
  return stands === wanted.join('') && text.split(from).length === 2
}

function letters(text: string): string {
  return text.normalize('NFC').replace(/[^\p{L}\p{N}]/gu, '')
}

/** In each platform's own way, as its server keeps it. */
function expectFoldedUp(stage: AllStage, questions: readonly Asked[]): void {
  for (const { guest } of questions) {
    const { chatId, platform } = guest.chair
    switch (platform) {
      case 'discord': {
        const message = stage.discord.screen(chatId).find(({ byBot }) => byBot)
        expect(message?.text).toMatch(/^-# 💭 Thought\n-# \|\|Thought 1: [^\n]*\|\|\n/)
        break
      }
      case 'telegram': {
        const message = stage.telegram.screen(Number(chatId)).find(({ byBot }) => byBot)
        expect(message?.entities[0]).toMatchObject({ type: 'expandable_blockquote', offset: 0 })
        break
      }
      case 'feishu': {
        const message = stage.feishu.screen(chatId).find(({ byBot }) => byBot)
        const card = stage.feishu.store.cards.get(message?.cardId ?? '')?.card as {
          readonly body?: { readonly elements?: readonly object[] }
        }
        expect(card.body?.elements?.[0]).toMatchObject({
          tag: 'collapsible_panel',
          expanded: false,
          header: { title: { content: english('thinking.done') } },
        })
      }
    }
  }
}
