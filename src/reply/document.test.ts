// The laws of the reply document, over renderers that show plain text.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlainRenderer } from '../../test/support/plain-renderer.ts'
import { answers, chunkSizes, hostile } from '../../test/support/markdown-arbitrary.ts'
import { expectLaws, expectWhole, stream, textParts } from '../../test/support/reply-laws.ts'
import { createReplyDocument } from './document.ts'

const small = createPlainRenderer(200)
const large = createPlainRenderer(4_096)
const few = createPlainRenderer(600, 8)

test('an answer is cut in the same fitting places however it comes, and again after a restart', () => {
  expectLaws(small, answers, chunkSizes, 25)
  expectLaws(few, answers, chunkSizes, 15)
  expectLaws(large, answers, chunkSizes, 15)
}, 30_000)

test('hostile text is cut in the same fitting places however it comes', () => {
  expectLaws(small, hostile, chunkSizes, 40)
  expectLaws(few, hostile, chunkSizes, 20)
}, 30_000)

test('loses no letter of the reply', () => {
  fc.assert(
    fc.property(answers, chunkSizes, (text, sizes) => {
      const shown = letters(
        stream(small, text, sizes)
          .map((part) => part.body.text)
          .join(''),
      )
      let at = -1
      for (const letter of letters(text)) {
        at = shown.indexOf(letter, at + 1)
        expect(at, `lost ${letter}`).not.toBe(-1)
      }
    }),
    { numRuns: 40 },
  )
}, 30_000)

test('no cut is inside a grapheme', () => {
  const family = '👩‍👩‍👧‍👦🇨🇳👍🏽'
  const text = family.repeat(300)
  const starts = new Set([...new Intl.Segmenter().segment(text)].map((each) => each.index))
  for (const part of stream(small, text, [7])) expect(starts.has(part.from)).toBe(true)
})

test('closes an open fence and opens it again with its language', () => {
  const text = `1. run:\n   ~~~~bash\n${'   echo 你好\n'.repeat(60)}   ~~~~\n2. done`
  const parts = stream(small, text, [9])
  expect(parts.length).toBeGreaterThan(2)
  for (const part of parts.slice(1, -1)) {
    expect(part.body.text.startsWith('<bash>\necho 你好')).toBe(true)
    expect(part.plain.trim().startsWith('~~~~bash')).toBe(true)
    expect(part.plain.trimEnd().endsWith('~~~~')).toBe(true)
  }
  expect(parts.at(-1)?.body.text.endsWith('2. done')).toBe(true)
})

test('repeats the head of a table cut between its rows', () => {
  const text = `| name | value |\n|---|---|\n${'| some name | some value |\n'.repeat(40)}`
  const parts = stream(small, text, [11])
  for (const part of parts) {
    expect(part.body.text.startsWith('name | value\nsome name | some value')).toBe(true)
    expect(text.slice(part.from, part.to).endsWith('|\n')).toBe(true)
  }
})

test('counts on in a numbered list, and keeps what is nested', () => {
  const text = Array.from(
    { length: 20 },
    (_, at) => `${at + 1}. item with some words\n   - inner words here`,
  ).join('\n')
  const shown = stream(small, text, [5])
    .map((part) => part.body.text)
    .join('\n')
  expect([...shown.matchAll(/^(\d+)\. /gmu)].map((match) => Number(match[1]))).toEqual(
    Array.from({ length: 20 }, (_, at) => at + 1),
  )
})

test('cuts before a heading, and never after one', () => {
  const text = `${'Words of a section. '.repeat(7)}\n\n## Next\n\n${'More words. '.repeat(10)}`
  expect(stream(small, text, [30])[1]?.plain.startsWith('## Next')).toBe(true)
})

test('cuts a long line after a sentence, outside emphasis', () => {
  const text = '这是**很重要的一句话。还有一句**话，说完了。'.repeat(30)
  for (const part of stream(small, text, [6]).slice(0, -1)) expect(part.plain.endsWith('说完了。')).toBe(true)
})

test('a part that stands is not changed by a better known text', () => {
  const document = createReplyDocument(small)
  document.append('First words. '.repeat(30))
  const [first] = textParts(document.frame().sealed)
  expect(document.replace(document.source)).toBe('same')
  expect(document.replace(`${document.source}More.`)).toBe('grown')
  expect(document.replace(`${document.source.slice(0, -5)}Less.`)).toBe('replaced')
  expect(document.replace('Something else.')).toBe('appended')
  expect(document.source.endsWith('\n\nSomething else.')).toBe(true)
  document.finish()
  const parts = [first!, ...textParts(document.frame().sealed)]
  expectWhole(small, document.source, parts.slice(0, 1).concat(parts.slice(1)))
})

test('what is shown while it grows is a prefix of the source plus closing marks', () => {
  const document = createReplyDocument(large)
  document.append('Some **bold')
  expect(document.frame().open?.body.text).toBe('Some bold')
  document.append('** and [a link](http')
  const { open } = document.frame()
  expect(open?.body.text.trim()).toBe('Some bold and')
  expect(open?.plain.trim()).toBe('Some **bold** and')
})

test('reads each character a bounded number of times', () => {
  const read = (text: string): number => {
    let chars = 0
    const document = createReplyDocument(large, undefined, { onRead: (count) => (chars += count) })
    for (let at = 0; at < text.length; at += 80) {
      document.append(text.slice(at, at + 80))
      document.frame()
    }
    document.finish()
    document.frame()
    return chars / text.length
  }
  const paragraphs = 'Some **words** of an answer, 说明。\n\n'.repeat(2_000)
  const code = `\`\`\`js\n${'const answer = 42\n'.repeat(4_000)}\`\`\`\n`
  for (const text of [paragraphs, code]) {
    expect(read(text.slice(0, 64_000)) / read(text.slice(0, 16_000))).toBeLessThan(1.3)
  }
  expect(read(paragraphs.slice(0, 64_000))).toBeLessThan(12)
})

function letters(text: string): readonly string[] {
  return [...text.matchAll(/\p{L}/gu)].map((match) => match[0])
}
