// Is what somebody types completed from the commands alone, the best first?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommandSpec, OptionSpec } from '../../src/contract/policy.ts'
import { suggestionsFor } from './suggest.ts'

const CITIES = [
  ['osl', 'Oslo', '奥斯陆'],
  ['ber', 'Berlin', '柏林'],
  ['ham', 'Hamburg am Berg', '汉堡'],
  ['bern', 'Bern', '伯尔尼'],
] as const

function command(option: Partial<OptionSpec> = {}): CommandSpec {
  const choices = CITIES.map(([value, en, zh]) => ({ value, label: { en, zh } }))
  const whole = {
    name: 'city',
    description: { en: 'City' },
    type: 'choice',
    required: true,
    choices,
  } as const
  return {
    name: 'weather',
    description: { en: 'Weather' },
    options: [{ ...whole, ...option }],
    does: { kind: 'builtin', builtin: 'help' },
  }
}
function typing(value: unknown, locale = 'en-US', name = 'weather'): unknown {
  const options = [
    { name: 'days', type: 4, value: 3 },
    { name: 'city', type: 3, value, focused: true },
  ]
  return { type: 4, locale, data: { name, options } }
}
const valuesOf = (value: unknown, locale?: string): readonly (string | number)[] =>
  suggestionsFor(typing(value, locale), [command()]).map((each) => each.value)

test('what begins as typed comes first, then what holds it, by value and by label of any language', () => {
  expect(valuesOf('ber')).toEqual(['ber', 'bern', 'ham'])
  expect(valuesOf('BERN')).toEqual(['bern'])
  expect(valuesOf('柏')).toEqual(['ber'])
  expect(valuesOf('berg', 'zh-CN')).toEqual(['ham'])
  expect(valuesOf('')).toEqual(['osl', 'ber', 'ham', 'bern'])
  expect(valuesOf('Paris')).toEqual([])
})

test('labels are in the person’s language', () => {
  expect(suggestionsFor(typing('osl', 'zh-TW'), [command()])).toEqual([{ name: '奥斯陆', value: 'osl' }])
  expect(suggestionsFor(typing('osl', 'de'), [command()])).toEqual([{ name: 'Oslo', value: 'osl' }])
})

test('nothing is suggested for what is not known any more, or not asked for', () => {
  expect(suggestionsFor(typing('ber', 'en-US', 'gone'), [command()])).toEqual([])
  expect(suggestionsFor(typing('ber'), [command({ name: 'town' })])).toEqual([])
  expect(
    suggestionsFor({ data: { name: 'weather', options: [{ name: 'city', value: 'b' }] } }, [command()]),
  ).toEqual([])
  expect(suggestionsFor(undefined, [command()])).toEqual([])
})

test('a number half typed finds numbers', () => {
  const choices = ['1', '10', '210', 'x'].map((value) => ({ value, label: { en: `${value} days` } }))
  const found = suggestionsFor(typing('1'), [command({ type: 'integer', choices })])
  expect(found.map(({ value }) => value)).toEqual([1, 10, 210])
})

test('within a sub-command the option under the cursor is the one', () => {
  const [option] = (typing('ber') as { data: { options: readonly unknown[] } }).data.options.slice(1)
  const nested = { data: { name: 'weather', options: [{ name: 'now', type: 1, options: [option] }] } }
  expect(suggestionsFor(nested, [command()]).length).toBe(3)
})

test('at most 25, each with 1–100 characters of name and value, whatever is configured and typed', () => {
  const text = fc.string({ maxLength: 140, unit: 'grapheme' })
  const choices = fc.array(fc.record({ value: text, label: fc.record({ en: text }) }), { maxLength: 60 })
  fc.assert(
    fc.property(choices, text, (given, typed) => {
      const found = suggestionsFor(typing(typed.slice(0, 1)), [command({ choices: given })])
      expect(found.length).toBeLessThanOrEqual(25)
      for (const { name, value } of found) {
        expect(name.length).toBeGreaterThanOrEqual(1)
        expect(name.length).toBeLessThanOrEqual(100)
        expect(String(value).length).toBeGreaterThanOrEqual(1)
        expect(String(value).length).toBeLessThanOrEqual(100)
      }
    }),
  )
})
