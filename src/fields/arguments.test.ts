// Does each word a person types behind a command come to the field they meant?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FormField } from '../contract/platform.ts'
import { readArguments } from './arguments.ts'

const city = field('city', 'text', { required: true })
const days = field('days', 'integer')
const note = field('note', 'long')
const lang = field('lang', 'choice', {
  choices: [
    { value: 'en', label: 'English' },
    { value: 'pt', label: 'Brazilian Portuguese' },
  ],
})
const photo = field('photo', 'file')

test.each<[string, readonly FormField[], Readonly<Record<string, string>>]>([
  ['city=Oslo days:3 "free text"', [city, days, note], { city: 'Oslo', days: '3', note: 'free text' }],
  ['Oslo 3', [city, days], { city: 'Oslo', days: '3' }],
  ['days: 3 Oslo', [city, days], { city: 'Oslo', days: '3' }],
  ['days=3 Oslo', [city, days], { city: 'Oslo', days: '3' }],
  ['City＝“New York” days：３', [city, days], { city: 'New York', days: '３' }],
  ['「新 北」 3', [city, days], { city: '新 北', days: '3' }],
  ["city='don't'", [city, days], { city: "don't" }],
  [String.raw`city="say \"hi\" \\o/ \n" 3`, [city, days], { city: String.raw`say "hi" \o/ \n`, days: '3' }],
  ['"city=Oslo"', [city, days], { city: 'city=Oslo' }],
  ['https://a.example/?days=3 2', [city, days], { city: 'https://a.example/?days=3', days: '2' }],
  ['12:30 2', [city, days], { city: '12:30', days: '2' }],
  ['', [city, days], {}],
  ['city=', [city, days], {}],
])('%s', (rest, fields, given) => {
  expect(readArguments(rest, fields)).toEqual({ given, faults: [] })
})

test('one text alone takes all of it, as it stands', () => {
  const whole = 'Compare  these: https://a.example\n\nx=3, at 12:30 "and" note: why'
  expect(readArguments(` ${whole}\n`, [note]).given).toEqual({ note: whole })
  expect(readArguments(`note: ${whole}`, [note]).given).toEqual({ note: whole })
  expect(readArguments(whole, [photo, note]).given).toEqual({ note: whole })
  expect(readArguments('note="a b"', [note]).given).toEqual({ note: 'a b' })
})

test('the last text takes what is too much, line breaks and all, and leaves what fits the fields behind it', () => {
  expect(readArguments('New York 3', [city, days]).given).toEqual({ city: 'New York', days: '3' })
  expect(readArguments('New York City', [city, days]).given).toEqual({ city: 'New York City' })
  expect(readArguments('Oslo line one\nline  two', [city, note]).given).toEqual({
    city: 'Oslo',
    note: 'line one\nline  two',
  })
  expect(readArguments('one days=3 two\nthree', [note, days]).given).toEqual({
    note: 'one two\nthree',
    days: '3',
  })
})

test('an optional choice in front is passed over by a word that is none', () => {
  expect(readArguments('en good morning', [lang, note]).given).toEqual({ lang: 'en', note: 'good morning' })
  expect(readArguments('good morning', [lang, note]).given).toEqual({ note: 'good morning' })
})

test('a label of several words needs no quotes', () => {
  expect(readArguments('3 brazilian portuguese', [days, lang]).given).toEqual({
    days: '3',
    lang: 'brazilian portuguese',
  })
})

test('words behind a named text belong to it where nothing else could take them', () => {
  expect(readArguments('city=New York days=3', [city, days]).given).toEqual({ city: 'New York', days: '3' })
  expect(readArguments('city=New York', [city, days]).given).toEqual({ city: 'New York' })
  expect(readArguments('city=Oslo 3', [city, days]).given).toEqual({ city: 'Oslo', days: '3' })
})

