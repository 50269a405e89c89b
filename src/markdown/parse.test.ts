// What tree does a text give? Examples people meet, and laws for everything else.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Span } from '../contract/document.ts'
import { parse } from './parse.ts'

const spansOf = (source: string): readonly Span[] => {
  const [block] = parse(source)
  return block?.kind === 'paragraph' ? block.spans : []
}
const text = (value: string): Span => ({ kind: 'text', text: value })

test('Chinese emphasis ends before full-width punctuation', () => {
  expect(spansOf('**重要：**请注意')).toEqual([{ kind: 'bold', spans: [text('重要：')] }, text('请注意')])
  expect(spansOf('这是**“引号”**后')).toEqual([
    text('这是'),
    { kind: 'bold', spans: [text('“引号”')] },
    text('后'),
  ])
})

test('a bare address is a link, and ends before Chinese punctuation', () => {
  expect(spansOf('见https://coze.com/a，谢谢')).toEqual([
    text('见'),
    { kind: 'link', url: 'https://coze.com/a', spans: [text('https://coze.com/a')] },
    text('，谢谢'),
  ])
})

test('a file name is not an address', () => {
  expect(spansOf('see main.rs and README.md')).toEqual([text('see main.rs and README.md')])
})

test('every newline is a line break', () => {
  expect(spansOf('one\ntwo')).toEqual([text('one'), { kind: 'break' }, text('two')])
})

test('HTML is text', () => {
  expect(JSON.stringify(parse('<b>x</b> & <script>'))).toContain('<b>x</b> & <script>')
  expect(parse('<div>\nx\n</div>').map(({ kind }) => kind)).toEqual(['paragraph'])
})

test('a fence keeps its language and every space of its text', () => {
  expect(parse('```ts title=x\nif (a) {\n\n  b()\n}\n```')).toEqual([
    { kind: 'code', language: 'ts', text: 'if (a) {\n\n  b()\n}' },
  ])
  expect(parse('````\n```\n````')).toMatchObject([{ kind: 'code', text: '```' }])
})

test('lists nest, keep their numbers, and know their tasks', () => {
  const [list] = parse('3. one\n   - inner\n4. two\n')
  expect(list).toMatchObject({ kind: 'list', ordered: true, start: 3, tight: true })
  expect(list?.kind === 'list' && list.items[0]?.blocks.map(({ kind }) => kind)).toEqual([
    'paragraph',
    'list',
  ])
  const [tasks] = parse('- [x] done\n- [ ] open\n- plain')
  expect(tasks?.kind === 'list' && tasks.items.map(({ checked }) => checked)).toEqual([
    true,
    false,
    undefined,
  ])
})

test('a table has a head, rows and alignments', () => {
  expect(parse('| a | b |\n|:--|--:|\n| 1 | **2** |')).toEqual([
    {
      kind: 'table',
      align: ['left', 'right'],
      head: [[text('a')], [text('b')]],
      rows: [[[text('1')], [{ kind: 'bold', spans: [text('2')] }]]],
    },
  ])
})

test('what stands far away changes nothing: there are no link definitions', () => {
  expect(spansOf('see [a]')).toEqual(spansOf('see [a]\n\n[a]: https://example.com').slice(0, 1))
})

test('any text gives a tree, and loses no letter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (source) => {
      const shown = letters(JSON.stringify(parse(source)))
      for (const letter of letters(source)) expect(shown).toContain(letter)
    }),
    { numRuns: 300 },
  )
})

test('deep nesting and long ladders of marks are taken in stride', () => {
  for (const hostile of [
    '> '.repeat(5_000) + 'x',
    '- '.repeat(5_000) + 'x',
    '*a '.repeat(20_000),
    '`'.repeat(20_000) + 'x',
    '['.repeat(20_000),
    '![a]('.repeat(5_000),
    '|'.repeat(20_000) + '\n' + '|-'.repeat(10_000),
  ]) {
    expect(parse(hostile).length).toBeGreaterThan(0)
  }
})

function letters(value: string): string {
  return value.replace(/[^\p{L}\p{N}]/gu, '')
}
