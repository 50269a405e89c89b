// Is a secret found however it is written, also when it comes in pieces, and is nothing else touched or kept waiting?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScrubber, scrubStream } from './scrub.ts'
import type { Scrub } from './scrub.ts'

const SECRETS = [
  'pat_8Xk2.mQ-7vB4nR1tY6wZ0',
  '123456:AAF-very_secret-token_of_a_bot',
  'p@ss w/ord"%\\&=+',
  '密码🔑secret',
  'sec',
  'secret-secret',
]
const scrub = createScrubber(SECRETS)

function inPieces(filter: Scrub, pieces: readonly string[]): string {
  const stream = scrubStream(filter)
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end()
}

const secret = fc.constantFrom(...SECRETS.filter((text) => text.length > 3))
const writing = fc.constantFrom<(text: string) => string>(
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(text).replaceAll(/%../g, (hex) => hex.toLowerCase()),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  encodeURI,
  (text) => new URLSearchParams({ key: text }).toString().slice(4),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  (text) => text.replaceAll('/', '\\/'),
  (text) => text.replaceAll(/[^\w]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text) => `redis://user:${encodeURIComponent(text)}@host:6379/0`,
)
/** Texts made of secrets, beginnings of them and anything else. */
const piece = fc.oneof(
  fc.tuple(secret, writing).map(([text, write]) => write(text)),
  fc.tuple(secret, writing, fc.nat(60)).map(([text, write, length]) => write(text).slice(0, length)),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('/bot', '/bot42:', '/BOT7%3a', 'abc-DEF_1', '%', '\\', '/', 'p'),
)
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))

test('finds a secret however it is written', () => {
  fc.assert(
    fc.property(secret, writing, (value, write) => {
      expect(scrub(`x ${write(value)} y`)).toMatch(/^x (redis:\/\/user:)?\[secret\](@host:6379\/0)? y$/)
    }),
  )
})

test('finds a secret behind Basic, whatever stands before and after it', () => {
  fc.assert(
    fc.property(secret, fc.string(), fc.string({ maxLength: 3 }), (value, before, after) => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const shown = scrub(Buffer.from(`${before}:${value}${after}`).toString(encoding))
        expect(shown).toContain('[secret]')
        expect(shown.replace('[secret]', '').length).toBeLessThan(Buffer.from(before + after).length * 2 + 16)
      }
    }),
  )
})

test('what comes in pieces is what the whole would be', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 12 }), (whole, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
      const pieces = at.slice(1).map((end, i) => whole.slice(at[i], end))
      expect(inPieces(scrub, pieces)).toBe(scrub(whole))
      expect(inPieces(scrub, whole.split(''))).toBe(scrub(whole))
    }),
    { numRuns: 500 },
  )
})

test('holds nothing back but what may be the beginning of a secret', () => {
  const longest = 6 * Math.max(...SECRETS.map((one) => encodeURIComponent(one).length))
  fc.assert(
    fc.property(text, (whole) => {
      const stream = scrubStream(scrub)
      const held = scrub(whole).length - stream.push(whole).length
      expect(held).toBeLessThanOrEqual(longest)
    }),
  )
  const stream = scrubStream(scrub)
  expect(stream.push('Nothing here begins like one.')).toBe('Nothing here begins like one.')
  expect(stream.push('my pat')).toBe('my ')
  expect(stream.push('h goes on')).toBe('path goes on')
  expect([stream.push('pat_8Xk2.mQ-7vB4'), stream.push('nR1tY6wZ0!')]).toEqual(['', '[secret]!'])
})

test('text without a secret stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (any) => {
      fc.pre(!/secret|\/bot\d/i.test(any))
      expect(scrub(any)).toBe(any)
    }),
  )
  expect(createScrubber([])('sec')).toBe('sec')
  expect(scrub('sec')).toBe('sec')
})

test('a longer secret leaves no rest behind a shorter one', () => {
  const both = createScrubber(['abcd', 'abcdefgh'])
  expect(both('abcdefgh abcde')).toBe('[secret] [secret]e')
  expect(inPieces(both, ['abcd', 'efgh', ' abcd', 'e'])).toBe('[secret] [secret]e')
})

test('a key in PEM form is found line by line, its short last line behind the one before it', () => {
  const [a, b] = ['A', 'b'].map((c) => `M${c.repeat(63)}`)
  const key = `-----BEGIN PRIVATE KEY-----\n${a}\n${b}\nxY3=\n-----END PRIVATE KEY-----\n`
  const scrubKey = createScrubber([key])
  for (const shown of [key, JSON.stringify(key), key.replaceAll('\n', ' '), encodeURIComponent(key)]) {
    const clean = scrubKey(shown)
    expect(clean).not.toContain('AAAA')
    expect(clean).not.toContain('bbbb')
    expect(clean).not.toContain('xY3')
    expect(inPieces(scrubKey, shown.split(''))).toBe(clean)
  }
})

test('a bot token that is nowhere configured is masked in an address', () => {
  expect(scrub('GET https://api.telegram.org/bot99%3Azz_Z/getMe')).toBe(
    'GET https://api.telegram.org/bot[secret]/getMe',
  )
})

test('a long text without secrets is not slow', () => {
  const long = `${'p'.repeat(20_000)}${'/bot1'.repeat(20_000)}${'%25'.repeat(20_000)}`
  expect(scrub(long)).toBe(long)
})
