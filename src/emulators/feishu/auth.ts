// Who is calling? Tenant tokens are issued, kept while half an hour is left, and asked for with every call.
import { randomBytes } from 'node:crypto'
import { ApiError } from './errors.ts'
import type { Route, World } from './world.ts'

/** With more than this left the same token is given again. Feishu docs: tenant_access_token, self-built apps. */
const RENEW_BELOW_MS = 30 * 60_000

export const authRoutes: readonly Route[] = [
  {
    operation: 'token',
    method: 'POST',
    path: '/open-apis/auth/v3/tenant_access_token/internal',
    token: false,
    run: ({ body }, world) => {
      const { appId, appSecret } = world.behaviour
      if (typeof body['app_id'] !== 'string' || typeof body['app_secret'] !== 'string')
        return { json: { code: 10003, msg: 'invalid param' } }
      if (body['app_id'] !== appId || body['app_secret'] !== appSecret)
        return { json: { code: 10014, msg: 'app secret invalid' } }
      const { token, expiresAtMs } = currentToken(world)
      const expire = Math.floor((expiresAtMs - world.nowMs()) / 1000)
      return { json: { code: 0, msg: 'ok', tenant_access_token: token, expire } }
    },
  },
  {
    operation: 'endpoint',
    method: 'POST',
    path: '/callback/ws/endpoint',
    token: false,
    run: ({ body }, world) => {
      const { appId, appSecret } = world.behaviour
      const known = body['AppID'] === appId && body['AppSecret'] === appSecret
      return {
        json: known
          ? { code: 0, msg: '', data: endpointData(world, world.sockets.issueUrl(world.origin())) }
          : { code: 514, msg: 'app_id or app_secret is invalid', data: endpointData(world, '') },
      }
    },
  },
]

/** Refusals carry `data` as well: without it the SDK throws a TypeError. */
export function endpointData(
  world: World,
  url: string,
): { readonly URL: string; readonly ClientConfig: unknown } {
  return { URL: url, ClientConfig: world.sockets.config }
}

/** Throws 99991661, 99991671 or 99991663 unless the header carries a living token. */
export function checkToken(world: World, authorization: string | undefined): void {
  const token = /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined)
    throw new ApiError(
      99991661,
      'Missing access token for authorization. Please make a request with token attached.',
    )
  if (!/^[tu]-/.test(token))
    throw new ApiError(
      99991671,
      'Invalid access token for authorization. The token must start with t- or u-.',
    )
  const known = world.store.tokens.find((state) => state.token === token)
  if (known === undefined || known.revoked || known.expiresAtMs <= world.nowMs())
    throw new ApiError(
      99991663,
      'Invalid access token for authorization. Please make a test attempt with a new token.',
    )
}

export function revokeTokens(world: World): void {
  for (const state of world.store.tokens) state.revoked = true
}

function currentToken(world: World): { readonly token: string; readonly expiresAtMs: number } {
  const last = world.store.tokens.at(-1)
  if (last !== undefined && !last.revoked && last.expiresAtMs - world.nowMs() >= RENEW_BELOW_MS) return last
  const token = {
    token: `t-${randomBytes(16).toString('hex')}`,
    expiresAtMs: world.nowMs() + world.behaviour.tokenLivesSeconds * 1000,
    revoked: false,
  }
  world.store.tokens.push(token)
  return token
}
