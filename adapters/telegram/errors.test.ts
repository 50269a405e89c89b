// Is each failure of the Bot API named for its remedy, and no token told?
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { PlatformError } from '../../src/contract/errors.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { callAs, createBotApi } from './api.ts'

const TOKEN = '123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr'

async function failureWith(fetch: Fetch, signal = new AbortController().signal): Promise<PlatformError> {
  const api = createBotApi(TOKEN, 'http://api.test', fetch)
  const call = callAs('tg', api, 'sendMessage', { chat_id: 1, text: 'x' }, signal)
  return call.then(
    () => Promise.reject(new Error('it should fail')),
    (error: unknown) => error as PlatformError,
  )
}
function answering(status: number, body: unknown): Fetch {
  return async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
}
function refusal(code: number, description: string, parameters?: object): Fetch {
  return answering(code, { ok: false, error_code: code, description, parameters })
}

test.each([
  [
    refusal(429, 'Too Many Requests', { retry_after: 7 }),
    { kind: 'rate-limited', retryAfterMs: 7_000, outcome: 'not-sent' },
  ],
  [refusal(400, "Bad Request: can't parse entities"), { kind: 'rejected' }],
  [refusal(400, 'Bad Request: message to edit not found'), { kind: 'gone' }],
  [refusal(400, 'Bad Request: message thread not found'), { kind: 'gone' }],
  [refusal(400, 'upgraded', { migrate_to_chat_id: -1001 }), { kind: 'gone', movedTo: '-1001' }],
  [refusal(400, 'Bad Request: chat not found'), { kind: 'denied' }],
  [refusal(400, 'Bad Request: not enough rights to send text messages to the chat'), { kind: 'denied' }],
  [refusal(400, 'Bad Request: not enough rights to send photos to the chat'), { kind: 'rejected' }],
  [refusal(400, 'Bad Request: VOICE_MESSAGES_FORBIDDEN'), { kind: 'rejected' }],
  [refusal(400, 'Bad Request: PHOTO_INVALID_DIMENSIONS'), { kind: 'rejected' }],
  [refusal(400, 'Bad Request: IMAGE_PROCESS_FAILED'), { kind: 'rejected' }],
  [refusal(413, 'Request Entity Too Large'), { kind: 'rejected', code: 413 }],
  [
    refusal(400, 'Bad Request: wrong file_id or the file is temporarily unavailable'),
    { kind: 'gone', outcome: 'not-sent' },
  ],
  [refusal(403, 'Forbidden: bot was blocked by the user'), { kind: 'denied' }],
  [refusal(401, 'Unauthorized'), { kind: 'denied', code: 401 }],
  [refusal(404, 'Not Found: method not found'), { kind: 'unsupported' }],
  [refusal(421, 'Misdirected Request'), { kind: 'unavailable', outcome: 'not-sent' }],
  [refusal(500, 'Internal Server Error'), { kind: 'unavailable', outcome: 'unknown' }],
  [answering(502, '<html>Bad Gateway</html>'), { kind: 'unavailable', outcome: 'unknown', code: 502 }],
  [answering(200, 'not json'), { kind: 'unavailable', outcome: 'unknown' }],
  [answering(500, { message: 'no such route' }), { kind: 'unavailable', outcome: 'unknown', code: 500 }],
] as const)('%# is %o', async (fetch, expected) => {
  expect(await failureWith(fetch)).toMatchObject(expected)
})

test.each([
  ['ECONNREFUSED', 'not-sent'],
  ['ENOTFOUND', 'not-sent'],
  ['ECONNRESET', 'unknown'],
  ['UND_ERR_SOCKET', 'unknown'],
] as const)('a connection that fails with %s was %s', async (code, outcome) => {
  const cause = Object.assign(new Error(`connect to http://api.test/bot${TOKEN}/sendMessage`), { code })
  const failure = await failureWith(async () => {
    throw new TypeError(`fetch failed: /bot${TOKEN}/sendMessage`, { cause })
  })
  expect(failure).toMatchObject({ kind: 'unavailable', outcome, code })
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(TOKEN.slice(7))
})

test('a token in a description is not told either', async () => {
  const failure = await failureWith(refusal(400, `no file at /file/bot${TOKEN}/x, token ${TOKEN}`))
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(TOKEN.slice(7))
})

test('a call that we ended is cancelled', async () => {
  const stop = new AbortController()
  const fetch: Fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      stop.abort()
    })
  expect(await failureWith(fetch, stop.signal)).toMatchObject({ kind: 'cancelled', outcome: 'unknown' })
})
