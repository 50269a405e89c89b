// Is the account set up as it needs to be? The lines `doctor` shows for Feishu.
import type { Finding } from '../../src/contract/platform.ts'
import type { PlatformError } from '../../src/contract/errors.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { callAs, type FeishuRequest } from './api.ts'
import { SCOPE_CODES } from './codes.ts'
import { connect, whereToLook, type BotInfo, type Connection } from './connect.ts'
import { FeishuAnswerError, toPlatformError } from './errors.ts'
import { sendOver } from './http.ts'
import { departmentsRequest, DEPARTMENTS_SCOPE, isForbidden } from './roles.ts'
import type { FeishuSettings } from './settings.ts'
import { reasonOf } from './socket.ts'

export interface CheckParts extends Connection {
  readonly settings: FeishuSettings
  readonly fetch: Fetch
  /** Access or budgets speak of roles; not known before the start. */
  readonly rolesWanted: boolean
}

export async function checkAccount(parts: CheckParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { account, settings } = parts
  let me: BotInfo
  try {
    me = await connect(parts, signal)
  } catch (error) {
    return [keysFault(parts, error)]
  }
  return [
    { verdict: 'ok', subject: `${account} keys`, reason: `are taken; the bot is ${me.name ?? me.openId}` },
    botState(parts, me),
    ...(await Promise.all(PROBES.map((probe) => tryScope(parts, probe, signal)))),
    await tryDepartments(parts, signal),
    ...(settings.mode === 'websocket' ? [await tryEndpoint(parts, signal)] : []),
    howEventsCome(parts),
  ]
}

function keysFault({ account, domain }: CheckParts, error: unknown): Finding {
  const failure = toPlatformError(account, 'bot/v3/info', error)
  const subject = `${account} keys`
  if (failure.kind === 'denied') {
    const remedy = `${whereToLook(domain)}; set domain: lark for an app of Lark.`
    return { verdict: 'fault', subject, reason: failure.message, remedy }
  }
  return {
    verdict: 'fault',
    subject,
    reason: `could not be tried: ${failure.message}`,
    remedy: `Check that this machine reaches ${domain} (domain, proxy, firewall).`,
  }
}

function botState({ account, domain }: CheckParts, { enabled }: BotInfo): Finding {
  const subject = `${account} bot`
  if (enabled) return { verdict: 'ok', subject, reason: 'is enabled' }
  return {
    verdict: 'fault',
    subject,
    reason: 'is not enabled: nobody can write to it',
    remedy: `Open ${domain}/app, your app, "Add Features", "Bot", then create a version and publish it.`,
  }
}

interface Probe {
  readonly what: string
  /** What goes without it. */
  readonly without: string
  readonly needed: boolean
  /** About things that do not exist: nothing happens, but a missing scope is told first. */
  readonly request: FeishuRequest
}

const NOBODY = 'om_0'
const PROBES: readonly Probe[] = [
  {
    what: 'sending',
    without: 'the bot cannot answer',
    needed: true,
    request: {
      method: 'POST',
      path: '/open-apis/im/v1/messages/:message_id/reply',
      ids: { message_id: NOBODY },
      body: { msg_type: 'text', content: '{"text":"?"}' },
    },
  },
  {
    what: 'reading',
    without: 'quotes, forwards and files cannot be read',
    needed: false,
    request: { method: 'GET', path: '/open-apis/im/v1/messages/:message_id', ids: { message_id: NOBODY } },
  },
  {
    what: 'cards',
    without: 'answers do not grow; they come as text when they are done',
    needed: false,
    request: {
      method: 'PATCH',
      path: '/open-apis/cardkit/v1/cards/:card_id/settings',
      ids: { card_id: '0' },
      body: { settings: '{"config":{"streaming_mode":false}}', sequence: 1 },
    },
  },
]

