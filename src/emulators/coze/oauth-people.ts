// What does a person see who is asked whether an app may: in the browser, or with a device's code?
import { randomBytes } from 'node:crypto'
import type { Call, Reply, Route } from './call.ts'
import { defaults } from './options.ts'
import type { PeoplesAppSpec } from './options.ts'
import type { Consent, DeviceLogin, World } from './world.ts'

/** The account that is logged in in this browser. */
const { ownerUid } = defaults
/** Not documented. */
const CODE_SECONDS = 300

export const peopleRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/permission/oauth2/authorize', studio: false, handle: authorize },
  {
    method: 'GET',
    path: '/api/permission/oauth2/workspace_id/:workspace_id/authorize',
    studio: false,
    handle: authorize,
  },
  { method: 'GET', path: '/oauth/consent/:ticket', studio: false, handle: askConsent },
  { method: 'GET', path: '/oauth/consent/:ticket/:verdict', studio: false, handle: consent },
  { method: 'GET', path: '/oauth/device', studio: false, handle: askDevice },
  { method: 'GET', path: '/oauth/device/:user_code/:verdict', studio: false, handle: device },
]

/** Where no such app is given, any id is one of the type device. */
export function peoplesApp(world: World, clientId: string): PeoplesAppSpec | undefined {
  const { oauthApps } = world.options
  const app = oauthApps[clientId]
  if (app !== undefined) return 'type' in app ? app : undefined
  return Object.values(oauthApps).some((each) => 'type' in each) ? undefined : { type: 'device' }
}

export function decideDevice(world: World, userCode: string, verdict: DeviceLogin['verdict']): void {
  for (const login of world.devices.values()) if (login.userCode === userCode) login.verdict ??= verdict
}

export function revokeLogins(world: World, owner: string): void {
  for (const [value, login] of world.refreshTokens)
    if (login.ownerUid === owner) world.refreshTokens.delete(value)
  for (const [value, token] of world.tokens)
    if (token.ownerUid === owner && token.expiresAtS !== undefined) world.tokens.delete(value)
}

function authorize(world: World, call: Call): Reply {
  const { client_id: clientId = '', redirect_uri: redirectUri = '', state = '' } = call.query
  const app = peoplesApp(world, clientId)
  if (call.query['response_type'] !== 'code') return refused('response_type must be code')
  if (app === undefined || app.type === 'device') return refused('client_id is no app a browser logs in to')
  // A wrong address is not gone to.
  if (app.redirectUris?.includes(redirectUri) !== true)
    return refused('redirect_uri is not in the list of the app')
  const challenge = challengeOf(call.query)
  if (app.type === 'pkce' && challenge === undefined) return refused('code_challenge is required')
  const ticket = randomBytes(12).toString('hex')
  world.consents.set(ticket, { clientId, redirectUri, state, challenge })
  return { kind: 'redirect', to: `/oauth/consent/${ticket}` }
}

function challengeOf(query: Call['query']): Consent['challenge'] {
  const { code_challenge: text, code_challenge_method: method = 'plain' } = query
  if (text === undefined || (method !== 'plain' && method !== 'S256')) return undefined
  return { method, text }
}

function askConsent(world: World, call: Call): Reply {
  const ticket = call.params['ticket'] ?? ''
  const asked = world.consents.get(ticket)
  if (asked === undefined) return refused('this page has been answered')
  return question(`May the app ${asked.clientId} act as you?`, `/oauth/consent/${ticket}`)
}

function consent(world: World, call: Call): Reply {
  const { ticket = '', verdict } = call.params
  const asked = world.consents.get(ticket)
  world.consents.delete(ticket)
  if (asked === undefined) return refused('this page has been answered')
  const { clientId, redirectUri, state, challenge } = asked
  const to = new URL(redirectUri)
  if (verdict === 'allow') {
    const code = `code_${randomBytes(16).toString('hex')}`
    const expiresAtS = world.nowS() + (world.options.oauth.codeLasts ?? CODE_SECONDS)
    world.authorizations.set(code, { ownerUid, clientId, redirectUri, challenge, expiresAtS })
    to.searchParams.set('code', code)
  } else to.searchParams.set('error', 'access_denied')
  if (state !== '') to.searchParams.set('state', state)
  return { kind: 'redirect', to: to.href }
}

function askDevice(world: World, call: Call): Reply {
  const userCode = call.query['user_code'] ?? ''
  const login = [...world.devices.values()].find((each) => each.userCode === userCode)
  if (login === undefined) return refused('this code is not known')
  return question(
    `May the device that shows ${login.userCode} act as you, by the app ${login.clientId}?`,
    `/oauth/device/${login.userCode}`,
  )
}

function device(world: World, call: Call): Reply {
  const { user_code: userCode = '', verdict } = call.params
  decideDevice(world, userCode, verdict === 'allow' ? { ownerUid } : 'denied')
  return page('<p>Done. You can close this page.</p>')
}

function question(text: string, path: string): Reply {
  return page(
    `<p>${escaped(text)}</p><p><a href="${escaped(path)}/allow">Allow</a> · <a href="${escaped(path)}/deny">Deny</a></p>`,
  )
}

function refused(because: string): Reply {
  return { kind: 'text', status: 400, text: `Emulated Coze: ${because}.` }
}

function page(body: string): Reply {
  return { kind: 'page', html: `<!doctype html><meta charset="utf-8"><title>Emulated Coze</title>${body}` }
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
