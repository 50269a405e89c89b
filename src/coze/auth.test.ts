import { createVerify, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { AssistantError } from '../contract/errors.ts'
import { createAuth } from './auth.ts'
import type { CozeLogin } from './auth.ts'
import type { Exchange, JsonAnswer } from './http.ts'

const live = new AbortController().signal
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()

function setup(login: Partial<Extract<CozeLogin, { kind: 'jwt' }>> = {}) {
  const time = createManualClock()
  const exchanges: Exchange[] = []
  let fault: Error | undefined
  const http = {
    async json(exchange: Exchange): Promise<JsonAnswer> {
      exchanges.push(exchange)
      if (fault !== undefined) throw fault
      const expires_in = Math.floor(time.now() / 1000) + 900
      return {
        body: { access_token: `czs_${exchanges.length}`, expires_in, token_type: 'Bearer' },
        logid: '',
      }
    },
  }
  const auth = createAuth({
    login: { kind: 'jwt', clientId: 'app', keyId: 'kid', privateKey: pkcs8, ...login },
    apiBase: 'https://api.coze.cn/prefix/',
    http,
    clock: time.clock,
    log: createQuietLogger(),
  })
  return { time, exchanges, auth, breakWith: (error: Error) => (fault = error) }
}

function decode(jwt: string): {
  header: Record<string, unknown>
  claims: Record<string, unknown>
  isValid: boolean
} {
  const [header = '', claims = '', signature = ''] = jwt.split('.')
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`)
  return {
    header: read(header),
    claims: read(claims),
    isValid: verify.verify(publicKey, Buffer.from(signature, 'base64url')),
  }
}

test('signs what Coze wants, with a PKCS#8 or a PKCS#1 key, also from an environment variable', async () => {
  for (const key of [pkcs8, pkcs1, pkcs8.replaceAll('\n', '\\n')]) {
    const { auth, exchanges, time } = setup({ privateKey: key, sessionPerUser: true })
    expect(await auth.token('user-1', live)).toBe('czs_1')
    const { header, claims, isValid } = decode(exchanges[0]?.token ?? '')
    const iat = Math.floor(time.now() / 1000)
    expect(isValid).toBe(true)
    expect(header).toMatchObject({ alg: 'RS256', typ: 'JWT', kid: 'kid' })
    expect(claims).toMatchObject({ iss: 'app', aud: 'api.coze.cn', iat, session_name: 'user-1' })
    expect(String(claims['jti']).length).toBeGreaterThanOrEqual(32)
    expect(exchanges[0]).toMatchObject({
      path: '/api/permission/oauth2/token',
      json: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', duration_seconds: 900 },
    })
  }
})

test('twenty who wait cause one exchange, and so do all that come before the token ends', async () => {
  const { auth, exchanges, time } = setup()
  const tokens = await Promise.all(Array.from({ length: 20 }, () => auth.token('u', live)))
  expect(new Set(tokens)).toEqual(new Set(['czs_1']))
  await time.advance(839_000)
  expect(await auth.token('other', live)).toBe('czs_1')
  expect(exchanges).toHaveLength(1)
})

test('a token is renewed a minute before its end, once, with a new jti', async () => {
  const { auth, exchanges, time } = setup()
  await auth.token(undefined, live)
  await time.advance(841_000)
  expect(await Promise.all([auth.token('u', live), auth.token('v', live)])).toEqual(['czs_2', 'czs_2'])
  const ids = exchanges.map(({ token }) => decode(token ?? '').claims['jti'])
  expect(new Set(ids).size).toBe(2)
})

test('the old token serves while renewing fails, until it has ended', async () => {
  const { auth, time, breakWith } = setup()
  await auth.token('u', live)
  breakWith(new AssistantError({ kind: 'unavailable', detail: 'down', outcome: 'not-sent' }))
  await time.advance(850_000)
  expect(await auth.token('u', live)).toBe('czs_1')
  await time.advance(51_000)
  await expect(auth.token('u', live)).rejects.toMatchObject({ failure: { kind: 'unavailable' } })
})

test('a refused login is for the owner to mend', async () => {
  const { auth, breakWith } = setup()
  breakWith(new AssistantError({ kind: 'rejected', detail: 'invalid_client', outcome: 'not-sent' }))
  await expect(auth.token('u', live)).rejects.toMatchObject({
    failure: { kind: 'denied', outcome: 'not-sent' },
  })
})

test('each person has a session only where it is asked for', async () => {
  const shared = setup()
  await shared.auth.token('a', live)
  expect(await shared.auth.token('b', live)).toBe('czs_1')
  expect(decode(shared.exchanges[0]?.token ?? '').claims).not.toHaveProperty('session_name')
  const apart = setup({ sessionPerUser: true })
  expect([await apart.auth.token('a', live), await apart.auth.token('b', live)]).toEqual(['czs_1', 'czs_2'])
  expect(await apart.auth.token('a', live)).toBe('czs_1')
})

test('a forgotten token is fetched anew; forgetting an older one does no harm', async () => {
  const { auth } = setup()
  const first = await auth.token('u', live)
  expect(auth.forget('u', first)).toBe(true)
  expect(await auth.token('u', live)).toBe('czs_2')
  auth.forget('u', first)
  expect(await auth.token('u', live)).toBe('czs_2')
})

test('one who gives up does not take the token from the others', async () => {
  const { auth } = setup()
  const stop = new AbortController()
  const waits = [auth.token('u', stop.signal), auth.token('u', live)] as const
  stop.abort()
  await expect(waits[0]).rejects.toMatchObject({ failure: { kind: 'cancelled' } })
  expect(await waits[1]).toBe('czs_1')
})

test('a plain token is itself, and there is no other', async () => {
  const { clock } = createManualClock()
  const http = { json: () => Promise.reject(new Error('not to be called')) }
  const login = { kind: 'token', token: ' pat_1\n' } as const
  const auth = createAuth({ login, apiBase: 'https://api.coze.cn', http, clock, log: createQuietLogger() })
  expect(await auth.token('u', live)).toBe('pat_1')
  expect(auth.forget('u', 'pat_1')).toBe(false)
})
