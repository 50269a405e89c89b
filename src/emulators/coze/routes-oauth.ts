// How are tokens issued: to a service by its JWT, to a device by its code, to a browser's app, and again by renewal?
import { createHash, randomBytes } from 'node:crypto'
import { bodyOf } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { peoplesApp } from './oauth-people.ts'
import type { PeoplesAppSpec } from './options.ts'
import { checkJwt } from './service-jwt.ts'
import type { Consent, World } from './world.ts'

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
/** Coze docs: OAuth authorization code. */
const REFRESH_SECONDS = 30 * 86_400
/** Coze docs: OAuth device code. */
const DEVICE_SECONDS = 300
const POLL_SECONDS = 5
const SLOWER_BY_S = 5

function token(world: World, call: Call): Reply {
  const body = bodyOf(call)
  switch (body['grant_type']) {
    case JWT_GRANT:
      return jwtGrant(world, call, body)
    case DEVICE_GRANT:
      return deviceGrant(world, call, body)
    case 'authorization_code':
      return codeGrant(world, call, body)
    case 'refresh_token':
      return refreshGrant(world, call, body)
    default:
      return oauthError(400, 'unsupported_grant_type', 'this grant is not emulated')
  }
}

function jwtGrant(world: World, call: Call, body: JsonObject): Reply {
  const checked = checkJwt(world, call)
  if (typeof checked === 'string') return oauthError(401, 'invalid_client', checked)
  const seconds = typeof body['duration_seconds'] === 'number' ? body['duration_seconds'] : DEFAULT_SECONDS
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
    return oauthError(400, 'invalid_request', `duration_seconds must be 1 to ${MAX_SECONDS}`)
  const { app, sessionName } = checked
  const owner = sessionName === undefined ? app.ownerUid : `${app.ownerUid}#${sessionName}`
  const issued = issue(world, 'czs_', owner, app.permissions, seconds)
  return tokenReply(issued)
}

function deviceCode(world: World, call: Call): Reply {
  const clientId = textOf(bodyOf(call)['client_id'])
  if (clientId === undefined) return oauthError(400, 'invalid_request', 'client_id is required')
  if (peoplesApp(world, clientId)?.type !== 'device')
    return oauthError(400, 'invalid_client', 'client_id is no app of the type device')
  const { deviceLasts = DEVICE_SECONDS, pollEvery = POLL_SECONDS } = world.options.oauth
  const code = randomBytes(16).toString('hex')
  const userCode = randomBytes(4).toString('hex').toUpperCase()
  world.devices.set(code, {
    userCode,
    clientId,
    expiresAtS: world.nowS() + deviceLasts,
    pollEveryS: pollEvery,
    lastPollMs: undefined,
    verdict: undefined,
  })
  return json(200, {
    device_code: code,
    user_code: userCode,
    verification_uri: `http://${call.host}/oauth/device`,
    // A duration here, unlike in token answers.
    expires_in: deviceLasts,
    interval: pollEvery,
  })
}

/** Each answer that is no "wait" uses the code up. */
function deviceGrant(world: World, call: Call, body: JsonObject): Reply {
  const code = textOf(body['device_code']) ?? ''
  const login = world.devices.get(code)
  const clientId = textOf(body['client_id'])
  if (login?.clientId !== clientId || login === undefined)
    return oauthError(400, 'invalid_request', 'device_code is not known')
  const fault = clientFault(call, peoplesApp(world, login.clientId))
  if (fault !== undefined) return fault
  if (login.expiresAtS <= world.nowS()) return oauthError(400, 'expired_token', 'the device code has expired')
  const nowMs = world.options.nowMs()
  const isTooSoon = login.lastPollMs !== undefined && nowMs - login.lastPollMs < login.pollEveryS * 1000
  login.lastPollMs = nowMs
  if (isTooSoon) {
    login.pollEveryS += SLOWER_BY_S
    return oauthError(400, 'slow_down', `ask every ${login.pollEveryS} s`)
  }
  if (login.verdict === undefined) return oauthError(400, 'authorization_pending', 'nobody approved yet')
  world.devices.delete(code)
  if (login.verdict === 'denied') return oauthError(400, 'access_denied', 'the person said no')
  return issueWithRefresh(world, login.verdict.ownerUid, login.clientId)
}

/** A code is good once, for the address it was sent to, and for who knows what its challenge was made from. RFC 7636. */
function codeGrant(world: World, call: Call, body: JsonObject): Reply {
  const code = textOf(body['code']) ?? ''
  const given = world.authorizations.get(code)
  world.authorizations.delete(code)
  if (given === undefined || given.expiresAtS <= world.nowS())
    return oauthError(400, 'invalid_request', 'code is not known, was used, or has expired')
  if (given.clientId !== textOf(body['client_id']) || given.redirectUri !== textOf(body['redirect_uri']))
    return oauthError(400, 'invalid_request', 'the code belongs to another client_id or redirect_uri')
  const fault = clientFault(call, peoplesApp(world, given.clientId))
  if (fault !== undefined) return fault
  if (!proves(textOf(body['code_verifier']), given.challenge))
    return oauthError(400, 'invalid_request', 'code_verifier does not match')
  return issueWithRefresh(world, given.ownerUid, given.clientId)
}

function proves(verifier: string | undefined, challenge: Consent['challenge']): boolean {
  if (challenge === undefined) return true
  if (verifier === undefined || verifier.length < 43 || verifier.length > 128) return false
  const made =
    challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return made === challenge.text
}

/** Refreshing kills the old refresh token. */
function refreshGrant(world: World, call: Call, body: JsonObject): Reply {
  const given = textOf(body['refresh_token']) ?? ''
  const login = world.refreshTokens.get(given)
  if (login === undefined || login.clientId !== textOf(body['client_id']) || login.expiresAtS <= world.nowS())
    return oauthError(400, 'invalid_request', 'refresh_token is not known, was used, or has expired')
  const fault = clientFault(call, peoplesApp(world, login.clientId))
  if (fault !== undefined) return fault
  world.refreshTokens.delete(given)
  return issueWithRefresh(world, login.ownerUid, login.clientId)
}

/** An app of the type web shows its secret; the others must not show any. */
function clientFault(call: Call, app: PeoplesAppSpec | undefined): Reply | undefined {
  const secret = /^Bearer\s+(\S+)$/.exec(call.authorization ?? '')?.[1]
  if (app === undefined) return oauthError(401, 'invalid_client', 'client_id is not known')
  if (app.type !== 'web' || secret === app.clientSecret) return undefined
  return oauthError(401, 'invalid_client', 'the client secret is not right')
}

function issueWithRefresh(world: World, ownerUid: string, clientId: string): Reply {
  const { accessLasts = DEFAULT_SECONDS, refreshLasts = REFRESH_SECONDS } = world.options.oauth
  const refreshToken = randomBytes(24).toString('hex')
  world.refreshTokens.set(refreshToken, { ownerUid, clientId, expiresAtS: world.nowS() + refreshLasts })
  const permissions = peoplesApp(world, clientId)?.permissions
  return tokenReply(issue(world, 'czu_', ownerUid, permissions, accessLasts), {
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
