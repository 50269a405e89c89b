// Can words of a model ring or deceive anybody?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../src/markdown/parse.ts'
import { blockTrees } from '../../test/support/block-arbitrary.ts'
import { ringNobody, showsAnotherAddress } from './harmless.ts'
import { createRenderer } from './render.ts'

const loud = createRenderer()
const quiet = createRenderer({ ringsNobody: true })
const JOINER = '\u2060'
/** What the server reads as a name. */
const NAME = /(?<![\p{L}\p{N}_])@[A-Za-z\d_]{2}/gu
const ADDRESS = /https?:\/\/\S+/g
const blank = (text: string): string => ' '.repeat(text.length)

const blocks = blockTrees(
  fc.oneof(
    fc.constantFrom('@ann', '@', 'ann', 'a@b.example', '(@bo)', '_', ' '),
    fc.string({ maxLength: 6 }),
  ),
)

/** Made before the tests: fast-check takes seconds to lay out all of Unicode on a busy machine. */
const anything = fc.string({ unit: 'binary' })

test('no name is left outside of code, and nothing else changes', () => {
  fc.assert(
    fc.property(blocks, (given) => {
      const before = loud.render(given)
      const after = quiet.render(given)
      expect(after.text.replaceAll(JOINER, '')).toBe(before.text.replaceAll(JOINER, ''))
      const code = after.entities.filter(({ type }) => type === 'code' || type === 'pre')
      const names = [...after.text.replace(ADDRESS, blank).matchAll(NAME)]
      for (const { index } of names) {
        expect(code.some(({ offset, length }) => index >= offset && index < offset + length)).toBe(true)
      }
    }),
  )
})

test('entities still cover the same words', () => {
  fc.assert(
    fc.property(blocks, (given) => {
      const covered = ({ text, entities }: ReturnType<typeof loud.render>): readonly string[] =>
        entities.map(({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`)
      expect(covered(quiet.render(given)).map((words) => words.replaceAll(JOINER, ''))).toEqual(
        covered(loud.render(given)),
      )
    }),
  )
})

test('a name that is put together by its markup rings nobody either', () => {
  expect(quiet.render(parse('@**ann** and @_bob_')).text).toBe(`@${JOINER}ann and @${JOINER}bob`)
})

test('letters with an @ in them stay what they are', () => {
  for (const text of ['ann@mail.example', 'https://medium.example/@ann/post', 'five @ noon', '邮箱@名字']) {
    expect(ringNobody(text)).toBe(text)
  }
  expect(ringNobody('（@ann）')).toBe(`（@${JOINER}ann）`)
})

test.each([
  ['bank.example', 'https://evil.example/bank.example', true],
  ['https://bank.example/login', 'https://evil.example', true],
  ['see bank.example', 'https://bank.example.evil.example', true],
  ['@support', 'https://t.me/evil', true],
  ['@support', 'https://t.me/support', false],
  ['bank.example', 'https://www.bank.example/x', false],
  ['www.bank.example', 'https://bank.example', false],
  ['bank.example', 'https://docs.bank.example', false],
  ['BANK.example', 'https://bank.example', false],
  ['README.md', 'https://code.example/blob/main/README.md', false],
  ['README.md', 'https://code.example/other', true],
  ['the docs', 'https://docs.example', false],
  ['例子.example', 'https://xn--fsqu00a.example', false],
])('words %s over %s show another address: %s', (text, url, shown) => {
  expect(showsAnotherAddress(text, url)).toBe(shown)
})

test('looking for an address is total, and quick on long words', () => {
  fc.assert(
    fc.property(anything, fc.webUrl(), (text, url) => {
      expect(typeof showsAnotherAddress(text, url)).toBe('boolean')
    }),
  )
  expect(showsAnotherAddress('a'.repeat(200_000), 'https://x.example')).toBe(false)
  expect(showsAnotherAddress('a-'.repeat(100_000), 'https://x.example')).toBe(false)
})

test('an address inside the app is shown and does nothing', () => {
  const { text, entities } = loud.render(parse('[hi](tg://user?id=42)'))
  expect(text).toBe('hi (tg://user?id=42)')
  expect(entities).toEqual([{ type: 'code', offset: 4, length: 15 }])
})
