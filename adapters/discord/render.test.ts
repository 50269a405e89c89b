// Does any Markdown become a text that Discord takes, and shows as it was meant?
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Span } from '../../src/contract/document.ts'
import { parse } from '../../src/markdown/parse.ts'
import { answers, hostile } from '../../test/support/markdown-arbitrary.ts'
import { shownOnDiscord } from '../../test/support/discord-shown.ts'
import type { DiscordBody } from './body.ts'
import { createComponentsRenderer } from './components.ts'
import { createRenderer } from './render.ts'

const renderer = createRenderer()
const components = createComponentsRenderer()

const marks = fc.constantFrom(
  ...['*', '**', '_', '__', '~~', '||', '`', '``', '```', '\\', '<@1>', '<#1>', '[a](b)', '[', ']', '(', ')'],
  ...[
    ':smile:',
    ':',
    '# ',
    '## ',
    '-# ',
    '- ',
    '* ',
    '+ ',
    '1. ',
    '> ',
    '>>> ',
    '@everyone',
    'http://',
    '\n',
  ],
  ...[
    'https://a.example/b_c_d',
    '<t:1>',
    'snake_case_name',
    '¯\\_(ツ)_/¯',
    '你好',
    'a',
    ' ',
    '2 * 3 * 4',
    '---',
  ],
)
const literal = fc.array(marks, { maxLength: 12 }).map((parts) => parts.join(''))

