// Does what hides or turns text go, and what languages need stay?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clean, cleanName } from './clean.ts'

const ODD = ['\r', '\n', '\r\n', '\t', '\u0000', '\u0085', '\u202e', '\u2067', '\u200f', '\ufeff', '\ufffa']
const TAGS = ['🏴', '\u{e0067}', '\u{e0062}', '\u{e0065}', '\u{e006e}', '\u{e007f}', '\u{e0020}', '\u{e0000}']
const HALVES = ['\ud83d', '\ude00', '\udb40', '\ud83c', '\udff4', '\udc67']
const text = fc
  .array(fc.oneof(fc.constantFrom(...ODD, ...TAGS, ...HALVES), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 16,
  })
  .map((parts) => parts.join(''))

test('what comes in pieces is what the whole would be, however it is cut', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (whole, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
      for (const pieces of [at.slice(1).map((end, i) => whole.slice(at[i], end)), whole.split('')]) {
        const stream = clean.stream()
        expect(pieces.map((piece) => stream.push(piece)).join('') + stream.end()).toBe(clean(whole))
      }
    }),
    { numRuns: 1_000 },
  )
})

test('twice is once, and nothing of what is taken out is left', () => {
  fc.assert(
    fc.property(text, (any) => {
      const once = clean(any)
      expect(clean(once)).toBe(once)
      expect(once.isWellFormed()).toBe(true)
      expect(once).not.toMatch(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/)
      expect(Array.from(once).filter((c) => c < ' ' && c !== '\n' && c !== '\t')).toEqual([])
    }),
  )
})

test('holds back no more than what is undecided', () => {
  const stream = clean.stream()
  expect(stream.push('a\ud83d')).toBe('a')
  expect(stream.push('\ude00b\r')).toBe('😀b')
  expect(stream.push('\nc🏴')).toBe('\nc')
  expect(stream.push('d')).toBe('🏴d')
  expect([stream.push('\ud83d'), stream.end()]).toEqual(['', '\ufffd'])
})

test.each([
  ['👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 🇨🇳 1️⃣'],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴‍☠️ 🏴'],
  ['مرحبا بالعالم\u200f, שָׁלוֹם\u200e'],
  ['é ǹ 각 किं ประเทศ'],
  ['中文，日本語（括弧）\n\ttab'],
  ['می‌خواهم'],
])('keeps what languages and emoji need: %s', (any) => {
  expect(clean(any)).toBe(any)
})

test.each([
  ['evil\u202egnp.exe', 'evilgnp.exe'],
  ['a\u2066b\u2069c', 'abc'],
  ['ig\u{e0069}\u{e0067}nore', 'ignore'],
  ['🏴\u{e0067}\u{e0062} no end', '🏴 no end'],
  ['a\r\nb\rc', 'a\nb\nc'],
  ['\u001b[31mred\u0007\u009b', '[31mred'],
  ['x\ud800y\udc00z', 'x\ufffdy\ufffdz'],
])('takes out what hides or turns: %j', (any, expected) => {
  expect(clean(any)).toBe(expected)
})

test('a name is one line', () => {
  expect(cleanName('  Eve\n\nAdmin\u202e\t:\u0000 ok ')).toBe('Eve Admin : ok')
})
