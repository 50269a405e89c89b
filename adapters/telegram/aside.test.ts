// Are thoughts and a status shown on Telegram as a quote that unfolds and a line in italics, with entities that fit?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../src/markdown/parse.ts'
import { answers } from '../../test/support/markdown-arbitrary.ts'
import { createRenderer } from './render.ts'

const renderer = createRenderer()
const group = createRenderer({ ringsNobody: true })

test('a thought that grows is an open quote; one that is over folds up above the answer', () => {
  const thought = { title: '💭 Thinking…', text: 'One\ntwo', isOver: false }
  const none = renderer.render([])
  expect(renderer.withAside!(none, { thought, status: undefined })).toEqual({
    text: '💭 Thinking…\nOne\ntwo',
    entities: [
      { type: 'blockquote', offset: 0, length: 20 },
      { type: 'bold', offset: 0, length: 12 },
    ],
  })
  const answer = renderer.render(parse('**Hi**'))
  expect(renderer.withAside!(answer, { thought: { ...thought, isOver: true }, status: 'Using x…' })).toEqual({
    text: '💭 Thinking…\nOne\ntwo\n\nHi\n\nUsing x…',
    entities: [
      { type: 'expandable_blockquote', offset: 0, length: 20 },
      { type: 'bold', offset: 0, length: 12 },
      { type: 'bold', offset: 22, length: 2 },
      { type: 'italic', offset: 26, length: 8 },
    ],
  })
})

test('a thought rings nobody in a group', () => {
  const thought = { title: 'T', text: 'ask @everybody_here', isOver: true }
  const body = group.withAside!(group.render([]), { thought, status: 'Using @some_bot' })
  expect(body.text).not.toMatch(/@\w/)
  expect(body.entities[0]).toMatchObject({ offset: 0, length: 'T\nask @\u2060everybody_here'.length })
})

test('its quote covers the thought alone, and every entity lies within the text, as the server would keep it', () => {
  fc.assert(
    fc.property(answers, answers, fc.boolean(), (text, thinks, isOver) => {
      const thought = { title: '💭 Thought', text: thinks.slice(0, 900), isOver }
      const answer = renderer.render(parse(text.slice(0, 800)))
      const body = renderer.withAside!(answer, { thought, status: 'Using x…' })
      expect(body.text).toBe(body.text.trim())
      const [quote, title, ...others] = body.entities
      expect(quote).toMatchObject({ type: isOver ? 'expandable_blockquote' : 'blockquote', offset: 0 })
      expect(title).toMatchObject({ type: 'bold', offset: 0, length: thought.title.length })
      const end = quote?.length ?? 0
      expect(body.text.slice(end)).toBe(`${answer.text === '' ? '' : `\n\n${answer.text}`}\n\nUsing x…`)
      for (const { offset, length } of others) {
        expect(offset).toBeGreaterThanOrEqual(end)
        expect(offset + length).toBeLessThanOrEqual(body.text.length)
      }
    }),
    { numRuns: 100 },
  )
})
