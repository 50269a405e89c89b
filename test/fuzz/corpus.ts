// Where is kept what once broke something? Beside the fuzzer, one small file an input.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const CORPUS = fileURLToPath(new URL('./corpus/', import.meta.url))

/** Larger ones are made again from their seed. */
const LARGEST_KEPT = 64 * 1_024

export function readCorpus(path: string, dir = CORPUS): readonly Uint8Array[] {
  try {
    const files = readdirSync(join(dir, path)).sort()
    return files.map((file) => readFileSync(join(dir, path, file)))
  } catch {
    return []
  }
}

/** The file's name, or undefined where the input is too large to keep. */
export function keep(
  path: string,
  kind: 'crash' | 'hang',
  input: Uint8Array,
  dir = CORPUS,
): string | undefined {
  if (input.length > LARGEST_KEPT) return undefined
  const name = `${kind}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`
  mkdirSync(join(dir, path), { recursive: true })
  writeFileSync(join(dir, path, name), input)
  return name
}
