// Are thoughts and a status shown on Discord as small print, literally, and hidden once the answer is there?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownOnDiscord } from '../../test/support/discord-shown.ts'
import { hostile } from '../../test/support/markdown-arbitrary.ts'
import { parse } from '../../src/markdown/parse.ts'
import { createComponentsRenderer } from './components.ts'
import { createRenderer, contentsOf } from './render.ts'

const renderer = createRenderer()
const components = createComponentsRenderer()
const answer = renderer.render(parse('**Hi**'))
const growing = { title: '💭 Thinking…', text: 'One *two*\n\n# three', isOver: false }
const over = { ...growing, title: '💭 Thought', isOver: true }
const squeezed = (text: string): string => text.replace(/[\s\p{C}]/gu, '')

test('a thought that grows is small print; one that is over lies behind a spoiler above the answer', () => {
  const grows = renderer.withAside?.(renderer.render([]), { thought: growing, status: undefined })
  expect(grows).toEqual({ kind: 'text', content: '-# 💭 Thinking…\n-# One \\*two\\*\n-# \\# three' })
  const folded = renderer.withAside?.(answer, { thought: over, status: undefined })
  expect(folded).toEqual({ kind: 'text', content: '-# 💭 Thought\n-# ||One \\*two\\* # three||\n**Hi**' })
})

test('a status is small print below, also with components', () => {
  const aside = { thought: over, status: 'Using get_weather…' }
  expect(renderer.withAside?.(answer, { ...aside, thought: undefined })).toEqual({
    kind: 'text',
    content: '**Hi**\n-# Using get\\_weather…',
  })
  const displays = contentsOf(components.withAside!(components.render(parse('Hi\n\n---\n\nyou')), aside))
  expect(displays).toEqual([
    '-# 💭 Thought\n-# ||One \\*two\\* # three||\nHi',
    'you\n-# Using get\\_weather…',
  ])
})

test('whatever is thought is shown to the letter, pings nobody, and stays hidden', () => {
  fc.assert(
    fc.property(hostile, fc.boolean(), (text, isOver) => {
      const thought = { title: 'T', text: text.slice(0, 900), isOver }
      const body = renderer.withAside!(renderer.render([]), { thought, status: undefined })
      const { words, marks } = shownOnDiscord(contentsOf(body).join('\n'))
      if (!/https?:/.test(text)) expect(squeezed(words)).toBe(squeezed(`T${thought.text.toWellFormed()}`))
      const kinds = marks.map((mark) => mark.slice(0, mark.indexOf(':')))
      expect(kinds.filter((kind) => !['-#', 'spoiler', 'address'].includes(kind))).toEqual([])
      if (isOver && squeezed(thought.text) !== '')
        expect(kinds.filter((kind) => kind === 'spoiler')).toHaveLength(1)
    }),
    { numRuns: 500 },
  )
})
