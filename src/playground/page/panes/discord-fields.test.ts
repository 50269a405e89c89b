import { expect, test } from 'vitest'
import { Wrong } from '../wrong.ts'
import { answersFor, commandsOf, typedValues, valuesFor } from './discord-fields.ts'

const WEATHER = {
  name: 'weather',
  description: 'The weather',
  description_localizations: { 'zh-CN': '天气' },
  options: [
    { type: 3, name: 'city', description: 'City', required: true },
    { type: 3, name: 'unit', description: 'Unit', choices: [{ name: 'Celsius', value: 'C' }] },
    { type: 4, name: 'days', description: 'Days', min_value: 1, max_value: 7 },
    { type: 5, name: 'wind', description: 'Wind' },
    { type: 11, name: 'map', description: 'Map' },
  ],
}
const file = { name: 'a.png', bytes: Buffer.from('x') }

test('options become fields of their kind', () => {
  const [command] = commandsOf([WEATHER, { name: 'context', type: 3 }])
  expect(command).toMatchObject({ name: 'weather', descriptionZh: '天气' })
  expect(command?.options.map(({ kind, isRequired }) => [kind, isRequired])).toEqual([
    ['line', true],
    ['choice', false],
    ['number', false],
    ['boolean', false],
    ['file', false],
  ])
  expect(command?.options[2]).toMatchObject({ min: 1, max: 7 })
})

test('what was filled in becomes typed values; what was left empty is left out', () => {
  const given = { city: 'Oslo', unit: '', days: '3', wind: 'true', map: 'f1', strange: 'x' }
  expect(valuesFor(WEATHER, given, () => file)).toEqual({ city: 'Oslo', days: 3, wind: true, map: file })
  expect(() => valuesFor(WEATHER, { days: 'many' }, () => file)).toThrow(Wrong)
})

test('a typed line gives options by name, and the rest to the first', () => {
  expect(typedValues(WEATHER, 'New York days=2 unit="C"')).toEqual({ city: 'New York', days: 2, unit: 'C' })
  expect(typedValues(WEATHER, '')).toEqual({})
})

test('a form is sent as its fields want it', () => {
  const field = (id: string, kind: 'text' | 'radio' | 'checkbox' | 'file', required = false) => ({
    id,
    label: id,
    kind,
    required,
  })
  const form = {
    customId: 'f',
    title: 'F',
    fields: [
      field('a', 'text'),
      field('b', 'radio'),
      field('c', 'checkbox'),
      field('d', 'file'),
      field('e', 'text', true),
    ],
  }
  expect(answersFor(form, { a: '', b: 'x', c: 'true', d: 'f1', e: '' }, () => file)).toEqual({
    b: ['x'],
    c: true,
    d: [file],
    e: '',
  })
})
