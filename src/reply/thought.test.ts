// How much of a thought is shown, and does it ever cost the reply a message?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlainRenderer, type PlainBody } from '../../test/support/plain-renderer.ts'
import type { Renderer } from '../contract/platform.ts'
import { createThinking, MOST_THOUGHT_CHARS, withAside } from './thought.ts'

const plain = createPlainRenderer(500)
const renderer: Renderer<PlainBody> = {
  ...plain,
  withAside: (body, { thought, status }) => ({
    text: [thought && `[${thought.title}: ${thought.text}]`, body.text, status && `(${status})`]
      .filter((text) => text !== undefined && text !== '')
      .join('\n'),
    entities: 0,
  }),
}
const thoughtOf = (text: string, isOver = true) => ({ title: 'T', text, isOver })
const bodyOf = (text: string): PlainBody => ({ text, entities: 0 })

test('however it comes, a thought shows its end while it grows and its beginning after, well-formed and bounded', () => {
  const pieces = fc.array(
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.lorem({ maxCount: 40, mode: 'words' })),
    {
      maxLength: 30,
    },
  )
  fc.assert(
    fc.property(pieces, (given) => {
      const thinking = createThinking()
      for (const piece of given) thinking.add(piece)
      const all = given.join('')
      for (const shown of [thinking.growing, thinking.whole]) {
        expect(shown.length).toBeLessThanOrEqual(MOST_THOUGHT_CHARS)
        expect(shown.isWellFormed() || !all.isWellFormed()).toBe(true)
      }
      expect(thinking.isEmpty).toBe(all.slice(0, MOST_THOUGHT_CHARS).trim() === '')
      const squeezed = (text: string): string => text.replace(/\s/g, '')
      if (all.length <= MOST_THOUGHT_CHARS) expect(squeezed(thinking.growing)).toBe(squeezed(all))
      else expect(squeezed(all)).toContain(squeezed(thinking.growing.replace(/^…/, '')))
      expect(squeezed(all)).toContain(squeezed(thinking.whole.replace(/…$/, '')))
    }),
  )
})

test('what grows beyond the bound stands still for a while, so that it can be read', () => {
  const thinking = createThinking()
  const beginnings = new Set<string>()
  for (let n = 0; n < 300; n += 1) {
    thinking.add(`word${n} `)
    beginnings.add(thinking.growing.slice(0, 20))
  }
  expect(beginnings.size).toBeLessThan(15)
  expect(thinking.growing).toMatch(/^…word\d+ .* word299$/)
  expect(thinking.whole).toMatch(/^word0 word1 .*…$/)
})

test('a thought is shortened before it is left out, and left out before the line below is', () => {
  const shown = (body: string, text: string, status?: string) =>
    withAside(renderer, bodyOf(body), { thought: thoughtOf(text), status }).text
  expect(shown('Hi', 'short')).toBe('[T: short]\nHi')
  const long = 'thinking '.repeat(90)
  expect(shown('Hi', long)).toMatch(/^\[T: thinking .{400,450}…\]\nHi$/)
  expect(shown('H'.repeat(200), long)).toMatch(/^\[T: thinking .{150,200}…\]\nH{200}$/)
  expect(shown('H'.repeat(450), long)).toBe('H'.repeat(450))
  expect(shown('H'.repeat(450), long, 'works')).toBe(`${'H'.repeat(450)}\n(works)`)
  expect(shown('H'.repeat(500), long, 'works')).toBe('H'.repeat(500))
})

test('where a platform shows no thoughts, its words stand alone', () => {
  expect(withAside(plain, bodyOf('Hi'), { thought: thoughtOf('hm'), status: 'works' })).toEqual(bodyOf('Hi'))
})
