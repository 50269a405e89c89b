// Is a webhook request believed for the right reasons only, and answered 200 only when it is stored?
import { createCipheriv, createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawResponse } from '../../src/contract/platform.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { keysAsWords } from '../../test/support/words.ts'
import type { Push } from './push.ts'
import { createWebhookHandler } from './webhook.ts'

const KEY = 'test key'
const TOKEN = 'verification-token'
const EVENT = {
  schema: '2.0',
  header: { event_type: 'im.message.receive_v1', token: TOKEN },
  event: { a: '你好' },
}

interface Sent {
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
}

function setUp(settings: { encryptKey?: string; verificationToken?: string }): {
  send(sent: Sent): Promise<RawResponse>
  readonly offered: Push[]
  /** `stopped`: nobody takes events in. */
  becomes(state: 'broken' | 'stopped'): void
  readonly nowSeconds: number
} {
  const { clock } = createManualClock()
  const offered: Push[] = []
  let state: 'sound' | 'broken' | 'stopped' = 'sound'
  const handle = createWebhookHandler({
    settings: { appId: 'cli_ours', ...settings },
    clock,
    log: createQuietLogger(),
    words: keysAsWords,
    offer: () =>
      state === 'stopped'
        ? undefined
        : async (push) => {
            if (state === 'broken') throw new Error('disk')
            offered.push(push)
            return undefined
          },
  })
  return {
    send: ({ body, headers = {}, method = 'POST' }) =>
      handle({ method, headers, query: {}, body: new TextEncoder().encode(body) }),
    offered,
    becomes(next) {
      state = next
    },
    nowSeconds: Math.floor(clock.now() / 1_000),
  }
}
function encrypt(plain: string, iv = Buffer.alloc(16, 7)): string {
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(KEY).digest(), iv)
  const bytes = Buffer.concat([iv, cipher.update(plain), cipher.final()])
  return JSON.stringify({ encrypt: bytes.toString('base64') })
}
function signed(body: string, seconds: number, key = KEY): Sent {
  const signature = createHash('sha256').update(`${seconds}nonce${key}${body}`).digest('hex')
  const headers = {
    'x-lark-request-timestamp': String(seconds),
    'x-lark-request-nonce': 'nonce',
    'x-lark-signature': signature,
  }
  return { body, headers }
}

describe('in the open, with a verification token', () => {
  test('the address is proven', async () => {
    const { send } = setUp({ verificationToken: TOKEN })
    const challenge = { type: 'url_verification', token: TOKEN, challenge: 'abc' }
    expect(await send({ body: JSON.stringify(challenge) })).toMatchObject({
      status: 200,
      body: '{"challenge":"abc"}',
    })
    expect((await send({ body: JSON.stringify({ ...challenge, token: 'guess' }) })).status).toBe(401)
  })

  test('an event is offered and answered', async () => {
    const { send, offered } = setUp({ verificationToken: TOKEN })
    expect(await send({ body: JSON.stringify(EVENT) })).toMatchObject({ status: 200, body: '{}' })
    expect(offered).toMatchObject([{ type: 'im.message.receive_v1', fields: { a: '你好' } }])
  })

  test('a wrong or missing token, no JSON, and no event are refused', async () => {
    const { send, offered } = setUp({ verificationToken: TOKEN })
    expect(
      (await send({ body: JSON.stringify({ ...EVENT, header: { ...EVENT.header, token: 'guess' } }) }))
        .status,
    ).toBe(401)
    expect((await send({ body: '{}' })).status).toBe(401)
    expect((await send({ body: '{"half":' })).status).toBe(400)
    expect((await send({ body: JSON.stringify({ token: TOKEN }) })).status).toBe(400)
    expect((await send({ body: '', method: 'GET' })).status).toBe(405)
    expect(offered).toEqual([])
  })

  test('an event for another app is refused', async () => {
    const { send, offered } = setUp({ verificationToken: TOKEN })
    const forApp = (app_id: string): Sent => ({
      body: JSON.stringify({ ...EVENT, header: { ...EVENT.header, app_id } }),
    })
    expect((await send(forApp('cli_other'))).status).toBe(401)
    expect((await send(forApp('cli_ours'))).status).toBe(200)
    expect(offered).toHaveLength(1)
  })

  test('what could not be stored, and what comes before the start, is offered again', async () => {
    const { send, becomes } = setUp({ verificationToken: TOKEN })
    becomes('broken')
    expect((await send({ body: JSON.stringify(EVENT) })).status).toBe(500)
    becomes('stopped')
    expect((await send({ body: JSON.stringify(EVENT) })).status).toBe(503)
  })

  test('a press that comes after the stop is answered in words: it is not offered again', async () => {
    const { send, becomes } = setUp({ verificationToken: TOKEN })
    becomes('stopped')
    const press = { ...EVENT, header: { ...EVENT.header, event_type: 'card.action.trigger' } }
    const answer = await send({ body: JSON.stringify(press) })
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('failure.unavailable')
  })
})

