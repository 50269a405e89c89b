// Does every language have every sentence, and does each person get theirs?
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { builtinCommands } from './builtins.ts'
import { NOTICE_KEYS } from './keys.ts'
import { createWords } from './words.ts'
import type { Locales } from './words.ts'

const folder = new URL('../../config/locales/', import.meta.url)
const locales: Locales = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, string>,
    ]),
)
const gaps = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort()
/** `key_one` is `key` for one of something. */
const FORM = /_(zero|one|two|few|many|other)$/

test('there are English and Simplified Chinese', () => {
  expect(Object.keys(locales).sort()).toEqual(['en', 'zh-CN'])
})

test.each(Object.keys(locales))('%s holds exactly the sentences there are', (locale) => {
  const keys = Object.keys(locales[locale] ?? {}).filter((key) => !FORM.test(key))
  expect(keys.sort()).toEqual([...NOTICE_KEYS].sort())
})

test.each(Object.keys(locales))('%s leaves the same gaps as English, and no sentence empty', (locale) => {
  for (const [key, sentence] of Object.entries(locales[locale] ?? {})) {
    expect(sentence.trim(), key).not.toBe('')
    expect(gaps(sentence), key).toEqual(gaps(locales['en']?.[key.replace(FORM, '')] ?? ''))
  }
})

test.each(Object.keys(locales))(
  '%s has the plural forms its language has, each beside its sentence',
  (locale) => {
    const sentences = locales[locale] ?? {}
    // The sentence itself is the form for "other".
    const forms = new Intl.PluralRules(locale)
      .resolvedOptions()
      .pluralCategories.filter((form) => form !== 'other')
    const plurals = (held: Locales[string] = {}) =>
      [
        ...new Set(
          Object.keys(held)
            .filter((key) => FORM.test(key))
            .map((key) => key.replace(FORM, '')),
        ),
      ].sort()
    for (const key of plurals(sentences)) {
      expect(NOTICE_KEYS).toContain(key)
      for (const form of forms) expect(sentences[`${key}_${form}`], `${key}_${form}`).toBeDefined()
    }
    for (const key of Object.keys(sentences)) {
      const form = FORM.exec(key)?.[1]
      if (form !== undefined) expect(forms, key).toContain(form)
    }
    // A language with forms of its own has them where English has.
    if (forms.length > 0) expect(plurals(sentences)).toEqual(plurals(locales['en']))
  },
)

test('one of something is one', () => {
  const words = createWords(locales)
  const short = (min: number) => words.say({ key: 'option.short', params: { option: 'x', min } }, 'en')
  expect(short(1)).toBe('“x” must have at least 1 character.')
  expect(short(2)).toBe('“x” must have at least 2 characters.')
  const minutes = (n: number, locale: string) =>
    words.say({ key: 'budget.spent', params: { minutes: n } }, locale)
  expect(minutes(1, 'en')).toMatch(/about 1 minute\.$/)
  expect(minutes(5, 'en')).toMatch(/about 5 minutes\.$/)
  expect(minutes(1, 'zh')).toContain('1 分钟')
  const code = (n: number) => words.say({ key: 'pairing.code', params: { code: '1', minutes: n } }, 'en')
  expect(code(1)).toContain('1 minute)')
  expect(code(60)).toContain('60 minutes)')
})

// That no place says one that is not there is the compiler's word.
test('every sentence is said somewhere', () => {
  const said = new Set<string>()
  const families = new Set<string>()
  const words = new Set<string>()
  for (const file of sources()) {
    const text = readFileSync(file, 'utf8')
    for (const [, key = ''] of text.matchAll(/'([a-z]+(?:\.[A-Za-z]+)+)'/g)) said.add(key)
    for (const [, word = ''] of text.matchAll(/'([A-Za-z]+)'/g)) words.add(word)
    // `builtin.${name}`: one of a family, by a name that stands elsewhere.
    for (const [, family = ''] of text.matchAll(/`([a-z]+(?:\.[a-z]+)*)\.\$\{[^}`]+\}`/g))
      families.add(family)
  }
  const isSaid = (key: string) => {
    const dot = key.lastIndexOf('.')
    return said.has(key) || (families.has(key.slice(0, dot)) && words.has(key.slice(dot + 1)))
  }
  expect(NOTICE_KEYS.filter((key) => !isSaid(key))).toEqual([])
})

test('Chinese speaks to people one way, and with Chinese signs', () => {
  for (const [key, sentence] of Object.entries(locales['zh-CN'] ?? {})) {
    expect(sentence, key).not.toMatch(/您|"|[\u4e00-\u9fff][,;!?](?:\s|$)/u)
    expect(sentence, key).not.toMatch(/(?<!…)…(?!…)/)
  }
})

test('English has one way to shorten, to quote and to break off', () => {
  for (const [key, sentence] of Object.entries(locales['en'] ?? {})) {
    expect(sentence, key).not.toMatch(/"|\.\.\.| …|[\u4e00-\u9fff]/u)
    expect(sentence, key).not.toMatch(/\b(?:can ?not|could not|do(?:es)? not|is not|I am|I have)\b/)
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

/** What can say something to a person: not the lists of all keys. */
function sources(): readonly string[] {
  const lists = ['src/contract/notice.ts', 'src/words/keys.ts']
  const root = new URL('../../', import.meta.url)
  return ['src/', 'adapters/'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}${file}`)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) => !/^src\/(?:emulators|playground)\//.test(file) && !lists.includes(file))
      .map((file) => fileURLToPath(new URL(file, root))),
  )
}
