// A stage for the bridge: emulated Coze and Telegram in this process, the bridge as its own, on loopback only.
//
// The bridge is started as `npm start` would, with nothing but addresses and tokens, and knows nothing of the play.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  defaults,
  startCozeEmulator,
  type CozeEmulator,
  type CozeEmulatorOptions,
} from '../emulators/coze/index.ts'
import {
  startTelegramEmulator,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from '../emulators/telegram/index.ts'

export interface Stage {
  readonly coze: CozeEmulator
  readonly telegram: TelegramEmulator
  readonly bridge: BridgeProcess
  close(): Promise<void>
}
export interface StageOptions {
  readonly coze?: CozeEmulatorOptions
  readonly telegram?: TelegramEmulatorOptions
  readonly env?: Readonly<Record<string, string>>
  /** Arguments for Node before the bridge's own. */
  readonly nodeArgs?: readonly string[]
}

/** A bridge in its own process; `stop` asks, `kill` does not. */
export interface BridgeProcess {
  readonly pid: number
  /** Its log, for when something went wrong. */
  readonly output: string
  /** Undefined while it runs. */
  readonly exitCode: number | undefined
  readonly ended: Promise<number>
  stop(): Promise<number>
  kill(): Promise<void>
}

const OUTPUT_KEPT = 200_000
const STOP_WITHIN_MS = 15_000

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'coze-bridge-'))
  const coze = await startCozeEmulator(options.coze)
  const telegram = await startTelegramEmulator(options.telegram)
  const bridge = startBridgeProcess({
    folder,
    env: { ...bridgeEnv(coze, telegram, `sqlite:${join(folder, 'bridge.db')}`), ...options.env },
    ...(options.nodeArgs ? { nodeArgs: options.nodeArgs } : {}),
  })
  return {
    coze,
    telegram,
    bridge,
    async close() {
      await bridge.stop()
      await Promise.all([coze.close(), telegram.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What `npm start` needs, and no more. */
export function bridgeEnv(
  coze: CozeEmulator,
  telegram: TelegramEmulator,
  store: string,
): Record<string, string> {
  return {
    COZE_API_BASE: coze.url,
    COZE_API_TOKEN: defaults.token,
    COZE_BOT_ID: defaults.botId,
    TELEGRAM_API_ROOT: telegram.url,
    TELEGRAM_BOT_TOKEN: telegram.token,
    BRIDGE_STORE: store,
    BRIDGE_PORT: '0',
  }
}

/** Runs in `folder`, so that neither a config file nor an `.env` of the owner's is read. */
export function startBridgeProcess(options: {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
}): BridgeProcess {
  const here = fileURLToPath(import.meta.url)
  const cli = fileURLToPath(new URL(here.endsWith('.ts') ? '../cli.ts' : '../cli.js', import.meta.url))
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), cli, 'start'], {
    cwd: options.folder,
    env: { ...inherited(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return watch(child)
}

function watch(child: ChildProcess): BridgeProcess {
  let output = ''
  const keep = (text: string): void => {
    output = (output + text).slice(-OUTPUT_KEPT)
  }
  child.stdout?.setEncoding('utf8').on('data', keep)
  child.stderr?.setEncoding('utf8').on('data', keep)
  let exitCode: number | undefined
  const ended = new Promise<number>((resolve) => {
    // Not `exit`: by `close` all that it printed has been read.
    child.once('close', (code, signal) => {
      exitCode = code ?? (signal === null ? 1 : 128)
      resolve(exitCode)
    })
    child.once('error', (error) => {
      output += String(error)
      exitCode = 1
      resolve(1)
    })
  })
  return {
    ended,
    get pid() {
      return child.pid ?? 0
    },
    get output() {
      return output
    },
    get exitCode() {
      return exitCode
    },
    async stop() {
      if (exitCode !== undefined) return exitCode
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
      const code = await ended
      clearTimeout(late)
      return code
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The machine's own variables without the owner's credentials: the play must not touch a real account. */
function inherited(): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    const ours = /^(COZE|TELEGRAM|DISCORD|FEISHU|BRIDGE)_/.test(name)
    if (value !== undefined && !ours) kept[name] = value
  }
  return kept
}