test('a name may be written as its label', () => {
  const labelled = { ...city, label: '城市' }
  expect(readArguments('3 城市：北京', [labelled, days]).given).toEqual({ city: '北京', days: '3' })
  const misleading = { ...days, label: 'city' }
  expect(readArguments('city=Oslo 3', [misleading, city]).given).toEqual({ city: 'Oslo', days: '3' })
})

test('what no field can take is told', () => {
  expect(readArguments('3 4 5', [days])).toEqual({
    given: { days: '3' },
    faults: [{ key: 'option.tooMany', params: { text: '4 5' } }],
  })
  expect(readArguments('Oslo', [])).toMatchObject({ given: {}, faults: [{ key: 'option.tooMany' }] })
  expect(readArguments('city=Oslo city=Bergen', [city, days])).toEqual({
    given: { city: 'Oslo' },
    faults: [{ key: 'option.tooMany', params: { text: 'city=Bergen' } }],
  })
  expect(readArguments('city=Oslo dasy=3', [city, days])).toEqual({
    given: { city: 'Oslo' },
    faults: [{ key: 'option.unknown', params: { option: 'dasy' } }],
  })
})

test('a file is not made of words', () => {
  expect(readArguments('Oslo', [photo, city, days]).given).toEqual({ city: 'Oslo' })
})

const ALL = [city, days, note, lang, photo, field('also', 'choices'), field('__proto__', 'boolean')]

test('whatever is typed, nothing is thrown and only fields are given', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom('city', 'days', 'x', '=', ':', '：', ' ', '\n', '"', "'", '\\', '“', '”', '3', '中'),
      )
      .map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(typed, fc.subarray(ALL), (rest, fields) => {
      const { given, faults } = readArguments(rest, fields)
      for (const [name, text] of Object.entries(given)) {
        expect(fields.map((one) => one.name)).toContain(name)
        expect(text.trim()).not.toBe('')
      }
      // Without quotes and escapes nothing but names, signs and space may get lost.
      if (faults.length === 0 && !/["'“”‘’「」『』＂]/u.test(rest)) {
        const kept = Object.values(given).join(' ').split(/\s+/u).filter(Boolean).sort()
        const bare = rest.replaceAll(/(?:city|days)\s*[=:：]/giu, ' ')
        for (const word of kept) expect(rest).toContain(word)
        if (!/[=:：]/u.test(rest)) expect(kept).toEqual(bare.split(/\s+/u).filter(Boolean).sort())
      }
    }),
  )
})

test('what is quoted comes back as it was, by name or by place', () => {
  const texts = fc
    .string({
      unit: fc.constantFrom(...Array.from(`"'“”「」\\=:： \n\u3000ab中👍\u0000`)),
      minLength: 1,
      maxLength: 30,
    })
    .filter((text) => text.trim() !== '')
  fc.assert(
    fc.property(texts, texts, fc.boolean(), fc.boolean(), (one, two, named, turned) => {
      const fields = [city, field('also', 'text'), days]
      const parts = [
        named ? `city=${quoted(one)}` : quoted(one),
        named ? `also: ${quoted(two)}` : quoted(two),
      ]
      const rest = (named && turned ? parts.toReversed() : parts).join(' ')
      expect(readArguments(rest, fields)).toEqual({ given: { city: one, also: two }, faults: [] })
    }),
  )
})

test('a long text full of opened quotes takes no long time', () => {
  const rest = `${"'b ‘c ".repeat(20_000)}city=x`
  expect(readArguments(rest, [city, days, note]).given['city']).toBe('x')
  const opened = '"a \'b “c '.repeat(20_000)
  expect(readArguments(opened, [city, days, note]).given).toEqual({ city: opened.slice(1) })
})

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, (found) => `\\${found}`)}"`
}

function field(name: string, kind: FormField['kind'], more: Partial<FormField> = {}): FormField {
  return { name, label: `The ${name}`, kind, required: false, ...more }
}
