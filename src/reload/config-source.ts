// Where is the configuration read from, now and again? Its file, `.env` beside it, and the files they name.

import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { loadConfig, type ConfigWorld } from '../config/load.ts'
import type { LoadedConfig } from '../config/settings.ts'

export interface ConfigSource {
  /** Reads everything anew. Rejects with `ConfigError`. */
  load(): Promise<Loaded>
  /** Absolute paths: what the last `load` read, or looked for. */
  readonly files: readonly string[]
}
export interface Loaded {
  readonly config: LoadedConfig
  /** The process's variables, and those of `.env`. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Variables of the process win over those of `.env`. */
export function openConfigSource(world: ConfigWorld): ConfigSource {
  const { cwd, readFile } = world
  const dotEnv = join(cwd, '.env')
  let files: readonly string[] = [dotEnv]
  return {
    get files() {
      return files
    },
    async load() {
      const read = new Set([dotEnv])
      const tracked = async (path: string): Promise<string> => {
        read.add(resolve(cwd, path))
        return await readFile(path)
      }
      try {
        const env = { ...(await readEnv(dotEnv, readFile)), ...world.env }
        return { config: await loadConfig({ ...world, env, readFile: tracked }), env }
      } finally {
        files = [...read]
      }
    },
  }
}

async function readEnv(path: string, readFile: ConfigWorld['readFile']): Promise<Record<string, string>> {
  try {
    const found = Object.entries(parseEnv(await readFile(path)))
    return Object.fromEntries(
      found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    )
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}
