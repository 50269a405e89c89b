// Do controls become buttons that Telegram takes?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Control } from '../../src/contract/platform.ts'
import { keyboardOf, markupOfPost, MAX_CONTROLS } from './keyboard.ts'

const choice = (label: string): Control => ({ kind: 'choice', token: 't', label })
const labelOf = (label: string): string | undefined =>
  keyboardOf([choice(label)])?.inline_keyboard[0]?.[0]?.text

/** Made before the tests: fast-check takes seconds to lay out all of Unicode on a busy machine. */
const labels = fc.string({ unit: 'binary', maxLength: 200 })

test('any label is one line of 1 to 64 characters, none of them half', () => {
  fc.assert(
    fc.property(labels, (label) => {
      const shown = labelOf(label) ?? ''
      expect(shown.length).toBeGreaterThan(0)
      expect(shown.length).toBeLessThanOrEqual(64)
      expect(shown.isWellFormed()).toBe(true)
      expect(shown).not.toContain('\n')
    }),
  )
})

test('a short label stays as it is, a long one ends in dots', () => {
  expect(labelOf('Oslo 🇳🇴')).toBe('Oslo 🇳🇴')
  expect(labelOf(`${'x'.repeat(62)}👨‍👩‍👧 and more`)).toBe(`${'x'.repeat(62)}…`)
})

test('as many buttons as are promised fit, with full tokens and long Chinese labels', () => {
  const controls = Array.from({ length: MAX_CONTROLS + 5 }, (): Control => ({
    kind: 'choice',
    token: 't'.repeat(64),
    label: '天'.repeat(80),
  }))
  const keyboard = keyboardOf(controls)
  expect(keyboard?.inline_keyboard).toHaveLength(MAX_CONTROLS)
  expect(Buffer.byteLength(JSON.stringify(keyboard))).toBeLessThan(10_000)
})

test('choices stand below each other, the small ones share the last row', () => {
  const controls: Control[] = [
    { kind: 'thumbs', upToken: 'up', downToken: 'down' },
    choice('A'),
    { kind: 'stop', token: 's', label: 'Stop' },
    choice('B'),
  ]
  const rows = keyboardOf(controls)?.inline_keyboard.map((row) => row.map(({ text }) => text))
  expect(rows).toEqual([['A'], ['B'], ['👍', '👎', 'Stop']])
})

test('a link that Telegram would refuse is left out, so that the words arrive', () => {
  const link = (url: string): Control => ({ kind: 'link', url, label: 'Open' })
  expect(
    keyboardOf([link('http://localhost:3000/x'), link('javascript:alert(1)'), link('/x')]),
  ).toBeUndefined()
  expect(keyboardOf([link('https://example.com/x')])).toEqual({
    inline_keyboard: [[{ text: 'Open', url: 'https://example.com/x' }]],
  })
})

test('a question in words opens the text field, in a group of the asked person alone', () => {
  const ask: Control = { kind: 'reply', placeholder: `City\n${'x'.repeat(80)}` }
  expect(markupOfPost([ask], true)).toEqual({
    force_reply: true,
    input_field_placeholder: `City ${'x'.repeat(58)}…`,
  })
  expect(markupOfPost([{ kind: 'reply', placeholder: ' ' }], false)).toEqual({
    force_reply: true,
    selective: true,
  })
})

test('an edit opens no text field, and buttons win over it', () => {
  expect(keyboardOf([{ kind: 'reply' }])).toBeUndefined()
  expect(markupOfPost([choice('A'), { kind: 'reply' }], true)).toHaveProperty('inline_keyboard')
  expect(markupOfPost([], true)).toBeUndefined()
})
