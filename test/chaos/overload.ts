// `npm run overload -- [--seconds 300] [--times 10] [--rate 4] [--seed N] [--backlog] [--store redis://…]`: what happens when
// people offer many times what the upstream takes?
//
// 1. A real bridge, with a limit of a few questions a second and a budget for each person; emulators of Coze (which enforces the
//    limit) and of all three platforms. Many people ask at moments drawn from the seed; some within their budget, some far beyond.
// 2. It waits, for as long as it may take, until everything accepted is answered.
// 3. The verdict comes from the emulators alone: what Coze was asked, what stands on the screens; memory from the system.
// With `--backlog` everybody is within budget, so that nobody may be refused and thousands wait; then the limit is raised, by a
// restart, and all of them must be answered all the same.
// The last line is JSON; the exit code is 1 when a promise is broken.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defaults, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import { PLATFORM_NAMES, seatsOf, type Emulators } from '../../src/playground/seats.ts'
import { platformLines } from '../../src/playground/script/platform-lines.ts'
import {
  bridgeEnv,
  closeEmulators,
  startBridgeProcess,
  startEmulators,
  writeConfig,
} from '../../src/playground/stage.ts'
import { kbPerWaiting, levelOf, sampleMemory } from './overload-memory.ts'
import { seat } from './overload-people.ts'
import { planFor } from './overload-plan.ts'
import { verdictOn } from './overload-verdict.ts'
import { createWatch } from './overload-watch.ts'
import { createRandom } from './random.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    times: { type: 'string', default: '10' },
    rate: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    backlog: { type: 'boolean', default: false },
    store: { type: 'string' },
    samples: { type: 'string' },
    /** Given to the bridge's Node: `--node-args='--trace-gc'`. */
    'node-args': { type: 'string' },
    /** Where what the bridge printed goes. */
    output: { type: 'string' },
  },
})
const [seconds, times, rate] = [Number(values.seconds), Number(values.times), Number(values.rate)]
const { seed, backlog: isBacklog } = values

/** Nothing was asked of Coze for so long: nothing more will be. */
const QUIET_MS = 10_000
/** For the rest of a run without a backlog. */
const DRAIN_MS = 120_000
/** Once the limit is raised. */
const DRAIN_RATE = 30
const READY_MS = 60_000
/** Memory counts from here on. */
const WARM_SHARE = 5
const WARM_MS = 60_000
const TOLD_EVERY_MS = 10_000
const lastTold = { atMs: 0 }

const beganAtMs = performance.now()
const plan = planFor({ seconds, rate, times, backlog: isBacklog }, createRandom(seed))
const watch = createWatch()
const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-overload-'))
let limit = rate
let upstreamRefused = 0
const coze = await startCozeEmulator({
  bots: { [defaults.botId]: { script: watch.agent } },
  pace: { firstDeltaMs: 100, deltaMs: 40, charsPerDelta: 40 },
  limits: {
    get chatsPerSecond() {
      return limit
    },
  },
  maxRequests: 1_000,
  observe({ status, path }) {
    if (status === 429 && path === '/v3/chat') upstreamRefused += 1
  },
})
const kept = { maxFrames: 1_000, maxCalls: 1_000 }
const emulators = (await startEmulators(PLATFORM_NAMES, {
  discord: kept,
  telegram: { ...kept, getUpdatesAntiHammer: false },
  feishu: kept,
})) as Emulators
watch.attend(emulators)
const people = seat(plan.people, emulators)
const store = values.store ?? `sqlite:${join(folder, 'bridge.db')}`
const env = bridgeEnv({ coze, ...emulators }, store)
await writeConfig(folder, configOf(rate))
let bridge = launch()

