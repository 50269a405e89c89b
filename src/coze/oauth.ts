// How does a person log in, and how is such a login renewed? The calls of OAuth, and what comes back from them.
//
// Coze docs: OAuth authorization code, OAuth PKCE, OAuth device code. Tokens last 15 minutes, the right to renew them
// 30 days; a renewal answers with the next token for renewing and ends the one that was used.

import { createHash, randomBytes } from 'node:crypto'
import { AssistantError } from '../contract/errors.ts'
import type { Clock } from '../contract/runtime.ts'
import { garbledFailure } from './errors.ts'
import type { Http, JsonAnswer } from './http.ts'
import { toNumber, toText } from './json.ts'

/** The OAuth app one logs in to. */
export interface OAuthApp {
  readonly clientId: string
  /** Apps of the type "web" have one. */
  readonly clientSecret?: string
  /** Log in for this workspace alone. */
  readonly workspaceId?: string
}

export interface OAuthTokens {
  readonly accessToken: string
  readonly accessEndsAtMs: number
  readonly refreshToken: string
  readonly refreshEndsAtMs: number
  readonly givenAtMs: number
}

export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  /** Where the person opens it; the code is in it. */
  readonly address: string
  readonly lastsMs: number
  /** At least a second. */
  readonly pollEveryMs: number
}

/** Every call throws `AssistantError`; OAuth's own word stands in `failure.reason`. */
export interface OAuthCalls {
  deviceCode(signal: AbortSignal): Promise<DeviceCode>
  /** Rejects with the reason `authorization_pending` or `slow_down` until the person has decided. */
  byDeviceCode(deviceCode: string, signal: AbortSignal): Promise<OAuthTokens>
  byCode(
    code: { readonly code: string; readonly redirectUri: string; readonly verifier: string },
    signal: AbortSignal,
  ): Promise<OAuthTokens>
  renew(refreshToken: string, signal: AbortSignal): Promise<OAuthTokens>
}

const TOKEN_PATH = '/api/permission/oauth2/token'
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
/** Coze docs: OAuth authorization code. */
const REFRESH_LASTS_MS = 30 * 24 * 3_600_000
/** Coze docs: OAuth device code: the defaults. */
const DEVICE_LASTS_S = 300
const POLL_EVERY_S = 5
/** Whatever it answers, it is not asked without a pause. Our choice. */
const LEAST_POLL_EVERY_S = 1

export function createOAuthCalls(world: {
  readonly app: OAuthApp
  readonly http: Pick<Http, 'json'>
  readonly clock: Clock
}): OAuthCalls {
  const { app, http, clock } = world

  async function tokens(grant: Record<string, string>, signal: AbortSignal): Promise<OAuthTokens> {
    const nowMs = clock.now()
    const secret = app.clientSecret === undefined ? {} : { token: app.clientSecret }
    const json = { ...grant, client_id: app.clientId }
    return readTokens(await http.json({ method: 'POST', path: TOKEN_PATH, ...secret, json }, signal), nowMs)
  }

  return {
    async deviceCode(signal) {
      const path = `${within(app)}/device/code`
      const answer = await http.json({ method: 'POST', path, json: { client_id: app.clientId } }, signal)
      return readDeviceCode(answer, path)
    },
    byDeviceCode: (deviceCode, signal) =>
      tokens({ grant_type: DEVICE_GRANT, device_code: deviceCode }, signal),
    byCode: ({ code, redirectUri, verifier }, signal) =>
      tokens(
        {
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          ...(app.clientSecret === undefined ? { code_verifier: verifier } : {}),
        },
        signal,
      ),
    renew: (refreshToken, signal) =>
      tokens({ grant_type: 'refresh_token', refresh_token: refreshToken }, signal),
  }
}

/** What a person's browser is sent to. `verifier` stays here and proves afterwards that it was us. RFC 7636. */
export interface BrowserLogin {
  readonly address: string
  readonly state: string
  readonly verifier: string
}

export function beginBrowserLogin(app: OAuthApp, apiBase: string, redirectUri: string): BrowserLogin {
  const state = randomBytes(24).toString('base64url')
  const verifier = randomBytes(48).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    state,
    ...(app.clientSecret === undefined ? { code_challenge: challenge, code_challenge_method: 'S256' } : {}),
  })
  return { address: `${webBase(apiBase)}${within(app)}/authorize?${query.toString()}`, state, verifier }
}

/** Where people log in: `www.` in place of `api.`. coze-dev/coze-js, `auth.ts`. */
function webBase(apiBase: string): string {
  return apiBase.replace(/^(https?:\/\/)api\./i, '$1www.').replace(/\/+$/, '')
}

function within({ workspaceId }: OAuthApp): string {
  const path = '/api/permission/oauth2'
  return workspaceId === undefined ? path : `${path}/workspace_id/${encodeURIComponent(workspaceId)}`
}

function readTokens({ body, logid }: JsonAnswer, nowMs: number): OAuthTokens {
  const accessToken = toText(body['access_token'])
  const refreshToken = toText(body['refresh_token'])
  // A point in time, in Unix seconds, despite its name.
  const endsAtS = toNumber(body['expires_in'])
  if (accessToken === '' || refreshToken === '' || endsAtS === undefined) {
    throw new AssistantError(garbledFailure(`POST ${TOKEN_PATH}`, 'no tokens in the answer', logid))
  }
  return {
    accessToken,
    accessEndsAtMs: endsAtS * 1000,
    refreshToken,
    refreshEndsAtMs: nowMs + REFRESH_LASTS_MS,
    givenAtMs: nowMs,
  }
}

function readDeviceCode({ body, logid }: JsonAnswer, path: string): DeviceCode {
  const deviceCode = toText(body['device_code'])
  const userCode = toText(body['user_code'])
  const page = URL.parse(toText(body['verification_uri']))
  if (deviceCode === '' || userCode === '' || page === null) {
    throw new AssistantError(garbledFailure(`POST ${path}`, 'no code in the answer', logid))
  }
  page.searchParams.set('user_code', userCode)
  return {
    deviceCode,
    userCode,
    address: page.href,
    // A span here, unlike in the answers with tokens.
    lastsMs: (toNumber(body['expires_in']) ?? DEVICE_LASTS_S) * 1000,
    pollEveryMs: Math.max(LEAST_POLL_EVERY_S, toNumber(body['interval']) ?? POLL_EVERY_S) * 1000,
  }
}
