// Does every language have every sentence of `init` and `login`?
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLI_KEYS } from './cli-keys.ts'
import { CLI_LOCALES, localeOf, readCliWords } from './cli-words.ts'

const folder = new URL('../../config/locales/cli/', import.meta.url)
const files = readdirSync(folder).sort()
const sentencesIn = (file: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Readonly<Record<string, string>>
const gaps = (sentence = ''): readonly string[] =>
  [...sentence.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort()

test('there is a file for each language that can be chosen', () => {
  expect(files).toEqual(CLI_LOCALES.map((locale) => `${locale}.json`).sort())
})

test.each(files)('%s holds exactly the sentences there are, none empty, with the gaps of English', (file) => {
  const sentences = sentencesIn(file)
  const english = sentencesIn('en.json')
  expect(Object.keys(sentences).sort()).toEqual([...CLI_KEYS].sort())
  for (const key of CLI_KEYS) {
    expect(sentences[key]?.trim(), key).not.toBe('')
    expect(gaps(sentences[key]), key).toEqual(gaps(english[key]))
  }
})

test('no sentence is left that nobody says', () => {
  const code = ['init', 'login'].flatMap((room) => {
    const at = new URL(`${room}/`, import.meta.url)
    return readdirSync(at).map((name) => readFileSync(new URL(name, at), 'utf8'))
  })
  // Platforms have their two each by their name.
  const made = ['telegram', 'discord', 'feishu'].flatMap((kind) => [`init.${kind}.where`, `init.${kind}.how`])
  const said = (key: string): boolean => made.includes(key) || code.some((text) => text.includes(`'${key}'`))
  expect(CLI_KEYS.filter((key) => !said(key))).toEqual([])
})

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'zh_TW.UTF-8' }, 'zh-CN'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{}, 'en'],
])('%o is spoken to in %s', (env, locale) => {
  expect(localeOf(env)).toBe(locale)
})

test('fills gaps and nothing else', async () => {
  const say = await readCliWords('en')
  expect(say('init.agent.good', { name: '{where} $1' })).toBe('Found: {where} $1')
})
