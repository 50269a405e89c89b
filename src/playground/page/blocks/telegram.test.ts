import fc from 'fast-check'
import { expect, test } from 'vitest'
import { telegramBlocks, type TextEntity } from './telegram.ts'
import { wordsOfMessage } from './words.ts'

const text = (words: string) => ({ kind: 'text', text: words })

const TYPES = [
  'bold',
  'italic',
  'code',
  'spoiler',
  'pre',
  'blockquote',
  'expandable_blockquote',
  'text_link',
  'unheard_of',
]
const entity = fc.record({
  type: fc.constantFrom(...TYPES),
  offset: fc.nat(40),
  length: fc.integer({ min: 1, max: 20 }),
})

test('no word is lost or said twice, whatever entities say', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '中', '😀'), maxLength: 40 }),
      fc.array(entity, { maxLength: 6 }),
      (given, entities) => {
        const blocks = telegramBlocks(given, entities)
        const letters = (words: string): string => words.toWellFormed().replace(/[\s\ufffd]/g, '')
        // A pair cut by an entity that ends inside it is no letter any more.
        const shown = letters(wordsOfMessage({ blocks, files: [] }))
        expect(shown.replaceAll('😀', '')).toBe(letters(given).replaceAll('😀', ''))
      },
    ),
  )
})

test('entities are spans, one in the other', () => {
  const entities: TextEntity[] = [
    { type: 'italic', offset: 4, length: 2 },
    { type: 'bold', offset: 2, length: 6 },
    { type: 'text_link', offset: 9, length: 1, url: 'https://a.example' },
  ]
  expect(telegramBlocks('😀a bc de f', [])).toEqual([{ kind: 'paragraph', spans: [text('😀a bc de f')] }])
  expect(telegramBlocks('😀aabbcc x', entities)).toEqual([
    {
      kind: 'paragraph',
      spans: [
        text('😀'),
        { kind: 'bold', spans: [text('aa'), { kind: 'italic', spans: [text('bb')] }, text('cc')] },
        text(' '),
        { kind: 'link', url: 'https://a.example', spans: [text('x')] },
      ],
    },
  ])
})

test('code and quotes are blocks between paragraphs; an expandable one folds', () => {
  const given = 'before\nlet a\nquoted bold\nafter\n\nlast'
  const blocks = telegramBlocks(given, [
    { type: 'pre', offset: 7, length: 5, language: 'ts' },
    { type: 'expandable_blockquote', offset: 13, length: 11 },
    { type: 'bold', offset: 20, length: 4 },
  ])
  expect(blocks).toEqual([
    { kind: 'paragraph', spans: [text('before')] },
    { kind: 'code', language: 'ts', text: 'let a' },
    {
      kind: 'quote',
      collapsible: true,
      blocks: [{ kind: 'paragraph', spans: [text('quoted '), { kind: 'bold', spans: [text('bold')] }] }],
    },
    { kind: 'paragraph', spans: [text('after')] },
    { kind: 'paragraph', spans: [text('last')] },
  ])
})

test('a link to anything but http is its words', () => {
  const blocks = telegramBlocks('x', [{ type: 'text_link', offset: 0, length: 1, url: 'tg://user?id=1' }])
  expect(blocks).toEqual([{ kind: 'paragraph', spans: [text('x')] }])
})
