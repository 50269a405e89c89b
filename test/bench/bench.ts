// `npm run bench`: how fast, at what cost, under what load; a table and, last, one line of JSON.
//
// The emulators run in this process, their rate limits off; the bridge in its own, started with nothing but addresses
// and tokens; the floor in a third. Times of arrival are the emulators' own, so both ends share one clock. Machines are
// noisy: read the ratios to the floor of the same run, not the absolutes.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults, startCozeEmulator, wait, type CozeEmulator } from '../../src/emulators/coze/index.ts'
import {
  startTelegramEmulator,
  type Chat,
  type Person,
  type TelegramEmulator,
} from '../../src/emulators/telegram/index.ts'
import { isWholeAnswer } from '../../src/playground/compare.ts'
import { bridgeEnv } from '../../src/playground/stage.ts'
import { startMeasured, type Measured } from './measured.ts'
import { print, type BenchResult } from './print.ts'
import { percentile, plainText } from './numbers.ts'

const quick = process.argv.includes('--quick')
const FIRST_TEXTS = quick ? 40 : 200
const SMALL_LOAD = quick ? 20 : 100
const BIG_LOAD = quick ? 100 : 1_000
const LOAD_SECONDS = quick ? 6 : 20
const CPU_CHARS = quick ? 128_000 : 512_000
const STARTS = quick ? 2 : 5
const SPREAD = 20
const WITHIN_MS = 240_000

interface Pace {
  readonly firstDeltaMs: number
  readonly deltaMs: number
  readonly charsPerDelta: number
}
const FAST: Pace = { firstDeltaMs: 20, deltaMs: 5, charsPerDelta: 20 }
/** All replies have begun before the first grows. */
const TEN_A_SECOND: Pace = { firstDeltaMs: 2_000, deltaMs: 100, charsPerDelta: 4 }

interface Side {
  readonly coze: CozeEmulator
  readonly telegram: TelegramEmulator
  /** Begins so many replies at once; resolves when all of them stand. */
  ask(text: string, chats: readonly Chat[]): Promise<void>
  readonly process: Measured
}

const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-bench-'))
const coze = await startCozeEmulator({ maxRequests: 1_000 })
const telegram = await startTelegramEmulator({ limits: false, maxFrames: 50_000, maxCalls: 50_000 })
let asked = 0
/** What Coze answers to the questions asked now. */
let answer = ''
const people = new Map<number, Person>()

try {
  const start = await measureStart()
  const bridge = bridgeSide(startBridge())
  await untilReady(bridge.process)
  const floor = floorSide()

  const firstTextMs = await measureFirstText(bridge, floor)
  const cpuMsPer1000Chars = await measureCpu(bridge, floor)
  const load = await measureLoad(bridge, floor)
  await Promise.all([bridge.process.stop(), floor.process.stop()])

  const result: BenchResult = { firstTextMs, cpuMsPer1000Chars, load, start }
  print({ ...result, platforms: { telegram: { firstTextMs, cpuMsPer1000Chars, load } } })
} finally {
  await Promise.all([coze.close(), telegram.close()])
  await rm(folder, { recursive: true, force: true })
}

async function measureStart(): Promise<BenchResult['start']> {
  const readyMs: number[] = []
  const rssMb: number[] = []
  for (let n = 0; n < STARTS; n += 1) {
    const beganMs = performance.now()
    const bridge = startBridge(`start-${n}`)
    await untilReady(bridge, 1)
    readyMs.push(performance.now() - beganMs)
    rssMb.push((await bridge.read()).rssMb)
    await bridge.stop()
  }
  return { readyMs: percentile(readyMs, 50), rssMb: percentile(rssMb, 50) }
}

/** From the first delta leaving Coze to the first call with answer text reaching the platform. */
async function measureFirstText(bridge: Side, floor: Side): Promise<BenchResult['firstTextMs']> {
  const spans = async (side: Side): Promise<number[]> => {
    const measured: number[] = []
    for (let n = 0; n < FIRST_TEXTS; n += 1) {
      const chats = someChats(1)
      await side.ask('first text', chats)
      const call = telegram.store.calls.findLast(
        ({ method, chatId }) => method.toLowerCase() === 'sendmessage' && chatId === chats[0]?.id,
      )
      const delta = coze.firstDeltas.at(-1)
      if (call && delta) measured.push(call.receivedAtPerfMs - delta.atMs)
    }
    return measured
  }
  script(200, FAST)
  await spans(bridge)
  const [ours, floors] = [await spans(bridge), await spans(floor)]
  return { p50: percentile(ours, 50), p99: percentile(ours, 99), floorP50: percentile(floors, 50) }
}

/** CPU of the whole process over replies of one length, the same number of characters each time. */
async function measureCpu(bridge: Side, floor: Side): Promise<BenchResult['cpuMsPer1000Chars']> {
  const perThousand = async (side: Side, chars: number): Promise<number> => {
    script(chars, FAST, true)
    side.process.reset()
    for (let left = CPU_CHARS / chars; left > 0; left -= 4)
      await side.ask('long', someChats(Math.min(4, left)))
    return ((await side.process.read()).cpuMs / CPU_CHARS) * 1_000
  }
  await perThousand(bridge, 8_000)
  return {
    at8000: await perThousand(bridge, 8_000),
    at64000: await perThousand(bridge, 64_000),
    floor: await perThousand(floor, 8_000),
  }
}

