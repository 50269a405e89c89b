// What does the chaos play on? Emulated Coze and platforms in this process, one store, and bridges that come and go over it.
//
// A world lives for some 25 rounds: long enough that a store grows old, short enough that nothing grows without end.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults, startCozeEmulator, type CozeEmulator } from '../../src/emulators/coze/index.ts'
import { PLATFORM_NAMES, seatsOf, type Emulators } from '../../src/playground/seats.ts'
import {
  bridgeEnv,
  closeEmulators,
  startBridgeProcess,
  startEmulators,
  writeConfig,
  type BridgeProcess,
} from '../../src/playground/stage.ts'
import { platformLines } from '../../src/playground/script/platform-lines.ts'
import { chaosAgent, chaosFlow, FLOWS } from './agent.ts'
import { createGrowth, type Growth } from './growth.ts'
import { createPosts, type Posts } from './posts.ts'
import type { Place } from './place.ts'
import { discordPlaces } from './places-discord.ts'
import { feishuPlaces } from './places-feishu.ts'
import { telegramPlaces } from './places-telegram.ts'

export interface World extends Emulators {
  readonly coze: CozeEmulator
  readonly places: readonly Place[]
  /** A round must come to rest within it. */
  readonly patienceMs: number
  /** Where a question was left open: nobody asks there any more. */
  readonly retired: Set<Place>
  readonly growth: Growth
  readonly posts: Posts
  /** What Coze was asked, by chats and by runs, in the order it came. */
  readonly asked: readonly string[]
  readonly storePath: string | undefined
  /** The one that runs, or ran last. */
  readonly bridge: BridgeProcess | undefined
  /** What the bridges printed, the end of it. */
  readonly output: string
  launch(conditions?: Conditions): BridgeProcess
  kill(): Promise<void>
  /** SIGTERM. Gives the exit code. */
  stop(): Promise<number | undefined>
  isUp(): boolean
  /** Another process holds the store until the returned function is called. */
  holdStore(): Promise<() => Promise<void>>
  rssMb(): number | undefined
  picture(): string
  close(): Promise<void>
}

/** What is wrong with the machine of a bridge, by preloads. */
export interface Conditions {
  /** `atMs:byMs` */
  readonly clock?: string
  /** `fromMs:forMs` */
  readonly diskFull?: string
}

export interface WorldOptions {
  /** `sqlite`, or an address of Redis. */
  readonly store: string
  /** Sets this world's keys in Redis apart. */
  readonly name: string
  readonly plant: boolean
}

/** Generous: it is met only where something is lost. With a planted bug that is the rule, and soon enough to be seen. */
const PATIENCE_MS = { sound: 75_000, planted: 20_000 }
const OUTPUT_KEPT = 120_000
const HERE = import.meta.dirname

