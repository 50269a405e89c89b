// `npm run bench`: how fast, at what cost, under what load; a table and, last, one line of JSON.
//
// The emulators run in this process, their rate limits off; the bridge in its own, started with nothing but addresses
// and tokens; the floor in a third. Times of arrival are the emulators' own, so both ends share one clock. Machines are
// noisy: read the ratios to the floor of the same run, not the absolutes.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults, startCozeEmulator, wait } from '../../src/emulators/coze/index.ts'
import { isWholeAnswer } from '../../src/playground/compare.ts'
import { PLATFORM_NAMES, seatsOf, type PlatformName, type Seat } from '../../src/playground/seats.ts'
import { NODE_FLAGS } from '../../src/playground/process.ts'
import { bridgeEnv, closeEmulators, startEmulators } from '../../src/playground/stage.ts'
import { startMeasured, type Measured } from './measured.ts'
import { measurePage, type PageResult } from './page.ts'
import { print, type BenchResult, type Load, type PlatformResult } from './print.ts'
import { percentile, plainText } from './numbers.ts'
import { createSides, type BenchChair, type Side } from './sides.ts'
import { measureUploads, type UploadResult } from './uploads.ts'
import { waitUntil } from './wait.ts'

const quick = process.argv.includes('--quick')
const FIRST_TEXTS = quick ? 30 : 80
const SMALL_LOAD = quick ? 20 : 100
const BIG_LOAD = quick ? 90 : 1_000
const LOAD_SECONDS = quick ? 6 : 8
const CPU_CHARS = quick ? 128_000 : 256_000
const WARM_UP_CHARS = 64_000
const CPU_AT_ONCE = 4
const STARTS = quick ? 2 : 5
const SPREAD = 20
const UPLOAD_MB = quick ? 64 : 256
const UPLOAD_ROUNDS = 3
const PAGE_ROUNDS = quick ? 1 : 4

interface Pace {
  readonly firstDeltaMs: number
  readonly deltaMs: number
  readonly charsPerDelta: number
}
const FAST: Pace = { firstDeltaMs: 20, deltaMs: 5, charsPerDelta: 20 }
/** All replies have begun before the first grows. */
const TEN_A_SECOND: Pace = { firstDeltaMs: 2_000, deltaMs: 100, charsPerDelta: 4 }

const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-bench-'))
const coze = await startCozeEmulator({ maxRequests: 1_000 })
const kept = { limits: false, maxFrames: 50_000, maxCalls: 50_000 }
const emulators = await startEmulators(PLATFORM_NAMES, {
  discord: kept,
  telegram: { ...kept, server: 'own' },
  feishu: kept,
})
const seats = seatsOf(emulators)
let asked = 0
/** What Coze answers to the questions asked now. */
let answer = ''

try {
  progress('starts')
  const start = await measureStart()
  const { bridge, floor } = await createSides(
    { coze, emulators, folder, isWhole, waitUntil },
    startBridge('bridge'),
  )
  await untilReady(bridge.process)

  const platforms: Partial<Record<PlatformName, PlatformResult>> = {}
  for (const seat of seats) {
    progress(seat.title)
    platforms[seat.platform] = {
      firstTextMs: await measureFirstText(seat, bridge, floor),
      cpuMsPer1000Chars: await measureCpu(seat, bridge, floor),
      load: await measureLoad([seat], bridge, floor),
    }
  }
  progress('all platforms together')
  const load = await measureLoad(seats, bridge, floor)
  progress('uploads')
  const uploads = await measureUploads(
    { coze, ...emulators, bridge: bridge.process, folder },
    UPLOAD_MB,
    UPLOAD_ROUNDS,
  )
  await Promise.all([bridge.process.stop(), floor.process.stop()])
  progress('page')
  print(resultOf(platforms, load, uploads, start, await measurePage(PAGE_ROUNDS)))
} finally {
  await Promise.all([coze.close(), closeEmulators(emulators)])
  await rm(folder, { recursive: true, force: true })
}

/** The first lines are Telegram's, as they have been from the beginning; the load is that of all three together. */
function resultOf(
  platforms: Partial<Record<PlatformName, PlatformResult>>,
  load: Load,
  uploads: UploadResult,
  start: BenchResult['start'],
  page: PageResult,
): BenchResult {
  const { telegram } = platforms
  if (!telegram) throw new Error('Telegram was not measured')
  const { firstTextMs, cpuMsPer1000Chars } = telegram
  return { firstTextMs, cpuMsPer1000Chars, load, uploads, start, platforms, page }
}

