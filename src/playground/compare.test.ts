// The playground's verdict must not be easy to please: what is missing, moved or doubled is noticed.

import { expect, test } from 'vitest'
import { longAnswer } from '../emulators/coze/index.ts'
import { isWholeAnswer } from './compare.ts'

const answer = `# Title

Some **bold** text, see [the docs](https://example.com/a?b=c).

| name | value |
|---|---:|
| one | 1 |

\`\`\`ts
const a = 1
\`\`\`
重要：请注意 👩‍🚀`

const shown = `Title

Some bold text, see the docs.

name | value
-----+------
one  |     1

const a = 1

重要：请注意 👩‍🚀`

test('markup may look different, the words may not', () => {
  expect(isWholeAnswer(answer, [shown])).toEqual({ whole: true })
})

test('an answer over several messages is whole, also where a table repeats its head', () => {
  const [first = '', second = ''] = shown.split('one  |')
  expect(isWholeAnswer(answer, [first, `name | value\none  |${second}`])).toEqual({ whole: true })
})

test('a missing line is named', () => {
  expect(isWholeAnswer(answer, [shown.replace('const a = 1\n', '')])).toMatchObject({
    whole: false,
    because: expect.stringContaining('const a = 1') as string,
  })
})

test('lines in another order are not the answer', () => {
  const lines = shown.split('\n')
  expect(isWholeAnswer(answer, [[...lines].reverse().join('\n')])).toMatchObject({ whole: false })
})

test('an answer that stands twice is not the answer', () => {
  const long = longAnswer(4_000)
  expect(isWholeAnswer(long, [long])).toEqual({ whole: true })
  expect(isWholeAnswer(long, [long, long])).toMatchObject({ whole: false })
})

test('the last half line cut off is noticed', () => {
  const long = longAnswer(900)
  expect(isWholeAnswer(long, [long.trimEnd().slice(0, -8)])).toMatchObject({ whole: false })
})

test('what a model thought stands above its answer, and is no part of it', () => {
  const thought = 'I think it over. '.repeat(60)
  expect(isWholeAnswer('Yes.', [`${thought}\n\nYes.`])).toEqual({ whole: true })
  expect(isWholeAnswer('Yes.', [`${thought}${thought}\n\nYes.`])).toMatchObject({ whole: false })
  const long = 'A line that says something else each time. '.repeat(40)
  expect(isWholeAnswer(long, [`${thought}\n\n${long}\n\n${long}`])).toMatchObject({ whole: false })
})
