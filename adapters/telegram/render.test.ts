// Does any Markdown become a body that Telegram takes, with nothing lost?
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Span } from '../../src/contract/document.ts'
import { parse } from '../../src/markdown/parse.ts'
import { blockTrees } from '../../test/support/block-arbitrary.ts'
import { createRenderer } from './render.ts'
import type { TelegramBody } from './runs.ts'
import { displayWidth } from '../common/width.ts'

const renderer = createRenderer()
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('你好', '👩‍👩‍👧', 'مرحبا', ' ', '\t', '\ud800', 'a\nb'),
)
const blocks = blockTrees(words)

describe('laws', () => {
  test('offsets lie in the text, cut no character in two and cover something visible', () => {
    fc.assert(
      fc.property(blocks, (given) => {
        const { text, entities } = renderer.render(given)
        expect(text.isWellFormed()).toBe(true)
        for (const { offset, length } of entities) {
          expect(offset).toBeGreaterThanOrEqual(0)
          expect(offset + length).toBeLessThanOrEqual(text.length)
          const covered = text.slice(offset, offset + length)
          expect(covered.isWellFormed()).toBe(true)
          expect(covered.trim()).not.toBe('')
        }
      }),
    )
  })

  test('entities nest or stand apart; code holds nothing; quotes and links hold none of their kind', () => {
    fc.assert(
      fc.property(blocks, (given) => {
        const { entities } = renderer.render(given)
        entities.forEach((outer, i) => {
          for (const inner of entities.slice(i + 1)) {
            const outerEnd = outer.offset + outer.length
            if (inner.offset >= outerEnd) continue
            expect(inner.offset + inner.length).toBeLessThanOrEqual(outerEnd)
            expect(['code', 'pre']).not.toContain(outer.type)
            expect(inner.type).not.toBe(outer.type)
            if (inner.type === 'code' || inner.type === 'pre') expect(outer.type).toBe('blockquote')
          }
        })
      }),
    )
  })

  test('the server has nothing to trim', () => {
    fc.assert(
      fc.property(blocks, (given) => {
        const { text, entities } = renderer.render(given)
        expect(text).toBe(text.trimEnd())
        expect(/\p{Cc}/u.test(text.replaceAll('\n', ''))).toBe(false)
        if (entities[0]?.offset !== 0) expect(text).toBe(text.trimStart())
      }),
    )
  })

  test('plain text is kept to the letter', () => {
    const safe = fc
      .string({ unit: 'grapheme' })
      .filter((text) => text === text.trim() && !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(safe, (text) => {
        expect(renderer.render([{ kind: 'paragraph', spans: [{ kind: 'text', text }] }]).text).toBe(text)
        expect(renderer.plain(text)).toEqual({ text, entities: [] })
      }),
    )
  })

  test('source below the sure length fits, however dense its markup', () => {
    const dense = fc.constantFrom(
      '*a*',
      '~~a~~',
      '`a`',
      '# ',
      '> ',
      '>',
      '- ',
      '1. ',
      '\n',
      '\n\n',
      '---\n',
      '    ',
      '\t',
      '***',
      'x',
      '[a](b)',
      '~~~\n',
      '<a:b>',
    )
    const patterns = fc.array(dense, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(patterns, (pattern) => {
        const source = pattern.repeat(renderer.surelyFitsChars).slice(0, renderer.surelyFitsChars)
        expect(renderer.fill(renderer.render(parse(source)))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  })

  test('a remembered block looks like a new one', () => {
    fc.assert(
      fc.property(blocks, (given) => {
        const once = renderer.render(given)
        expect(renderer.equal(renderer.render(given), once)).toBe(true)
        expect(createRenderer().render(given)).toEqual(once)
      }),
    )
  })
})

describe('how it looks', () => {
  const text = (value: string): Span => ({ kind: 'text', text: value })
  const para = (...spans: Span[]): Block => ({ kind: 'paragraph', spans })
  const shown = (...given: Block[]): TelegramBody => renderer.render(given)
  const marks = ({ text: whole, entities }: TelegramBody): readonly string[] =>
    entities.map(({ type, offset, length }) => `${type}:${whole.slice(offset, offset + length)}`)

  test('bold is cut round code, and crossing styles are nested', () => {
    const body = shown(
      para(
        {
          kind: 'bold',
          spans: [
            text('a '),
            { kind: 'code', text: 'x' },
            text(' b'),
            { kind: 'italic', spans: [text('c')] },
          ],
        },
        { kind: 'italic', spans: [text('d')] },
      ),
    )
    expect(body.text).toBe('a x bcd')
    expect(marks(body)).toEqual(['bold:a ', 'code:x', 'bold: bc', 'italic:c', 'italic:d'])
  })

  test('nested lists, tasks and code in a list', () => {
    const list = (items: readonly Block[][], ordered = false): Block => ({
      kind: 'list',
      ordered,
      start: 1,
      tight: true,
      items: items.map((inner) => ({ blocks: inner })),
    })
    const body = shown(
      list(
        [
          [para(text('one')), list([[para(text('in'))]])],
          [para(text('two')), { kind: 'code', text: 'x\n  y' }],
        ],
        true,
      ),
    )
    expect(body.text).toBe('1. one\n  • in\n2. two\nx\n  y')
    const tasks = shown({
      kind: 'list',
      ordered: false,
      start: 1,
      tight: true,
      items: [
        { checked: true, blocks: [para(text('done'))] },
        { checked: false, blocks: [para(text('open'))] },
      ],
    })
    expect(tasks.text).toBe('☑ done\n☐ open')
  })

  test('a table is aligned by what is seen, not by length', () => {
    const row = (...cells: string[]): Span[][] => cells.map((cell) => [text(cell)])
    const body = shown({
      kind: 'table',
      align: ['left', 'right'],
      head: row('名', 'n'),
      rows: [row('abc', '10')],
    })
    expect(body.text).toBe('名  |  n\n----+---\nabc | 10')
    expect(body.entities).toEqual([{ type: 'pre', offset: 0, length: body.text.length }])
  })

  test('a quote in a quote joins it, and quotes one after the other stay two', () => {
    const quote = (...inner: Block[]): Block => ({ kind: 'quote', blocks: inner })
    expect(marks(shown(quote(para(text('a')), quote(para(text('b')))), quote(para(text('c')))))).toEqual([
      'blockquote:a\n\nb',
      'blockquote:c',
    ])
  })

  test('a link Telegram would drop is written out', () => {
    const link = (url: string): Block => para({ kind: 'link', url, spans: [text('here')] })
    expect(shown(link('https://a.b/')).entities).toMatchObject([{ type: 'text_link', url: 'https://a.b/' }])
    expect(shown(link('guide.md')).text).toBe('here (guide.md)')
  })

  test('a code block keeps the indentation of its first line', () => {
    expect(shown({ kind: 'code', language: 'py', text: '  a\n' })).toEqual({
      text: '  a',
      entities: [{ type: 'pre', language: 'py', offset: 0, length: 3 }],
    })
  })

  test('is full by characters or by entities', () => {
    expect(renderer.fill({ text: 'x'.repeat(4_096), entities: [] })).toBe(1)
    const entities = Array.from(
      { length: 101 },
      (_, offset) => ({ type: 'bold', offset, length: 1 }) as const,
    )
    expect(renderer.fill({ text: 'x'.repeat(200), entities })).toBeGreaterThan(1)
    expect(renderer.isEmpty({ text: '\u200b \n', entities: [] })).toBe(true)
  })

  test('widths: wide letters and emoji take two cells, marks none', () => {
    expect(['abc', '你好', 'ｆ', '👩‍👩‍👧', 'e\u0301', '🇩🇪', 'é'].map(displayWidth)).toEqual([3, 4, 2, 2, 1, 2, 1])
  })
})
