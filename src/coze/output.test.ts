import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeOutput, readOutput } from './output.ts'

test.each([
  ['{"output":"ok"}', 'ok'],
  ['{"content_type":1,"data":"ok","original_result":null,"type_for_model":2}', 'ok'],
  ['{"output":"{\\"content_type\\":1,\\"data\\":\\"ok\\"}"}', 'ok'],
  ['{"output":"ok","image":"","list":[],"more":{},"none":null}', 'ok'],
  ['{"output":5}', '5'],
  ['{"output":["a","b"]}', 'a\nb'],
  ['plain', 'plain'],
  ['"quoted"', 'quoted'],
  ['7512345678901234567', '7512345678901234567'],
  ['{"a":1,"b":"x"}', '{"a":1,"b":"x"}'],
  ['{"output":{"a":1}}', '{"output":{"a":1}}'],
  ['{"output":""}', ''],
  [undefined, ''],
  [null, ''],
  [{ output: 'ok' }, 'ok'],
])('an output is unwrapped down to the one thing in it: %j', (data, text) => {
  expect(decodeOutput(data)).toBe(text)
})

test('a template shows JSON, and leaves plain text alone', () => {
  expect(readOutput('{"title":"T","n":2}', '# {title}\n{n}').text).toBe('# T\n2')
  expect(readOutput('{"content_type":1,"data":"{\\"title\\":\\"T\\"}"}', '{title}').text).toBe('T')
  expect(readOutput('plain', '{title}').text).toBe('plain')
})

const png = 'https://s.coze.cn/t/cat.png'
test('files come as such, and stand in the text: pictures as pictures, others as links', () => {
  expect(readOutput(JSON.stringify({ output: png }))).toEqual({
    text: `![cat.png](${png})`,
    files: [{ url: png, name: 'cat.png' }],
  })
  expect(readOutput(JSON.stringify({ output: [png, png] })).files).toHaveLength(1)
  const both = readOutput(JSON.stringify({ a: 1, image: png }))
  expect(both.files).toEqual([{ url: png, name: 'cat.png' }])
  expect(both.text).toContain(`![cat.png](${png})`)
  expect(readOutput(JSON.stringify({ image: png, title: 'T' }), '{title}').files).toEqual([])
  expect(readOutput(JSON.stringify({ image: png, title: 'T' }), '{title} {image}').files).toHaveLength(1)
  expect(readOutput(png).text).toBe(`![cat.png](${png})`)
  const pdf = 'https://s.coze.cn/t/a.pdf'
  expect(readOutput(JSON.stringify({ output: pdf })).text).toBe(`[a.pdf](${pdf})`)
  expect(readOutput('see https://www.coze.cn/docs').files).toEqual([])
})

test('an output of several things with files in it reads as a list, each file once', () => {
  const pdf = 'https://s.coze.cn/t/a.pdf'
  const { text, files } = readOutput(JSON.stringify({ image: png, report: pdf, n: 3 }))
  expect(files.map(({ url }) => url)).toEqual([png, pdf])
  expect(text.split(png)).toHaveLength(2)
  expect(text.split(pdf)).toHaveLength(2)
  expect(text).toBe(`- **image**: ![cat.png](${png})\n- **report**: [a.pdf](${pdf})\n- **n**: 3`)
})

test('whatever comes is shown without complaint', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.json(), fc.string()),
      fc.option(fc.string(), { nil: undefined }),
      (data, show) => {
        expect(readOutput(data, show).text).toBeTypeOf('string')
      },
    ),
  )
})
