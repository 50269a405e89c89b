// Do all controls become rows that Discord takes?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Control } from '../../src/contract/platform.ts'
import { rowsOf } from './keyboard.ts'

const label = fc.oneof(fc.string({ maxLength: 200 }), fc.constant('👍🏽'.repeat(60)))
const token = fc.uuid()
const control: fc.Arbitrary<Control> = fc.oneof(
  fc.record({ kind: fc.constantFrom('suggestion', 'choice', 'openForm', 'stop', 'again'), token, label }),
  fc.record({ kind: fc.constant('thumbs' as const), upToken: token, downToken: token }),
  fc.record({
    kind: fc.constant('link' as const),
    url: fc.oneof(fc.webUrl(), fc.constant('ftp://a')),
    label,
  }),
)

test('at most five rows of one to five buttons, each with a label of 1–80 characters', () => {
  fc.assert(
    fc.property(fc.array(control, { maxLength: 40 }), (controls) => {
      const rows = rowsOf(controls)
      expect(rows.length).toBeLessThanOrEqual(5)
      for (const { components } of rows) {
        expect(components.length).toBeGreaterThanOrEqual(1)
        expect(components.length).toBeLessThanOrEqual(5)
        for (const button of components) {
          const text = String(button['label'])
          expect(text.trim()).not.toBe('')
          expect(text.length).toBeLessThanOrEqual(80)
          expect(text.isWellFormed() || !JSON.stringify(controls).isWellFormed()).toBe(true)
          expect(button['style'] === 5 ? button['url'] : button['custom_id']).toBeTypeOf('string')
        }
      }
    }),
  )
})

test('a few choices stand one below the other, many side by side; stop and thumbs come last', () => {
  const choices = (count: number): readonly Control[] =>
    Array.from({ length: count }, (_, n) => ({ kind: 'choice', token: `c${n}`, label: `${n}` }))
  const small: readonly Control[] = [
    { kind: 'stop', token: 's', label: 'Stop' },
    { kind: 'thumbs', upToken: 'u', downToken: 'd' },
  ]
  const shape = (controls: readonly Control[]): readonly number[] =>
    rowsOf(controls).map(({ components }) => components.length)
  expect(shape([])).toEqual([])
  expect(shape([...small, ...choices(3)])).toEqual([1, 1, 1, 3])
  expect(shape([...small, ...choices(12)])).toEqual([5, 5, 2, 3])
  expect(shape(choices(25))).toEqual([5, 5, 5, 5, 5])
})