async function tryScope(parts: CheckParts, probe: Probe, signal: AbortSignal): Promise<Finding> {
  const { account, api, domain } = parts
  const subject = `${account} ${probe.what}`
  const failure = await callAs(account, api, probe.request, signal).then(
    () => undefined,
    (error: unknown) => toPlatformError(account, probe.what, error, signal),
  )
  if (failure === undefined || !SCOPE_CODES.has(Number(failure.code))) {
    if (failure?.kind === 'unavailable') return { verdict: 'warning', subject, reason: failure.message }
    return { verdict: 'ok', subject, reason: 'is allowed' }
  }
  const scopes = scopesIn(failure)
  return {
    verdict: probe.needed ? 'fault' : 'warning',
    subject,
    reason: `is not allowed: ${probe.without}`,
    remedy: `Open ${domain}/app, your app, "Permissions & Scopes", add ${scopes === '' ? 'the missing scope' : `one of ${scopes}`}, then create a version and publish it.`,
  }
}

/** About nobody: a missing scope is told first. That the field alone is hidden cannot be seen that way. */
async function tryDepartments(parts: CheckParts, signal: AbortSignal): Promise<Finding> {
  const { account, api, domain, rolesWanted } = parts
  const subject = `${account} departments`
  const failure = await callAs(account, api, departmentsRequest('ou_0'), signal).then(
    () => undefined,
    (error: unknown) => toPlatformError(account, 'departments', error, signal),
  )
  if (!isForbidden(failure)) return { verdict: 'ok', subject, reason: 'can be asked for' }
  return {
    verdict: rolesWanted ? 'warning' : 'ok',
    subject,
    reason: 'cannot be read; only rules with role: need them',
    remedy: `Where roles are wanted: open ${domain}/app, your app, "Permissions & Scopes", add ${DEPARTMENTS_SCOPE}, then create a version and publish it.`,
  }
}

function scopesIn({ message }: PlatformError): string {
  return [...new Set(message.match(/\b[a-z_]+(?:\.[a-z_]+)*(?::[a-z_.]+)+/g) ?? [])].join(', ')
}

/** Asking where the line is to be had makes no connection. */
async function tryEndpoint(parts: CheckParts, signal: AbortSignal): Promise<Finding> {
  const { account, domain, fetch, settings } = parts
  const subject = `${account} long connection`
  try {
    await sendOver(fetch, {
      url: `${domain}/callback/ws/endpoint`,
      method: 'POST',
      headers: { locale: 'zh' },
      params: {},
      data: { AppID: settings.appId, AppSecret: settings.appSecret },
      asStream: false,
      signal,
    })
    return { verdict: 'ok', subject, reason: 'is to be had' }
  } catch (error) {
    const code = error instanceof FeishuAnswerError ? error.code : undefined
    const { message } = toPlatformError(account, 'callback/ws/endpoint', error, signal)
    const words = code === undefined ? message : reasonOf({ because: message, code })
    return { verdict: 'fault', subject, reason: words }
  }
}

/** What an app is subscribed to cannot be asked: the way to it is told instead. */
function howEventsCome({ account, domain, settings }: CheckParts): Finding {
  const mode =
    settings.mode === 'websocket'
      ? '"Receive events/callbacks through persistent connection" (saved only while this bridge runs)'
      : `"Send to developer's server", with this bridge's address, ending in /webhooks/${encodeURIComponent(account)}`
  return {
    verdict: 'ok',
    subject: `${account} events`,
    reason: 'what the app is subscribed to cannot be seen from here; if nothing arrives, look there',
    remedy:
      `Open ${domain}/app, your app, "Events & Callbacks": in both tabs choose ${mode}; ` +
      'add the events im.message.receive_v1, im.message.recalled_v1, im.chat.member.bot.added_v1, im.chat.member.bot.deleted_v1, ' +
      'im.chat.access_event.bot_p2p_chat_entered_v1, application.bot.menu_v6, and the callback card.action.trigger; ' +
      'then create a version and publish it.',
  }
}
