// However a place shows questions, the person can answer all that is asked.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Control, FormField } from '../../contract/platform.ts'
import { planAsking, type Abilities, type AskingPlan, type Wanted } from './asking.ts'

const kinds = ['text', 'long', 'integer', 'number', 'boolean', 'choice', 'choices', 'file'] as const
const field: fc.Arbitrary<FormField> = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 5 }),
    label: fc.string({ minLength: 1, maxLength: 120 }),
    kind: fc.constantFrom(...kinds),
    size: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ size, ...rest }) => ({
    ...rest,
    required: true,
    choices: Array.from({ length: size }, (_, n) => ({ value: `v${n}`, label: `Choice ${n}` })),
  }))
const wanted: fc.Arbitrary<Wanted> = fc
  .record({
    fields: fc.array(field, { minLength: 1, maxLength: 7 }),
    onReply: fc.boolean(),
    more: fc.boolean(),
    title: fc.constantFrom('', 'A little more is needed:'),
    chatKind: fc.constantFrom('direct' as const, 'group' as const),
    link: fc.option(fc.constant('https://example.test/'), { nil: undefined }),
  })
  .map(({ link, more, ...rest }) => ({
    ...rest,
    severalFields: more || rest.fields.length > 1,
    ...(link === undefined ? {} : { link }),
  }))
const abilities: fc.Arbitrary<Abilities> = fc
  .record({
    ask: fc.boolean(),
    maxControls: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    maxFormFields: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  })
  .map(({ ask, maxControls, maxFormFields }) => ({
    ask,
    limits: {
      ...(maxControls === undefined ? {} : { maxControls }),
      ...(maxFormFields === undefined ? {} : { maxFormFields }),
    },
  }))

function plan(what: Wanted, can: Abilities): AskingPlan {
  let tokens = 0
  return planAsking(
    what,
    can,
    ({ key }) => key,
    () => `token-${(tokens += 1)}`,
  )
}
const controlsOf = ({ onReply, own }: AskingPlan): readonly Control[] => [
  ...onReply,
  ...(own?.kind === 'words' ? own.controls : []),
]
const tokensIn = (controls: readonly Control[]): readonly string[] =>
  controls.flatMap((control) => ('token' in control ? [control.token] : []))

test('what is shown leads to an answer: a button, a form, or words for a field that is named', () => {
  fc.assert(
    fc.property(wanted, abilities, (what, can) => {
      const { asking, own } = plan(what, can)
      const ways = [
        asking.choices.length > 0,
        asking.formToken !== undefined,
        asking.field !== undefined && what.fields.some(({ name }) => name === asking.field),
      ]
      expect(ways.some(Boolean)).toBe(true)
      if (own?.kind === 'form') expect(own.form.token).toBe(asking.formToken)
    }),
  )
})

test('every button is known to the question, and no two are the same', () => {
  fc.assert(
    fc.property(wanted, abilities, (what, can) => {
      const made = plan(what, can)
      const known = [...made.asking.choices.map(({ token }) => token), made.asking.formToken]
      const shown = tokensIn(controlsOf(made))
      expect(new Set(shown).size).toBe(shown.length)
      for (const token of shown) expect(known).toContain(token)
    }),
  )
})

test('no message gets more buttons than it can hold', () => {
  fc.assert(
    fc.property(wanted, abilities, (what, can) => {
      const { own, onReply } = plan(what, can)
      const most = Math.max(2, can.limits.maxControls ?? 25)
      expect(onReply.length).toBeLessThanOrEqual(most)
      if (own?.kind === 'words') expect(own.controls.length).toBeLessThanOrEqual(most)
    }),
  )
})

test('a question the reply does not ask by itself stands in words of its own', () => {
  fc.assert(
    fc.property(wanted, abilities, (what, can) => {
      if (what.onReply && !what.severalFields) return
      const { own, onReply } = plan(what, can)
      const opens = onReply.some(({ kind }) => kind === 'openForm')
      expect(own !== undefined || opens).toBe(true)
      if (own?.kind === 'words') expect(own.text.trim()).not.toBe('')
    }),
  )
})
