// Does any Markdown become a card that Feishu takes, showing what was said?
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, Span } from '../../src/contract/document.ts'
import { parse } from '../../src/markdown/parse.ts'
import { blockTrees } from '../../test/support/block-arbitrary.ts'
import { answers, hostile } from '../../test/support/markdown-arbitrary.ts'
import { jsonBytes, type FeishuBody } from './body.ts'
import { createRenderer } from './render.ts'

const renderer = createRenderer()
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '你好',
    '注意：',
    '*',
    '_',
    '`',
    '<at id=all></at>',
    ':OK:',
    '&amp;',
    '\\',
    ' ',
    '\t',
    'a|b',
    '#',
    '1. ',
  ),
)
const blocks = blockTrees(words)

/** What a person reads, whatever it stands in; blanks, rules and the lines of tables do not count. */
function read(given: readonly Block[]): string {
  return given
    .map(readBlock)
    .join('')
    .toWellFormed()
    .replace(/[\s\p{Cc}\u200b\u2060|+—-]/gu, '')
}

function readBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return readSpans(block.spans)
    case 'code':
      return block.text
    case 'quote':
      return read(block.blocks)
    case 'list':
      return block.items
        .map(({ checked, blocks: inner }) => (checked === undefined ? '' : checked ? '☑' : '☐') + read(inner))
        .join('')
    case 'table':
      return [block.head, ...block.rows].map((row) => row.map(readSpans).join('')).join('')
    case 'rule':
      return ''
  }
}

function readSpans(spans: readonly Span[]): string {
  return spans
    .map((span): string => {
      switch (span.kind) {
        case 'text':
        case 'code':
          return span.text
        case 'break':
          return ''
        case 'image':
          return readLink(span.alt, span.url)
        case 'link':
          return readLink(readSpans(span.spans), span.url)
        case 'bold':
        case 'italic':
        case 'strike':
          return readSpans(span.spans)
      }
    })
    .join('')
}

/** Somewhere in it stands an item whose first block is a list. */
function beginsWithList(block: Block): boolean {
  if (block.kind === 'quote') return block.blocks.some(beginsWithList)
  if (block.kind !== 'list') return false
  return block.items.some(({ blocks: inner }) => inner[0]?.kind === 'list' || inner.some(beginsWithList))
}

/** A target that no reader could open is written out. */
function readLink(said: string, url: string): string {
  if (said.trim() === '') return url
  const isSaid = /^https?:/i.test(url) || said.includes(url.replace(/^mailto:/i, ''))
  return isSaid ? said : `${said}(${url})`
}

function markdownOf(body: FeishuBody): string {
  if (body.kind !== 'card') throw new Error('expected a card')
  return body.markdown
}
const shown = (...given: Block[]): string => markdownOf(renderer.render(given))

