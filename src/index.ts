// The bridge for whoever runs it inside a program of their own: `import { createBridge } from 'coze-bridge'`.

import { readFile } from 'node:fs/promises'
import { adapters } from '../adapters/index.ts'
import { loadObject } from './config/load.ts'
import type { WrittenConfig } from './config/schema.ts'
import { startBridge } from './main.ts'
import { changeBetween } from './reload/changes.ts'

export { ConfigError } from './config/faults.ts'
export type { WrittenConfig } from './config/schema.ts'
export type * from './contract/assistant.ts'
export type * from './contract/event.ts'
export type * from './contract/platform.ts'
export type * from './contract/policy.ts'
export type * from './contract/runtime.ts'
export type { RunningBridge } from './main.ts'

export interface EmbedOptions {
  /** What config/bridge.yaml would say. */
  readonly config: WrittenConfig
  /** For `${env:…}` and proxies. Nothing of the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What relative paths begin at. Default: the process's folder. */
  readonly cwd?: string
  /** A line of the log: JSON, scrubbed of secrets, with its line break. Default: nowhere. */
  readonly writeLog?: (line: string) => void
}

export interface EmbeddedBridge {
  /** Where health and webhooks are served. */
  readonly address: string
  /** Accounts come and go, rules hold for the next question. Rejects with `ConfigError`, or where only a new start will do. */
  reconfigure(config: WrittenConfig): Promise<void>
  /** Intake closes, running replies finish within `drainMs`, the rest is in the store. */
  stop(): Promise<void>
}

/**
 * Starts a bridge in this process and resolves when its platforms are served. Rejects with `ConfigError` (all faults in
 * its message), or where no platform will have it. Signals and exit codes stay with the program. Node's flag
 * `--max-semi-space-size=4` keeps memory flat under a flood.
 */
export async function createBridge(options: EmbedOptions): Promise<EmbeddedBridge> {
  const { env = {}, cwd = process.cwd(), writeLog = () => undefined } = options
  const load = (config: WrittenConfig) =>
    loadObject(
      { env, cwd, readFile: (path) => readFile(path, 'utf8'), adapterKinds: Object.keys(adapters) },
      config,
    )
  let config = await load(options.config)
  let changing: Promise<void> = Promise.resolve()
  const running = await startBridge(config, { env, cwd, writeLog, prettyLog: false })
  return {
    address: running.address,
    reconfigure(written) {
      const change = changing.then(() => changeTo(written))
      changing = change.catch(() => undefined)
      return change
    },
    stop: () => running.stop(),
  }

  async function changeTo(written: WrittenConfig): Promise<void> {
    const next = await load(written)
    const change = changeBetween(config, next)
    if (change.how === 'nothing') return
    if (change.how !== 'live')
      throw new Error(
        `${change.what.join(', ')} cannot change while the bridge runs: stop it and start another.`,
      )
    await running.apply(next, change)
    config = next
    running.tellReload({ applied: change.what })
  }
}
