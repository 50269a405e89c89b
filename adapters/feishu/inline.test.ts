// Do marks count where they are written, by the book's rules and not only by those of our own parser?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Span } from '../../src/contract/document.ts'
import { drawSpans } from './inline.ts'

const edges = fc.constantFrom('字', 'a', ' ', '：', '。', '"', '(', ')', '*', '_', '👍', 'ab。', '。ab')
const emphasis = fc.record({
  kind: fc.constantFrom('bold', 'italic', 'strike'),
  spans: fc.array(
    edges.map((text): Span => ({ kind: 'text', text })),
    { minLength: 1, maxLength: 3 },
  ),
})
const lines = fc.array(
  fc.oneof(
    edges.map((text): Span => ({ kind: 'text', text })),
    emphasis,
  ),
  { maxLength: 6 },
)

test('a run of marks has words on its inner side, or punctuation with a gap on the outer', () => {
  fc.assert(
    fc.property(lines, (spans) => {
      const drawn = drawSpans(spans)
      // Whatever is escaped is no mark; what is left comes in pairs.
      const runs = [...drawn.matchAll(/\*+|~~/g)]
      expect(runs.filter(([run]) => run === '~~').length % 2).toBe(0)
      expect(runs.map(([run]) => run.replace(/~/g, '')).join('').length % 2).toBe(0)
      for (const { 0: run, index } of runs) {
        const before = /.$/u.exec(drawn.slice(0, index))?.[0] ?? ' '
        const after = /^./u.exec(drawn.slice(index + run.length))?.[0] ?? ' '
        expect(flanks(before, after) || flanks(after, before)).toBe(true)
      }
    }),
    { numRuns: 1_000 },
  )
})

/** https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run */
function flanks(outer: string, inner: string): boolean {
  const isBlank = (char: string) => /\s/u.test(char)
  const isMark = (char: string) => /[\p{P}\p{S}]/u.test(char)
  return !isBlank(inner) && (!isMark(inner) || isBlank(outer) || isMark(outer))
}
