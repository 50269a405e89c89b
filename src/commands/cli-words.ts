// What does the command line say to its owner, in their language? For `init` and `login`; the sentences are in config/locales/cli/.

import { readFile } from 'node:fs/promises'
import { assetPath } from '../assets.ts'
import { bestLocale } from '../words/words.ts'
import type { CliKey } from './cli-keys.ts'

export const CLI_LOCALES = ['en', 'zh-CN'] as const
export type CliLocale = (typeof CLI_LOCALES)[number]

export type Say = (key: CliKey, gaps?: Readonly<Record<string, string | number>>) => string

/** Rejects when the installation is not whole. */
export async function readCliWords(locale: CliLocale): Promise<Say> {
  const text = await readFile(assetPath('config', 'locales', 'cli', `${locale}.json`), 'utf8')
  const sentences = new Map(Object.entries(JSON.parse(text) as Readonly<Record<string, string>>))
  return (key, gaps = {}) =>
    (sentences.get(key) ?? key).replace(/\{(\w+)\}/g, (gap, name: string) => String(gaps[name] ?? gap))
}

/** As the system is set: `LC_ALL`, `LC_MESSAGES`, `LANG`. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): CliLocale {
  const set = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => (value ?? '') !== '') ?? 'en'
  const best = bestLocale(set.split('.')[0] ?? set, CLI_LOCALES)
  return CLI_LOCALES.find((locale) => locale === best) ?? 'en'
}
