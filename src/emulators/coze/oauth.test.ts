// Does the emulated Coze keep the rules of OAuth: codes once, in time, not too fast, for the right app; renewals once?
import { createHash, randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startCozeEmulator } from './index.ts'
import type { OAuthAppSpec } from './index.ts'

const REDIRECT = 'http://127.0.0.1:8789/callback'
const APPS: Readonly<Record<string, OAuthAppSpec>> = {
  tv: { type: 'device' },
  spa: { type: 'pkce', redirectUris: [REDIRECT] },
  web: { type: 'web', clientSecret: 'hush', redirectUris: [REDIRECT] },
}
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

async function stage() {
  let nowMs = 1_790_000_000_000
  const coze = await startCozeEmulator({ oauthApps: APPS, nowMs: () => nowMs })
  onTestFinished(() => coze.close())
  const post = async (path: string, body: Record<string, string>, bearer?: string) => {
    const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
    const answer = await fetch(`${coze.url}/api/permission/oauth2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, string | number> }
  }
  const poll = (code: string | number | undefined) =>
    post('token', { grant_type: DEVICE, client_id: 'tv', device_code: String(code) })
  const renew = (token: string | number | undefined, client_id = 'tv', bearer?: string) =>
    post('token', { grant_type: 'refresh_token', client_id, refresh_token: String(token) }, bearer)
  const look = async (token: string | number | undefined) =>
    (await fetch(`${coze.url}/v1/users/me`, { headers: { authorization: `Bearer ${token}` } })).status
  return { coze, post, poll, renew, look, pass: (ms: number) => (nowMs += ms), nowS: () => nowMs / 1000 }
}

const errorOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  body['error'],
]

test('a device code waits, is approved once, and is used up', async () => {
  const { coze, post, poll, look, pass, nowS } = await stage()
  const { body: asked } = await post('device/code', { client_id: 'tv' })
  expect(asked).toMatchObject({ expires_in: 300, interval: 5, verification_uri: `${coze.url}/oauth/device` })
  expect(errorOf(await poll(asked['device_code']))).toEqual([400, 'authorization_pending'])
  coze.approveDevice(String(asked['user_code']), '43')
  pass(5_000)
  const { body: tokens } = await poll(asked['device_code'])
  // A moment, not a span.
  expect(tokens).toMatchObject({ expires_in: nowS() + 900, token_type: 'Bearer' })
  expect(await look(tokens['access_token'])).toBe(200)
  pass(5_000)
  expect(errorOf(await poll(asked['device_code']))).toEqual([400, 'invalid_request'])
  pass(900_000)
  expect(await look(tokens['access_token'])).toBe(401)
})

test('who polls too fast is told to slow down, and has to', async () => {
  const { coze, post, poll, pass } = await stage()
  const { body: asked } = await post('device/code', { client_id: 'tv' })
  await poll(asked['device_code'])
  pass(4_999)
  expect(errorOf(await poll(asked['device_code']))).toEqual([400, 'slow_down'])
  coze.approveDevice(String(asked['user_code']), '43')
  pass(5_000)
  expect(errorOf(await poll(asked['device_code']))).toEqual([400, 'slow_down'])
  pass(15_000)
  expect((await poll(asked['device_code'])).status).toBe(200)
})

test('a device code is denied, or runs out', async () => {
  const { coze, post, poll, pass } = await stage()
  const { body: denied } = await post('device/code', { client_id: 'tv' })
  coze.denyDevice(String(denied['user_code']))
  expect(errorOf(await poll(denied['device_code']))).toEqual([400, 'access_denied'])
  const { body: late } = await post('device/code', { client_id: 'tv' })
  pass(300_000)
  coze.approveDevice(String(late['user_code']), '43')
  expect(errorOf(await poll(late['device_code']))).toEqual([400, 'expired_token'])
})

test('only an app of the type device gets a code', async () => {
  const { post } = await stage()
  for (const client_id of ['spa', 'web', 'nobody'])
    expect(errorOf(await post('device/code', { client_id }))).toEqual([400, 'invalid_client'])
})

test('a renewal ends the token it was made with', async () => {
  const { coze, post, poll, renew, pass } = await stage()
  const { body: asked } = await post('device/code', { client_id: 'tv' })
  coze.approveDevice(String(asked['user_code']), '43')
  const { body: first } = await poll(asked['device_code'])
  expect((await renew(first['refresh_token'], 'spa')).status).toBe(400)
  const { body: second } = await renew(first['refresh_token'])
  expect(second['refresh_token']).not.toBe(first['refresh_token'])
  expect(errorOf(await renew(first['refresh_token']))).toEqual([400, 'invalid_request'])
  pass(30 * 86_400_000)
  expect(errorOf(await renew(second['refresh_token']))).toEqual([400, 'invalid_request'])
})

async function consent(url: string, query: Record<string, string>, verdict: 'allow' | 'deny' = 'allow') {
  const first = await fetch(`${url}/api/permission/oauth2/authorize?${new URLSearchParams(query).toString()}`)
  if (first.status !== 200) return { status: first.status, text: await first.text() }
  const back = await fetch(`${first.url}/${verdict}`, { redirect: 'manual' })
  return { status: back.status, query: new URL(back.headers.get('location') ?? '').searchParams }
}

const verifier = randomBytes(48).toString('base64url')
const S256 = createHash('sha256').update(verifier).digest('base64url')
const asked = (client_id: string, more: Record<string, string> = {}) => ({
  response_type: 'code',
  client_id,
  redirect_uri: REDIRECT,
  state: 'mine',
  ...more,
})
const challenged = { code_challenge: S256, code_challenge_method: 'S256' }
const exchanged = (
  client_id: string,
  code: string | null | undefined,
  more: Record<string, string> = {},
) => ({
  grant_type: 'authorization_code',
  client_id,
  code: code ?? '',
  redirect_uri: REDIRECT,
  ...more,
})

test('a browser comes back with a code that is good once, for who has the verifier', async () => {
  const { coze, post, look } = await stage()
  const codeOf = async () => (await consent(coze.url, asked('spa', challenged))).query
  const query = await codeOf()
  expect(query?.get('state')).toBe('mine')
  const good = exchanged('spa', query?.get('code'), { code_verifier: verifier })
  const { status, body } = await post('token', good)
  expect([status, await look(body['access_token'])]).toEqual([200, 200])
  expect(errorOf(await post('token', good))).toEqual([400, 'invalid_request'])
  for (const wrong of [
    { code_verifier: `${verifier}x` },
    {},
    { code_verifier: verifier, redirect_uri: `${REDIRECT}/` },
  ]) {
    const code = (await codeOf())?.get('code')
    expect(errorOf(await post('token', exchanged('spa', code, wrong)))).toEqual([400, 'invalid_request'])
  }
})

test('a browser is sent only where the app says, and with a no where the person says no', async () => {
  const { coze } = await stage()
  const elsewhere = asked('spa', { ...challenged, redirect_uri: 'http://evil.example/' })
  expect((await consent(coze.url, elsewhere)).status).toBe(400)
  expect((await consent(coze.url, asked('spa'))).status).toBe(400)
  expect((await consent(coze.url, asked('tv', challenged))).status).toBe(400)
  const { query } = await consent(coze.url, asked('spa', challenged), 'deny')
  expect(query?.toString()).toBe('error=access_denied&state=mine')
})

test('an app of the type web shows its secret, each time', async () => {
  const { coze, post, renew } = await stage()
  const code = async () => (await consent(coze.url, asked('web'))).query?.get('code')
  expect(errorOf(await post('token', exchanged('web', await code()), 'guess'))).toEqual([
    401,
    'invalid_client',
  ])
  const { body } = await post('token', exchanged('web', await code()), 'hush')
  expect(errorOf(await renew(body['refresh_token'], 'web'))).toEqual([401, 'invalid_client'])
  expect((await renew(body['refresh_token'], 'web', 'hush')).status).toBe(200)
})

test('what a person takes back is over: tokens and renewals', async () => {
  const { coze, post, poll, renew, look } = await stage()
  const { body: code } = await post('device/code', { client_id: 'tv' })
  coze.approveDevice(String(code['user_code']), '43')
  const { body: tokens } = await poll(code['device_code'])
  coze.revokeLogins('43')
  expect(await look(tokens['access_token'])).toBe(401)
  expect((await renew(tokens['refresh_token'])).status).toBe(400)
})
