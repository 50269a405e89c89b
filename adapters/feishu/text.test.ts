// Does Markdown become words a person can read, and no more of them than fit?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../src/markdown/parse.ts'
import { createTextRenderer, textContent } from './text.ts'

const renderer = createTextRenderer()
const words = (source: string): string => {
  const body = renderer.render(parse(source))
  return body.kind === 'text' ? body.text : ''
}

test('lists, tasks, quotes, code and tables', () => {
  expect(words('1. one\n   - in\n2. two\n   ```\n   x\n   ```')).toBe('1. one\n  • in\n2. two\n  x')
  expect(words('- [x] done\n- [ ] open')).toBe('☑ done\n☐ open')
  expect(words('> a\n>> b')).toBe('│ a\n\n│ b')
  expect(words('a | b\n--|--\n1 | 2')).toBe('a | b\n--+--\n1 | 2')
  expect(words('[a](https://b.c/) ![d](https://e.f/) https://g.h/')).toBe(
    'a (https://b.c/) d (https://e.f/) https://g.h/',
  )
})

test('source below the sure length fits, however dense its markup', () => {
  const dense = fc.constantFrom(
    ...[
      '*a*',
      '`a`',
      '# ',
      '> ',
      '>',
      '- ',
      '1. ',
      '- - - - ',
      '> > > > ',
      '\n',
      '\n\n',
      '---\n',
      '    ',
      '\t',
    ],
    ...['x', '[a](b)', '~~~\n', '<a:b>', '"', '字', '\0', '\\', 'b\n'],
  )
  const patterns = fc.array(dense, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(patterns, patterns, (head, pattern) => {
      const source = (head + pattern.repeat(renderer.surelyFitsChars)).slice(0, renderer.surelyFitsChars)
      expect(renderer.fill(renderer.render(parse(source)))).toBeLessThanOrEqual(1)
    }),
    { numRuns: 500 },
  )
})

test('a text message rings nobody', () => {
  expect(JSON.parse(textContent('<at user_id="all"></at> <atlas>'))).toEqual({
    text: '<\u2060at user_id="all"><\u2060/at> <atlas>',
  })
})
