import { expect, test } from 'vitest'
import type { Failure } from '../contract/errors.ts'
import { refusalToFailure } from './errors.ts'
import { MAX_RETRIES, holdMsOf, isLoginFailure, mayComeAgain, retryPauseMs, signOfLife } from './retry.ts'

const refusal = (facts: object): Failure => refusalToFailure({ what: 'w', ...facts })
const notReached: Failure = { kind: 'unavailable', detail: '', outcome: 'not-sent' }
const broken: Failure = { kind: 'lost', detail: '', outcome: 'unknown' }

test('a question is asked again after an honest no, at most twice, with growing pauses', () => {
  for (const facts of [
    { code: 4009 },
    { code: 4013 },
    { code: 5000 },
    { httpStatus: 429 },
    { httpStatus: 502 },
  ]) {
    const failure = refusal(facts)
    const [first, second] = [retryPauseMs(failure, 0, 'costly', 0.5), retryPauseMs(failure, 1, 'costly', 0.5)]
    expect(first).toBeGreaterThan(0)
    expect(second).toBeGreaterThan(first ?? Infinity)
    expect(retryPauseMs(failure, MAX_RETRIES, 'costly', 0.5)).toBeUndefined()
  }
})

test('a question whose outcome is unknown is never asked again by itself', () => {
  expect(retryPauseMs(broken, 0, 'costly', 0)).toBeUndefined()
  expect(retryPauseMs(refusal({ httpStatus: 504 }), 0, 'costly', 0)).toBeUndefined()
  expect(retryPauseMs(broken, 0, 'harmless', 0)).toBeGreaterThan(0)
})

test('a workflow is begun again only when it surely did not begin', () => {
  expect(retryPauseMs(notReached, 0, 'dangerous', 0)).toBeGreaterThan(0)
  expect(retryPauseMs(refusal({ httpStatus: 429 }), 0, 'dangerous', 0)).toBeGreaterThan(0)
  expect(retryPauseMs(refusal({ code: 5000 }), 0, 'dangerous', 0)).toBeUndefined()
  expect(retryPauseMs(refusal({ httpStatus: 502 }), 0, 'dangerous', 0)).toBeUndefined()
})

test('a body that can be read once is sent once', () => {
  expect(retryPauseMs(notReached, 0, 'impossible', 0)).toBeUndefined()
})

test('Retry-After is kept, unless it is longer than a caller should hang', () => {
  expect(retryPauseMs(refusal({ httpStatus: 429, retryAfterMs: 7_000 }), 0, 'costly', 0)).toBe(7_000)
  expect(retryPauseMs(refusal({ httpStatus: 429, retryAfterMs: 30_000 }), 0, 'costly', 0)).toBeUndefined()
  expect(retryPauseMs(refusal({ code: 4020 }), 0, 'costly', 0)).toBeUndefined()
})

test('what only a person can mend is not tried again', () => {
  for (const code of [4000, 4002, 4010, 4014, 4015, 4016, 4028, 4101, 4999, 6003]) {
    expect(retryPauseMs(refusal({ code }), 0, 'harmless', 0)).toBeUndefined()
  }
})

test('knows where a fresh token may help', () => {
  for (const facts of [
    { code: 4100 },
    { code: 4101 },
    { code: 700012006, httpStatus: 200 },
    { httpStatus: 401 },
  ]) {
    expect(isLoginFailure(refusal(facts))).toBe(true)
  }
  for (const facts of [{ code: 702242003 }, { httpStatus: 403 }, { code: 4015 }]) {
    expect(isLoginFailure(refusal(facts))).toBe(false)
  }
})

test('an outage of seconds is sat out by who has patience, and by nobody who may have been heard', () => {
  const away = { kind: 'unavailable', detail: 'x', outcome: 'not-sent' } as const
  expect(retryPauseMs(away, 9, 'costly', 0, 14_000)).toBeGreaterThan(0)
  expect(retryPauseMs(away, 9, 'costly', 0, 15_000)).toBeUndefined()
  expect(retryPauseMs(away, 9, 'costly', 0)).toBeUndefined()
  expect(retryPauseMs({ ...away, outcome: 'unknown' }, 9, 'costly', 0, 0)).toBeUndefined()
})

test('only what comes from the way there, and not from Coze itself, counts as nobody there', () => {
  const sign = (facts: Parameters<typeof refusal>[0]) => signOfLife(refusal(facts), 'costly')
  expect(sign({ httpStatus: 502 })).toBe('down')
  expect(sign({ httpStatus: 503, retryAfterMs: 1_000 })).toBe('down')
  expect(sign({ httpStatus: 500 })).toBe('unknown')
  expect(sign({ code: 5000 })).toBe('alive')
  expect(sign({ httpStatus: 429 })).toBe('alive')
  const broke = { kind: 'lost', detail: 'x', outcome: 'unknown' } as const
  expect([signOfLife(broke, 'costly'), signOfLife(broke, 'impossible')]).toEqual(['down', 'unknown'])
})

test('how long everybody leaves Coze alone, and who comes again by themselves', () => {
  const long = refusal({ httpStatus: 429, retryAfterMs: 30_000 })
  expect([holdMsOf(long), mayComeAgain(long)]).toEqual([30_000, true])
  const volcengine = refusal({ code: 4020 })
  expect([holdMsOf(volcengine), mayComeAgain(volcengine)]).toEqual([60_000, true])
  expect([4009, 4013, 4010].map((code) => holdMsOf(refusal({ code })))).toEqual([2_000, 1_000, 0])
  expect(mayComeAgain(refusal({ httpStatus: 502 }))).toBe(false)
  expect(mayComeAgain(refusal({ httpStatus: 503, retryAfterMs: 30_000 }))).toBe(true)
})
