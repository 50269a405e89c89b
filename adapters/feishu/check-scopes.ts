// Which scopes are missing, and what goes without them?
import type { Finding } from '../../src/contract/platform.ts'
import type { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type FeishuRequest } from './api.ts'
import { inConsole, MENUS, THEN_PUBLISH, type CheckParts } from './check-parts.ts'
import { SCOPE_CODES } from './codes.ts'
import { toPlatformError } from './errors.ts'
import { departmentsRequest, DEPARTMENTS_SCOPE, isForbidden } from './roles.ts'
import { fieldsOf, readList, readString } from '../common/read.ts'

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

/** What can be tried is tried. */
export async function checkProbes(parts: CheckParts, signal: AbortSignal): Promise<readonly Finding[]> {
  return Promise.all([
    ...PROBES.map((probe) => tryScope(parts, probe, signal)),
    tryDepartments(parts, signal),
  ])
}

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
    remedy: scopeRemedy(domain, scopes === '' ? 'the missing scope' : `one of ${scopes}`),
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
    remedy: `Where roles are wanted: ${scopeRemedy(domain, DEPARTMENTS_SCOPE).replace(/^Open/, 'open')}`,
  }
}

/** What brings events and what a probe would change cannot be tried: the platform is asked what it granted. */
interface Need {
  readonly what: string
  readonly without: string
  readonly verdict: 'fault' | 'warning' | 'note'
  /** Any of these will do; the first one is told. */
  readonly scopes: readonly string[]
}

/** Feishu docs: receive messages (scopes of im.message.receive_v1), upload image, users/basic_batch, app_slash_commands. */
function needsOf({ wants }: CheckParts): readonly Need[] {
  const inGroups = 'im:message.group_msg'
  return [
    {
      what: 'private messages',
      without: 'what people write to the bot alone does not reach it',
      verdict: 'fault',
      scopes: ['im:message.p2p_msg:readonly', 'im:message.p2p_msg'],
    },
    ...(wants.groupTriggers.includes('always')
      ? [
          {
            what: 'group messages',
            without: 'a route is woken by any message, and those that do not mention the bot do not reach it',
            verdict: 'fault' as const,
            scopes: [inGroups],
          },
        ]
      : []),
    ...(wants.groupTriggers.length > 0 && !wants.groupTriggers.includes('always')
      ? [
          {
            what: 'mentions in groups',
            without: 'who mentions the bot in a group gets no answer',
            verdict: 'fault' as const,
            scopes: ['im:message.group_at_msg:readonly', 'im:message.group_at_msg', inGroups],
          },
        ]
      : []),
    {
      what: 'uploads',
      without: 'pictures and files of answers stay links',
      verdict: 'warning',
      scopes: ['im:resource', 'im:resource:upload'],
    },
    {
      what: 'names',
      without: 'the agent does not learn what people are called',
      verdict: 'note',
      scopes: [
        'contact:user.basic_profile:readonly',
        'contact:user.base:readonly',
        'contact:contact.base:readonly',
      ],
    },
    {
      what: 'slash commands',
      without: 'commands are not in the menu; typed ones work',
      verdict: 'note',
      scopes: ['application:app_slash_command:write'],
    },
  ]
}

/** https://open.feishu.cn/document/server-docs/application-v6/scope/list: 1 is granted. */
const GRANTED = 1

export async function checkGrants(parts: CheckParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { account, api, domain } = parts
  const subject = `${account} scopes`
  const needs = needsOf(parts)
  try {
    const answer = await callAs(
      account,
      api,
      { method: 'GET', path: '/open-apis/application/v6/scopes' },
      signal,
    )
    const listed = readList(answer['scopes']).map(fieldsOf)
    if (listed.length === 0) throw new Error('no scope is listed')
    const granted = new Set(
      listed.flatMap((scope) =>
        scope['grant_status'] === GRANTED ? (readString(scope['scope_name']) ?? []) : [],
      ),
    )
    return judgeGrants(account, domain, needs, granted)
  } catch {
    const all = needs.map(({ scopes }) => scopes[0]).join(', ')
    return [
      {
        verdict: 'note',
        subject,
        reason: 'which of them the tenant granted cannot be seen from here; if nothing arrives, look there',
        remedy: `${inConsole(domain, MENUS.scopes)}: ${all} should be granted.`,
      },
    ]
  }
}

export function judgeGrants(
  account: string,
  domain: string,
  needs: readonly Need[],
  granted: ReadonlySet<string>,
): readonly Finding[] {
  const missing = needs.filter(({ scopes }) => !scopes.some((scope) => granted.has(scope)))
  if (missing.length === 0)
    return [{ verdict: 'ok', subject: `${account} scopes`, reason: 'what is needed is granted' }]
  return missing.map(({ what, without, verdict, scopes }) => ({
    verdict,
    subject: `${account} ${what}`,
    reason: `the scope ${scopes[0] ?? ''} is not granted: ${without}`,
    remedy: scopeRemedy(domain, scopes[0] ?? ''),
  }))
}

function scopeRemedy(domain: string, scopes: string): string {
  return `${inConsole(domain, MENUS.scopes)}, add ${scopes}, ${THEN_PUBLISH}.`
}

function scopesIn({ message }: PlatformError): string {
  return [...new Set(message.match(/\b[a-z_]+(?:\.[a-z_]+)*(?::[a-z_.]+)+/g) ?? [])].join(', ')
}
