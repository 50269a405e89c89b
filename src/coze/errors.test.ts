import { expect, test } from 'vitest'
import { AssistantError } from '../contract/errors.ts'
import { KNOWN_CODES, ruleOf } from './codes.ts'
import { failureOf, readErrorBody, refusalToFailure, scrub, transportFailure } from './errors.ts'

const what = 'POST /v3/chat'
const live = new AbortController().signal

test.each([
  [4000, 'rejected'],
  [4002, 'gone'],
  [4008, 'quota'],
  [4010, 'too-long'],
  [4014, 'refused'],
  [4015, 'misconfigured'],
  [4016, 'occupied'],
  [4020, 'rate-limited'],
  [4028, 'quota'],
  [4101, 'denied'],
  [5000, 'unavailable'],
  [700012006, 'denied'],
] as const)('code %i with status 200 is %s', (code, kind) => {
  expect(refusalToFailure({ what, httpStatus: 200, code, msg: 'm', logid: 'L' })).toMatchObject({
    kind,
    code,
    logid: 'L',
  })
})

test('an unknown code is not retryable and keeps code, message and logid', () => {
  const failure = refusalToFailure({ what, httpStatus: 200, code: 4999, msg: 'odd', logid: 'L' })
  expect(failure).toMatchObject({ kind: 'garbled', code: 4999, logid: 'L', httpStatus: 200 })
  expect(failure.detail).toContain('odd')
  expect(ruleOf(4999)).toBeUndefined()
})

test.each([
  [5100, 'unavailable'],
  [6777, 'misconfigured'],
  [720702017, 'misconfigured'],
  [720799999, 'misconfigured'],
  [103200099, 'unavailable'],
  [777777712, 'unavailable'],
] as const)('a code of a known family, %i, is %s, and may have done something', (code, kind) => {
  expect(refusalToFailure({ what, code })).toMatchObject({ kind, outcome: 'unknown' })
})

test('a refusal keeps where its run can be looked at', () => {
  const body = { code: 720702085, msg: 'm', debug_url: 'https://debug' }
  expect(refusalToFailure({ what, ...readErrorBody(body) })).toMatchObject({ debugUrl: 'https://debug' })
})

test('every known code has a meaning', () => {
  for (const code of KNOWN_CODES) expect(ruleOf(code)?.meaning).not.toBe('')
  expect(KNOWN_CODES.length).toBeGreaterThan(50)
})

test.each([
  [401, 'denied'],
  [404, 'unsupported'],
  [413, 'rejected'],
  [429, 'rate-limited'],
  [502, 'unavailable'],
] as const)('status %i without a code is %s', (httpStatus, kind) => {
  expect(refusalToFailure({ what, httpStatus }).kind).toBe(kind)
})

test('404 with code 4000 is a path that is not there, not a wrong parameter', () => {
  expect(refusalToFailure({ what, httpStatus: 404, code: 4000 }).kind).toBe('unsupported')
  expect(refusalToFailure({ what, httpStatus: 400, code: 4000 }).kind).toBe('rejected')
})

test('reads both spellings of an error body, and OAuth errors', () => {
  expect(readErrorBody({ code: 4000, msg: 'm', detail: { logid: 'A' } })).toEqual({
    code: 4000,
    msg: 'm',
    logid: 'A',
  })
  expect(readErrorBody({ code: 1, message: 'm', error: { logid: 'B' } })).toEqual({
    code: 1,
    msg: 'm',
    logid: 'B',
  })
  expect(readErrorBody({ error_code: 'invalid_client', error_message: 'no' })).toMatchObject({
    msg: 'invalid_client: no',
  })
  expect(readErrorBody('x')).toEqual({})
})

test('no token gets into an error', () => {
  const jwt = 'eyJhbGciOi.eyJpc3Mi.c2ln'
  const failure = refusalToFailure({ what, code: 4101, msg: `bad pat_abcDEF123 and Bearer xyz9 and ${jwt}` })
  expect(failure.detail).not.toMatch(/abcDEF123|xyz9|c2ln/)
  expect(scrub('x'.repeat(10_000)).length).toBe(300)
})

test('only what happened before the connection stood is surely not sent', () => {
  const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })
  const reset = Object.assign(new Error('x'), { code: 'ECONNRESET', syscall: 'read' })
  const many = Object.assign(new AggregateError([refused, refused], 'x'), { code: 'ECONNREFUSED' })
  const tls = Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  for (const error of [refused, many, tls]) {
    expect(transportFailure(what, error, live)).toMatchObject({ kind: 'unavailable', outcome: 'not-sent' })
  }
  expect(transportFailure(what, reset, live)).toMatchObject({ kind: 'lost', outcome: 'unknown' })
})

test('what we ended ourselves is cancelled, whatever was thrown', () => {
  expect(transportFailure(what, new Error('x'), AbortSignal.abort()).kind).toBe('cancelled')
  expect(failureOf('odd', what, AbortSignal.abort()).kind).toBe('cancelled')
  const known = refusalToFailure({ what, code: 4016 })
  expect(failureOf(new AssistantError(known), what, live)).toBe(known)
})
