// Which ways into the bridge are there to be fuzzed? Each file in test/fuzz/paths brings its own.

import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FuzzPath } from './path.ts'

export interface Loaded {
  readonly paths: readonly FuzzPath[]
  /** A sentence for each file that cannot be used; the others can. */
  readonly failures: readonly string[]
}

/** `extra`: this file instead, for the fuzzer's own test. */
export async function loadPaths(extra?: string): Promise<Loaded> {
  const dir = fileURLToPath(new URL('./paths/', import.meta.url))
  const files = extra === undefined ? globSync('*.ts', { cwd: dir }).sort() : [extra]
  const loaded = await Promise.allSettled(
    files.map((file) => load(join(extra === undefined ? dir : '', file))),
  )
  return {
    paths: loaded.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
    failures: loaded.flatMap((result, i) =>
      result.status === 'rejected' ? [`${files[i] ?? ''} cannot be used: ${String(result.reason)}`] : [],
    ),
  }
}

async function load(file: string): Promise<readonly FuzzPath[]> {
  const module: unknown = await import(pathToFileURL(file).href)
  const paths: unknown =
    typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined
  // What several files share has none.
  if (paths === undefined) return []
  if (!Array.isArray(paths)) throw new Error('its default export is no list of paths')
  return paths as FuzzPath[]
}
