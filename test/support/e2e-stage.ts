// A stage for end-to-end tests: emulated Coze and platforms here, the bridge as its own process, which may be killed and
// started again over the same store. What it printed is looked through for secrets at the end.

import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaults, startCozeEmulator, type CozeEmulatorOptions } from '../../src/emulators/coze/index.ts'
import {
  seatsOf,
  type EmulatorOptions,
  type Emulators,
  type PlatformName,
} from '../../src/playground/seats.ts'
import {
  bridgeEnv,
  closeEmulators,
  startBridgeProcess,
  startEmulators,
  type BridgeProcess,
  type StageParts,
} from '../../src/playground/stage.ts'

/** With the emulators of the platforms `P`; most tests play on Telegram alone. */
export type E2eStage<P extends PlatformName = 'telegram'> = E2eParts & Pick<Emulators, P>
export interface E2eParts extends StageParts {
  readonly folder: string
  /** All that were started on this stage, oldest first; `bridge` is the newest. */
  readonly bridges: readonly BridgeProcess[]
  /** What every bridge on this stage printed so far. */
  readonly output: string
  /** The log's entries, of every bridge on this stage. */
  readonly log: readonly LogEntry[]
  /** Starts a bridge over the same store and waits until it listens, on every platform. */
  start(): Promise<void>
  /** The same without waiting; `more` beside the stage's own variables. */
  launch(more?: Readonly<Record<string, string>>): void
}
export type LogEntry = Readonly<Record<string, unknown>>
export interface E2eOptions<P extends PlatformName = 'telegram'> extends EmulatorOptions {
  /** Telegram alone by default. */
  readonly platforms?: readonly P[]
  readonly coze?: CozeEmulatorOptions
  readonly env?: Readonly<Record<string, string>>
  /** A config/bridge.yaml for the bridge's folder; the variables that `npm start` needs are still set. */
  readonly yaml?: string
  /** `sqlite:` in the stage's folder by default. */
  readonly store?: string
  /** False: the test calls `start` or `launch` itself. */
  readonly started?: boolean
}

/** One deadline for everything that is waited for: generous, because it is met only by a test that fails. */
export const GENEROUS_MS = 30_000
const LOOK_EVERY_MS = 15

const TELEGRAM = 'telegram: { token: "${env:TELEGRAM_BOT_TOKEN}", apiRoot: "${env:TELEGRAM_API_ROOT}" }'

/** What the variables of a stage say, as a file; `more` is put at its end. */
export function yamlOf(more: string, platforms = TELEGRAM): string {
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
platforms:
  ${platforms}
${more}`
}

/** Fast enough for tests, slow enough that a reply is seen to grow. */
const PACE = { firstDeltaMs: 20, deltaMs: 4, charsPerDelta: 8 }

export async function openE2eStage<P extends PlatformName = 'telegram'>(
  options: E2eOptions<P> = {},
): Promise<E2eStage<P>> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-e2e-'))
  const coze = await startCozeEmulator({ pace: PACE, ...options.coze })
  const emulators = await startEmulators(options.platforms ?? ['telegram'], options)
  const seats = seatsOf(emulators)
  const store = options.store ?? `sqlite:${join(folder, 'bridge.db')}`
  const env: Readonly<Record<string, string>> = {
    ...bridgeEnv({ coze, ...emulators }, store),
    ...options.env,
  }
  if (options.yaml !== undefined) {
    await mkdir(join(folder, 'config'))
    await writeFile(join(folder, 'config', 'bridge.yaml'), options.yaml)
  }
  const bridges: BridgeProcess[] = []

  const stage: E2eStage<P> = {
    // The names that were asked for are those of `P`.
    ...(emulators as Pick<Emulators, P>),
    coze,
    seats,
    folder,
    bridges,
    get bridge() {
      const last = bridges.at(-1)
      if (!last) throw new Error('no bridge was started on this stage')
      return last
    },
    get output() {
      return bridges.map((bridge) => bridge.output).join('')
    },
    get log() {
      return entriesOf(stage.output)
    },
    launch(more = {}) {
      bridges.push(startBridgeProcess({ folder, env: { ...env, ...more } }))
    },
    async start() {
      stage.launch()
      const bridge = stage.bridge
      const isReady = (): boolean => entriesOf(bridge.output).some(({ message }) => message === 'ready')
      const listens = (): boolean => isReady() && polled.every((seat) => seat.isConnected())
      await until(stage, 'the bridge listens, or ends', () => listens() || bridge.exitCode !== undefined)
      if (bridge.exitCode !== undefined) throw new Error(`The bridge ended at once:\n${bridge.output}`)
    },
    async close() {
      await Promise.all(bridges.map((bridge) => bridge.kill()))
      const secrets = [defaults.token, ...seats.flatMap((seat) => seat.secrets())]
      await Promise.all([coze.close(), closeEmulators(emulators)])
      await rm(folder, { recursive: true, force: true })
      for (const secret of secrets) {
        if (stage.output.includes(secret)) throw new Error(`The bridge printed a secret:\n${stage.output}`)
      }
    },
  }
  // A webhook is no connection: nothing tells that the bridge is there.
  const polled = seats.filter(({ platform }) => env[`${platform.toUpperCase()}_MODE`] !== 'webhook')
  if (options.started === false) return stage
  try {
    await stage.start()
  } catch (error) {
    await stage.close()
    throw error
  }
  return stage
}

/** Waits for a condition on the emulators, or on what was printed; says what was on screen and in the log if in vain. */
export async function until(
  stage: E2eParts,
  what: string,
  holds: () => boolean,
  withinMs = GENEROUS_MS,
): Promise<void> {
  const deadlineMs = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > deadlineMs) {
      const screens = stage.seats.map((seat) => `${seat.title}:\n${seat.picture()}`).join('\n')
      throw new Error(`In vain: ${what}.\n${screens}\nThe log's end:\n${stage.output.slice(-4_000)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/** What the bridge can say to people. */
export function sentencesIn(locale: 'en' | 'zh-CN'): (key: string) => string {
  const file = join(import.meta.dirname, `../../config/locales/${locale}.json`)
  const sentences = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
  return (key) => {
    const sentence = sentences[key]
    if (sentence === undefined) throw new Error(`${locale} has no words for ${key}`)
    return sentence
  }
}

/**
 * A port nobody listens at, and nobody is given unasked: it lies below those that systems hand out for port 0 and for
 * outgoing connections (32,768 and up on Linux, 49,152 elsewhere), so that it is still free when the test comes to it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

function entriesOf(output: string): readonly LogEntry[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{') || !line.endsWith('}')) return []
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null ? [{ ...entry }] : []
  })
}
