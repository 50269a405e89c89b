// Is the account set up as it needs to be? The lines `doctor` shows for Discord.
import type { AccountWants, Finding } from '../../src/contract/platform.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type DiscordApi } from './api.ts'
import { checkApplication } from './check-application.ts'
import { checkGateway } from './check-gateway.ts'
import type { CheckParts } from './check-parts.ts'
import { checkServers } from './check-servers.ts'
import { TOKEN_REMEDY } from './connect.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readString, type Fields } from '../common/read.ts'
import type { DiscordSettings } from './settings.ts'

/** Where nobody says what is wanted: what most set-ups do. */
const USUAL: AccountWants = {
  groupTriggers: ['mention', 'reply'],
  chats: [],
  threads: false,
  rolesWanted: false,
  proxied: false,
}

export async function checkAccount(
  account: string,
  api: DiscordApi,
  settings: DiscordSettings,
  signal: AbortSignal,
  wants: AccountWants = USUAL,
): Promise<readonly Finding[]> {
  const parts: CheckParts = { account, api, settings, wants }
  let me: Fields
  try {
    me = fieldsOf(await callAs(account, api, { method: 'GET', route: '/users/@me' }, signal))
  } catch (error) {
    return [tokenFault(parts, error, signal)]
  }
  const token: Finding = {
    verdict: 'ok',
    subject: `${account} token`,
    reason: `is taken; the bot is ${readString(me['username']) ?? 'unknown'}`,
  }
  const gateway = settings.mode === 'gateway' ? checkGateway(parts, signal) : Promise.resolve([])
  try {
    const application = await askApplication(account, api, signal)
    const [ofGateway, ofServers] = await Promise.all([
      gateway,
      checkServers(parts, { application, meId: readString(me['id']) ?? '' }, signal),
    ])
    return [token, ...checkApplication(parts, application), ...ofGateway, ...ofServers]
  } catch (error) {
    const { message } = toPlatformError(account, 'application', error, signal)
    return [
      token,
      { verdict: 'warning', subject: `${account} application`, reason: message },
      ...(await gateway),
    ]
  }
}

async function askApplication(account: string, api: DiscordApi, signal: AbortSignal): Promise<Fields> {
  return fieldsOf(await callAs(account, api, { method: 'GET', route: '/applications/@me' }, signal))
}

export async function askApplicationId(
  account: string,
  api: DiscordApi,
  signal: AbortSignal,
): Promise<string> {
  const id = readString((await askApplication(account, api, signal))['id'])
  if (id !== undefined) return id
  throw new PlatformError(account, 'unavailable', 'GET /applications/@me: the answer has no id')
}

function tokenFault({ account, settings }: CheckParts, error: unknown, signal: AbortSignal): Finding {
  const failure = toPlatformError(account, 'GET /users/@me', error, signal)
  const subject = `${account} token`
  if (failure.kind === 'denied') {
    return { verdict: 'fault', subject, reason: 'is not accepted by Discord', remedy: TOKEN_REMEDY }
  }
  if (failure.kind === 'unsupported' || failure.kind === 'gone') {
    return {
      verdict: 'fault',
      subject: `${account} address`,
      reason: `${settings.apiBase} does not answer as Discord does: ${failure.message}`,
      remedy:
        'Leave apiBase (DISCORD_API_BASE) out for Discord itself; of a compatible server it ends in /api, without a version.',
    }
  }
  return {
    verdict: 'fault',
    subject,
    reason: `could not be tried: ${failure.message}`,
    remedy: 'Check that this machine reaches the server (apiBase, proxy, firewall).',
  }
}
