// Do controls become buttons that Feishu takes and that call us back?
import { expect, test } from 'vitest'
import type { Control } from '../../src/contract/platform.ts'
import { keyboardOf, MAX_CONTROLS } from './keyboard.ts'

const place = { direct: false, threadId: 'omt_1' }

test('choices stand one below the other, small ones share the last row', () => {
  const rows = keyboardOf(
    [
      { kind: 'stop', token: 's', label: 'Stop' },
      { kind: 'choice', token: 'c', label: 'One' },
      { kind: 'link', url: 'https://a.b/', label: 'Open' },
      { kind: 'thumbs', upToken: 'u', downToken: 'd' },
    ],
    place,
  )
  const value = (token: string) => ({ type: 'callback', value: { token, direct: false, threadId: 'omt_1' } })
  expect(rows).toMatchObject([
    { tag: 'button', text: { content: 'One' }, behaviors: [value('c')] },
    {
      tag: 'button',
      text: { content: 'Open' },
      behaviors: [{ type: 'open_url', default_url: 'https://a.b/' }],
    },
    {
      tag: 'column_set',
      columns: [
        { elements: [{ text: { content: 'Stop' }, behaviors: [value('s')] }] },
        { elements: [{ text: { content: '👍' }, behaviors: [value('u')] }] },
        { elements: [{ text: { content: '👎' }, behaviors: [value('d')] }] },
      ],
    },
  ])
})

test('labels are cut, and no more controls shown than fit the card', () => {
  const many = Array.from({ length: 20 }, (_, n): Control => ({
    kind: 'choice',
    token: String(n),
    label: 'x'.repeat(200),
  }))
  const rows = keyboardOf(many, { direct: true })
  expect(rows).toHaveLength(MAX_CONTROLS)
  expect(rows[0]).toMatchObject({ text: { content: `${'x'.repeat(39)}…` } })
  expect(keyboardOf([], place)).toEqual([])
})