describe('encrypted and signed', () => {
  test('the encryption of these tests is the documented one', () => {
    const vector = 'P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk='
    const iv = Buffer.from(vector, 'base64').subarray(0, 16)
    expect(JSON.parse(encrypt('hello world', iv))).toEqual({ encrypt: vector })
  })

  test('the address is proven without a signature', async () => {
    const { send } = setUp({ encryptKey: KEY, verificationToken: TOKEN })
    const challenge = JSON.stringify({ type: 'url_verification', token: TOKEN, challenge: 'abc' })
    expect(await send({ body: encrypt(challenge) })).toMatchObject({
      status: 200,
      body: '{"challenge":"abc"}',
    })
  })

  test('the signature is over the bytes as they came', async () => {
    const { send, nowSeconds, offered } = setUp({ encryptKey: KEY, verificationToken: TOKEN })
    const body = encrypt(JSON.stringify(EVENT)).replace(':', ' :\n ')
    expect((await send(signed(body, nowSeconds))).status).toBe(200)
    expect(offered).toHaveLength(1)
  })

  test('a wrong signature, none, an old one, and a body in the open are refused, never with 200', async () => {
    const { send, nowSeconds, offered } = setUp({ encryptKey: KEY, verificationToken: TOKEN })
    const body = encrypt(JSON.stringify(EVENT))
    const sent = [
      signed(body, nowSeconds, 'other key'),
      { body },
      signed(body, nowSeconds - 301),
      signed(body, nowSeconds + 301),
      signed(JSON.stringify(EVENT), nowSeconds),
      signed(JSON.stringify({ encrypt: 'AAAA' }), nowSeconds),
    ]
    for (const one of sent) expect((await send(one)).status).toBe(401)
    expect(offered).toEqual([])
  })

  test('one bit changed anywhere in what is signed, and nothing of it is taken', async () => {
    const { send, nowSeconds, offered } = setUp({ encryptKey: KEY, verificationToken: TOKEN })
    const { body, headers = {} } = signed(encrypt(JSON.stringify(EVENT)), nowSeconds)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('body', ...Object.keys(headers)),
        fc.nat(),
        fc.integer({ min: 0, max: 6 }),
        async (where, place, bit) => {
          const flipped =
            where === 'body'
              ? { body: flip(body, place, bit), headers }
              : { body, headers: { ...headers, [where]: flip(headers[where] ?? '', place, bit) } }
          // Of hexadecimal digits the case says nothing.
          fc.pre(
            flipped.headers['x-lark-signature']?.toLowerCase() !== headers['x-lark-signature'] ||
              flipped.body !== body ||
              where !== 'x-lark-signature',
          )
          const { status } = await send(flipped)
          expect([400, 401]).toContain(status)
        },
      ),
    )
    expect(offered).toEqual([])
  })

  test('the time that is signed has to be a number', async () => {
    const { send, offered } = setUp({ encryptKey: KEY, verificationToken: TOKEN })
    const body = encrypt(JSON.stringify(EVENT))
    for (const timestamp of ['', 'now', 'NaN', 'Infinity', '-1', '1e99']) {
      const signature = createHash('sha256').update(`${timestamp}nonce${KEY}${body}`).digest('hex')
      const headers = {
        'x-lark-request-timestamp': timestamp,
        'x-lark-request-nonce': 'nonce',
        'x-lark-signature': signature,
      }
      expect((await send({ body, headers })).status).toBe(401)
    }
    expect(offered).toEqual([])
  })
})

/** Within seven bits, so that it stays text. */
function flip(text: string, place: number, bit: number): string {
  const at = place % text.length
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1)
}