/** Many replies growing at once, ten deltas a second each; every final text compared with what Coze sent. */
async function measureLoad(bridge: Side, floor: Side): Promise<BenchResult['load']> {
  const expected = script(LOAD_SECONDS * 40, TEN_A_SECOND)
  const grow = async (side: Side, replies: number) => {
    const chats = someChats(replies)
    const done = side.ask('load', chats)
    await waitUntil(() => coze.store.counts.running >= replies)
    side.process.reset()
    await waitUntil(() => coze.store.counts.running < replies)
    const growing = await side.process.read()
    await done
    const after = await side.process.read()
    const exact = chats.filter(
      (chat) =>
        telegram
          .screen(chat)
          .filter(({ byBot }) => byBot)
          .map(({ text }) => text)
          .join('') === expected,
    ).length
    return { ...growing, cpuMs: after.cpuMs, exact }
  }
  const small = await grow(bridge, SMALL_LOAD)
  const big = await grow(bridge, BIG_LOAD)
  await grow(floor, SMALL_LOAD)
  const under = await grow(floor, BIG_LOAD)
  return {
    replies: BIG_LOAD,
    exact: big.exact,
    loopDelayP99Ms: big.loopDelayP99Ms,
    floorLoopDelayP99Ms: under.loopDelayP99Ms,
    kbPerReply: ((big.rssMb - small.rssMb) * 1_024) / (BIG_LOAD - SMALL_LOAD),
    cpuMs: big.cpuMs,
    floorCpuMs: under.cpuMs,
  }
}

/** The next answers have so many characters; `styled` as Markdown. Returns the text as it has to stand on screen. */
function script(chars: number, pace: Pace, styled = false): string {
  answer = plainText(chars, styled)
  coze.setScript(defaults.botId, function* () {
    // Spread over one beat: a thousand people do not breathe in step.
    asked += 1
    yield wait(pace.firstDeltaMs + (asked % SPREAD) * (pace.deltaMs / SPREAD))
    yield { say: answer, charsPerDelta: pace.charsPerDelta, deltaMs: pace.deltaMs }
  })
  return answer.trim()
}

function someChats(count: number): readonly Chat[] {
  return Array.from({ length: count }, () => {
    const person = telegram.person({ firstName: `P${people.size}` })
    const chat = telegram.privateChat(person)
    people.set(chat.id, person)
    return chat
  })
}

function startBridge(name = 'bridge'): Measured {
  return startMeasured(new URL('../../src/cli.ts', import.meta.url), ['start'], {
    cwd: folder,
    env: {
      ...bridgeEnv(coze, telegram, `sqlite:${join(folder, `${name}.db`)}`),
      COZE_CHATS_PER_SECOND: '0',
      BRIDGE_QUESTIONS_PER_HOUR: '0',
      BRIDGE_FIRST_TEXT_CHARS: '1',
      BRIDGE_FIRST_TEXT_WAIT_MS: '0',
      TELEGRAM_MESSAGES_PER_SECOND: '100000',
      LOG_LEVEL: 'info',
    },
  })
}

async function untilReady(bridge: Measured, everyMs = 5): Promise<void> {
  await waitUntil(
    () => bridge.output().includes('"ready"') || bridge.output().includes(' ready'),
    everyMs,
    () => bridge.output(),
  )
}

function bridgeSide(process: Measured): Side {
  return {
    coze,
    telegram,
    process,
    async ask(text, chats) {
      const endedBefore = coze.store.counts.completed
      for (const chat of chats) {
        const person = people.get(chat.id)
        if (person) telegram.say(person, chat, text)
      }
      await waitUntil(() => coze.store.counts.completed >= endedBefore + chats.length)
      await waitUntil(() => chats.every(isWhole), 20)
    },
  }
}

function floorSide(): Side {
  const process = startMeasured(new URL('./floor.ts', import.meta.url), [], { cwd: folder, env: {} })
  return {
    coze,
    telegram,
    process,
    async ask(text, chats) {
      const done = process.hears('done')
      process.tell({
        do: 'ask',
        cozeUrl: coze.url,
        cozeToken: defaults.token,
        botId: defaults.botId,
        telegramUrl: telegram.url,
        telegramToken: telegram.token,
        text,
        chatIds: chats.map(({ id }) => id),
      })
      await done
    },
  }
}

/** The whole answer stands there, by its letters. */
function isWhole(chat: Chat): boolean {
  const texts = telegram
    .screen(chat)
    .filter(({ byBot }) => byBot)
    .map(({ text }) => text)
  return texts.length > 0 && isWholeAnswer(answer, texts).whole
}

async function waitUntil(condition: () => boolean, everyMs = 5, why?: () => string): Promise<void> {
  const endMs = performance.now() + WITHIN_MS
  while (!condition()) {
    if (performance.now() > endMs) {
      throw new Error(`waited too long ${why?.() ?? telegram.picture().slice(-2_000)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
