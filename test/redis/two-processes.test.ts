// Do two processes serve one bot as one would, and does either take over when the other dies, freezes or is stopped?

import { describe, expect, test, type TestContext } from 'vitest'
import { PLATFORM_NAMES, type PlatformName } from '../../src/playground/seats.ts'
import type { BridgeProcess } from '../../src/playground/stage.ts'
import {
  allGrow,
  allWhole,
  ask,
  comesWhole,
  guestAt,
  repliesTo,
  type Asked,
  type Guest,
} from '../support/e2e-people.ts'
import { freePort, openE2eStage, until, type E2eOptions, type E2eStage } from '../support/e2e-stage.ts'
import { startRedis, type RedisServer } from '../support/redis-server.ts'

type AllStage = E2eStage<PlatformName>
interface Pair {
  readonly stage: AllStage
  readonly redis: RedisServer
  readonly first: BridgeProcess
  readonly second: BridgeProcess
}

const ACCOUNTS = PLATFORM_NAMES

describe('two processes over one Redis', () => {
  test('share the platforms between them: each question is asked once and answered once', async (context) => {
    const { stage, first, second } = await pairFor(context)
    await allWhole(stage, askEverywhere(stage, 'of two'))
    const [left, right] = [servedBy(first), servedBy(second)]
    expect([...left, ...right].toSorted()).toEqual(ACCOUNTS.toSorted())
  })

  test.for(['first', 'second'] as const)(
    'the %s is killed while replies grow on all three: the other one finishes them, where they stood',
    async (which, context) => {
      const pair = await pairFor(context, { bothServe: true })
      const { stage } = pair
      const questions = askEverywhere(stage, `survives the ${which}`, '!slow 8000')
      await allGrow(stage, questions)
      const begun = questions.map(standing)
      await pair[which].kill()
      await allWhole(stage, questions)
      expect(questions.map(standing)).toEqual(begun)
      await nothingGenerates(stage)
      // And it goes on serving all of them.
      await allWhole(stage, askEverywhere(stage, `after the ${which}`))
    },
  )

  test.for(['first', 'second'] as const)(
    'the %s freezes while replies grow: the other one finishes them, and nothing changes when it thaws',
    async (which, context) => {
      const pair = await pairFor(context, { bothServe: true })
      const { stage } = pair
      const frozen = pair[which]
      const questions = askEverywhere(stage, `outlives the ${which}`, '!slow 8000')
      await allGrow(stage, questions)
      const begun = questions.map(standing)
      const served = servedBy(frozen)
      process.kill(frozen.pid, 'SIGSTOP')
      await allWhole(stage, questions)
      await nothingGenerates(stage)
      const before = questions.map(repliesTo)
      process.kill(frozen.pid, 'SIGCONT')
      await until(stage, 'the thawed one has seen that it lost them', () =>
        served.every((account) => frozen.output.includes(`"claim":"account:${account}"`)),
      )
      await allWhole(stage, askEverywhere(stage, `thawed ${which}`))
      expect(questions.map((asked, n) => repliesTo(asked).slice(0, before[n]!.length))).toEqual(before)
      expect(questions.map(standing).map((ids, n) => ids.slice(0, begun[n]!.length))).toEqual(begun)
      expect(frozen.exitCode).toBeUndefined()
    },
  )

  test('one is told to stop: its replies finish, the other one serves at once', async (context) => {
    const { stage, first } = await pairFor(context, { bothServe: true })
    const questions = askEverywhere(stage, 'before the stop', '!slow 4000')
    await allGrow(stage, questions)
    expect(await first.stop()).toBe(0)
    await allWhole(stage, questions)
    await allWhole(stage, askEverywhere(stage, 'after the stop'))
    await nothingGenerates(stage)
  })

  test('Redis is away for ten seconds while replies grow and people ask: nothing is lost, nothing doubled', async (context) => {
    const { stage, redis } = await pairFor(context)
    const regulars = await regularsOf(stage)
    const growing = askEverywhere(stage, 'before it went away', '!slow 9000')
    await allGrow(stage, growing)
    redis.freeze()
    const meanwhile = askAll(regulars, 'while it was away')
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    redis.thaw()
    await allWhole(stage, [...growing, ...meanwhile])
    await nothingGenerates(stage)
  })

  test('Redis is killed and comes back with what it had written: nothing is lost', async (context) => {
    const { stage, redis } = await pairFor(context)
    const regulars = await regularsOf(stage)
    const growing = askEverywhere(stage, 'before it was killed', '!slow 8000')
    await allGrow(stage, growing)
    await redis.kill()
    const meanwhile = askAll(regulars, 'while it was dead')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await redis.restart()
    await allWhole(stage, [...growing, ...meanwhile])
    await nothingGenerates(stage)
  })

  test("keep Coze's limit together: no question is refused there", async (context) => {
    const { stage } = await pairFor(context, {
      bothServe: true,
      coze: { limits: { chatsPerSecond: 4 }, pace: { firstDeltaMs: 20, deltaMs: 4, charsPerDelta: 40 } },
      env: { COZE_CHATS_PER_SECOND: '4', BRIDGE_QUESTIONS_PER_HOUR: '0' },
    })
    const people = PLATFORM_NAMES.flatMap((platform) =>
      ['Ann', 'Bob', 'Cyd', 'Dan'].map((name) => guestAt(stage, platform, name)),
    )
    await allWhole(
      stage,
      people.map((guest, n) => ask(guest, `together-${n};`)),
    )
    // One that is refused there is asked once more.
    expect(stage.coze.store.requests.filter(({ path }) => path === '/v3/chat')).toHaveLength(people.length)
  })
})

