// What do the rooms of the command line share: the program, the configuration, the signal to stop?

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { adapters } from '../../adapters/index.ts'
import type { ConfigWorld } from '../config/load.ts'
import type { LoadedConfig } from '../config/settings.ts'

export interface CommandLine {
  readonly program: Command
  /** Aborts when the process is told to stop. */
  readonly stop: AbortSignal
  /** `.env` is read first. Rejects with `ConfigError`. */
  config(): Promise<LoadedConfig>
  /** The same, for who reads it again and again. `.env` is theirs to read. */
  configWorld(): ConfigWorld
  /** What a command does; it resolves with the exit code. */
  act(action: () => Promise<number>): () => Promise<void>
}

export function openCommandLine(
  program: Command,
  stop: AbortSignal,
  ended: (exitCode: number) => void,
): CommandLine {
  const path = (): string | undefined => program.opts<{ config?: string }>().config
  const configWorld = (): ConfigWorld => {
    const asked = path()
    return {
      env: process.env,
      cwd: process.cwd(),
      readFile: (file) => readFile(file, 'utf8'),
      adapterKinds: Object.keys(adapters),
      ...(asked === undefined ? {} : { argvConfigPath: asked }),
    }
  }
  return {
    program,
    stop,
    configWorld,
    async config() {
      const dotEnv = join(process.cwd(), '.env')
      if (existsSync(dotEnv)) process.loadEnvFile(dotEnv)
      // Who asks for help need not wait for it.
      const { loadConfig } = await import('../config/load.ts')
      return await loadConfig(configWorld())
    },
    act: (action) => async () => ended(await action()),
  }
}

/** Behind a command's help. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  return `\nExamples:\n${lines.map(([command, does]) => `  $ ${command.padEnd(width)}  ${does}`).join('\n')}\n`
}
