// Is an interaction over HTTP believed for its signature alone, for five minutes, and once?
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import type { RawRequest } from '../../src/contract/platform.ts'
import { createWebhookHandler } from './webhook.ts'

const MINUTE_MS = 60_000

function setUp() {
  const time = createManualClock()
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const interactions: unknown[] = []
  const handle = createWebhookHandler({
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
    clock: time.clock,
    log: createQuietLogger(),
    interact: () => async (interaction) => {
      interactions.push(interaction)
      return { type: 5 }
    },
  })
  const request = (
    key: KeyObject = privateKey,
    atMs = time.clock.now(),
    body = '{"type":2,"id":"1"}',
  ): RawRequest => {
    const stamp = String(Math.floor(atMs / 1_000))
    const signature = sign(null, Buffer.from(stamp + body), key).toString('hex')
    return {
      method: 'POST',
      headers: { 'x-signature-ed25519': signature, 'x-signature-timestamp': stamp },
      query: {},
      body: Buffer.from(body),
    }
  }
  return { handle, interactions, request, time }
}

test('what is signed with the key of the application is taken', async () => {
  const { handle, interactions, request } = setUp()
  expect(await handle(request())).toMatchObject({ status: 200, body: '{"type":5}' })
  expect(interactions).toHaveLength(1)
})

test.each<[string, (request: RawRequest) => RawRequest]>([
  ['a body changed by one byte', (given) => ({ ...given, body: Buffer.from('{"type":2,"id":"2"}') })],
  [
    'a body with a blank more',
    (given) => ({ ...given, body: Buffer.concat([given.body, Buffer.from(' ')]) }),
  ],
  [
    'another time than was signed',
    (given) => having(given, 'x-signature-timestamp', (stamp) => String(Number(stamp) + 1)),
  ],
  ['a time that is none', (given) => having(given, 'x-signature-timestamp', () => 'now')],
  ['no time', (given) => lacking(given, 'x-signature-timestamp')],
  ['no signature', (given) => lacking(given, 'x-signature-ed25519')],
  ['half a signature', (given) => having(given, 'x-signature-ed25519', (hex) => hex.slice(0, 64))],
  ['a signature of zeros', (given) => having(given, 'x-signature-ed25519', (hex) => '0'.repeat(hex.length))],
  ['no headers', (given) => ({ ...given, headers: {} })],
])('refused: %s', async (_what, changed) => {
  const { handle, interactions, request } = setUp()
  expect((await handle(changed(request()))).status).toBe(401)
  expect(interactions).toEqual([])
})

test('refused: the key of somebody else', async () => {
  const { handle, interactions, request } = setUp()
  expect((await handle(request(generateKeyPairSync('ed25519').privateKey))).status).toBe(401)
  expect(interactions).toEqual([])
})

test('a call is worth five minutes, before and after', async () => {
  const { handle, request, time } = setUp()
  const now = time.clock.now()
  for (const minutes of [-4.9, 4.9]) {
    expect((await handle(request(undefined, now + minutes * MINUTE_MS))).status).toBe(200)
  }
  for (const minutes of [-5.1, 5.1]) {
    expect((await handle(request(undefined, now + minutes * MINUTE_MS))).status).toBe(401)
  }
})

test('signed nonsense is refused without harm', async () => {
  const { handle, interactions, request } = setUp()
  for (const body of ['', 'null', '[]', '"x"', '{'])
    expect((await handle(request(undefined, undefined, body))).status).toBe(400)
  expect(interactions).toEqual([])
})

function having(given: RawRequest, name: string, change: (value: string) => string): RawRequest {
  return { ...given, headers: { ...given.headers, [name]: change(given.headers[name] ?? '') } }
}

function lacking({ headers, ...given }: RawRequest, name: string): RawRequest {
  return { ...given, headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name)) }
}
