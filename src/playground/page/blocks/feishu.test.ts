import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PageFile } from '../protocol.ts'
import { decoded, feishuBlocks } from './feishu.ts'
import { wordsOfMessage } from './words.ts'

const file: PageFile = { name: 'sea.png', kind: 'picture', sizeBytes: 1, path: 'files/0' }
const names = {
  person: (id: string) => (id === 'ou_1' ? 'Ann' : undefined),
  picture: (key: string) => (key === 'img_1' ? file : undefined),
}
const blocks = (markdown: string) => feishuBlocks(markdown, names)
const text = (words: string) => ({ kind: 'text', text: words })

test('says of any text something, and never runs away with it', () => {
  const unit = fc.constantFrom(
    '*',
    '~',
    '`',
    '|',
    '[',
    ']',
    '(',
    '!',
    '>',
    '#',
    '-',
    '&',
    ';',
    '\n',
    ' ',
    'a',
    '1',
    '<',
    '/',
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 120 }), (given) => {
      const letters = (words: string): number => words.replace(/[^a]/g, '').length
      expect(letters(wordsOfMessage({ blocks: blocks(given), files: [] }))).toBeLessThanOrEqual(
        letters(given),
      )
    }),
  )
})

test('entities stand for their letters, and are no marks', () => {
  expect(blocks('&#42;&#42;a&#42;&#42; &lt;b&gt; **c &#126; d**')).toEqual([
    { kind: 'paragraph', spans: [text('**a** <b> '), { kind: 'bold', spans: [text('c ~ d')] }] },
  ])
  expect(decoded('&#x4e2d; &unknown; &#1114112;')).toBe('中 &unknown; &#1114112;')
})

test('mentions, colours and breaks', () => {
  expect(blocks('<at id=ou_1></at> and <at id="ou_2">Bob</at><br><font color="red">red</font>')).toEqual([
    {
      kind: 'paragraph',
      spans: [
        { kind: 'mention', spans: [text('@Ann')] },
        text(' and '),
        { kind: 'mention', spans: [text('@Bob')] },
        { kind: 'break' },
        text('red'),
      ],
    },
  ])
})

test('a picture on a line of its own is one; one nobody knows is its words', () => {
  expect(blocks('a\n\n![The sea](img_1)\n\n![gone](img_2)')).toEqual([
    { kind: 'paragraph', spans: [text('a')] },
    { kind: 'picture', file },
    { kind: 'paragraph', spans: [text('🖼 gone')] },
  ])
})

test('tables, rules, headings, quotes and lists', () => {
  const found = blocks(
    '# One\n\n| a | b \\| c |\n| --- | ---: |\n| 1 | **2** |\n\n---\n\n> quoted\n\n1. one\n    - deep\n2. two',
  )
  expect(found.map(({ kind }) => kind)).toEqual(['heading', 'table', 'rule', 'quote', 'list'])
  expect(found[1]).toEqual({
    kind: 'table',
    head: [[text('a')], [text('b | c')]],
    rows: [[[text('1')], [{ kind: 'bold', spans: [text('2')] }]]],
  })
  expect(found[4]).toMatchObject({ ordered: true, items: [[{}, { kind: 'list', ordered: false }], [{}]] })
})