test('a webhook that calls the process that stands by is answered by the one that serves', async ({
  onTestFinished,
}) => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const ports = [await freePort(), await freePort()]
  const env = (port: number): Record<string, string> => ({
    TELEGRAM_MODE: 'webhook',
    // The last to start is called: the one that stands by.
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}`,
    TELEGRAM_WEBHOOK_SECRET: 'a-webhook-secret-of-the-owner',
    BRIDGE_PORT: String(port),
  })
  const stage = await openE2eStage({ store: redis.url, env: env(ports[0]!) })
  onTestFinished(() => stage.close())
  stage.launch(env(ports[1]!))
  const [first, second] = stage.bridges
  await until(stage, 'both are ready', () => [first!, second!].every(isReady))
  expect(servedBy(first!)).toEqual(['telegram'])
  expect(servedBy(second!)).toEqual([])
  const ann = guestAt(stage, 'telegram')
  await comesWhole(stage, ask(ann, 'by another door'))
  await first!.kill()
  await comesWhole(stage, ask(ann, 'by the same door'))
})

interface PairOptions extends E2eOptions<PlatformName> {
  /** Both started at the same moment, so that each has some of the platforms; else the first has them all. */
  readonly bothServe?: true
}

async function pairFor({ onTestFinished }: TestContext, options: PairOptions = {}): Promise<Pair> {
  const { bothServe, ...stageOptions } = options
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const stage = await openE2eStage({
    platforms: PLATFORM_NAMES,
    store: redis.url,
    started: false,
    ...stageOptions,
  })
  onTestFinished(() => stage.close())
  if (bothServe === true) stage.launch()
  else await stage.start()
  stage.launch()
  const [first, second] = stage.bridges
  if (!first || !second) throw new Error('two bridges were launched')
  await until(stage, 'both are ready', () => isReady(first) && isReady(second))
  await until(stage, 'all platforms are served', () => stage.seats.every((seat) => seat.isConnected()))
  return { stage, redis, first, second }
}

function askEverywhere(stage: AllStage, words: string, instruction = ''): readonly Asked[] {
  return askAll(
    PLATFORM_NAMES.map((platform) => guestAt(stage, platform)),
    words,
    instruction,
  )
}

function askAll(guests: readonly Guest[], words: string, instruction = ''): readonly Asked[] {
  return guests.map((guest) => ask(guest, `${words} on ${guest.platform}`, instruction))
}

/** People the bot knows: Discord tells nobody later of a private chat begun while no process was there to hear of it. */
async function regularsOf(stage: AllStage): Promise<readonly Guest[]> {
  const regulars = PLATFORM_NAMES.map((platform) => guestAt(stage, platform, 'Rea'))
  await allWhole(stage, askAll(regulars, 'hello from a regular'))
  return regulars
}

const standing = (asked: Asked): readonly string[] => repliesTo(asked).map(({ messageId }) => messageId)

const isReady = ({ output }: BridgeProcess): boolean => output.includes('"message":"ready"')

/** What it says to serve when it is ready. */
function servedBy({ output }: BridgeProcess): readonly string[] {
  const line = output.split('\n').find((each) => each.includes('"message":"ready"')) ?? '{}'
  const { serving } = JSON.parse(line) as { readonly serving?: string }
  return serving === undefined || serving === '' ? [] : serving.split(',')
}

/** Cards are closed after their last words: the chat list says no more that somebody writes. */
async function nothingGenerates(stage: AllStage): Promise<void> {
  const cards = (): readonly { readonly streaming: string }[] =>
    [...stage.feishu.store.cards.values()].filter(({ messageId }) => messageId !== undefined)
  await until(stage, 'no card is left generating', () =>
    cards().every(({ streaming }) => streaming === 'off'),
  )
}
