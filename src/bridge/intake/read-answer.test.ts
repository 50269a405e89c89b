// What a message, a button or a form says to the question that waits.

import { expect, test } from 'vitest'
import { message } from '../../../test/support/bridge-events.ts'
import type { FormField } from '../../contract/platform.ts'
import type { WaitingState } from '../../contract/turn.ts'
import { answerOfChoice, answerOfForm, answerOfMessage, fieldsLeft, formOf } from './read-answer.ts'

const age: FormField = { name: 'age', label: 'Age', kind: 'integer', required: true }
const town: FormField = { name: 'town', label: 'Town', kind: 'text', required: true }
const photo: FormField = { name: 'photo', label: 'Photo', kind: 'file', required: true }
const note: FormField = { name: 'note', label: 'Note', kind: 'long', required: false }
const picture = { kind: 'image', name: 'a.png', ref: {} } as const

const waiting = (fields: readonly FormField[], more: Partial<WaitingState> = {}): WaitingState => ({
  phase: 'waiting',
  conversation: { conversationId: '', userId: '' },
  askedAtMs: 0,
  use: { kind: 'options' },
  fields,
  values: {},
  title: 'A title',
  asking: { choices: [] },
  shown: true,
  whoMayAnswer: 'asker',
  expiresAtMs: 1,
  ...more,
})

test('words answer the one field there is, as what it wants', () => {
  expect(answerOfMessage(waiting([age]), message(' 41 '))).toEqual({ is: 'whole', values: { age: 41 } })
  expect(answerOfMessage(waiting([age]), message('old'))).toMatchObject({
    is: 'fault',
    notice: { key: 'option.integer' },
  })
})

test('words answer the field that was asked, and the rest stays to be asked', () => {
  const state = waiting([age, town], { asking: { choices: [], field: 'age' } })
  expect(answerOfMessage(state, message('41'))).toEqual({ is: 'part', values: { age: 41 } })
  const next = waiting([age, town], { values: { age: 41 }, asking: { choices: [], field: 'town' } })
  expect(answerOfMessage(next, message('Oslo'))).toEqual({ is: 'whole', values: { age: 41, town: 'Oslo' } })
})

test('of a form in words several fields may be answered at once', () => {
  const state = waiting([age, town], { asking: { choices: [], formToken: 'f' } })
  expect(answerOfMessage(state, message('age=41 town=Oslo'))).toEqual({
    is: 'whole',
    values: { age: 41, town: 'Oslo' },
  })
  expect(answerOfMessage(state, message('41'))).toEqual({ is: 'part', values: { age: 41 } })
})

test('words that fit no field are answered with what is wanted', () => {
  const numbers = waiting([age, { ...age, name: 'year', label: 'Year' }], {
    asking: { choices: [], formToken: 'f' },
  })
  expect(answerOfMessage(numbers, message('41 1985 7'))).toEqual({
    is: 'fault',
    notice: { key: 'ask.fields', params: { fields: 'Age, Year' } },
  })
})

test('a file answers the field that wants one, words do not', () => {
  expect(answerOfMessage(waiting([photo]), message('', { attachments: [picture] }))).toEqual({
    is: 'whole',
    values: { photo: picture },
  })
  expect(answerOfMessage(waiting([photo]), message('here'))).toMatchObject({ is: 'fault' })
  const both = waiting([town, photo], { asking: { choices: [], formToken: 'f' } })
  expect(answerOfMessage(both, message('Oslo', { attachments: [picture] }))).toEqual({
    is: 'whole',
    values: { town: 'Oslo', photo: picture },
  })
})

test('a button stands for its value', () => {
  const yesNo: FormField = { name: 'sure', label: 'Sure?', kind: 'boolean', required: true }
  const state = waiting([yesNo], { asking: { choices: [{ token: 't', value: 'true' }] } })
  expect(answerOfChoice(state, 't')).toEqual({ is: 'whole', values: { sure: true } })
  expect(answerOfChoice(state, 'other')).toBeUndefined()
})

test('a form sent empty, or with names nobody asked for, gives nothing; what is optional may be left out', () => {
  const state = waiting([town, note])
  expect(answerOfForm(state, { town: '', stranger: 'x' })).toEqual({ is: 'part', values: {} })
  expect(answerOfForm(state, { town: 'Oslo' })).toEqual({ is: 'whole', values: { town: 'Oslo' } })
})

test('a form shows what is left, as many fields as it can', () => {
  const state = waiting([age, town, note], { values: { age: 41 }, asking: { choices: [], formToken: 'f' } })
  expect(fieldsLeft(state)).toEqual([town, note])
  expect(formOf(state, 1, 'Title', 'Send')).toEqual({
    token: 'f',
    title: 'Title',
    submitLabel: 'Send',
    fields: [town],
  })
  expect(formOf(waiting([age]), 5, 'Title', 'Send')).toBeUndefined()
})
