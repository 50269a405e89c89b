// Does every failure become the kind that says what to do, and no failure tell a secret?
import { describe, expect, test } from 'vitest'
import type { PlatformError } from '../../src/contract/errors.ts'
import {
  FeishuAnswerError,
  isFreshCard,
  isSequenceBehind,
  isStreamingClosed,
  redact,
  subCodeOf,
  toPlatformError,
} from './errors.ts'

function translated(
  code: number | undefined,
  facts: { status?: number; words?: string; what?: string } = {},
): PlatformError {
  const { status = 400, words = 'words', what = 'POST /open-apis/im/v1/messages' } = facts
  return toPlatformError(
    'fs',
    what,
    new FeishuAnswerError(status, { ...(code === undefined ? {} : { code }), words }),
  )
}

test.each([
  [230020, 'rate-limited', 'not-sent'],
  [99991400, 'rate-limited', 'not-sent'],
  [230011, 'gone', 'not-sent'],
  [230110, 'gone', 'not-sent'],
  [231003, 'gone', 'not-sent'],
  [200750, 'gone', 'not-sent'],
  [230002, 'denied', 'not-sent'],
  [230053, 'denied', 'not-sent'],
  [99991672, 'denied', 'not-sent'],
  [99991403, 'denied', 'not-sent'],
  [230025, 'rejected', 'not-sent'],
  [200220, 'rejected', 'not-sent'],
  [300305, 'rejected', 'not-sent'],
  [300120, 'unavailable', 'unknown'],
  [2200, 'unavailable', 'unknown'],
  [200810, 'unavailable', 'not-sent'],
  [99991201, 'unsupported', 'not-sent'],
  [234003, 'gone', 'not-sent'],
  [234004, 'rejected', 'not-sent'],
  [234038, 'rejected', 'not-sent'],
  [234043, 'unsupported', 'not-sent'],
  [234011, 'rejected', 'not-sent'],
] as const)('%i is %s', (code, kind, outcome) => {
  expect(translated(code)).toMatchObject({ kind, outcome, code })
  expect(translated(code, { status: 200 })).toMatchObject({ kind, outcome, code })
})

test.each([
  [429, 'rate-limited', 'not-sent'],
  [401, 'denied', 'not-sent'],
  [404, 'unsupported', 'not-sent'],
  [502, 'unavailable', 'unknown'],
] as const)('HTTP %i without a code is %s', (status, kind, outcome) => {
  expect(translated(undefined, { status })).toMatchObject({ kind, outcome, code: status })
})

test('a file too large is told with its limit', () => {
  const limit = (code: number, what: string) => translated(code, { what }).limitBytes
  expect(limit(234037, 'GET /open-apis/im/v1/messages/:message_id/resources/:file_key')).toBe(100 << 20)
  expect(limit(234006, 'POST /open-apis/im/v1/images')).toBe(10 << 20)
  expect(limit(234006, 'POST /open-apis/im/v1/files')).toBe(30 << 20)
  expect(limit(234011, 'POST /open-apis/im/v1/images')).toBeUndefined()
})

test('a wait that the server names is kept', () => {
  const error = new FeishuAnswerError(429, { code: 99991400, retryAfterMs: 7_000 })
  expect(toPlatformError('fs', 'POST /x', error)).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7_000 })
})

test('twenty edits are too many to edit, but say something else of a reply', () => {
  expect(translated(230072, { what: 'PUT /open-apis/im/v1/messages/:id' }).kind).toBe('gone')
  expect(translated(230072).kind).toBe('rejected')
})

describe('what a card surface asks', () => {
  test('streaming over, sequence behind', () => {
    expect([300309, 200850, 300317].map((code) => isStreamingClosed(translated(code)))).toEqual([
      true,
      true,
      false,
    ])
    expect([300309, 300317].map((code) => isSequenceBehind(translated(code)))).toEqual([false, true])
  })

  test('a card made a moment ago is tried again, a card with too many tables is not', () => {
    const words = (text: string): string =>
      `Failed to create card content, ext=ErrCode: 11310; ErrMsg: ${text}; ErrorValue: x;`
    const fresh = translated(230099, { words: words('cardid is invalid') })
    const full = translated(230099, { words: words('card table number over limit') })
    expect([isFreshCard(fresh), isFreshCard(full)]).toEqual([true, false])
    expect([fresh, full]).toMatchObject([{ kind: 'unavailable', outcome: 'not-sent' }, { kind: 'rejected' }])
    expect(subCodeOf(full)).toBe(11310)
  })
})

test('our own abort is a cancelling, a refused connection surely sent nothing', () => {
  expect(toPlatformError('fs', 'GET /x', new Error('aborted'), AbortSignal.abort())).toMatchObject({
    kind: 'cancelled',
  })
  const refused = new TypeError('fetch failed', {
    cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
  })
  expect(toPlatformError('fs', 'GET /x', refused)).toMatchObject({ kind: 'unavailable', outcome: 'not-sent' })
  expect(toPlatformError('fs', 'GET /x', new TypeError('fetch failed'))).toMatchObject({ outcome: 'unknown' })
})

test.each([
  'wss://x/ws?device_id=123&access_key=s3cret0&service_id=1&ticket=s3cret1',
  '{"app_id":"cli_1","app_secret":"s3cret"}',
  'AppSecret=s3cret',
  'Authorization: Bearer s3cret-token',
  'token t-g1044ghs3cret was refused',
])('no secret is told: %s', (text) => {
  expect(redact(text)).not.toContain('s3cret')
})
