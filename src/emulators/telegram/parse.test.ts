// Markup and entities: what the emulator reads, repairs and refuses.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codePoints, readFormatted } from './format.ts'
import { nest } from './nesting.ts'
import type { Entity, FormattedText } from './types.ts'

const nobody = (): undefined => undefined

function html(text: string): FormattedText {
  return readFormatted({ text, parseMode: 'HTML', entities: undefined }, nobody)
}

function markdown(text: string): FormattedText {
  return readFormatted({ text, parseMode: 'MarkdownV2', entities: undefined }, nobody)
}

function plain(text: string, entities: readonly Entity[] = []): FormattedText {
  return readFormatted({ text, parseMode: undefined, entities }, nobody)
}

function spans({ text, entities }: FormattedText): readonly string[] {
  return entities.map(({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`)
}

test('HTML tags become entities and named characters are decoded', () => {
  const read = html(
    '<b>bold <i>both</i></b> &lt;x&gt; &amp; &nbsp; <a href="https://example.com">link</a> &#128578;',
  )
  expect(read.text).toBe('bold both <x> & &nbsp; link 🙂')
  expect(spans(read)).toEqual(['bold bold both', 'italic both', 'text_link link'])
  expect(read.entities[2]?.url).toBe('https://example.com/')
})

test('a code block keeps the language of the code inside it', () => {
  const read = html(
    '<pre><code class="language-ts">let a</code></pre><blockquote expandable>long</blockquote>',
  )
  expect(read.entities).toEqual([
    { type: 'pre', offset: 0, length: 5, language: 'ts' },
    { type: 'expandable_blockquote', offset: 5, length: 4 },
  ])
})

test.each([
  ['<p>x</p>', 'Unsupported start tag "p" at byte offset 0'],
  ['好<br>', 'Unsupported start tag "br" at byte offset 3'],
  ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
  ['x</b>', 'Unexpected end tag at byte offset 1'],
  ['<b>x</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
])('HTML %s is refused as Telegram refuses it', (text, complaint) => {
  expect(() => html(text)).toThrow(`Bad Request: can't parse entities: ${complaint}`)
})

test('MarkdownV2 marks become entities', () => {
  const read = markdown(
    '*bold _both_* __under__ ~gone~ ||hidden|| `code\\`` [link](https://example.com/a\\)b)',
  )
  expect(read.text).toBe('bold both under gone hidden code` link')
  expect(spans(read)).toEqual([
    'bold bold both',
    'italic both',
    'underline under',
    'strikethrough gone',
    'spoiler hidden',
    'code code`',
    'text_link link',
  ])
})

test('MarkdownV2 fences have a language and quotes end with their last line', () => {
  const read = markdown('```ts\nlet a\n```\n>one\n>two\nafter')
  expect(read.text).toBe('let a\n\none\ntwo\nafter')
  expect(read.entities[0]).toMatchObject({ type: 'pre', language: 'ts' })
  expect(spans(read)[1]).toBe('blockquote one\ntwo\n')
})

test.each([
  ['a.b', "Character '.' is reserved and must be escaped with the preceding '\\'"],
  ['*bold', "Can't find end of Bold entity at byte offset 0"],
  ['[x](y', "Can't find end of a URL at byte offset 3"],
])('MarkdownV2 %s is refused as Telegram refuses it', (text, complaint) => {
  expect(() => markdown(text)).toThrow(`Bad Request: can't parse entities: ${complaint}`)
})

test('the ends are trimmed, up to the first entity, and entities move along', () => {
  expect(plain('  a\r\n ')).toEqual({ text: 'a', entities: [] })
  expect(plain('  ab \n', [{ type: 'bold', offset: 3, length: 3 }])).toEqual({
    text: 'ab',
    entities: [{ type: 'bold', offset: 1, length: 1 }],
  })
  expect(plain('  code', [{ type: 'code', offset: 1, length: 5 }]).text).toBe(' code')
})

test('mentions, commands, tags and addresses are marked, but not in code', () => {
  const text = '/ask@emu_bot @ann_lee #tag https://a.example/x. mail me@example.com, example.com'
  expect(spans(plain(text))).toEqual([
    'bot_command /ask@emu_bot',
    'mention @ann_lee',
    'hashtag #tag',
    'url https://a.example/x',
    'email me@example.com',
    'url example.com',
  ])
  expect(spans(plain(text, [{ type: 'code', offset: 0, length: text.length }]))).toEqual([`code ${text}`])
})

test('entities outside the text or inside a character are refused', () => {
  expect(() => plain('ab', [{ type: 'bold', offset: 1, length: 2 }])).toThrow(
    'ends after the end of the text',
  )
  expect(() => plain('🙂', [{ type: 'bold', offset: 1, length: 1 }])).toThrow(
    'in a middle of a UTF-16 symbol',
  )
})

test('length counts code points', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => codePoints(text) === Array.from(text).length),
  )
})

test('whatever entities are given, the kept ones nest and stay inside what was marked', () => {
  const kinds = ['bold', 'italic', 'spoiler', 'blockquote', 'code', 'pre', 'text_link']
  const entity = fc.record({
    type: fc.constantFrom(...kinds),
    offset: fc.nat(30),
    length: fc.integer({ min: 1, max: 20 }),
  })
  fc.assert(
    fc.property(fc.array(entity, { maxLength: 12 }), (given) => {
      const kept = nest(given, [])
      const end = ({ offset, length }: Entity): number => offset + length
      for (const [i, a] of kept.entries()) {
        const source = given.some((g) => g.type === a.type && g.offset <= a.offset && end(a) <= end(g))
        expect(source).toBe(true)
        for (const b of kept.slice(i + 1)) {
          const apart = end(a) <= b.offset || end(b) <= a.offset
          const inside =
            (a.offset <= b.offset && end(b) <= end(a)) || (b.offset <= a.offset && end(a) <= end(b))
          expect(apart || inside).toBe(true)
          if (a.type === 'code' || a.type === 'pre') expect(apart || b.type === 'blockquote').toBe(true)
        }
      }
    }),
  )
})

test('a message keeps a hundred formatting entities', () => {
  const many = Array.from({ length: 150 }, (_, i) => ({ type: 'bold', offset: 2 * i, length: 1 }))
  expect(plain('x '.repeat(150) + 'x', many).entities).toHaveLength(100)
})