/** Some minutes pass; the result alone goes to the standard output. */
function progress(what: string): void {
  process.stderr.write(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${what}\n`)
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

/** From the first delta leaving Coze to the first answer text standing on the platform. */
async function measureFirstText(
  seat: Seat,
  bridge: Side,
  floor: Side,
): Promise<PlatformResult['firstTextMs']> {
  const spans = async (side: Side): Promise<number[]> => {
    const measured: number[] = []
    for (let n = 0; n < FIRST_TEXTS; n += 1) {
      const [chair] = chairsAt([seat], 1)
      if (!chair) continue
      let shownAtMs: number | undefined
      const stop = chair.onFrame(({ text, atPerfMs }) => {
        if (text.trim() !== '') shownAtMs ??= atPerfMs
      })
      await side.ask('first text', [chair])
      stop()
      const delta = coze.firstDeltas.at(-1)
      if (shownAtMs !== undefined && delta) measured.push(shownAtMs - delta.atMs)
    }
    return measured
  }
  script(200, FAST)
  await spans(bridge)
  const [ours, floors] = [await spans(bridge), await spans(floor)]
  return { p50: percentile(ours, 50), p99: percentile(ours, 99), floorP50: percentile(floors, 50) }
}

/** CPU of the whole process over replies of one length, the same number of characters each time. */
async function measureCpu(
  seat: Seat,
  bridge: Side,
  floor: Side,
): Promise<PlatformResult['cpuMsPer1000Chars']> {
  const perThousand = async (side: Side, chars: number, total = CPU_CHARS): Promise<number> => {
    script(chars, FAST, true)
    side.process.reset()
    for (let left = total / chars; left > 0; left -= CPU_AT_ONCE)
      await side.ask('long', chairsAt([seat], Math.min(CPU_AT_ONCE, left)))
    return ((await side.process.read()).cpuMs / total) * 1_000
  }
  await perThousand(bridge, 8_000, WARM_UP_CHARS)
  return {
    at8000: await perThousand(bridge, 8_000),
    at64000: await perThousand(bridge, 64_000),
    floor: await perThousand(floor, 8_000),
  }
}

/** Many replies growing at once, ten deltas a second each; every final text compared with what Coze sent. */
async function measureLoad(at: readonly Seat[], bridge: Side, floor: Side): Promise<Load> {
  const expected = script(LOAD_SECONDS * 40, TEN_A_SECOND)
  const grow = async (side: Side, replies: number) => {
    const chairs = chairsAt(at, replies)
    const done = side.ask('load', chairs)
    await waitUntil(() => coze.store.counts.running >= replies)
    side.process.reset()
    await waitUntil(() => coze.store.counts.running < replies)
    const growing = await side.process.read()
    await done
    const after = await side.process.read()
    const isExact = (chair: BenchChair): boolean =>
      chair
        .shown()
        .map(({ text }) => text)
        .join('') === expected
    return { ...growing, cpuMs: after.cpuMs, exact: chairs.filter(isExact).length }
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

/** Newcomers, spread evenly over the platforms. */
function chairsAt(at: readonly Seat[], count: number): readonly BenchChair[] {
  return Array.from({ length: count }, (_, n) => at[n % at.length]?.sitDown(`P${n}`)).filter(
    (chair) => chair !== undefined,
  )
}

function startBridge(name: string): Measured {
  return startMeasured(new URL('../../src/cli.ts', import.meta.url), ['start'], {
    nodeArgs: NODE_FLAGS,
    cwd: folder,
    env: {
      ...bridgeEnv({ coze, ...emulators }, `sqlite:${join(folder, `${name}.db`)}`),
      COZE_CHATS_PER_SECOND: '0',
      BRIDGE_QUESTIONS_PER_HOUR: '0',
      BRIDGE_FIRST_TEXT_CHARS: '1',
      BRIDGE_FIRST_TEXT_WAIT_MS: '0',
      DISCORD_REQUESTS_PER_SECOND: '0',
      TELEGRAM_MESSAGES_PER_SECOND: '100000',
      FEISHU_REQUESTS_PER_SECOND: '0',
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

/** The whole answer stands there, by its letters. */
function isWhole(chair: BenchChair): boolean {
  const texts = chair.shown().map(({ text }) => text)
  return texts.length > 0 && isWholeAnswer(answer, texts).whole
}
