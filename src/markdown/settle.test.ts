// The laws and the looks of settling: nothing half-written flashes by.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answers, hostile } from '../../test/support/markdown-arbitrary.ts'
import { settle, settleAt } from './settle.ts'

test('shows a prefix of the source plus closing marks', () => {
  fc.assert(
    fc.property(fc.oneof(answers, hostile), fc.nat(3_000), (text, end) => {
      const source = text.slice(0, end)
      const settled = settleAt(source)
      expect(settle(source)).toBe(source.slice(0, settled.end) + settled.close)
      expect(settled.end).toBeLessThanOrEqual(source.length)
      expect(settled.close).toMatch(/^[\n >*_~`]*$/u)
    }),
    { numRuns: 500 },
  )
})

test('what is long written stands, whatever comes at the end', () => {
  fc.assert(
    fc.property(answers, hostile, (text, tail) => {
      const whole = `${text}\n\nWell written.\n\n`
      expect(settleAt(whole + tail.slice(0, 100)).end).toBeGreaterThanOrEqual(whole.trimEnd().length - 20)
    }),
    { numRuns: 100 },
  )
})

const cases: readonly (readonly [string, string])[] = [
  // Emphasis and code
  ['2 ** 3 is', '2 ** 3 is'],
  ['a * b * c', 'a * b * c'],
  ['**bo', '**bo**'],
  ['**bold ', '**bold**'],
  ['**bold*', '**bold**'],
  ['**bold**', '**bold**'],
  ['a **', 'a '],
  ['***both', '***both***'],
  ['*a **b*', '*a **b***'],
  ['~~old~', '~~old~~'],
  ['**重要：', '**重要：**'],
  ['**“引号”*', '**“引号”**'],
  ['a `', 'a '],
  ['`co', '`co`'],
  ['``a`', '``a``'],
  ['**a `c', '**a `c`**'],
  ['snake_case', 'snake_case'],
  // Links and images
  ['see [te', 'see '],
  ['see [text](http://a', 'see '],
  ['see ![alt](http://a', 'see '],
  ['see [text](http://a) now', 'see [text](http://a) now'],
  ['**see [text](ht', '**see**'],
  ['note [1] here', 'note [1] here'],
  // Blocks
  ['a\n##', 'a\n'],
  ['a\n## He', 'a\n## He'],
  ['a\n- ', 'a\n'],
  ['- **', ''],
  ['- [ ] ', ''],
  ['1. a\n2', '1. a\n'],
  ['1. a\n2.', '1. a\n'],
  ['- a\n  - ', '- a\n'],
  ['> **q', '> **q**'],
  ['a\n--', 'a\n'],
  // Tables
  ['|a|b|\n', ''],
  ['|a|b|\n|-', ''],
  ['|a|b|\n|-|-|\n|1|', '|a|b|\n|-|-|\n'],
  ['|a|b|\n|-|-|\n|1|2|\n', '|a|b|\n|-|-|\n|1|2|\n'],
  ['a | b', 'a | b'],
  ['a | b\n--', ''],
  // Fences
  ['```j', ''],
  ['```js\nco', '```js\nco\n```'],
  ['```js\nco\n``', '```js\nco\n```'],
  ['```js\nco\n```\n', '```js\nco\n```\n'],
  ['1. a\n   ```js\n   x', '1. a\n   ```js\n   x\n   ```'],
  // Characters
  ['x &am', 'x '],
  ['x <di', 'x '],
  ['x \\', 'x '],
  ['a \uD83D', 'a '],
  ['a 👩\u200D', 'a '],
  ['a 🇨', 'a '],
  ['a 🇨🇳', 'a 🇨🇳'],
]

test.each(cases)('%j is shown as %j', (source, shown) => {
  expect(settle(source)).toBe(shown)
})
