// Is everything the status page says there in every language, with the same gaps, and nothing more?
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (locale: string) =>
  JSON.parse(readFileSync(`${root}config/locales/status/${locale}.json`, 'utf8')) as Record<string, string>
const gaps = (sentence = ''): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([gap]) => gap).toSorted()

test('both languages say the same things', () => {
  const [en, zh] = [read('en'), read('zh-CN')]
  expect(Object.keys(zh)).toEqual(Object.keys(en))
  for (const [key, sentence] of Object.entries(en)) {
    expect([key, gaps(zh[key])]).toEqual([key, gaps(sentence)])
    expect(zh[key]).not.toBe('')
  }
})

test('each key of the page has its words, and each word its page', () => {
  const sources = globSync('src/server/status/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n')
  const en = read('en')
  const whole = [...sources.matchAll(/say\('([\w.-]+)'/g)].map(([, key = '']) => key)
  expect(whole.length).toBeGreaterThan(30)
  expect(whole.filter((key) => !Object.hasOwn(en, key))).toEqual([])
  const families = [...sources.matchAll(/say\(`(\w+)\.\$/g)].map(([, family = '']) => family)
  const isUsed = (key: string): boolean =>
    sources.includes(`'${key}'`) || families.includes(key.split('.')[0] ?? '')
  expect(Object.keys(en).filter((key) => !isUsed(key))).toEqual([])
})
