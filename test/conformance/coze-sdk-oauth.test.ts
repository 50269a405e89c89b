// Does the official SDK log in at the emulator, by every way a person can, and does our own client speak as it does?

import {
  CozeAPI,
  getDeviceCode,
  getDeviceToken,
  getPKCEAuthenticationUrl,
  getPKCEOAuthToken,
  getWebAuthenticationUrl,
  getWebOAuthToken,
  refreshOAuthToken,
} from '@coze/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beginBrowserLogin, createHttp, createOAuthCalls } from '../../src/coze/index.ts'
import {
  defaults,
  startCozeEmulator,
  type CozeEmulator,
  type CozeExchange,
} from '../../src/emulators/coze/index.ts'
import { createRealClock } from '../support/real-clock.ts'

const REDIRECT = 'http://127.0.0.1:8789/callback'
const live = new AbortController().signal
const seen: CozeExchange[] = []
let coze: CozeEmulator

beforeAll(async () => {
  coze = await startCozeEmulator({
    oauth: { pollEvery: 0 },
    oauthApps: {
      tv: { type: 'device' },
      spa: { type: 'pkce', redirectUris: [REDIRECT] },
      web: { type: 'web', clientSecret: 'hush', redirectUris: [REDIRECT] },
    },
    observe: (exchange) => seen.push(exchange),
  })
})
afterAll(() => coze.close())

/** The person's browser: through the page that asks, and to the address it is sent back to. */
async function allowed(address: string): Promise<string> {
  const asking = await fetch(address)
  const back = await fetch(`${asking.url}/allow`, { redirect: 'manual' })
  const { searchParams } = new URL(back.headers.get('location') ?? '')
  expect(searchParams.get('state')).toBe(new URL(address).searchParams.get('state'))
  return searchParams.get('code') ?? ''
}

const whoIs = async (token: string): Promise<string> =>
  (await new CozeAPI({ token, baseURL: coze.url }).users.me()).user_id

test('the SDK logs in with PKCE and renews', async () => {
  const begun = await getPKCEAuthenticationUrl({
    baseURL: coze.url,
    clientId: 'spa',
    redirectUrl: REDIRECT,
    state: 's',
  })
  const { access_token, refresh_token } = await getPKCEOAuthToken({
    baseURL: coze.url,
    clientId: 'spa',
    redirectUrl: REDIRECT,
    code: await allowed(begun.url),
    codeVerifier: begun.codeVerifier,
  })
  expect(await whoIs(access_token)).toBe(defaults.ownerUid)
  const renewed = await refreshOAuthToken({
    baseURL: coze.url,
    clientId: 'spa',
    clientSecret: '',
    refreshToken: refresh_token,
  })
  expect(await whoIs(renewed.access_token)).toBe(defaults.ownerUid)
})

test('the SDK logs in with a secret and renews', async () => {
  const web = { baseURL: coze.url, clientId: 'web', redirectUrl: REDIRECT }
  const code = await allowed(getWebAuthenticationUrl({ ...web, state: 's' }))
  const { refresh_token } = await getWebOAuthToken({ ...web, clientSecret: 'hush', code })
  const renewed = await refreshOAuthToken({
    baseURL: coze.url,
    clientId: 'web',
    clientSecret: 'hush',
    refreshToken: refresh_token,
  })
  expect(await whoIs(renewed.access_token)).toBe(defaults.ownerUid)
})

test('our client sends what the SDK sends, for a device and for PKCE', async () => {
  const device = await getDeviceCode({ baseURL: coze.url, clientId: 'tv' })
  coze.approveDevice(device.user_code, defaults.ownerUid)
  const { refresh_token } = await getDeviceToken({
    baseURL: coze.url,
    clientId: 'tv',
    deviceCode: device.device_code,
  })
  await refreshOAuthToken({
    baseURL: coze.url,
    clientId: 'tv',
    clientSecret: '',
    refreshToken: refresh_token,
  })
  const theirs = await shapesOf(async () => undefined)
  const ours = await shapesOf(async () => {
    const clock = createRealClock()
    const http = createHttp({ apiBase: coze.url, clock })
    const calls = (clientId: string) => createOAuthCalls({ app: { clientId }, http, clock })
    const code = await calls('tv').deviceCode(live)
    coze.approveDevice(code.userCode, defaults.ownerUid)
    const tokens = await calls('tv').byDeviceCode(code.deviceCode, live)
    expect(await whoIs(tokens.accessToken)).toBe(defaults.ownerUid)
    await calls('tv').renew(tokens.refreshToken, live)
    const begun = beginBrowserLogin({ clientId: 'spa' }, coze.url, REDIRECT)
    const browser = { code: await allowed(begun.address), redirectUri: REDIRECT, verifier: begun.verifier }
    expect(await whoIs((await calls('spa').byCode(browser, live)).accessToken)).toBe(defaults.ownerUid)
    await http.close()
  })
  expect(ours.length).toBeGreaterThan(3)
  for (const shape of ours) expect(theirs).toContain(shape)
})

/** Of the calls to OAuth since the last look: where they went, and the names they sent. */
async function shapesOf(during: () => Promise<void>): Promise<readonly string[]> {
  await during()
  return seen
    .splice(0)
    .filter(({ path, status }) => path.includes('/oauth2/') && status < 400)
    .map(({ method, path, query, requestBody }) => {
      const grant = requestBody as { readonly grant_type?: string } | undefined
      const names = Object.keys({ ...query, ...grant }).toSorted()
      return `${method} ${path} ${grant?.grant_type ?? ''} ${names.join(',')}`
    })
}
