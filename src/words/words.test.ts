// Does every language have every sentence, and does each person get theirs?
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtinCommands } from './builtins.ts'
import { NOTICE_KEYS } from './keys.ts'
import { createWords } from './words.ts'
import type { Locales } from './words.ts'

const folder = new URL('../../config/locales/', import.meta.url)
const locales: Locales = Object.fromEntries(
  readdirSync(folder).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>,
  ]),
)
const gaps = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort()

test('there are English and Simplified Chinese', () => {
  expect(Object.keys(locales).sort()).toEqual(['en', 'zh-CN'])
})

test.each(Object.keys(locales))('%s holds exactly the sentences there are', (locale) => {
  expect(Object.keys(locales[locale] ?? {}).sort()).toEqual([...NOTICE_KEYS].sort())
})

test.each(Object.keys(locales))('%s leaves the same gaps as English, and no sentence empty', (locale) => {
  for (const [key, sentence] of Object.entries(locales[locale] ?? {})) {
    expect(sentence.trim(), key).not.toBe('')
    expect(gaps(sentence), key).toEqual(gaps(locales['en']?.[key] ?? ''))
  }
})

test.each(['zh-CN', 'zh', 'zh-Hans', 'zh-TW', 'zh-Hant-HK', 'zh_cn', 'ZH'])(
  '%s is told in Chinese',
  (locale) => {
    expect(createWords(locales).say({ key: 'turn.stopped' }, locale)).toBe('已停止。')
  },
)

test.each(['en', 'en-GB', 'fr', '', 'x-y-z', undefined])('%s is told in English', (locale) => {
  expect(createWords(locales).say({ key: 'turn.stopped' }, locale)).toBe('Stopped.')
})

test('where a language is not known, the configured one is spoken', () => {
  const words = createWords(locales, 'zh-CN')
  expect(words.say({ key: 'turn.stopped' })).toBe('已停止。')
  expect(words.say({ key: 'turn.stopped' }, 'fr')).toBe('已停止。')
  expect(words.say({ key: 'turn.stopped' }, 'en')).toBe('Stopped.')
})

test('fills gaps, and shows what fills them as it is', () => {
  const words = createWords(locales)
  expect(words.say({ key: 'lane.full', params: { count: 20 } })).toMatch(/^20 questions/)
  expect(words.say({ key: 'input.tooLong', params: { limit: 20_000 } }, 'zh')).toContain('20000 个字符')
  const odd = '<A> $t(turn.stopped) {tool}'
  expect(words.say({ key: 'help.command', params: { command: 'x', description: odd } })).toBe(`/x – ${odd}`)
})

test('built-in commands are described in every language, short enough for every platform', () => {
  const commands = builtinCommands(locales)
  expect(commands.map((command) => command.name)).toEqual(
    'start help new stop again agent status whoami forget'.split(' '),
  )
  const described = commands.flatMap(({ description, options }) => [
    description,
    ...options.map((o) => o.description),
  ])
  for (const description of described) {
    expect(Object.keys(description).sort()).toEqual(['en', 'zh-CN'])
    for (const sentence of Object.values(description)) expect(sentence.length).toBeLessThanOrEqual(100)
  }
})

test('/pair is there where strangers are given codes, and nowhere else', () => {
  const namesWith = (direct: 'open' | 'pairing' | 'closed') =>
    builtinCommands(locales, { direct }).map(({ name }) => name)
  expect(namesWith('pairing')).toEqual([...namesWith('open'), 'pair'])
  expect(namesWith('closed')).toEqual(namesWith('open'))
  const pair = builtinCommands(locales, { direct: 'pairing' }).at(-1)
  expect(pair).toMatchObject({
    description: { en: expect.stringMatching(/./) as string, 'zh-CN': expect.stringMatching(/./) as string },
    options: [{ name: 'code', type: 'string', required: true }],
  })
})

test('/agent takes the name of an agent, or none', () => {
  const withOptions = builtinCommands(locales).filter(({ options }) => options.length > 0)
  expect(withOptions).toMatchObject([
    { name: 'agent', options: [{ name: 'name', type: 'string', required: false }] },
  ])
})
