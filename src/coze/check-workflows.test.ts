import { expect, test } from 'vitest'
import type { CommandSpec, OptionSpec } from '../contract/policy.ts'
import { compareInputs, type Inputs } from './check-workflows.ts'
import { near } from './near.ts'

const option = (name: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  type: 'string',
  required: false,
  description: { en: name },
  ...more,
})

function misfits(options: readonly OptionSpec[], inputs: Inputs, parameters = {}): readonly string[] {
  const does: Extract<CommandSpec['does'], { kind: 'workflow' }> = {
    kind: 'workflow',
    run: { workflow: '74', mode: 'stream' },
    parameters,
    onLost: 'ask',
  }
  return compareInputs({ name: 'weather', options, does }, inputs).map(
    ({ verdict, reason }) => `${verdict}: ${reason}`,
  )
}

const inputs = (all: Readonly<Record<string, readonly [type: string, required: boolean]>>): Inputs =>
  new Map(Object.entries(all).map(([name, [type, required]]) => [name, { type, required }]))

test('what fits has nothing said of it', () => {
  const wanted = inputs({
    city: ['string', true],
    days: ['integer', false],
    photo: ['image', false],
    lang: ['string', true],
  })
  const given = [
    option('city', { required: true }),
    option('days', { type: 'integer' }),
    option('photo', { type: 'file' }),
  ]
  expect(misfits(given, wanted, { lang: 'en' })).toEqual([])
})

test('an input that nobody gives is a fault, one that people may leave out a warning', () => {
  const wanted = inputs({ city: ['string', true], key: ['string', true] })
  expect(misfits([option('city')], wanted)).toEqual([
    'warning: it needs "city", which people may leave out: then the run fails',
    'fault: it needs "key", and the command never gives it: every run fails',
  ])
  expect(misfits([option('city', { default: 'Rome' })], inputs({ city: ['string', true] }))).toEqual([])
})

test('what Coze fills in itself is asked of nobody', () => {
  expect(misfits([], inputs({ USER_INPUT: ['string', true], CONVERSATION_NAME: ['string', true] }))).toEqual(
    [],
  )
})

test('an option nobody knows, and one of another type', () => {
  const wanted = inputs({ days: ['integer', false], at: ['time', false] })
  expect(misfits([option('dais', { type: 'integer' }), option('days'), option('at')], wanted)).toEqual([
    'warning: it has no input "dais": what is given there is thrown away',
    'warning: its input "days" is of type integer, the option of type string',
  ])
})

test('the id that was meant is one a few characters away', () => {
  const known = ['7300000000000000000', '7312345678901234567']
  expect(near('7300000000000000001', known)).toBe('7300000000000000000')
  expect(near('731234567890123457', known)).toBe('7312345678901234567')
  expect(near('7399999999999999999', known)).toBe(undefined)
  expect(near('x', [])).toBe(undefined)
})
