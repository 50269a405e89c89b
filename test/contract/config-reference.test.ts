// Does the configuration reference say what the schema says, all of it, in both languages?
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LANGUAGES, configReference, pathOf } from '../support/config-reference-page.ts'
import { CHINESE, MEANINGS, SAME } from '../support/config-reference-words.ts'
import { sectionsOf, textsOf } from '../support/config-reference.ts'

const sections = sectionsOf()
const rows = sections.flatMap((section) => section.rows)

test.each(LANGUAGES)(
  'docs/configuration is up to date in %s (node test/support/config-reference-page.ts writes it)',
  async (language) => {
    expect(await readFile(pathOf(language), 'utf8')).toBe(await configReference(language))
  },
)

test('every key of the configuration has a meaning', () => {
  const meaningless = rows.filter(({ meaning }) => meaning === '').map(({ path }) => path)
  expect(meaningless).toEqual([])
  expect(rows.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'coze.limits.chatsPerSecond',
      'routes[].reply.reasoning',
      'platforms.<account>.token',
    ]),
  )
})

test('defaults are those that are used', () => {
  const defaultOf = (path: string) => rows.find((row) => row.path === path)?.default
  expect(defaultOf('coze.apiBase')).toBe('https://api.coze.cn')
  expect(defaultOf('coze.limits.chatsPerSecond')).toBe(2)
  expect(defaultOf('routes[].controls.stop')).toBe(true)
  expect(defaultOf('routes[].triggers')).toEqual(['mention', 'reply', 'direct'])
  expect(defaultOf('server.port')).toBe(8787)
})

test('every meaning has a Chinese translation, and no translation is left over', () => {
  const texts = textsOf(sections)
  expect(texts.filter((text) => CHINESE[text] === undefined)).toEqual([])
  expect(Object.keys(CHINESE).filter((text) => !texts.includes(text))).toEqual([])
})

test('no meaning is given to a key that is not there, or that has one in the schema', () => {
  const places = new Set([
    ...rows.map(({ path }) => path),
    ...sections.map(({ path, kind }) => (kind === undefined ? path : `${path}:${kind}`)),
  ])
  expect([...Object.keys(MEANINGS), ...Object.keys(SAME)].filter((path) => !places.has(path))).toEqual([])
  const told = textsOf(sections)
  expect(Object.values(MEANINGS).filter((meaning) => !told.includes(meaning))).toEqual([])
})
