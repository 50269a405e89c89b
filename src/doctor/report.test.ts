import { expect, test } from 'vitest'
import { asJsonLines, asReport, summary } from './report.ts'
import { exitCodeOf, type Told } from './told.ts'

const told: readonly Told[] = [
  { about: 'coze', verdict: 'ok', subject: 'Coze token', reason: 'is taken' },
  { about: 'sales', verdict: 'fault', subject: 'sales token', reason: 'is refused', remedy: 'Make another.' },
  { about: 'coze', verdict: 'note', subject: 'Coze login', reason: 'ends some day' },
  { about: 'machine', verdict: 'warning', subject: 'disk', reason: 'is nearly full', remedy: 'Make room.' },
]

test('groups by what it is about, names each subject once, and sums up in the last line', () => {
  expect(asReport(told, { colour: false, beside: { sales: 'telegram' } })).toBe(`Coze
  ✓ token: is taken
  · login: ends some day

sales  telegram
  ✗ token: is refused
      → Make another.

This machine
  ! disk: is nearly full
      → Make room.

1 fault, 1 warning, 1 note, 1 thing is fine.
`)
})

test('colours are there only when asked for, and change no word', () => {
  const coloured = asReport(told, { colour: true })
  expect(coloured).toContain('\u001b[31m✗\u001b[0m')
  const [, ...rest] = `m${coloured}`.split('\u001b[')
  const plain = rest.map((piece) => piece.replace(/^\d+m/, '')).join('')
  expect(plain).toBe(asReport(told, { colour: false }))
})

test('a script gets one whole object a line', () => {
  const lines = asJsonLines(told).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(told)
  expect(asJsonLines([])).toBe('')
})

test('where nothing is wrong, that is the first word', () => {
  expect(summary(told.filter(({ verdict }) => verdict === 'ok'))).toBe('Nothing is wrong, 1 thing is fine.')
})

test.each([
  ['ok', 0, 0],
  ['note', 0, 0],
  ['warning', 0, 1],
  ['fault', 1, 1],
] as const)('a %s alone exits %d, and %d where warnings count', (verdict, code, strict) => {
  const one = [{ verdict, subject: 'x', reason: 'y' }]
  expect([exitCodeOf(one, false), exitCodeOf(one, true)]).toEqual([code, strict])
})
