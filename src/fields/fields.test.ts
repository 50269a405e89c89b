// Do options and prompts become the fields they describe, and are they shown as a person can read them?
import { expect, test } from 'vitest'
import type { OptionSpec } from '../contract/policy.ts'
import { fieldOfOption, fieldOfPrompt, localized } from './fields.ts'
import { matchesWhole, patternFault } from './pattern.ts'
import { shownValue, usageOf } from './usage.ts'
import { readValue } from './values.ts'

const UNIT: OptionSpec = {
  name: 'unit',
  description: { en: 'Unit', 'zh-CN': '单位' },
  type: 'choice',
  required: false,
  default: 'c',
  choices: [
    { value: 'c', label: { en: 'Celsius', 'zh-CN': '摄氏度' } },
    { value: 'f', label: { en: 'Fahrenheit' } },
  ],
}
const CITY: OptionSpec = {
  name: 'city',
  description: { en: 'City' },
  type: 'string',
  required: true,
  min: 1,
  max: 80,
  pattern: '\\D+',
}

test('an option keeps all it says, in the language of the person', () => {
  expect(fieldOfOption(UNIT, 'zh-TW')).toEqual({
    name: 'unit',
    label: '单位',
    kind: 'choice',
    required: false,
    default: 'c',
    choices: [
      { value: 'c', label: '摄氏度', aliases: ['Celsius'] },
      { value: 'f', label: 'Fahrenheit' },
    ],
  })
  expect(fieldOfOption(CITY, 'fr')).toEqual({
    name: 'city',
    label: 'City',
    kind: 'text',
    required: true,
    min: 1,
    max: 80,
    pattern: '\\D+',
  })
})

test('/weather Oslo unit=摄氏度 is understood of a person whose app is English', () => {
  const unit = fieldOfOption(UNIT, 'en')
  expect(readValue(unit, '摄氏度')).toEqual({ ok: true, value: 'c' })
  expect(readValue({ ...unit, kind: 'choices' }, '摄氏度, fahrenheit')).toEqual({
    ok: true,
    value: ['c', 'f'],
  })
  expect(shownValue(unit, 'c')).toBe('Celsius')
  expect(readValue(unit, 'kelvin')).toMatchObject({ fault: { params: { choices: 'Celsius, Fahrenheit' } } })
})

test('what is shown goes before what the same word means in another language', () => {
  const gift = {
    ...UNIT,
    choices: [
      { value: 'poison', label: { en: 'Poison', de: 'Gift' } },
      { value: 'present', label: { en: 'Gift', de: 'Geschenk' } },
    ],
  }
  expect(readValue(fieldOfOption(gift, 'en'), 'gift')).toEqual({ ok: true, value: 'present' })
  expect(readValue(fieldOfOption(gift, 'de'), 'gift')).toEqual({ ok: true, value: 'poison' })
})

test.each([
  ['string', 'text'],
  ['Integer', 'integer'],
  ['number', 'number'],
  ['boolean', 'boolean'],
  ['array', 'long'],
  ['object', 'long'],
  ['image', 'file'],
  ['doc', 'file'],
  ['time', 'text'],
  ['constructor', 'text'],
])('a workflow that wants a %s is given a field of kind %s', (type, kind) => {
  expect(fieldOfPrompt({ name: 'it', type, required: true })).toEqual({
    name: 'it',
    label: 'it',
    kind,
    required: true,
  })
})

test('a prompt is labelled with its description, and its default is kept as a person would write it', () => {
  const prompt = { name: 'it', type: 'object', required: false, description: 'What it is' }
  expect(fieldOfPrompt({ ...prompt, default: { a: [1] } })).toMatchObject({
    label: 'What it is',
    default: '{"a":[1]}',
  })
  expect(fieldOfPrompt({ ...prompt, default: 0 })).toMatchObject({ default: 0 })
  expect(fieldOfPrompt({ ...prompt, default: null })).not.toHaveProperty('default')
})

test.each([
  ['zh-CN', '中'],
  ['zh_cn', '中'],
  ['zh-Hant', '中'],
  ['en-GB', 'E'],
  ['fr', 'E'],
  ['', 'E'],
  ['__proto__', 'E'],
])('in %s it reads %s', (locale, text) => {
  expect(localized({ en: 'E', 'zh-CN': '中' }, locale)).toBe(text)
})

test('a usage shows what is needed, what may be left out, and short choices', () => {
  expect(usageOf('weather', [CITY, UNIT], 'en')).toBe('/weather <city> [unit: Celsius|Fahrenheit]')
  expect(usageOf('weather', [CITY, UNIT], 'zh')).toBe('/weather <city> [unit: 摄氏度|Fahrenheit]')
  const many = Array.from({ length: 30 }, (_, i) => ({ value: `v${i}`, label: { en: `v${i}` } }))
  expect(usageOf('a', [{ ...UNIT, choices: many }], 'en')).toBe('/a [unit]')
  expect(usageOf('a', [], 'en')).toBe('/a')
})

test('a value is shown in one short line, as it was called', () => {
  const unit = fieldOfOption(UNIT, 'en')
  expect(shownValue(unit, 'f')).toBe('Fahrenheit')
  expect(shownValue({ ...unit, kind: 'choices' }, ['c', 'f'])).toBe('Celsius, Fahrenheit')
  expect(shownValue(unit, true, { yes: 'Yes', no: 'No' })).toBe('Yes')
  expect(shownValue(unit, 3)).toBe('3')
  expect(shownValue(unit, { kind: 'image', name: 'a.png', ref: {} })).toBe('a.png')
  expect(shownValue(unit, 'one\n two')).toBe('one two')
  expect(shownValue(unit, '👍'.repeat(500))).toBe(`${'👍'.repeat(199)}…`)
})

test.each(['(', 'a)(b', '[z-a]', '\\p{Nothing}'])('%s is broken', (pattern) => {
  expect(patternFault(pattern)).toBe('broken')
  expect(matchesWhole(pattern, 'a')).toBe(false)
})

test.each(['(a+)+', '(x|x)*y', '([a-z]+\\d*)*!', '(\\s*\\S*)*:'])(
  '%s would never end, and is refused',
  (pattern) => {
    expect(patternFault(pattern)).toBe('slow')
  },
)

test.each([
  '[a-z]+(-[a-z]+)*',
  '\\d+(,\\d+)*',
  '\\S+@\\S+\\.\\S+',
  'https?://\\S+',
  '(?:foo|bar)+',
  '\\p{L}{1,20}',
])('%s is an ordinary pattern', (pattern) => {
  expect(patternFault(pattern)).toBeUndefined()
})

test('a slow pattern matches nothing rather than stopping the bridge', () => {
  expect(matchesWhole('(a+)+', `${'a'.repeat(900)}!`)).toBe(false)
  expect(matchesWhole('a+', 'a'.repeat(1_000))).toBe(true)
  expect(matchesWhole('a+', 'a'.repeat(1_001))).toBe(false)
})
