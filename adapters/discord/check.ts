// Is the account set up as it needs to be? The lines `doctor` shows for Discord.
import type { Finding } from '../../src/contract/platform.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type DiscordApi } from './api.ts'
import { MESSAGE_CONTENT_REMEDY, TOKEN_REMEDY } from './connect.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readAmount, readList, readString, type Fields } from '../common/read.ts'
import type { DiscordSettings } from './settings.ts'
import { segment } from './segment.ts'

export async function checkAccount(
  account: string,
  api: DiscordApi,
  settings: DiscordSettings,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let me: Fields
  try {
    me = fieldsOf(await callAs(account, api, { method: 'GET', route: '/users/@me' }, signal))
  } catch (error) {
    return [tokenFault(account, error)]
  }
  const token: Finding = {
    verdict: 'ok',
    subject: `${account} token`,
    reason: `is taken; the bot is ${readString(me['username']) ?? 'unknown'}`,
  }
  try {
    const application = await askApplication(account, api, signal)
    return [
      token,
      messageContent(account, settings, application),
      ...publicKey(account, settings, application),
      await servers(account, api, application, signal),
    ]
  } catch (error) {
    const { message } = toPlatformError(account, 'application', error, signal)
    return [token, { verdict: 'warning', subject: `${account} application`, reason: message }]
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

function tokenFault(account: string, error: unknown): Finding {
  const failure = toPlatformError(account, 'GET /users/@me', error)
  const subject = `${account} token`
  if (failure.kind === 'denied') {
    return { verdict: 'fault', subject, reason: 'is not accepted by Discord', remedy: TOKEN_REMEDY }
  }
  return {
    verdict: 'fault',
    subject,
    reason: `could not be tried: ${failure.message}`,
    remedy: 'Check that this machine reaches the server (apiBase, proxy, firewall).',
  }
}

/** Small bots show the limited bit, and it serves them just as well. https://discord.com/developers/docs/resources/application#application-object-application-flags */
const MESSAGE_CONTENT_FLAGS = (1 << 18) | (1 << 19)

function messageContent(account: string, settings: DiscordSettings, application: Fields): Finding {
  const subject = `${account} message content`
  const flags = readAmount(application['flags'])
  const isEnabled = flags === undefined ? undefined : (flags & MESSAGE_CONTENT_FLAGS) !== 0
  if (!settings.messageContent) {
    return {
      verdict: 'ok',
      subject,
      reason:
        'is not asked for: mentions, replies to the bot, direct messages and commands work; what is said to nobody, or to the bot by its role alone, comes without its text',
    }
  }
  if (isEnabled === false) {
    return {
      verdict: 'fault',
      subject,
      reason: 'is asked for, but not enabled for this bot: the gateway will refuse it (4014)',
      remedy: MESSAGE_CONTENT_REMEDY,
    }
  }
  const reason =
    isEnabled === true ? 'is enabled' : 'is asked for; the server does not say whether it is enabled'
  return { verdict: 'ok', subject, reason }
}

function publicKey(account: string, settings: DiscordSettings, application: Fields): readonly Finding[] {
  const subject = `${account} interactions endpoint`
  const endpoint = readString(application['interactions_endpoint_url'])
  if (settings.publicKey === undefined) {
    if (endpoint === undefined) return []
    return [
      {
        verdict: 'fault',
        subject,
        reason: 'is set at Discord: commands and buttons go there, and none comes over the gateway',
        remedy:
          'Set publicKey if that address is this bridge; otherwise clear "Interactions Endpoint URL" in the portal.',
      },
    ]
  }
  const theirs = readString(application['verify_key'])
  if (theirs !== undefined && theirs.toLowerCase() !== settings.publicKey.toLowerCase()) {
    return [
      {
        verdict: 'fault',
        subject,
        reason: 'publicKey is not that of this application: every call would be refused',
        remedy: `Set publicKey to ${theirs}.`,
      },
    ]
  }
  const reason =
    endpoint === undefined ? 'is not set at Discord: interactions come over the gateway' : 'is set at Discord'
  if (endpoint !== undefined || settings.mode === 'gateway') return [{ verdict: 'ok', subject, reason }]
  return [
    {
      verdict: 'warning',
      subject,
      reason: 'is not set at Discord, so nothing comes in',
      remedy: `Start the bridge, then set "Interactions Endpoint URL" in the portal to its public address with /webhooks/${segment(account)} behind it.`,
    },
  ]
}

/**
 * View channels, send messages (also in threads), open threads, embed links, attach files, read the history.
 * https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
 */
const PERMISSIONS = [10n, 11n, 14n, 15n, 16n, 35n, 38n].reduce((all, bit) => all | (1n << bit), 0n)
const PAGE = 200

async function servers(
  account: string,
  api: DiscordApi,
  application: Fields,
  signal: AbortSignal,
): Promise<Finding> {
  const subject = `${account} servers`
  const id = readString(application['id']) ?? ''
  const invite = `https://discord.com/oauth2/authorize?client_id=${id}&scope=bot+applications.commands&permissions=${PERMISSIONS}`
  const count =
    readAmount(application['approximate_guild_count']) ?? (await countServers(account, api, signal))
  if (count === 0) {
    return { verdict: 'warning', subject, reason: 'the bot is in none', remedy: `Invite it: ${invite}` }
  }
  return {
    verdict: 'ok',
    subject,
    reason: `the bot is in ${count ?? 'an unknown number'}; invite it with ${invite}`,
  }
}

async function countServers(
  account: string,
  api: DiscordApi,
  signal: AbortSignal,
): Promise<number | undefined> {
  const query = { limit: String(PAGE) }
  try {
    return readList(await callAs(account, api, { method: 'GET', route: '/users/@me/guilds', query }, signal))
      .length
  } catch {
    return undefined
  }
}
