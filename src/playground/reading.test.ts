// The reader decides what counts as shown: it takes marks away, never words.

import { expect, test } from 'vitest'
import { readDiscord, readFeishu } from './reading.ts'

test('Discord: marks go, escaped signs stay', () => {
  expect(readDiscord('**bold** and *italic*, ~~gone~~, ||hidden||, 2 \\* 3 \\* 4, snake_case')).toBe(
    'bold and italic, gone, hidden, 2 * 3 * 4, snake_case',
  )
  expect(readDiscord('# Title\n- one\n  - two\n> said')).toBe('Title\n• one\n  • two\n│ said')
})

test('Discord: a link shows its label, a bare address itself', () => {
  expect(readDiscord('see [the docs](https://example.com/a) or <https://example.com/b>')).toBe(
    'see the docs or https://example.com/b',
  )
})

test('code is shown as it is, without its fences', () => {
  const code = '```ts\nconst a = **b** // &lt; [x](y) \\*\n```'
  expect(readDiscord(`before\n${code}\nafter *it*`)).toBe(
    'before\nconst a = **b** // &lt; [x](y) \\*\nafter it',
  )
  expect(readFeishu(`before\n\n${code}\n\nafter *it*`)).toBe(
    'before\n\nconst a = **b** // &lt; [x](y) \\*\n\nafter it',
  )
  expect(readDiscord('`a * b * c` and ``x ` y``')).toBe('a * b * c and x ` y')
})

test('code that still grows is code', () => {
  expect(readDiscord('```ts\nconst a = [1](2)')).toBe('const a = [1](2)')
})

test('Feishu: entities are the signs they stand for, tags are not shown', () => {
  expect(readFeishu('2 &#42; 3 &lt; 7 **&amp;** <font color="red">red</font>')).toBe('2 * 3 < 7 & red')
  expect(readFeishu('`&lt;` stays')).toBe('&lt; stays')
})

test('Feishu: the line under a table’s head is a rule', () => {
  expect(readFeishu('| a | b |\n| --- | ---: |\n| 1 | 2 |')).toBe('| a | b |\n| 1 | 2 |')
})

test('what stands in an address does not move what stands behind it', () => {
  expect(readFeishu('[a](https://example.com/?x&#38;y) 1 &lt; 2')).toBe('a 1 < 2')
})

test('what is no pair stays', () => {
  expect(readDiscord('5 * 3 and a || b')).toBe('5 * 3 and a || b')
  expect(readFeishu('5 * 3 and a ~~ b')).toBe('5 * 3 and a ~~ b')
})
