import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PageBlock } from '../protocol.ts'
import { discordBlocks } from './discord.ts'
import { wordsOfMessage } from './words.ts'

const names = {
  person: (id: string) => (id === '42' ? 'Ann' : undefined),
  role: () => undefined,
  channel: (id: string) => (id === '7' ? 'general' : undefined),
}
const blocks = (text: string): readonly PageBlock[] => discordBlocks(text, names)
const spans = (text: string) => {
  const [first] = blocks(text)
  return first !== undefined && 'spans' in first ? first.spans : []
}
const text = (words: string) => ({ kind: 'text', text: words })

test('says of any text something, and never runs away with it', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          '*',
          '_',
          '`',
          '|',
          '~',
          '[',
          ']',
          '(',
          ')',
          '>',
          '#',
          '-',
          '\\',
          '\n',
          ' ',
          'a',
          '1',
          '<',
          '@',
        ),
        maxLength: 120,
      }),
      (given) => {
        const letters = (words: string): string => words.replace(/[^a]/g, '')
        expect(letters(wordsOfMessage({ blocks: blocks(given), files: [] })).length).toBeLessThanOrEqual(
          letters(given).length,
        )
      },
    ),
  )
})

test('plain letters stay as they are, whatever stands round them', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'é', '中', ' ', '.', '😀'), minLength: 1, maxLength: 60 }),
      (given) => {
        expect(wordsOfMessage({ blocks: blocks(given), files: [] })).toBe(given.trim())
      },
    ),
  )
})

test('a long run of marks that never close is read to its end', () => {
  const given = '**a `b ~~c ||d [e](f '.repeat(400)
  expect(wordsOfMessage({ blocks: blocks(given), files: [] })).toContain('a')
})

test('marks in pairs, one in the other', () => {
  expect(spans('a **b *c* d** __e__ ~~f~~ ||g|| _h_')).toEqual([
    text('a '),
    { kind: 'bold', spans: [text('b '), { kind: 'italic', spans: [text('c')] }, text(' d')] },
    text(' '),
    { kind: 'underline', spans: [text('e')] },
    text(' '),
    { kind: 'strike', spans: [text('f')] },
    text(' '),
    { kind: 'spoiler', spans: [text('g')] },
    text(' '),
    { kind: 'italic', spans: [text('h')] },
  ])
})

test('what is escaped, or in code, is no mark', () => {
  expect(spans('\\*a\\* `**b**` snake_case_name')).toEqual([
    text('*a* '),
    { kind: 'code', text: '**b**' },
    text(' snake_case_name'),
  ])
  expect(spans('**bold `with ** inside` end**')).toEqual([
    { kind: 'bold', spans: [text('bold '), { kind: 'code', text: 'with ** inside' }, text(' end')] },
  ])
})

test('links go to http and https alone', () => {
  expect(spans('[here](<https://a.example/b>)')).toEqual([
    { kind: 'link', url: 'https://a.example/b', spans: [text('here')] },
  ])
  expect(spans('[here](javascript:alert(1))').some(({ kind }) => kind === 'link')).toBe(false)
  expect(spans('see https://a.example/b.')).toEqual([
    text('see '),
    { kind: 'link', url: 'https://a.example/b', spans: [text('https://a.example/b')] },
    text('.'),
  ])
})

test('mentions are named', () => {
  expect(spans('<@42> in <#7>, </help:9> @everyone')).toEqual([
    { kind: 'mention', spans: [text('@Ann')] },
    text(' in '),
    { kind: 'mention', spans: [text('#general')] },
    text(', '),
    { kind: 'mention', spans: [text('/help')] },
    text(' '),
    { kind: 'mention', spans: [text('@everyone')] },
  ])
})

test('headings, small print, quotes, code and lists', () => {
  const found = blocks(
    '## Two\n-# small\n> said\n> so\n```ts\nlet a = 1\n\n```\n- one\n  - one and a half\n- two\n3. three\n4. four\nend',
  )
  expect(found.map(({ kind }) => kind)).toEqual([
    'heading',
    'small',
    'quote',
    'code',
    'list',
    'list',
    'paragraph',
  ])
  expect(found[3]).toEqual({ kind: 'code', language: 'ts', text: 'let a = 1\n' })
  expect(found[4]).toMatchObject({
    ordered: false,
    items: [[{ kind: 'paragraph' }, { kind: 'list' }], [{ kind: 'paragraph' }]],
  })
  expect(found[5]).toMatchObject({ ordered: true, start: 3 })
})

test('a fence without its end reaches to the end: the text still grows', () => {
  expect(blocks('a\n```\nb\nc')).toEqual([
    { kind: 'paragraph', spans: [text('a')] },
    { kind: 'code', text: 'b\nc' },
  ])
})

test('lines of one paragraph are kept apart', () => {
  expect(blocks('a\nb\n\nc')).toEqual([
    { kind: 'paragraph', spans: [text('a'), { kind: 'break' }, text('b')] },
    { kind: 'paragraph', spans: [text('c')] },
  ])
})
