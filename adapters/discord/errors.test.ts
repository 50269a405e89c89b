// Is each failure of Discord's named for its remedy, and no secret told?
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { PlatformError } from '../../src/contract/errors.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { callAs, createDiscordApi, nameOf, type DiscordCall } from './api.ts'
import { isInteractionOver, redact } from './errors.ts'

const TOKEN = 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs'
const INTERACTION_TOKEN = 'aW50ZXJhY3Rpb246'.repeat(8)
const POST: DiscordCall = {
  method: 'POST',
  route: '/channels/1/messages',
  body: { content: 'what was said' },
}
const FOLLOW_UP: DiscordCall = {
  method: 'POST',
  route: `/webhooks/198622483471925248/${INTERACTION_TOKEN}`,
  body: { content: 'what was said' },
  auth: false,
}

async function failureWith(
  fetch: Fetch,
  call = POST,
  signal = new AbortController().signal,
): Promise<PlatformError> {
  const api = createDiscordApi({ token: TOKEN, apiBase: 'http://discord.test/api' }, fetch)
  return callAs('dc', api, call, signal).then(
    () => Promise.reject(new Error('it should fail')),
    (error: unknown) => error as PlatformError,
  )
}
function answering(status: number, body: unknown, headers: Record<string, string> = {}): Fetch {
  return async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}
function refusal(status: number, code: number, message = 'refused'): Fetch {
  return answering(status, { code, message })
}

test.each([
  [refusal(404, 10_008), { kind: 'gone', code: 10_008, outcome: 'not-sent' }],
  [refusal(404, 10_003), { kind: 'denied', code: 10_003 }],
  [refusal(404, 10_004), { kind: 'denied' }],
  [refusal(404, 10_015), { kind: 'gone' }],
  [refusal(404, 10_062), { kind: 'gone' }],
  [refusal(401, 50_027), { kind: 'gone' }],
  [refusal(400, 40_060), { kind: 'rejected', code: 40_060 }],
  [refusal(403, 50_001), { kind: 'denied' }],
  [refusal(403, 50_013), { kind: 'denied' }],
  [refusal(403, 50_007), { kind: 'denied' }],
  [refusal(403, 50_278), { kind: 'denied' }],
  [refusal(403, 50_005), { kind: 'gone' }],
  [refusal(400, 160_002), { kind: 'denied', code: 160_002 }],
  [refusal(400, 50_083), { kind: 'denied', code: 50_083 }],
  [refusal(400, 160_005), { kind: 'denied' }],
  [refusal(400, 50_035, 'Invalid Form Body'), { kind: 'rejected', code: 50_035 }],
  [refusal(400, 50_006), { kind: 'rejected' }],
  [refusal(400, 200_000), { kind: 'rejected' }],
  [refusal(400, 240_000), { kind: 'rejected' }],
  [refusal(413, 40_005), { kind: 'rejected' }],
  [refusal(400, 50_045), { kind: 'rejected' }],
  [refusal(401, 0, '401: Unauthorized'), { kind: 'denied', code: 401 }],
  [refusal(404, 0, '404: Not Found'), { kind: 'unsupported', code: 404 }],
  [refusal(403, 20_028), { kind: 'rate-limited' }],
  [refusal(400, 130_000), { kind: 'unavailable', outcome: 'not-sent' }],
  [refusal(503, 130_000), { kind: 'unavailable', outcome: 'unknown', code: 503 }],
  [answering(500, '<html>'), { kind: 'unavailable', outcome: 'unknown', code: 500 }],
  [answering(200, '<html>a portal</html>'), { kind: 'unavailable', outcome: 'unknown', code: 502 }],
  [answering(403, '<html>1015</html>'), { kind: 'rate-limited', budgetKey: 'dc', retryAfterMs: 60_000 }],
  [answering(403, { message: 'no code' }), { kind: 'denied', code: 403 }],
] as const)('%# is %o', async (fetch, expected) => {
  expect(await failureWith(fetch)).toMatchObject(expected)
})

