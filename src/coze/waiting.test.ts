import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PersonsAnswer } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { Interrupt } from './interrupt.ts'
import { readWaiting, toChatflowAnswer, toResumeData, toWaitingChatflow, toWaitingRun } from './waiting.ts'

const about = {
  workflow: '74',
  mode: 'async',
  userId: 'u',
  show: '{a}',
  executeId: '75',
  told: ['Out'],
} as const
const fields = [
  { name: 'days', type: 'integer', required: true },
  { name: 'city', type: 'string', required: false },
] as const

function answer(prompt: Partial<Interrupt['prompt']>, type: number, given: PersonsAnswer): string {
  const stored = toWaitingRun(about, { eventId: '1/2', type, prompt: { text: '', ...prompt } })
  const waiting = readWaiting(JSON.parse(JSON.stringify(stored)) as typeof stored)
  if (waiting.kind !== 'workflow') throw new Error(waiting.kind)
  return toResumeData(waiting, given)
}

test('all that is needed to go on survives as JSON', () => {
  const interrupt = { eventId: '1/2', type: 5, prompt: { text: 'x', fields, choices: ['a'] } }
  const stored = toWaitingRun(about, interrupt)
  expect(readWaiting(JSON.parse(JSON.stringify(stored)) as typeof stored)).toEqual({
    kind: 'workflow',
    ...about,
    eventId: '1/2',
    interruptType: 5,
    fields: fields.map(({ name, type }) => ({ name, type })),
    choices: ['a'],
  })
  const agent = { kind: 'chatflow', workflow: '74', app: 'A', parameters: { a: { b: [1] } } } as const
  const waiting = { agent, conversationId: 'c', userId: 'u', askerId: 'v', mark: 't', choices: ['a'] }
  const chatflow = toWaitingChatflow(waiting)
  expect(readWaiting(JSON.parse(JSON.stringify(chatflow)) as typeof chatflow)).toEqual({
    kind: 'chatflow',
    ...waiting,
  })
})

test('anything else is no resume of ours', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('kind', 'workflow', 'mode', 'userId', 'agent'), fc.jsonValue()),
      (odd) => {
        expect(() =>
          readWaiting(JSON.parse(JSON.stringify(odd)) as Parameters<typeof readWaiting>[0]),
        ).toThrow(AssistantError)
      },
    ),
  )
})

test.each([
  ['words for a question', {}, 2, { text: 'Oslo' }, 'Oslo'],
  ['a value for a question', {}, 2, { values: { answer: 'Oslo' } }, 'Oslo'],
  ['a number for a question', {}, 2, { values: { answer: 3 } }, '3'],
  ['several values for a question', {}, 2, { values: { a: 1, b: 'x' } }, '{"a":1,"b":"x"}'],
  ['a choice in its words', { choices: ['Small', 'Large'] }, 2, { text: 'small ' }, 'Small'],
  ['a choice by its letter', { choices: ['Small', 'Large'] }, 2, { text: 'b.' }, 'Large'],
  ['a choice whose name is a letter', { choices: ['B', 'A'] }, 2, { text: 'b' }, 'B'],
  ['something else than the choices', { choices: ['Small'] }, 2, { text: 'huge' }, 'huge'],
  ['values for fields', { fields }, 5, { values: { days: 3, city: 'Oslo' } }, '{"days":3,"city":"Oslo"}'],
  [
    'a file for a field',
    { fields },
    5,
    { values: { f: '{"file_id":"1"}' } },
    '{"f":"{\\"file_id\\":\\"1\\"}"}',
  ],
  [
    'a list typed as JSON',
    { fields: [{ name: 'tags', type: 'array', required: true }] },
    5,
    { values: { tags: '["a"]', more: '["b"]' } },
    '{"tags":["a"],"more":"[\\"b\\"]"}',
  ],
  ['JSON for fields', { fields }, 5, { text: '{"days":3}' }, '{"days":3}'],
  ['words for the first field', { fields }, 5, { text: ' 3 ' }, '{"days":3}'],
  ['words that do not fit', { fields }, 5, { text: 'three' }, '{"days":"three"}'],
  ['words where no field is known', {}, 5, { text: 'x' }, 'x'],
  ['words for infos', { fields: fields.slice(1) }, 3, { text: 'Oslo' }, '{"city":"Oslo"}'],
  ['a word when access was granted', { link: 'https://a.b' }, 7, { text: 'done' }, 'done'],
] as const)('%s', (_what, prompt, type, given, data) => {
  expect(answer(prompt, type, given)).toBe(data)
})

test.each([
  ['boolean', '是', true],
  ['boolean', 'no', false],
  ['boolean', 'maybe', 'maybe'],
  ['array', '["a"]', ['a']],
  ['array', 'a', ['a']],
  ['object', '{"a":1}', { a: 1 }],
  ['number', '1.5', 1.5],
  ['string', '5', '5'],
  ['image', '{"file_id":"1"}', '{"file_id":"1"}'],
] as const)('words for a field of type %s: %s', (type, text, value) => {
  expect(JSON.parse(answer({ fields: [{ name: 'x', type, required: true }] }, 5, { text }))).toEqual({
    x: value,
  })
})

test('a chatflow is answered with words, or with values as JSON', () => {
  const agent = { kind: 'chatflow', workflow: '74' } as const
  const waiting = {
    kind: 'chatflow',
    agent,
    conversationId: 'c',
    userId: 'u',
    askerId: 'u',
    mark: 't',
  } as const
  expect(toChatflowAnswer({ ...waiting, choices: [] }, { text: 'x' })).toBe('x')
  expect(toChatflowAnswer({ ...waiting, choices: [] }, { values: { a: 1 } })).toBe('{"a":1}')
  expect(toChatflowAnswer({ ...waiting, choices: ['Yes', 'No'] }, { text: 'B' })).toBe('No')
  expect(toChatflowAnswer({ ...waiting, choices: ['Yes', 'No'] }, { values: { answer: 'Yes' } })).toBe('Yes')
})
