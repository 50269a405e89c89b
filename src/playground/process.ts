// The bridge as a process of its own: started, listened to, stopped or killed.

import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

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

/**
 * What Node is given wherever a bridge is started (package.json, Dockerfile): cannot be set from within. With Node's own
 * 16 MB, what a flood leaves behind is promoted before it dies, and memory grows by half (`npm run overload`).
 */
export const NODE_FLAGS = ['--max-semi-space-size=4'] as const

const OUTPUT_KEPT = 200_000
const STOP_WITHIN_MS = 15_000

/** Runs in `folder`, so that neither a config file nor an `.env` of the owner's is read. */
export function startBridgeProcess(options: {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
}): BridgeProcess {
  const here = fileURLToPath(import.meta.url)
  const cli = fileURLToPath(new URL(here.endsWith('.ts') ? '../cli.ts' : '../cli.js', import.meta.url))
  const child = spawn(process.execPath, [...NODE_FLAGS, ...(options.nodeArgs ?? []), cli, 'start'], {
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