test.each([
  [{ retry_after: 1.5, global: false }, {}, { retryAfterMs: 1_500, budgetKey: undefined }],
  [{ retry_after: 0.25, global: false }, { 'retry-after': '1' }, { retryAfterMs: 250, budgetKey: undefined }],
  [{ retry_after: 2, global: true }, {}, { retryAfterMs: 2_000, budgetKey: 'dc' }],
  [{ retry_after: 2 }, { 'x-ratelimit-scope': 'global' }, { retryAfterMs: 2_000, budgetKey: 'dc' }],
  [{ retry_after: 3, code: 30_046 }, {}, { retryAfterMs: 3_000, code: 30_046 }],
  [{ retry_after: 4, code: 40_003 }, {}, { retryAfterMs: 4_000, code: 40_003 }],
  [{}, { 'retry-after': '5' }, { retryAfterMs: 5_000, budgetKey: undefined }],
  [{}, { 'x-ratelimit-reset-after': '0.5' }, { retryAfterMs: 500 }],
  [{ retry_after: 'soon' }, {}, { retryAfterMs: undefined }],
  ['<html>banned</html>', { 'retry-after': '600' }, { retryAfterMs: 600_000, budgetKey: 'dc' }],
] as const)('a 429 with %o and %o is %o', async (body, headers, expected) => {
  let calls = 0
  const failure = await failureWith(async (...args) => {
    calls += 1
    return answering(429, body, headers)(...args)
  })
  expect(failure).toMatchObject({ kind: 'rate-limited', outcome: 'not-sent', ...expected })
  expect(calls).toBe(1)
})

test.each([
  ['ECONNREFUSED', 'not-sent'],
  ['ENOTFOUND', 'not-sent'],
  ['ECONNRESET', 'unknown'],
  ['UND_ERR_SOCKET', 'unknown'],
] as const)('a connection that fails with %s was %s, and is tried once', async (code, outcome) => {
  let calls = 0
  const failure = await failureWith(async (url) => {
    calls += 1
    throw Object.assign(new Error(`connect to ${url}`), { code })
  }, FOLLOW_UP)
  expect(failure).toMatchObject({ kind: 'unavailable', outcome, code })
  expect(calls).toBe(1)
})

test.each([
  ['a refusal', refusal(400, 50_035, `Invalid Form Body at /webhooks/1/${INTERACTION_TOKEN}, ${TOKEN}`)],
  ['a server’s fault', answering(500, '')],
  ['a limit', answering(429, { retry_after: 1 })],
  [
    'no connection',
    async (url: string) => {
      throw new TypeError(`fetch failed: ${url} ${TOKEN}`)
    },
  ],
] as const)('%s tells neither token nor what was said', async (_, fetch) => {
  const failure = await failureWith(fetch, FOLLOW_UP)
  const told = inspect(failure, { depth: 9, showHidden: true })
  expect(told).not.toContain(INTERACTION_TOKEN)
  expect(told).not.toContain(TOKEN)
  expect(told).not.toContain('what was said')
  expect(failure.message).toContain('POST /webhooks/:id/:token')
})

test('a call that we ended is cancelled, before it is sent and while it waits', async () => {
  expect(await failureWith(answering(200, {}), POST, AbortSignal.abort())).toMatchObject({
    kind: 'cancelled',
  })
  const stop = new AbortController()
  const fetch: Fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      stop.abort()
    })
  expect(await failureWith(fetch, POST, stop.signal)).toMatchObject({ kind: 'cancelled', outcome: 'unknown' })
})

test('an interaction is over when its token is, and not when one message is gone', async () => {
  for (const [status, code, over] of [
    [401, 50_027, true],
    [404, 10_015, true],
    [404, 10_062, true],
    [404, 10_008, false],
  ] as const) {
    expect(isInteractionOver(await failureWith(refusal(status, code), FOLLOW_UP))).toBe(over)
  }
  expect(isInteractionOver(new Error('else'))).toBe(false)
})

test('what is called is named without ids and tokens', () => {
  expect(nameOf({ method: 'PATCH', route: `/webhooks/12/${INTERACTION_TOKEN}/messages/%40original` })).toBe(
    'PATCH /webhooks/:id/:token/messages/%40original',
  )
  expect(nameOf({ method: 'POST', route: '/interactions/34/abc/callback' })).toBe(
    'POST /interactions/:id/:token/callback',
  )
  expect(redact(`at /interactions/34/abc/callback with ${TOKEN}`)).toBe(
    'at /interactions/34/<token>/callback with <token>',
  )
})
