// The laws of the incremental parser: it says what parse says, and reads little again.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answers, chunkSizes, chunked, hostile } from '../../test/support/markdown-arbitrary.ts'
import { createIncrementalParser } from './incremental.ts'
import { parse } from './parse.ts'

test('says of every prefix what parse says of it', () => {
  fc.assert(
    fc.property(fc.oneof(answers, hostile), chunkSizes, (text, sizes) => {
      const parser = createIncrementalParser()
      let source = ''
      for (const chunk of chunked(text.slice(0, 4_000), sizes)) {
        source += chunk
        expect(parser.update(source)).toEqual(parse(source))
      }
    }),
    { numRuns: 60 },
  )
}, 30_000)

test('says of every prefix what parse says of it, a character at a time', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const parser = createIncrementalParser()
      for (let end = 0; end <= Math.min(text.length, 300); end += 1)
        expect(parser.update(text.slice(0, end))).toEqual(parse(text.slice(0, end)))
    }),
    { numRuns: 60 },
  )
}, 30_000)

test('blocks that no later text can change keep their identity', () => {
  const parser = createIncrementalParser()
  const before = parser.update('# One\n\nTwo\n\nThree\n\nFo')
  const after = parser.update('# One\n\nTwo\n\nThree\n\nFour\n\nFive')
  expect(after.slice(0, 2).every((block, at) => block === before[at])).toBe(true)
})

test('reads again only from the last safe boundary', () => {
  const heard: number[] = []
  const parser = createIncrementalParser((chars) => heard.push(chars))
  parser.update('a paragraph\n\n'.repeat(100))
  parser.update('a paragraph\n\n'.repeat(101))
  expect(heard[1]).toBeLessThan(60)
})

test('a source that does not go on from the one before is read anew', () => {
  const parser = createIncrementalParser()
  parser.update('one\n\ntwo\n\nthree')
  expect(parser.update('# other\n\ntext')).toEqual(parse('# other\n\ntext'))
})

test('a source that was shown longer before is read rightly too', () => {
  fc.assert(
    fc.property(fc.oneof(answers, hostile), fc.array(fc.nat(2_000), { maxLength: 12 }), (text, ends) => {
      const parser = createIncrementalParser()
      for (const end of ends) expect(parser.update(text.slice(0, end))).toEqual(parse(text.slice(0, end)))
    }),
    { numRuns: 100 },
  )
}, 30_000)
