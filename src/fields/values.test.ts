// Is what a person gave read as the value they meant, and refused with the right sentence otherwise?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attachment, OptionValue } from '../contract/event.ts'
import type { FormField } from '../contract/platform.ts'
import { readValue, readValues } from './values.ts'

const FILE: Attachment = { kind: 'file', name: 'a.pdf', ref: { id: '1' } }
const COLOURS = [
  { value: 'red', label: 'Red' },
  { value: 'dark', label: '深蓝' },
  { value: 'Yes, please', label: 'Yes, please' },
]

test.each<[FormField['kind'], OptionValue, OptionValue]>([
  ['integer', '42', 42],
  ['integer', ' －４２ ', -42],
  ['integer', '−7', -7],
  ['integer', '1,000,000', 1_000_000],
  ['integer', 5, 5],
  ['integer', ['3'], 3],
  ['number', '3.5', 3.5],
  ['number', '1,000.25', 1000.25],
  ['number', '.5', 0.5],
  ['number', '2e3', 2000],
  ['boolean', 'Yes', true],
  ['boolean', '否', false],
  ['boolean', 'OFF', false],
  ['boolean', '１', true],
  ['boolean', true, true],
  ['choice', 'red', 'red'],
  ['choice', '深蓝', 'dark'],
  ['choice', ' RED ', 'red'],
  ['choice', '2', 'dark'],
  ['choice', 'B.', 'dark'],
  ['choice', '（３）', 'Yes, please'],
  ['choice', ['red'], 'red'],
  ['choices', 'Yes, please', ['Yes, please']],
  ['choices', 'red，深蓝', ['red', 'dark']],
  ['choices', '1 2 2', ['red', 'dark']],
  ['choices', ['dark', 'RED'], ['dark', 'red']],
  ['text', ' as it is\n', ' as it is\n'],
  ['text', 7, '7'],
  ['long', ['a', 'b'], 'a, b'],
  ['file', FILE, FILE],
])('a field of kind %s reads %j as %j', (kind, raw, value) => {
  expect(readValue(field(kind), raw)).toEqual({ ok: true, value })
})

test.each<[FormField['kind'], OptionValue, string]>([
  ['integer', 'many', 'option.integer'],
  ['integer', '3.5', 'option.integer'],
  ['integer', '1,00', 'option.integer'],
  ['integer', '9007199254740993', 'option.integer'],
  ['integer', 2.5, 'option.integer'],
  ['number', '1.2.3', 'option.number'],
  ['number', '3,5', 'option.number'],
  ['number', 'e5', 'option.number'],
  ['number', 'Infinity', 'option.number'],
  ['number', '1e999', 'option.number'],
  ['boolean', 'perhaps', 'option.boolean'],
  ['boolean', 2, 'option.boolean'],
  ['choice', 'green', 'option.choice'],
  ['choice', '4', 'option.choice'],
  ['choice', ['red', 'dark'], 'option.choice'],
  ['choices', 'red, green', 'option.choice'],
  ['file', 'a.pdf', 'option.file'],
  ['text', FILE, 'option.missing'],
  ['text', '  ', 'option.missing'],
])('a field of kind %s refuses %j with %s', (kind, raw, key) => {
  expect(readValue(field(kind), raw)).toMatchObject({ ok: false, fault: { key, params: { option: 'It' } } })
})

test('a place in the list counts only where no choice is called like that', () => {
  const numbers = field('choice', { choices: ['10', '20', '30'].map((value) => ({ value, label: value })) })
  expect(readValue(numbers, '2').ok).toBe(false)
  expect(readValue(numbers, '20')).toEqual({ ok: true, value: '20' })
  const letters = field('choice', { choices: ['B', 'C', 'D'].map((value) => ({ value, label: value })) })
  expect(readValue(letters, 'b')).toEqual({ ok: true, value: 'B' })
  expect(readValue(letters, 'a').ok).toBe(false)
  const twins = field('choice', { choices: ['x', 'X'].map((value) => ({ value, label: value })) })
  expect(readValue(twins, 'X')).toEqual({ ok: true, value: 'X' })
})

