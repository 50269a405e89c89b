// Which late messages are answered?
import { expect, test } from 'vitest'
import { isStale } from './stale.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test.each([
  ['fresh, right after connecting', { ageMs: 29 * MINUTE, connectedForMs: 0 }, false],
  ['old, in the burst after connecting', { ageMs: 45 * MINUTE, connectedForMs: 5_000 }, true],
  ['very old, in the burst', { ageMs: 3 * HOUR, connectedForMs: 5_000 }, true],
  ['offered again after an hour', { ageMs: HOUR + 5 * MINUTE + 16_000, connectedForMs: 5_000 }, false],
  ['offered again after six hours', { ageMs: 7 * HOUR + 5 * MINUTE + 20_000, connectedForMs: 5_000 }, false],
  ['old, on a line that stood long', { ageMs: 3 * HOUR, connectedForMs: 2 * MINUTE }, false],
  ['old, by webhook', { ageMs: 3 * HOUR }, false],
  ['older than anything offered again', { ageMs: 9 * HOUR }, true],
])('%s', (_, arrival, expected) => {
  expect(isStale(arrival)).toBe(expected)
})
