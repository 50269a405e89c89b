import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockTrees } from '../../test/support/block-arbitrary.ts'
import { parse } from '../markdown/parse.ts'
import { toSpeech } from './read-aloud.ts'

const ALL = { maxBytes: 1_000_000, maxPieces: 1_000 }
const said = (markdown: string): string => toSpeech(parse(markdown), ALL).join('\n')
const pieces = (markdown: string, maxBytes: number, maxPieces = 100): readonly string[] =>
  toSpeech(parse(markdown), { maxBytes, maxPieces })

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'Hello there. How are you?',
    '你好。今天天气怎么样？很好！',
    'e\u0301。\u0301 a',
    '👩‍👩‍👧 x',
    'กำนี้',
    '한국어',
  ),
)
const trees = blockTrees(texts)

test('every piece fits, says something, and there are not too many', () => {
  fc.assert(
    fc.property(
      trees,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 9 }),
      (blocks, maxBytes, maxPieces) => {
        const speech = toSpeech(blocks, { maxBytes, maxPieces })
        expect(speech.length).toBeLessThanOrEqual(maxPieces)
        for (const piece of speech) {
          expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(maxBytes)
          expect(piece.trim()).toBe(piece)
          expect(piece).not.toBe('')
        }
      },
    ),
  )
})

test('the pieces hold the whole text in order, and no character is cut', () => {
  fc.assert(
    fc.property(trees, fc.integer({ min: 40, max: 200 }), (blocks, maxBytes) => {
      const [whole = ''] = toSpeech(blocks, ALL)
      const fits = (character: string): boolean => Buffer.byteLength(character) <= maxBytes
      const cut = toSpeech(blocks, { ...ALL, maxBytes }).flatMap(charactersOf)
      expect(cut).toEqual(charactersOf(whole).filter(fits))
      expect(cut.every((character) => character.isWellFormed())).toBe(true)
    }),
  )
})

test('pieces end where sentences do, in English and in Chinese', () => {
  expect(pieces('One is here. Two is longer! Is three?', 20)).toEqual([
    'One is here.',
    'Two is longer!',
    'Is three?',
  ])
  expect(pieces('One is here. Two is longer! Is three?', 27)).toEqual([
    'One is here. Two is longer!',
    'Is three?',
  ])
  expect(pieces('他说：“好。”我们走吧！去哪里？！', 25)).toEqual(['他说：“好。”', '我们走吧！', '去哪里？！'])
})

test('a sentence that is too long is cut at its commas, then between words, then between characters', () => {
  expect(pieces('first of all, some more words', 16)).toEqual(['first of all,', 'some more words'])
  expect(pieces('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  expect(pieces('今天天气，非常好', 15)).toEqual(['今天天气，', '非常好'])
  expect(pieces('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  expect(pieces('\u{20000}\u{20001}\u{20002}', 9)).toEqual(['\u{20000}\u{20001}', '\u{20002}'])
})

test('numbers are not cut at their dots', () => {
  expect(pieces('It costs 3.14 or 1,000.50 in all.', 20)).toEqual(['It costs 3.14 or', '1,000.50 in all.'])
})

test('says what it says, without its marks', () => {
  expect(said('# Title\n\nSome **bold** and *soft* `code`, ~~gone~~.')).toBe(
    'Title\nSome bold and soft code, gone.',
  )
  expect(said('> quoted\n\n- one\n- two\n\n3. three\n4. four')).toBe('quoted\none\ntwo\n3. three\n4. four')
})

test('links say their words, pictures their alt text, addresses nothing', () => {
  expect(said('See [the manual](https://a.example/m) and ![a red cat](https://b.example/c.png)!')).toBe(
    'See the manual and a red cat!',
  )
  expect(said('Look: https://a.example/x?y=1. Then go on.')).toBe('Look:. Then go on.')
  expect(said('见https://a.example/路径。好')).toContain('好')
  expect(said('https://a.example/only')).toBe('')
})

test('code blocks and rules are left out, with nothing in their place', () => {
  expect(said('Before.\n\n```js\nlet x = 1\n```\n\n---\n\nAfter.')).toBe('Before.\nAfter.')
  expect(toSpeech(parse('```\nonly code\n```'), ALL)).toEqual([])
})

test('tables go row by row', () => {
  expect(said('| Town | People |\n|---|---|\n| Ulm | 126000 |\n| Bonn | |')).toBe(
    'Town, People\nUlm, 126000\nBonn',
  )
})

test('emoji are not said, and signs alone neither', () => {
  expect(said('Hello 👋🏽! Family 👨‍👩‍👧‍👦, flag 🇨🇳, heart ❤️, key 1️⃣. Coze™ © 2026')).toBe(
    'Hello! Family, flag, heart, key. Coze™ © 2026',
  )
  expect(said('👍👍')).toBe('')
  expect(said('——……')).toBe('')
})

function charactersOf(text: string): readonly string[] {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)
  return Array.from(segments, ({ segment }) => segment).filter((segment) => segment.trim() !== '')
}