try {
  await ready()
  say(`seed ${seed}: ${people.length} people offer ${rate * times} questions a second, ${rate} are taken`)
  const memory = sampleMemory(bridge.pid, () => watch.questions.length - watch.asked)
  const offeringSinceMs = performance.now()
  await offer()
  const offeredUntilMs = performance.now()
  const mostWaiting = watch.questions.length - watch.asked
  if (isBacklog) {
    memory.stop()
    await raiseLimit()
    await drained((mostWaiting / DRAIN_RATE) * 2_000 + 2 * DRAIN_MS)
  } else await drained(DRAIN_MS)
  memory.stop()
  const code = await bridge.stop()

  const warmMs = Math.min(WARM_MS, (seconds * 1_000) / WARM_SHARE)
  const warm = memory.samples.filter(({ atMs }) => atMs > offeringSinceMs + warmMs && atMs <= offeredUntilMs)
  if (values.samples !== undefined) await writeFile(values.samples, JSON.stringify(memory.samples))
  if (values.output !== undefined) await writeFile(values.output, bridge.output)
  const { line, broken } = verdictOn({
    seed,
    seconds,
    questionsPerMinute: plan.questionsPerMinute,
    isBacklog,
    questions: watch.questions,
    told: watch.told,
    upstreamRefused,
    rssMb: levelOf(warm.map(({ rssMb }) => rssMb)),
    kbPerWaiting: kbPerWaiting(warm),
    mostWaiting,
  })
  const all = code === 0 ? broken : [...broken, `the bridge ended with ${code}`]
  for (const sentence of all) console.error(`Broken: ${sentence}.`)
  if (all.length > 0) console.error(`The log's end:\n${bridge.output.slice(-3_000)}`)
  console.log(JSON.stringify(line))
  process.exitCode = all.length === 0 ? 0 : 1
} finally {
  await bridge.kill()
  await Promise.all([coze.close(), closeEmulators(emulators)])
  await rm(folder, { recursive: true, force: true })
}

function launch() {
  return startBridgeProcess({
    folder,
    env: { ...env, LOG_LEVEL: 'warn' },
    nodeArgs: values['node-args']?.split(' ') ?? [],
  })
}

async function ready(): Promise<void> {
  const isUp = await until(() => seatsOf(emulators).every((each) => each.isConnected()), READY_MS)
  if (!isUp) throw new Error(`The bridge did not come:\n${bridge.output}`)
}

/** Everybody asks when it is their time, however the bridge fares. */
async function offer(): Promise<void> {
  const asks = people
    .flatMap((person) => person.plan.asksAtMs.map((atMs) => ({ person, atMs })))
    .toSorted((a, b) => a.atMs - b.atMs)
  const sinceMs = performance.now()
  let next = 0
  while (next < asks.length) {
    const nowMs = performance.now() - sinceMs
    for (let one = asks[next]; one !== undefined && one.atMs <= nowMs; one = asks[++next])
      watch.ask(one.person)
    tell('offering')
    await pause(20)
  }
}

/** Until nothing is asked any more and everything asked has its answer. */
async function drained(withinMs: number): Promise<void> {
  let [asked, changedAtMs] = [watch.asked, performance.now()]
  await until(() => {
    tell('waiting for the rest')
    if (watch.asked !== asked) [asked, changedAtMs] = [watch.asked, performance.now()]
    return watch.answered === watch.asked && performance.now() - changedAtMs > QUIET_MS
  }, withinMs)
}

/** A restart over the same store: what waited goes on. */
async function raiseLimit(): Promise<void> {
  say(`${watch.questions.length - watch.asked} wait; now ${DRAIN_RATE} a second`)
  await bridge.stop()
  await writeFile(join(folder, 'config', 'bridge.yaml'), configOf(DRAIN_RATE))
  limit = DRAIN_RATE
  bridge = launch()
  await ready()
}

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > deadlineMs || bridge.exitCode !== undefined) return false
    await pause(50)
  }
  return true
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Now and then, beside the result: the last line of the standard output is for machines. */
function tell(what: string): void {
  if (performance.now() - lastTold.atMs < TOLD_EVERY_MS) return
  lastTold.atMs = performance.now()
  const waiting = watch.questions.length - watch.asked
  say(
    `${what}: ${watch.questions.length} offered, ${watch.asked} asked, ${watch.answered} answered, ${waiting} wait or were refused, ${watch.told.length} told`,
  )
}

function say(what: string): void {
  process.stderr.write(`${((performance.now() - beganAtMs) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`)
}

function configOf(chatsPerSecond: number): string {
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: ${chatsPerSecond} }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
platforms:
${platformLines(PLATFORM_NAMES)}
budgets: { questionsPerMinute: ${plan.questionsPerMinute}, questionsPerHour: 0, questionsPerDay: 0 }
`
}
