// Does every form become a modal that Discord takes, and come back as it was filled in?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keysAsWords } from '../../test/support/words.ts'
import { demandForm, filledIn, shownForm, type FormValues } from '../../src/emulators/discord/index.ts'
import type { FormField } from '../../src/contract/platform.ts'
import { valuesOfForm } from './form-values.ts'
import { modalOf } from './modal.ts'

const text = fc.string({ maxLength: 130, unit: 'grapheme' })
const bound = fc.option(fc.integer({ min: -5, max: 9_000 }), { nil: undefined })
const choices = fc.array(fc.record({ value: text, label: text }), { maxLength: 40 })
const field = fc
  .record({
    name: fc.uuid(),
    label: text,
    kind: fc.constantFrom<FormField['kind'][]>(
      'text',
      'long',
      'integer',
      'number',
      'boolean',
      'choice',
      'choices',
      'file',
    ),
    required: fc.boolean(),
    choices: fc.option(choices, { nil: undefined }),
    default: fc.option(fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 3 })), {
      nil: undefined,
    }),
    min: bound,
    max: bound,
  })
  // Border: what is undefined is left out, as in a form.
  .map((each) => JSON.parse(JSON.stringify(each)) as FormField)

function formOf(fields: readonly FormField[], title = 'A form') {
  return modalOf({ token: 'f', title, fields, submitLabel: 'Go' }, keysAsWords)
}

test('any form is a modal that Discord takes, of five fields at most', () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 8 }), text, (fields, title) => {
      const modal = formOf(fields, title)
      demandForm(modal)
      expect(shownForm(modal).fields.map(({ id }) => id)).toEqual(fields.slice(0, 5).map(({ name }) => name))
    }),
  )
})

const cities = ['Oslo', 'Bergen'].map((label) => ({ value: label.toLowerCase(), label }))
const FIELDS: readonly FormField[] = [
  { name: 'topic', label: 'Topic', kind: 'text', required: true, min: 2, max: 9 },
  { name: 'days', label: 'Days', kind: 'integer', required: false, min: 1, max: 5, default: 3 },
  { name: 'loud', label: 'Loud', kind: 'boolean', required: true },
  { name: 'city', label: 'City', kind: 'choice', required: true, choices: cities, default: 'oslo' },
  { name: 'tags', label: 'Tags', kind: 'choices', required: false, choices: cities },
]

function sent(fields: readonly FormField[], values: FormValues) {
  const files: Record<string, unknown> = {}
  const components = filledIn(formOf(fields), values, ({ name }) => {
    files['77'] = { id: '77', filename: name, url: 'https://cdn.test/77' }
    return '77'
  })
  return valuesOfForm({ components, resolved: { attachments: files } }, '42')
}

test('fields look like what they ask for', () => {
  expect(shownForm(formOf(FIELDS)).fields).toMatchObject([
    { id: 'topic', label: 'Topic', kind: 'text', required: true, minLength: 2, maxLength: 9 },
    { id: 'days', kind: 'text', required: false, value: '3', placeholder: '1 – 5' },
    { id: 'loud', kind: 'select', options: [{ value: 'true' }, { value: 'false' }] },
    { id: 'city', kind: 'select', options: [{ value: 'oslo', default: true }, { value: 'bergen' }] },
    { id: 'tags', kind: 'select', required: false, minValues: 0, maxValues: 2 },
  ])
})

test('what was filled in comes back: numbers and yes or no as text, several choices always as a list', () => {
  expect(sent(FIELDS, { topic: 'tea', loud: 'true', tags: ['bergen'] })).toEqual({
    topic: 'tea',
    days: '3',
    loud: 'true',
    city: 'oslo',
    tags: ['bergen'],
  })
  expect(sent(FIELDS, { topic: 'tea', days: '', loud: 'false', city: 'bergen' })).toEqual({
    topic: 'tea',
    loud: 'false',
    city: 'bergen',
  })
})

test('a file comes back as an attachment', () => {
  const file: FormField = { name: 'photo', label: 'Photo', kind: 'file', required: false }
  expect(sent([file], { photo: { name: 'a.png', bytes: 'x' } })).toMatchObject({
    photo: { kind: 'image', name: 'a.png', ref: { attachmentId: '77' } },
  })
  expect(sent([file], {})).toEqual({})
})

test('more choices than a select holds are typed, with some of them named; a long label stands whole below', () => {
  const many = Array.from({ length: 26 }, (_, n) => ({ value: `v${n}`, label: `City ${n}` }))
  const label = 'Which of all these many cities do you want to hear about?'
  const [shown] = shownForm(
    formOf([{ name: 'c', label, kind: 'choice', required: true, choices: many }]),
  ).fields
  expect(shown).toMatchObject({ kind: 'text', description: label })
  expect(shown?.label).toHaveLength(45)
  expect(shown?.placeholder).toMatch(/^City 0, City 1, .*, …$/)
})