describe('laws', () => {
  test('a reader of Markdown reads in the card what was said', () => {
    const said = fc.oneof(answers, hostile).map(parse)
    fc.assert(
      fc.property(said, (given) => {
        // Feishu nests by four blanks, so an item that begins with a list has no sure way to be written; its number
        // may be read as a word.
        fc.pre(!given.some(beginsWithList))
        expect(read(parse(shown(...given)))).toBe(read(given))
      }),
      { numRuns: 300 },
    )
  })

  test('no words of the answer become markup, whatever they look like', () => {
    fc.assert(
      fc.property(words, words, (one, two) => {
        const given: Block[] = [
          {
            kind: 'paragraph',
            spans: [{ kind: 'text', text: one }, { kind: 'break' }, { kind: 'text', text: two }],
          },
        ]
        const again = parse(shown(...given))
        expect(read(again)).toBe(read(given))
        for (const block of again) {
          expect(block.kind).toBe('paragraph')
          if (block.kind === 'paragraph') {
            expect(
              block.spans.every(({ kind }) => kind === 'text' || kind === 'break' || kind === 'link'),
            ).toBe(true)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('the size told is the size there is, and tags and images never get in', () => {
    fc.assert(
      fc.property(blocks, (given) => {
        const body = renderer.render(given)
        if (body.kind !== 'card') throw new Error('expected a card')
        expect(body.sizeBytes).toBeGreaterThanOrEqual(jsonBytes(body.markdown))
        expect(body.markdown.isWellFormed()).toBe(true)
        expect(body.markdown).not.toMatch(/<at\b/)
        expect(body.markdown.replace(/`[^`]*`/g, '')).not.toMatch(/!\[/)
        expect(body.markdown).toBe(body.markdown.trim())
      }),
    )
  })

  test('source below the sure length fits, however dense its markup', () => {
    const dense = fc.constantFrom(
      ...[
        '*a*',
        '~~a~~',
        '`a`',
        '# ',
        '> ',
        '>',
        '- ',
        '1. ',
        '- - - - ',
        '\n',
        '\n\n',
        '---\n',
        '    ',
        '\t',
        '***',
      ],
      ...['x', '[a](b)', '~~~\n', '<a:b>', '_', '&amp;', '\\*', '- [ ] ', '"', '字', '\0', '1) a\n'],
    )
    const patterns = fc.array(dense, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(patterns, (pattern) => {
        const source = pattern.repeat(renderer.surelyFitsChars).slice(0, renderer.surelyFitsChars)
        expect(renderer.fill(renderer.render(parse(source)))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  }, 30_000)

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
  const bold = (...spans: Span[]): Span => ({ kind: 'bold', spans })
  const para = (...spans: Span[]): Block => ({ kind: 'paragraph', spans })
  const list = (items: readonly Block[][], ordered = false): Block => ({
    kind: 'list',
    ordered,
    start: 1,
    tight: true,
    items: items.map((inner) => ({ blocks: inner })),
  })

  test('headings are demoted: the large ones fill a phone', () => {
    expect(shown({ kind: 'heading', level: 1, spans: [text('One')] })).toBe('#### One')
    expect(shown({ kind: 'heading', level: 2, spans: [text('C #')] })).toBe('##### C &#35;')
  })

  test('literal marks are entities, and only where they would count', () => {
    expect(shown(para(text('2 * 3 <b> snake_case 3~5 [x] a:b R&D')))).toBe(
      '2 &#42; 3 &#60;b> snake_case 3&#126;5 &#91;x] a:b R&D',
    )
    expect(shown(para(text('1. no list'), { kind: 'break' }, text('# no heading')))).toBe(
      '1&#46; no list  \n&#35; no heading',
    )
    expect(shown(para(text(':OK: &amp; \\frac{1} \\*')))).toBe('&#58;OK: &#38;amp; \\frac{1} &#92;&#42;')
  })

  test('emphasis ends where its marks count, also in front of Chinese words', () => {
    expect(shown(para(bold(text('注意：')), text('请看')))).toBe('**注意**：请看')
    expect(shown(para(bold(text(' a ')), text('b')))).toBe('**a** b')
    expect(shown(para(bold(text('a')), { kind: 'italic', spans: [text('b')] }))).toBe('**a**\u200b*b*')
    expect(shown(para(bold({ kind: 'italic', spans: [text('a')] })))).toBe('***a***')
    expect(shown(para(text('字'), bold({ kind: 'code', text: 'x' }), text('字')))).toBe('字`x`字')
  })

  test('lists nest by four blanks; code in them stands at the first column', () => {
    const body = shown(
      list(
        [
          [para(text('one')), list([[para(text('in'))]])],
          [para(text('two')), { kind: 'code', language: 'js', text: 'x\n  y' }, para(text('on'))],
          [para(text('three'))],
        ],
        true,
      ),
    )
    expect(body).toBe('1. one\n    - in\n2. two\n\n```js\nx\n  y\n```\n\non\n3. three')
  })

  test('tasks, quotes and rules', () => {
    const tasks: Block = {
      kind: 'list',
      ordered: false,
      start: 1,
      tight: true,
      items: [
        { checked: true, blocks: [para(text('done'))] },
        { checked: false, blocks: [para(text('open'))] },
      ],
    }
    expect(shown(tasks)).toBe('- ☑ done\n- ☐ open')
    const quote: Block = {
      kind: 'quote',
      blocks: [para(text('a')), { kind: 'quote', blocks: [para(text('b'))] }],
    }
    expect(shown(quote, { kind: 'rule' })).toBe('> a\n>\n> b\n\n---')
  })

  test('tables stand as they are; the sixth is too much for one card', () => {
    const table: Block = {
      kind: 'table',
      align: ['left', 'right'],
      head: [[text('a|b')], [text('n')]],
      rows: [[[text('---')], [bold(text('10'))]]],
    }
    expect(shown(table)).toBe('| a&#124;b | n |\n| :--- | ---: |\n| &#45;-- | **10** |')
    expect(renderer.fill(renderer.render(Array.from({ length: 5 }, () => ({ ...table }))))).toBe(1)
    expect(renderer.fill(renderer.render(Array.from({ length: 6 }, () => ({ ...table }))))).toBeGreaterThan(1)
  })

  test('a link Feishu would not follow is written out, and an image is one unless its key is ours', () => {
    const link = (url: string): Block => para({ kind: 'link', url, spans: [text('here')] })
    expect(shown(link('https://a.b/x(1)?c=d'))).toBe('[here](https://a.b/x%281%29?c=d)')
    expect(shown(link('guide.md'))).toBe('here (guide.md)')
    const image = (url: string): Block => para({ kind: 'image', url, alt: 'cat' })
    expect(shown(image('https://a.b/cat.png'))).toBe('[cat](https://a.b/cat.png)')
    expect(shown(image('img_v3_x'))).toBe('🖼 cat')
    const own = createRenderer()
    own.images.add('img_v3_x')
    const linked: Span = {
      kind: 'link',
      url: 'https://a.b',
      spans: [{ kind: 'image', url: 'img_v3_x', alt: 'cat' }],
    }
    expect(markdownOf(own.render([para(linked)]))).toBe('![cat](img_v3_x)[cat](https://a.b)')
    const drawn = image('img_v3_x')
    expect(markdownOf(own.render([drawn]))).toBe('![cat](img_v3_x)')
    own.refuse(['img_v3_x'])
    expect(markdownOf(own.render([drawn, para(linked)]))).toBe('🖼 cat\n\n🖼 [cat](https://a.b)')
  })

  test('nobody is rung by an answer', () => {
    expect(shown(para(text('<at id=all></at>')))).toBe('&#60;at id=all>&#60;/at>')
    expect(shown({ kind: 'code', text: '<at id=all></at>' })).toBe('```\n<\u2060at id=all><\u2060/at>\n```')
  })

  test('the summary is the first words, on one line', () => {
    const body = renderer.render([
      para(text('One')),
      list([[para(text('two'))]]),
      para(text('字'.repeat(100))),
    ])
    expect(body).toMatchObject({ summary: `One • two ${'字'.repeat(50)}…` })
    expect(renderer.isEmpty(renderer.render([para(text('\u200b '))]))).toBe(true)
    expect(renderer.isEmpty(renderer.plain(' \n'))).toBe(true)
  })

  test('a card holds a number of pictures, the rest begins the next one', () => {
    const own = createRenderer()
    own.images.add('img_v3_x')
    const picture = (): Block => para({ kind: 'image', url: 'img_v3_x', alt: '' })
    const fillOf = (length: number): number => own.fill(own.render(Array.from({ length }, picture)))
    expect(fillOf(150)).toBe(1)
    expect(fillOf(151)).toBeGreaterThan(1)
  })
})