test('limits hold for numbers, and for the length of texts', () => {
  const faultOf = (one: FormField, raw: OptionValue) => {
    const read = readValue(one, raw)
    return read.ok ? undefined : [read.fault.key, read.fault.params?.['min'] ?? read.fault.params?.['max']]
  }
  const limits = { min: 2, max: 4 }
  expect(faultOf(field('integer', limits), '1')).toEqual(['option.min', 2])
  expect(faultOf(field('number', limits), '4.5')).toEqual(['option.max', 4])
  expect(faultOf(field('text', limits), 'a')).toEqual(['option.short', 2])
  expect(faultOf(field('long', limits), 'abcde')).toEqual(['option.long', 4])
  expect(faultOf(field('text', limits), '👍👍👍👍')).toBeUndefined()
  expect(faultOf(field('integer', limits), '4')).toBeUndefined()
})

test('a pattern holds for the whole text', () => {
  const pattern = field('text', { pattern: '[a-z]+|\\d{4}' })
  expect(readValue(pattern, 'abc').ok).toBe(true)
  expect(readValue(pattern, '2026').ok).toBe(true)
  expect(readValue(pattern, 'abc1')).toMatchObject({ ok: false, fault: { key: 'option.pattern' } })
})

test('a long list of choices is not told whole', () => {
  const choices = Array.from({ length: 1000 }, (_, i) => ({ value: `v${i}`, label: `Label ${i}` }))
  const read = readValue(field('choice', { choices }), 'none')
  expect(read.ok ? '' : read.fault.params?.['choices']).toMatch(/^Label 0, .*, Label 11, …$/)
})

test('of a whole form: values with defaults, what is missing, and a sentence for each fault', () => {
  const fields = [
    field('text', { name: 'city', required: true }),
    field('integer', { name: 'days', default: 3 }),
    field('boolean', { name: 'snow' }),
    field('file', { name: 'photo', required: true }),
    field('number', { name: 'wind', required: true }),
  ]
  expect(readValues(fields, { city: ' ', days: '', snow: 'no', wind: 'strong', other: 'x' })).toEqual({
    values: { days: 3, snow: false },
    faults: [{ key: 'option.number', params: { option: 'It' } }],
    missing: [fields[0], fields[3]],
  })
  expect(readValues(fields, { city: 'Oslo', photo: FILE, wind: 1 })).toEqual({
    values: { city: 'Oslo', days: 3, photo: FILE, wind: 1 },
    faults: [],
    missing: [],
  })
})

test('a field may have any name', () => {
  const fields = [field('text', { name: '__proto__' }), field('text', { name: 'constructor' })]
  expect(readValues(fields, {})).toEqual({ values: {}, faults: [], missing: [] })
  const { values } = readValues(fields, JSON.parse('{ "__proto__": "a" }') as Record<string, string>)
  expect(Object.entries(values)).toEqual([['__proto__', 'a']])
})

const KINDS = ['text', 'long', 'integer', 'number', 'boolean', 'choice', 'choices', 'file'] as const

test('whatever is given, it is read or refused; what is read is read as the same again', () => {
  const given = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double(), fc.boolean(), fc.array(fc.string()))
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), given, (kind, raw) => {
      const read = readValue(field(kind), raw)
      if (read.ok) expect(readValue(field(kind), read.value)).toEqual(read)
      else expect(read.fault.key).toMatch(/^option\./)
    }),
  )
})

test('every safe integer and every number is read back from its digits', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.double({ noDefaultInfinity: true, noNaN: true }), (whole, real) => {
      expect(readValue(field('integer'), String(whole))).toEqual({ ok: true, value: whole })
      expect(readValue(field('integer'), whole.toLocaleString('en'))).toEqual({ ok: true, value: whole })
      expect(readValue(field('number'), String(real))).toEqual({
        ok: true,
        value: Object.is(real, -0) ? 0 : real,
      })
    }),
  )
})

function field(kind: FormField['kind'], more: Partial<FormField> = {}): FormField {
  const choices = kind === 'choice' || kind === 'choices' ? { choices: COLOURS } : {}
  return { name: 'it', label: 'It', kind, required: false, ...choices, ...more }
}
