// Columns keep to their width and lose no words, whatever is written in them.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth } from '../../adapters/common/width.ts'
import { sideBySide, wrap } from './columns.ts'

const texts = fc.string({
  unit: fc.constantFrom('a', 'bc', ' ', '  ', '\n', '中', '文，', '😀', '👩‍🚀', '—', '|'),
})
const space = { widthCells: 80, maxLines: 9, keep: 'end' } as const

test('no line is wider than it may be, and nothing but blanks is lost', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 4, max: 30 }), (text, cells) => {
      const lines = wrap(text, cells)
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(cells)
      expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
    }),
  )
})

test('three columns fill the terminal and no more, with Chinese in the middle one', () => {
  fc.assert(
    fc.property(texts, texts, fc.integer({ min: 20, max: 200 }), (left, right, widthCells) => {
      const columns = [left, '中文'.repeat(40), right].map((text) => ({
        title: 'Title',
        status: '1.00 s',
        text,
      }))
      for (const line of sideBySide(columns, { ...space, widthCells }))
        expect(displayWidth(line)).toBeLessThanOrEqual(widthCells)
    }),
  )
})

test('words are broken only where they must be', () => {
  expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  expect(wrap('  indented code', 30)).toEqual(['  indented code'])
  expect(wrap('  • one two three', 11)).toEqual(['  • one two', '   three'])
  expect(wrap('你好，世界，你好', 7)).toEqual(['你好，', '世界，', '你好'])
})

test('a long text keeps its end and says how much is above', () => {
  const text = Array.from({ length: 20 }, (_, n) => `line ${n}`).join('\n')
  const lines = sideBySide([{ title: 'Telegram', status: '', text }], { ...space, maxLines: 3 })
  expect(lines.slice(3)).toEqual(['… 18 lines above', 'line 18', 'line 19'])
})

test('where columns would be too narrow they stand one below the other', () => {
  const columns = ['Discord', 'Telegram', 'Feishu'].map((title) => ({ title, status: '', text: 'hello' }))
  expect(sideBySide(columns, { ...space, widthCells: 30 }).filter((line) => line === 'hello')).toHaveLength(3)
})

test('what would move the cursor never reaches the terminal', () => {
  expect(wrap('a\u001b[2Jb\u0007', 20)).toEqual(['a[2Jb'])
})
