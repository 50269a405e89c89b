// How are tokens issued: service JWT, device code, refresh?
import { randomBytes, verify } from 'node:crypto'
import { bodyOf } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { isObject, objectOf, parseJson, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import type { OAuthAppSpec } from './options.ts'
import type { World } from './world.ts'

export const oauthRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/permission/oauth2/token', studio: false, handle: token },
  { method: 'POST', path: '/api/permission/oauth2/account/:account_id/token', studio: false, handle: token },
  { method: 'POST', path: '/api/permission/oauth2/device/code', studio: false, handle: deviceCode },
  {
    method: 'POST',
    path: '/api/permission/oauth2/workspace_id/:workspace_id/device/code',
    studio: false,
    handle: deviceCode,
  },
]

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** Coze docs: OAuth JWT; access tokens of the other grants live 15 minutes too. */
const DEFAULT_SECONDS = 900
const MAX_SECONDS = 86_399
/** Coze docs: OAuth device code. */
const DEVICE_SECONDS = 300

function token(world: World, call: Call): Reply {
  const body = bodyOf(call)
  switch (body['grant_type']) {
    case JWT_GRANT:
      return jwtGrant(world, call, body)
    case DEVICE_GRANT:
      return deviceGrant(world, body)
    case 'refresh_token':
      return refreshGrant(world, body)
    default:
      return oauthError(400, 'unsupported_grant_type', 'this grant is not emulated')
  }
}

function jwtGrant(world: World, call: Call, body: JsonObject): Reply {
  const jwt = /^Bearer\s+(\S+)$/.exec(call.authorization ?? '')?.[1] ?? ''
  const checked = checkJwt(world, call, jwt)
  if (typeof checked === 'string') return oauthError(401, 'invalid_client', checked)
  const seconds = typeof body['duration_seconds'] === 'number' ? body['duration_seconds'] : DEFAULT_SECONDS
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
    return oauthError(400, 'invalid_request', `duration_seconds must be 1 to ${MAX_SECONDS}`)
  const { app, sessionName } = checked
  const owner = sessionName === undefined ? app.ownerUid : `${app.ownerUid}#${sessionName}`
  const issued = issue(world, 'czs_', owner, app.permissions, seconds)
  return tokenReply(issued)
}

interface CheckedJwt {
  readonly app: OAuthAppSpec
  readonly sessionName: string | undefined
}

/** What Coze verifies of a service JWT; the sentence says what was wrong. */
function checkJwt(world: World, call: Call, jwt: string): CheckedJwt | string {
  const [head = '', payload = '', signature = ''] = jwt.split('.')
  const header = objectOf(decode(head))
  const claims = objectOf(decode(payload))
  if (header['alg'] !== 'RS256') return 'alg must be RS256'
  const app = world.options.oauthApps[textOf(claims['iss']) ?? '']
  if (app === undefined) return 'iss is not a known app'
  if (header['kid'] !== app.keyId) return 'kid is not a known key'
  const signed = Buffer.from(`${head}.${payload}`)
  if (!verify('RSA-SHA256', signed, app.publicKeyPem, Buffer.from(signature, 'base64url')))
    return 'the signature does not match'
  // The host only, without a scheme: either site's, or the emulator's own address.
  const hosts = ['api.coze.cn', 'api.coze.com', call.host, call.host.split(':')[0]]
  if (!hosts.includes(textOf(claims['aud']))) return 'aud is not this host'
  const [issuedAt, expires] = [claims['iat'], claims['exp']]
  if (typeof issuedAt !== 'number' || typeof expires !== 'number' || expires <= issuedAt)
    return 'exp must follow iat'
  if (expires <= world.nowS()) return 'the JWT has expired'
  const jti = textOf(claims['jti'])
  if (jti === undefined) return 'jti is required'
  for (const [old, untilS] of world.usedJtis) if (untilS < world.nowS()) world.usedJtis.delete(old)
  if (world.usedJtis.has(jti)) return 'the JWT was used before'
  world.usedJtis.set(jti, expires)
  return { app, sessionName: textOf(claims['session_name']) }
}

function decode(part: string): unknown {
  return parseJson(Buffer.from(part, 'base64url').toString('utf8'))
}

function deviceCode(world: World, call: Call): Reply {
  const clientId = isObject(call.body) ? textOf(call.body['client_id']) : undefined
  if (clientId === undefined) return oauthError(400, 'invalid_request', 'client_id is required')
  const code = randomBytes(16).toString('hex')
  const userCode = randomBytes(4).toString('hex').toUpperCase()
  const expiresAtS = world.nowS() + DEVICE_SECONDS
  world.devices.set(code, { userCode, clientId, expiresAtS, ownerUid: undefined })
  return json(200, {
    device_code: code,
    user_code: userCode,
    verification_uri: `http://${call.host}/oauth/device`,
    // A duration here, unlike in token answers.
    expires_in: DEVICE_SECONDS,
    interval: 5,
  })
}

function deviceGrant(world: World, body: JsonObject): Reply {
  const code = textOf(body['device_code']) ?? ''
  const login = world.devices.get(code)
  if (login === undefined) return oauthError(400, 'invalid_request', 'device_code is not known')
  if (login.expiresAtS <= world.nowS()) return oauthError(400, 'expired_token', 'the device code has expired')
  if (login.ownerUid === undefined) return oauthError(400, 'authorization_pending', 'nobody approved yet')
  world.devices.delete(code)
  return issueWithRefresh(world, login.ownerUid)
}

/** Refreshing kills the old refresh token. */
function refreshGrant(world: World, body: JsonObject): Reply {
  const given = textOf(body['refresh_token']) ?? ''
  const owner = world.refreshTokens.get(given)
  if (owner === undefined) return oauthError(400, 'invalid_request', 'refresh_token is not known')
  world.refreshTokens.delete(given)
  return issueWithRefresh(world, owner)
}

function issueWithRefresh(world: World, ownerUid: string): Reply {
  const refreshToken = randomBytes(24).toString('hex')
  world.refreshTokens.set(refreshToken, ownerUid)
  return tokenReply(issue(world, 'czu_', ownerUid, undefined, DEFAULT_SECONDS), {
    refresh_token: refreshToken,
  })
}

interface Issued {
  readonly value: string
  readonly expiresAtS: number
}

function issue(
  world: World,
  prefix: string,
  owner: string,
  permissions: readonly string[] | undefined,
  seconds: number,
): Issued {
  const value = prefix + randomBytes(24).toString('hex')
  const expiresAtS = world.nowS() + seconds
  const ownerUid = owner.split('#')[0] ?? owner
  world.tokens.set(value, { owner, ownerUid, permissions, expired: false, expiresAtS })
  return { value, expiresAtS }
}

/** `expires_in` is a moment, not a duration: seconds since 1970 (Coze docs: OAuth). */
function tokenReply(issued: Issued, beside: JsonObject = {}): Reply {
  const { value, expiresAtS } = issued
  return json(200, { access_token: value, expires_in: expiresAtS, token_type: 'Bearer', ...beside })
}

/** The SDKs read `error_code` or `error`: both are sent. */
function oauthError(status: number, code: string, message: string): Reply {
  return json(status, { error_code: code, error_message: message, error: code })
}

function json(status: number, body: JsonObject): Reply {
  return { kind: 'json', status, body }
}
