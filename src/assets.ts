// Where are the files that are not code? Found from the sources and from dist/ alike.

import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Locales } from './words/words.ts'

/** The folder that holds config/: the checkout, or dist/. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

/** The path of a file that came with the bridge: `assetPath('config', 'bridge.example.yaml')`. */
export function assetPath(...parts: readonly string[]): string {
  return join(packageRoot, ...parts)
}

/** Every sentence in every language of config/locales/, or of a folder in it. Rejects when the installation is not whole. */
export async function readLocales(...within: readonly string[]): Promise<Locales> {
  const folder = assetPath('config', 'locales', ...within)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const entries = files.map(
    async (file) =>
      [basename(file, '.json'), sentencesIn(await readFile(join(folder, file), 'utf8'))] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

/** As package.json says. */
export async function readVersion(): Promise<string> {
  const data: unknown = JSON.parse(await readFile(assetPath('package.json'), 'utf8'))
  const version: unknown =
    typeof data === 'object' && data !== null ? Reflect.get(data, 'version') : undefined
  return typeof version === 'string' ? version : 'unknown'
}

function sentencesIn(json: string): Readonly<Record<string, string>> {
  const data: unknown = JSON.parse(json)
  if (typeof data !== 'object' || data === null) return {}
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'config', 'locales', 'en.json'))) return folder
    if (folder === dirname(folder)) {
      throw new Error('The folder config/locales is missing: install the bridge again, or run npm run build.')
    }
  }
}
