// Is it told to the right field when what a person typed does not fit, and is nothing swallowed?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FormField } from '../contract/platform.ts'
import { readArguments } from './arguments.ts'
import { readValues } from './values.ts'

const city = field('city', 'text', { required: true })
const days = field('days', 'integer', { min: 1, max: 14 })
const unit = field('unit', 'choice', {
  choices: [
    { value: 'c', label: 'Celsius', aliases: ['摄氏度'] },
    { value: 'f', label: 'Fahrenheit' },
  ],
})
const wind = field('wind', 'boolean')
const code = field('code', 'text', { pattern: '[A-Z]{3}\\d' })
const note = field('note', 'text')
const RUN = [city, days, unit, wind, code]
const WEATHER = [city, days, unit, wind]

test.each<[string, readonly FormField[], string, string]>([
  ['Oslo 99', RUN, 'option.max', 'days'],
  ['Oslo 0', RUN, 'option.min', 'days'],
  ['Oslo 3.5', RUN, 'option.integer', 'days'],
  ['Oslo x', RUN, 'option.integer', 'days'],
  ['Oslo 3 kelvin', RUN, 'option.choice', 'unit'],
  ['Oslo 3 c perhaps', RUN, 'option.boolean', 'wind'],
  ['Oslo 3 c yes abc', RUN, 'option.pattern', 'code'],
  ['Oslo 99', WEATHER, 'option.max', 'days'],
  ['New York 99', WEATHER, 'option.max', 'days'],
  ['Oslo x', WEATHER, 'option.integer', 'days'],
  ['city=Oslo 99', WEATHER, 'option.max', 'days'],
  ['Oslo 99', [city, unit, days], 'option.max', 'days'],
])('/run %s is told what is wrong with the option whose turn it was', (rest, fields, key, option) => {
  expect(faultsOf(rest, fields)).toMatchObject([{ key, params: { option } }])
})

test.each<[string, readonly FormField[]]>([
  ['Oslo foo=1', RUN],
  ['Oslo foo=1', WEATHER],
  ['foo=1 Oslo', WEATHER],
  ['Oslo 3 foo=1', [city, days]],
  ['Oslo some words foo=1', [city, note]],
  ['city=Oslo foo="a b"', RUN],
])('/run %s says that there is no option called foo', (rest, fields) => {
  expect(faultsOf(rest, fields)).toEqual([{ key: 'option.unknown', params: { option: 'foo' } }])
})

test('in quotes, in a long text or in the only one, foo=1 is text', () => {
  expect(readArguments('Oslo "foo=1"', [city, note]).given).toEqual({ city: 'Oslo', note: 'foo=1' })
  expect(readArguments('Oslo foo=1', [city]).given).toEqual({ city: 'Oslo foo=1' })
  const long = { ...note, kind: 'long' } as const
  expect(readArguments('Oslo find foo=1', [city, long]).given).toEqual({ city: 'Oslo', note: 'find foo=1' })
})

test.each<[string, readonly FormField[], string]>([
  ['Oslo 3 c yes extra', WEATHER, 'extra'],
  ['New York 3 c yes extra words', WEATHER, 'extra words'],
  ['Oslo 3 5', [city, days], '5'],
  ['Oslo 3 c extra', [city, days, unit], 'extra'],
  ['Oslo yes extra', [city, wind], 'extra'],
  ['city=Oslo 3 c yes extra', WEATHER, 'extra'],
  ['Oslo 3 c yes ABC1 extra', RUN, 'extra'],
])('/weather %s says what is left over', (rest, fields, text) => {
  expect(faultsOf(rest, fields)).toEqual([{ key: 'option.tooMany', params: { text } }])
})

