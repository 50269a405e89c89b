import { expect, test } from 'vitest'
import { telegramRich } from './telegram-rich.ts'

test('blocks and runs of a rich message', () => {
  const blocks = telegramRich([
    { type: 'heading', text: 'Head', size: 2 },
    { type: 'paragraph', text: ['a ', { type: 'bold', text: 'b' }] },
    { type: 'list', items: [{ label: '1.', blocks: [{ type: 'paragraph', text: 'one' }] }] },
    { type: 'details', summary: 'More', blocks: [{ type: 'preformatted', language: 'ts', text: 'let a' }] },
    { type: 'divider' },
  ])
  expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'panel', 'rule'])
  expect(blocks[1]).toEqual({
    kind: 'paragraph',
    spans: [
      { kind: 'text', text: 'a ' },
      { kind: 'bold', spans: [{ kind: 'text', text: 'b' }] },
    ],
  })
  expect(blocks[3]).toMatchObject({ title: 'More', isOpen: false, blocks: [{ kind: 'code', text: 'let a' }] })
})

test('a tree that never ends is cut', () => {
  const endless: Record<string, unknown> = { type: 'blockquote' }
  endless['blocks'] = [endless]
  expect(telegramRich([endless])).toHaveLength(1)
})
