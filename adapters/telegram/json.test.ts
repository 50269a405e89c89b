// Is JSON read as JSON, and what is nested beyond reason not at all?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './json.ts'

/** Made before the tests: fast-check takes seconds to lay out all of Unicode on a busy machine. */
const anything = fc.string({ unit: 'binary' })

test('JSON is read as what it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
})

test('anything else is nothing', () => {
  fc.assert(
    fc.property(anything, (text) => {
      let expected: unknown
      try {
        expected = JSON.parse(text)
      } catch {
        expected = undefined
      }
      expect(parseJson(text)).toEqual(expected)
    }),
  )
})

test('what is nested beyond reason is nothing, brackets in words are words', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  expect(parseJson(nested(500))).toBeDefined()
  expect(parseJson(nested(501))).toBeUndefined()
  expect(parseJson(`{"a":${nested(1_000_000)}}`)).toBeUndefined()
  const words = `\\"${'[{'.repeat(1_000)}`
  expect(parseJson(JSON.stringify(words))).toBe(words)
})