test.each<[string, readonly FormField[], Readonly<Record<string, string>>]>([
  ['Oslo 3 c yes ABC1', RUN, { city: 'Oslo', days: '3', unit: 'c', wind: 'yes', code: 'ABC1' }],
  ['Oslo ABC1', RUN, { city: 'Oslo', code: 'ABC1' }],
  ['Oslo celsius', RUN, { city: 'Oslo', unit: 'celsius' }],
  ['Oslo 摄氏度', RUN, { city: 'Oslo', unit: '摄氏度' }],
  ['Oslo no', RUN, { city: 'Oslo', wind: 'no' }],
  ['Oslo 3 2', RUN, { city: 'Oslo', days: '3', unit: '2' }],
  ['Oslo 1', [city, wind], { city: 'Oslo', wind: '1' }],
  ['New York 3', WEATHER, { city: 'New York', days: '3' }],
  ['New York 3', RUN, { city: 'New York', days: '3' }],
  ['New York 3 c', WEATHER, { city: 'New York', days: '3', unit: 'c' }],
  ['New York c', WEATHER, { city: 'New York', unit: 'c' }],
  ['city=New York 3', WEATHER, { city: 'New York', days: '3' }],
  ['city=New York', RUN, { city: 'New York' }],
  ['is it ok to go', [note, wind], { note: 'is it ok to go' }],
  ['Oslo 3 pack for rain', [city, days, note], { city: 'Oslo', days: '3', note: 'pack for rain' }],
  ['Oslo pack for rain', [city, days, note], { city: 'Oslo', note: 'pack for rain' }],
  ['https://a.example/?x=1 and some words', [note], { note: 'https://a.example/?x=1 and some words' }],
  ['"New York" 3', WEATHER, { city: 'New York', days: '3' }],
])('/weather %s is understood', (rest, fields, given) => {
  expect(readArguments(rest, fields)).toEqual({ given, faults: [] })
  expect(faultsOf(rest, fields)).toEqual([])
})

test.each<[string, readonly FormField[], string]>([
  ['"unclosed', WEATHER, 'unclosed'],
  ['"New York 3', WEATHER, 'New York 3'],
  ['“New York', WEATHER, 'New York'],
  ['city="New York', WEATHER, 'New York'],
  ['"unclosed', [city], 'unclosed'],
  ["'s-Hertogenbosch", WEATHER, "'s-Hertogenbosch"],
  ['5" pipe', [city], '5" pipe'],
  ['"', WEATHER, '"'],
])(
  '/weather %s: a quote that is never closed takes the rest, an apostrophe is a letter',
  (rest, fields, text) => {
    expect(readArguments(rest, fields)).toEqual({ given: { city: text }, faults: [] })
  },
)

test('values that fit, in the order of the options, come to them, and one word more is told', () => {
  const words = fc.tuple(
    fc.stringMatching(/^[A-Z][a-z]{2,9}$/),
    fc.integer({ min: 1, max: 14 }).map(String),
    fc.constantFrom('c', 'f', 'Celsius', '摄氏度'),
    fc.constantFrom('yes', 'no', '是', 'true'),
  )
  fc.assert(
    fc.property(words, fc.nat({ max: 4 }), fc.stringMatching(/^[a-z0-9]{1,9}$/), (typed, count, extra) => {
      const names = WEATHER.map(({ name }) => name)
      const pairs = typed.slice(0, count).map((text, i) => [names[i] ?? '', text] as const)
      const rest = typed.slice(0, count).join(' ')
      expect(readArguments(rest, WEATHER)).toEqual({ given: Object.fromEntries(pairs), faults: [] })
      expect(readArguments(`${typed.join(' ')} ${extra}`, WEATHER).faults).toEqual([
        { key: 'option.tooMany', params: { text: extra } },
      ])
    }),
  )
})

test('no order of options makes a number that is out of bounds the fault of another one', () => {
  const others = fc.shuffledSubarray([unit, wind, code])
  fc.assert(
    fc.property(others, fc.nat({ max: 3 }), fc.integer({ min: 15 }), (fields, at, number) => {
      const options = [city, ...fields.toSpliced(at, 0, days)]
      const before = options.slice(1, options.indexOf(days))
      // In front of it the number may be a text, but never is a choice or a yes.
      fc.pre(!before.includes(code))
      expect(faultsOf(`Oslo ${number}`, options)).toMatchObject([{ key: 'option.max' }])
    }),
  )
})

function faultsOf(rest: string, fields: readonly FormField[]) {
  const { given, faults } = readArguments(rest, fields)
  return [...faults, ...readValues(fields, given).faults]
}

function field(name: string, kind: FormField['kind'], more: Partial<FormField> = {}): FormField {
  return { name, label: name, kind, required: false, ...more }
}
