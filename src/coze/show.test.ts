import fc from 'fast-check'
import { expect, test } from 'vitest'
import { showOutput } from './show.ts'

const value = {
  title: 'Weather',
  n: 3,
  yes: true,
  nothing: null,
  empty: '',
  items: [{ name: 'a' }, { name: 'b' }],
  tags: ['x', 'y'],
  inner: '{"deep":{"er":"text"}}',
  'a key': 'k',
  城市: 'Oslo',
  image: 'https://s.coze.cn/t/cat.png',
}

test.each([
  ['# {title}', '# Weather'],
  ['{items.0.name}{items[1].name}', 'ab'],
  ['{n} {yes} {a key} {城市}', '3 true k Oslo'],
  ['{{title}}', 'Weather'],
  ['{ title }', 'Weather'],
  ['[{nothing}{empty}{missing}{items.9.name}{title.x}{items.-1}{tags.length}]', '[]'],
  ['{inner.deep.er}', 'text'],
  ['Tags: {tags}', 'Tags: x, y'],
  ['Items: {items}', 'Items: [{"name":"a"},{"name":"b"}]'],
  ['{tags}', '- x\n- y'],
  ['![]({image})', '![](https://s.coze.cn/t/cat.png)'],
  ['{image}', '![cat.png](https://s.coze.cn/t/cat.png)'],
  ['See {image} here', 'See https://s.coze.cn/t/cat.png here'],
  ['{"a": 1} {} {a.} { } {a\nb}', '{"a": 1} {} {a.} { } {a\nb}'],
  ['$& $1 {title}', '$& $1 Weather'],
  ['{constructor}{__proto__}{items.constructor}{toString}', ''],
])('the template %j', (template, text) => {
  expect(showOutput(template, value)).toBe(text)
})

test('the whole is a dot: a text as it is, anything else as Markdown', () => {
  expect(showOutput('{.}', 'words')).toBe('words')
  expect(showOutput('{.}', { city: 'Oslo', days: [1, 2], more: { a: 'x\ny' } })).toBe(
    '- **city**: Oslo\n- **days**:\n  - 1\n  - 2\n- **more**:\n  - **a**: x\n    y',
  )
  expect(showOutput('it is {.}', { a: 1 })).toBe('it is {"a":1}')
})

test('like objects become a table, in which no cell breaks out', () => {
  const rows = [
    { name: 'a|b', n: 1 },
    { name: 'c', n: null },
    { n: 2, more: false },
  ]
  expect(showOutput('{.}', rows)).toBe(
    '| name | n | more |\n| --- | --- | --- |\n| a\\|b | 1 |  |\n| c |  |  |\n|  | 2 | false |',
  )
  expect(showOutput('{.}', [{ a: 1, b: 2 }])).toBe('- **a**: 1, **b**: 2')
  expect(
    showOutput('{.}', [
      { a: 1, b: 'x\ny' },
      { a: 2, b: 'z' },
    ]),
  ).not.toContain('|')
})

test('a picture is shown in a list, and linked in a table', () => {
  const { image } = value
  expect(showOutput('{.}', { image })).toBe(`- **image**: ![cat.png](${image})`)
  const rows = [
    { name: 'a', image },
    { name: 'b', image: 'https://s.coze.cn/t/b.pdf' },
  ]
  expect(showOutput('{.}', rows)).toBe(
    `| name | image |\n| --- | --- |\n| a | [cat.png](${image}) |\n| b | [b.pdf](https://s.coze.cn/t/b.pdf) |`,
  )
})

test('what lies too deep is JSON, however deep it is', () => {
  let deep: unknown = 'x'
  for (let i = 0; i < 50_000; i += 1) deep = [deep]
  expect(showOutput('{.}', deep)).toContain('`')
  expect(showOutput('a {.}', deep)).toBeTypeOf('string')
})

test('any template and any value give a text; without gaps it is the template', () => {
  const template = fc.oneof(
    fc.string(),
    fc
      .array(fc.oneof(fc.constantFrom('{', '}', '{{', '}}', '{.}', '{a}', '{a.0}', '\n', '.'), fc.string()))
      .map((all) => all.join('')),
  )
  fc.assert(
    fc.property(template, fc.jsonValue(), (text, any) => {
      expect(showOutput(text, any)).toBeTypeOf('string')
      const bare = text.replaceAll('{', '')
      expect(showOutput(bare, any)).toBe(bare)
    }),
  )
})

test('a text at any path is found there, character by character', () => {
  const key = fc.stringMatching(/^[a-z_]{1,8}$/)
  fc.assert(
    fc.property(
      fc.array(fc.oneof(key, fc.nat(3)), { minLength: 1, maxLength: 6 }),
      fc.string(),
      (path, text) => {
        const whole = path.reduceRight<unknown>(
          (inner, step) =>
            typeof step === 'number' ? Array.from({ length: step + 1 }, () => inner) : { [step]: inner },
          text,
        )
        expect(showOutput(`<{${path.join('.')}}>`, whole)).toBe(`<${text}>`)
      },
    ),
  )
})