export async function openWorld(options: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-chaos-'))
  const asked: string[] = []
  const onAsked = (query: string): void => void asked.push(query)
  const coze = await startCozeEmulator({
    bots: { [defaults.botId]: { script: chaosAgent(onAsked) } },
    workflows: Object.fromEntries(
      Object.entries(FLOWS).map(([name, id]) => [id, { name, script: chaosFlow(onAsked) }]),
    ),
    pace: { firstDeltaMs: 60, deltaMs: 25, charsPerDelta: 30 },
    maxRequests: 1_000,
  })
  const kept = { maxFrames: 1_000, maxCalls: 2_000 }
  const emulators = (await startEmulators(PLATFORM_NAMES, {
    discord: kept,
    telegram: { ...kept, getUpdatesAntiHammer: false },
    // As often as Feishu, but soon: a round has seconds, not hours.
    feishu: { ...kept, redeliveryMs: [1_000, 2_000, 4_000, 8_000, 16_000, 30_000] },
  })) as Emulators
  await writeConfig(folder, CONFIG)
  const storePath = options.store === 'sqlite' ? join(folder, 'bridge.db') : undefined
  const env = {
    ...bridgeEnv({ coze, ...emulators }, storePath === undefined ? redisFor(options) : `sqlite:${storePath}`),
  }
  const places = [
    ...discordPlaces(emulators.discord, { direct: 7, group: 4, thread: 3 }),
    ...telegramPlaces(emulators.telegram, { direct: 8, group: 9, thread: 5 }),
    ...feishuPlaces(emulators.feishu, { direct: 7, group: 4, thread: 3 }),
  ]
  let bridge: BridgeProcess | undefined
  let output = ''
  let isDying = false
  const retire = (): void => {
    if (bridge !== undefined) output = (output + bridge.output).slice(-OUTPUT_KEPT)
    bridge = undefined
  }
  const isUp = (): boolean => bridge !== undefined && !isDying && bridge.exitCode === undefined
  const posts = createPosts(emulators.telegram)

  const world: World = {
    ...emulators,
    coze,
    places,
    patienceMs: options.plant ? PATIENCE_MS.planted : PATIENCE_MS.sound,
    retired: new Set(),
    growth: createGrowth(emulators),
    posts,
    asked,
    storePath,
    get bridge() {
      return bridge
    },
    get output() {
      return (output + (bridge?.output ?? '')).slice(-OUTPUT_KEPT)
    },
    isUp,
    launch(conditions = {}) {
      retire()
      isDying = false
      bridge = startBridgeProcess({
        folder,
        env: {
          ...env,
          ...(conditions.clock === undefined ? {} : { CHAOS_CLOCK: conditions.clock }),
          ...(conditions.diskFull === undefined ? {} : { CHAOS_DISK_FULL: conditions.diskFull }),
        },
        nodeArgs: [
          ...(options.plant ? preload('skip-journal.ts') : []),
          ...(conditions.clock === undefined ? [] : preload('clock-jump.ts')),
          ...(conditions.diskFull === undefined ? [] : preload('disk-full.ts')),
        ],
      })
      return bridge
    },
    async kill() {
      posts.bridgeDies()
      isDying = true
      await bridge?.kill()
    },
    async stop() {
      const code = await bridge?.stop()
      return code
    },
    async holdStore() {
      const holder = spawn(process.execPath, [join(HERE, 'hold-store.ts'), storePath ?? ''], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const ended = new Promise<void>((resolve) => holder.once('exit', () => resolve()))
      await Promise.race([new Promise<void>((resolve) => holder.stdout.once('data', () => resolve())), ended])
      return async () => {
        holder.stdin.end()
        await ended
      }
    },
    rssMb() {
      if (bridge === undefined || !isUp()) return undefined
      const status = readFileSync(`/proc/${bridge.pid}/status`, 'utf8')
      const kb = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
      return kb === undefined ? undefined : Math.round(Number(kb) / 1_024)
    },
    picture: () =>
      seatsOf(emulators)
        .map((seat) => `${seat.title}:\n${seat.picture()}`)
        .join('\n\n'),
    async close() {
      await bridge?.kill()
      await Promise.all([coze.close(), closeEmulators(emulators)])
      await rm(folder, { recursive: true, force: true })
    },
  }
  return world
}

function preload(file: string): readonly string[] {
  return ['--import', join(HERE, file)]
}

function redisFor({ store, name }: WorldOptions): string {
  const address = new URL(store)
  address.searchParams.set('prefix', `chaos-${process.pid}-${name}`)
  return address.href
}

/** Waits are short: a round has seconds. The one for Coze's silence is above every silence the chaos makes. */
const CONFIG = `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: 0 }
  timeouts: { firstByteMs: 5000, betweenEventsMs: 5000 }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
platforms:
${platformLines(PLATFORM_NAMES)}
routes:
  - agent: default
    media: { mergeWindowMs: 300 }
budgets: { questionsPerHour: 0 }
drainMs: 1500
commands:
  flow:
    description: { en: "Talks for a while" }
    workflow: "${FLOWS.flow}"
    options: [{ name: topic, type: string, required: true, description: { en: "About what" } }]
  askflow:
    description: { en: "Asks back" }
    workflow: "${FLOWS.askflow}"
    options: [{ name: topic, type: string, required: true, description: { en: "About what" } }]
  report:
    description: { en: "In the background" }
    workflow: "${FLOWS.report}"
    mode: async
    show: '{output}'
    options: [{ name: topic, type: string, required: true, description: { en: "About what" } }]
`
