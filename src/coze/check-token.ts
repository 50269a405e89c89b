// Is the login taken, and is it the right Coze that takes it?

import type { AssistantFinding } from '../contract/assistant.ts'
import type { Failure } from '../contract/errors.ts'
import { creditGone, look, type CheckWorld } from './check-look.ts'
import { hostedBy, otherHost } from './check-words.ts'
import type { CozeClient } from './client.ts'
import { toObject, toText } from './json.ts'
import { payloadOf } from './wire.ts'

export interface LoginWorld extends CheckWorld {
  /** How the bridge logs in: `token`, `jwt`, … */
  readonly login: string
  /**
   * The same token at another hosted Coze, closed by whoever asks for it; absent where it must not be shown to another.
   * `at` overrides which that is.
   */
  readonly elsewhere?: { open(apiBase: string): CozeClient; readonly at?: string }
}

export interface LoginCheck {
  readonly findings: readonly AssistantFinding[]
  /** Nothing further is worth asking. */
  readonly hopeless: boolean
}

export async function checkLogin(world: LoginWorld): Promise<LoginCheck> {
  const { client, apiBase } = world
  if (client.flavor === 'studio' && hostedBy(apiBase) !== undefined) return hopeless(notStudio(apiBase))
  const seen = await lookAtMe(world, client)
  if (seen.ok) {
    if (client.flavor === 'studio') return hopeless(notStudio(apiBase))
    const who = seen.value === '' ? '' : `, as ${seen.value}`
    return {
      findings: [{ verdict: 'ok', subject: 'Coze token', reason: `is taken by ${apiBase}${who}` }],
      hopeless: false,
    }
  }
  const { failure } = seen
  switch (failure.kind) {
    case 'unsupported':
      // Coze Studio does not have this call; who is let through to hear that has a good token.
      if (client.flavor === 'studio') {
        return {
          findings: [{ verdict: 'ok', subject: 'Coze token', reason: `is taken by ${apiBase}` }],
          hopeless: false,
        }
      }
      return hopeless(isStudio(apiBase, failure))
    case 'quota':
      return hopeless(creditGone(failure, world.paths))
    case 'denied':
      return hopeless(await refused(world, failure))
    case 'rate-limited':
      return {
        findings: [
          {
            verdict: 'warning',
            subject: 'Coze token',
            reason: `could not be tried: ${failure.detail}`,
            remedy:
              'Try again in a minute; if it stays, lower coze.limits, or look for another program that uses the same account.',
          },
        ],
        hopeless: true,
      }
    case 'unavailable':
    case 'lost':
    case 'garbled':
    case 'cancelled':
    case 'rejected':
    case 'gone':
    case 'misconfigured':
    case 'occupied':
    case 'too-long':
    case 'refused':
      return hopeless(unreachable(world, failure))
  }
}

function hopeless(finding: AssistantFinding): LoginCheck {
  return { findings: [finding], hopeless: true }
}

/** `GET /v1/users/me`, also where a Coze Studio is expected: it tells the two apart. */
async function lookAtMe(world: CheckWorld, client: CozeClient) {
  const path = '/v1/users/me'
  return await look(async () => {
    const { body } = await client.json({ method: 'GET', path, repeat: 'harmless' }, world.signal)
    const me = toObject(payloadOf(body))
    return toText(me['nick_name']) || toText(me['user_name'])
  }, world.signal)
}

async function refused(world: LoginWorld, failure: Failure): Promise<AssistantFinding> {
  const subject = 'Coze token'
  const { apiBase, paths, login } = world
  if (login === 'oauth') {
    const remedy = 'Run "npx coze-bridge login" (npm run login), and grant the access it asks for.'
    return { verdict: 'fault', subject, reason: failure.detail, remedy }
  }
  if (login === 'jwt') {
    const remedy =
      `${paths.oauthApps}, the app of type "service" (服务类应用): coze.auth.clientId is its id, keyId the fingerprint (指纹) of the public key shown there, ` +
      `privateKey the file that belongs to that public key; the app must be one of ${hostOf(apiBase)}, and its access must have been granted (授权). A clock that is wrong is refused as well.`
    return { verdict: 'fault', subject: 'Coze login', reason: failure.detail, remedy }
  }
  const other = await isTakenElsewhere(world)
  if (other !== undefined) {
    return {
      verdict: 'fault',
      subject: 'Coze host',
      reason: `the token is not one of ${hostOf(apiBase)}: ${hostOf(other)} takes it`,
      remedy: `Set COZE_API_BASE (coze.apiBase) to ${other}, or make a token at ${hostOf(apiBase)}: ${paths.newToken}.`,
    }
  }
  const hosts =
    hostedBy(apiBase) === undefined
      ? `is the token one of ${apiBase}?`
      : `a token of coze.cn is good at api.coze.cn only, one of coze.com at api.coze.com only (now: ${hostOf(apiBase)}); personal tokens live at most 30 days.`
  return { verdict: 'fault', subject, reason: failure.detail, remedy: `${paths.newToken}; ${hosts}` }
}

async function isTakenElsewhere(world: LoginWorld): Promise<string | undefined> {
  const at = world.elsewhere?.at ?? otherHost(world.apiBase)
  if (at === undefined || world.elsewhere === undefined) return undefined
  const client = world.elsewhere.open(at)
  try {
    return (await lookAtMe(world, client)).ok ? at : undefined
  } finally {
    await client.close()
  }
}

function notStudio(apiBase: string): AssistantFinding {
  return {
    verdict: 'fault',
    subject: 'Coze flavor',
    reason: `coze.flavor is studio, but ${apiBase} is the hosted Coze`,
    remedy:
      'Set coze.flavor to cloud (or leave COZE_FLAVOR out), or coze.apiBase to the address of your Coze Studio.',
  }
}

function isStudio(apiBase: string, { detail }: Failure): AssistantFinding {
  return {
    verdict: 'fault',
    subject: 'Coze flavor',
    reason: `coze.flavor is cloud, but ${apiBase} does not know the hosted Coze's calls, as a self-hosted Coze Studio does not (${detail})`,
    remedy:
      'For a Coze Studio set coze.flavor to studio (COZE_FLAVOR=studio); else correct coze.apiBase (COZE_API_BASE).',
  }
}

function unreachable({ apiBase }: LoginWorld, { kind, detail }: Failure): AssistantFinding {
  const subject = 'Coze address'
  if (kind === 'garbled' || kind === 'rejected') {
    const remedy = `Correct COZE_API_BASE (coze.apiBase): https://api.coze.cn, https://api.coze.com, or your Coze Studio; no path behind it. A proxy or a login page of the network may answer in its place.`
    return { verdict: 'fault', subject, reason: `something answers, but not Coze: ${detail}`, remedy }
  }
  const remedy = `Check COZE_API_BASE (coze.apiBase: ${apiBase}) and the way to it: name, proxy (HTTPS_PROXY), firewall, certificate.`
  return { verdict: 'fault', subject, reason: detail, remedy }
}

function hostOf(address: string): string {
  return URL.parse(address)?.host ?? address
}