describe('laws', () => {
  test('plain text is shown as it is, whatever signs it holds', () => {
    fc.assert(
      fc.property(literal, (text) => {
        const { words, marks: found } = shownOnDiscord(contentOf(renderer.plain(text)))
        expect(words).toBe(text.trim())
        expect(found.filter((mark) => !mark.startsWith('address:'))).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  test('literal text within emphasis, links and code is shown as it is', () => {
    const inner = fc.oneof(
      literal.map((text) => text.replaceAll('\n', ' ').replace(/\|{2,}/g, '|')),
      fc.constant('x*'),
    )
    const span: fc.Arbitrary<Span> = fc.oneof(
      inner.map((text) => ({ kind: 'text', text }) as const),
      inner.map((text) => ({ kind: 'code', text }) as const),
      fc.tuple(fc.constantFrom('bold', 'italic', 'strike'), inner, inner).map(
        ([kind, text, code]) =>
          ({
            kind,
            spans: [
              { kind: 'text', text },
              { kind: 'code', text: code },
            ],
          }) as const,
      ),
      fc
        .tuple(
          fc.constantFrom('bold', 'italic', 'strike'),
          fc.constantFrom('bold', 'italic', 'strike'),
          inner,
        )
        .map(
          ([outer, kind, text]) =>
            ({ kind: outer, spans: [{ kind, spans: [{ kind: 'text', text }] }] }) as const,
        ),
    )
    fc.assert(
      fc.property(fc.array(span, { maxLength: 4 }), (spans) => {
        const shown = shownOnDiscord(contentOf(renderer.render([{ kind: 'paragraph', spans }])))
        expect(bare(shown.words)).toBe(bare(spans.map(wordsOf).join('')))
      }),
      { numRuns: 2_000 },
    )
  })

  test('any answer says the same words as its tree, and no mark is left over', () => {
    fc.assert(
      fc.property(answers, (source) => {
        const blocks = parse(source)
        const { words } = shownOnDiscord(contentOf(renderer.render(blocks)))
        for (const word of wordsOfBlocks(blocks)) expect(bare(words)).toContain(bare(word))
        if (!source.includes('```') && !source.includes('~~~')) expect(words).not.toMatch(/\*\*|~~/)
      }),
      { numRuns: 100 },
    )
  })

  test('Markdown without tables that surely fits does, in both styles', () => {
    const dense = fc
      .tuple(
        fc.constantFrom(...['*', '1.', '> - - - - *\n', '- - - - - -\n', '> 1. 1. 1. a\n', 'http://', '']),
        fc.constantFrom(
          ...[
            '*\n',
            '\\\n',
            '`\n',
            '1.\n',
            '>\n',
            '-\n',
            '**a**',
            '*a*_b_',
            '~~~\na\n',
            '- ~~~\n\n',
            '中',
            '\t',
            '#\n',
            '# a\n',
          ],
          ...[
            '---\n',
            '[a](b)',
            'http://a ',
            '<http://中>',
            ':a:',
            '||a||',
            '- [x] \n',
            '`a` ',
            '&#42;\n',
            '1. \n\n',
            '    a\n\nb\n\n',
          ],
        ),
      )
      .map(([head, scrap]) => head + scrap.repeat(400))
    fc.assert(
      fc.property(fc.oneof(dense, hostile, answers), (source) => {
        for (const each of [renderer, components]) {
          const blocks = parse(source.slice(0, each.surelyFitsChars))
          if (blocks.some(holdsTable)) return
          expect(each.fill(each.render(blocks))).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 1_500 },
    )
  })

  test('what is full for Discord is never called fitting, in characters and in bytes', () => {
    fc.assert(
      fc.property(fc.oneof(answers, hostile), (source) => {
        const blocks = parse(source)
        const text = contentOf(renderer.render(blocks))
        expect(renderer.fill({ kind: 'text', content: text }) <= 1).toBe(text.length <= 2_000)
        expect(text).toBe(text.trim())
        const body = components.render(blocks)
        if (body.kind !== 'components' || components.fill(body) > 1) return
        const bytes = body.displays.reduce((sum, each) => sum + Buffer.byteLength(each) + 12, 0)
        expect(bytes).toBeLessThanOrEqual(10_170)
        expect(body.displays.length).toBeLessThanOrEqual(5)
      }),
      { numRuns: 100 },
    )
  })
})

describe('by example', () => {
  test.each([
    ['**bold** *italic* ~~gone~~ `code`', '**bold** *italic* ~~gone~~ `code`'],
    ['snake_case and 2 * 3', 'snake\\_case and 2 \\* 3'],
    ['# One\nunder it\n#### Four', '# One\nunder it\n\n**Four**'],
    ['text\n---\nmore', 'text\n\n———\n\nmore'],
    ['- a\n  - b\n    - c\n1. x\n2. y', '- a\n  - b\n    - c\n\n1. x\n2. y'],
    ['- [x] done\n- [ ] open', '- ☑ done\n- ☐ open'],
    ['> a\n>\n> > b', '> a\n> \n> b'],
    ['```js\nf()\n```\nafter', '```js\nf()\n```\nafter'],
    ['````\n```\nx\n```\n````', '```\n`\u200b`\u200b`\nx\n`\u200b`\u200b`\n```'],
    ['1. one\n\n   ```\n   x\n   ```\n2. two', '1. one\n```\nx\n```\n2. two'],
    ['[label](https://a.example/x_(y))', '[label](https://a.example/x_%28y%29)'],
    ['https://a.example/b_c', '<https://a.example/b_c>'],
    ['[see [1]](https://a.example/)', 'see \\[1] (<https://a.example/>)'],
    ['[guide](guide.md) and [mail](mailto:a@b.c)', 'guide (guide.md) and mail (mailto:a@b.c)'],
    ['![a cat](https://a.example/cat.png)', '[a cat](https://a.example/cat.png)'],
    ['the answer: ||42|| and ||**x**||', 'the answer: ||42|| and ||**x**||'],
    ['if (a || b || c) a||b||c', 'if (a \\|\\| b \\|\\| c) a\\|\\|b\\|\\|c'],
    [
      '1\\. not a list\n\\# not a heading\n\\- nor this\n\\> nor that',
      '1\\. not a list\n\\# not a heading\n\\- nor this\n\\> nor that',
    ],
    ['at 10:30 :smile: <@12> @everyone', 'at 10:30 \\:smile: \\<@12> @everyone'],
    ['``a`b`` and `` ` ``', '``a`b`` and `` ` ``'],
    ['*a `x*y` b*', '*a* `x*y` *b*'],
    ['**a**_b_', '**a**\u200b*b*'],
    ['|a|b|\n|-|-:|\n|你|1|', '```\na  | b\n---+--\n你 | 1\n```'],
    ['```\n\n```', ''],
  ])('%j becomes %j', (source, expected) => {
    expect(contentOf(renderer.render(parse(source)))).toBe(expected)
  })

  test('rules are separators in components, the first few of them', () => {
    const body = components.render(
      parse(Array.from({ length: 7 }, (_, n) => `part ${n}`).join('\n\n---\n\n')),
    )
    expect(body).toEqual({
      kind: 'components',
      displays: ['part 0', 'part 1', 'part 2', 'part 3', 'part 4\n\n———\n\npart 5\n\n———\n\npart 6'],
    })
  })

  test('Chinese fills components by bytes, Discord text by characters', () => {
    const said = parse('字'.repeat(3_400))
    expect(components.fill(components.render(said))).toBeGreaterThan(1)
    expect(components.fill(components.render(parse('字'.repeat(3_380))))).toBeLessThanOrEqual(1)
    expect(renderer.fill(renderer.render(parse('字'.repeat(2_000))))).toBe(1)
  })

  test('plain text too long with its escapes goes without them, and at last is cut', () => {
    expect(contentOf(renderer.plain('*'.repeat(1_001)))).toBe('*'.repeat(1_001))
    expect(contentOf(renderer.plain('a'.repeat(3_000)))).toHaveLength(2_000)
  })

  test('what nobody could see is empty, in both styles', () => {
    for (const source of ['', ' \u200b', '&nbsp;', '> ', '#']) {
      expect(renderer.isEmpty(renderer.render(parse(source)))).toBe(true)
      expect(components.isEmpty(components.render(parse(source)))).toBe(true)
    }
    expect(components.isEmpty(components.render(parse('---')))).toBe(true)
    expect(renderer.isEmpty(renderer.render(parse('`x`')))).toBe(false)
  })

  test('bodies of the same look are equal, those of different styles never', () => {
    const [a, b] = [renderer.render(parse('x')), renderer.render(parse('x'))]
    expect(renderer.equal(a, b)).toBe(true)
    expect(renderer.equal(a, components.render(parse('x')))).toBe(false)
  })
})

function contentOf(body: DiscordBody): string {
  if (body.kind !== 'text') throw new Error('expected text')
  return body.content
}

/** Without blanks and what parts marks: neither is said. */
function bare(text: string): string {
  return text.replace(/[\s\u200b]/g, '')
}

function wordsOf(span: Span): string {
  if (span.kind === 'text' || span.kind === 'code') return span.text
  return span.kind === 'break' || span.kind === 'image' ? '' : span.spans.map(wordsOf).join('')
}

function wordsOfBlocks(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block): readonly string[] => {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        return block.spans.flatMap((span) => (span.kind === 'link' ? [] : wordsOf(span).split(/\s+/)))
      case 'code':
        return block.text.includes('```') ? [] : block.text.split('\n')
      case 'quote':
        return wordsOfBlocks(block.blocks)
      case 'list':
        return block.items.flatMap((item) => wordsOfBlocks(item.blocks))
      case 'table':
      case 'rule':
        return []
    }
  })
}

function holdsTable(block: Block): boolean {
  if (block.kind === 'quote') return block.blocks.some(holdsTable)
  if (block.kind === 'list') return block.items.some((item) => item.blocks.some(holdsTable))
  return block.kind === 'table'
}
