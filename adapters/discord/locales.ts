// Which languages does Discord's own client speak, and which of ours serves one of them?
// https://discord.com/developers/docs/reference#locales
import type { Localized } from '../../src/contract/policy.ts'

export const locales: readonly string[] = [
  'id',
  'da',
  'de',
  'en-GB',
  'en-US',
  'es-ES',
  'es-419',
  'fr',
  'hr',
  'it',
  'lt',
  'hu',
  'nl',
  'no',
  'pl',
  'pt-BR',
  'ro',
  'fi',
  'sv-SE',
  'vi',
  'tr',
  'cs',
  'el',
  'bg',
  'ru',
  'uk',
  'hi',
  'th',
  'zh-CN',
  'ja',
  'zh-TW',
  'ko',
]

/** The language itself, or its only or first variety: `zh` and `zh-CN` serve `zh-CN`; `zh-CN` does not serve `zh-TW`. */
export function sayIn(text: Localized, locale: string): string | undefined {
  const wanted = locale.toLowerCase()
  const language = wanted.split('-', 1)[0]
  const keys = Object.keys(text)
  const key =
    keys.find((each) => each.toLowerCase() === wanted) ?? keys.find((each) => each.toLowerCase() === language)
  return key === undefined ? undefined : text[key]
}
