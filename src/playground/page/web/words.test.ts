import { expect, test } from 'vitest'
import { say, speak } from './words.ts'

test('values stand in both languages, and what has none is left as it is', () => {
  speak('en')
  expect(say('edits', { n: 3 })).toBe('3× edited')
  expect(say('edits')).toBe('{n}× edited')
  speak('zh')
  expect(say('edits', { n: 3 })).toBe('已编辑 3 次')
  speak('en')
})
