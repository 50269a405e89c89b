// Is the account set up as it needs to be? The lines `doctor` shows for Telegram.
//
// Nothing here asks for updates: a second reader ends the first one's, and that may be the running bridge.
import type { AccountWants, Finding } from '../../src/contract/platform.ts'
import { callAs } from './api.ts'
import type { CheckParts } from './check-parts.ts'
import { checkServer } from './check-server.ts'
import { checkUpdates } from './check-updates.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readString, type Fields } from '../common/read.ts'

/** Where nobody says what is wanted: what most set-ups do. */
const USUAL: AccountWants = {
  groupTriggers: ['mention', 'reply'],
  chats: [],
  threads: false,
  rolesWanted: false,
  proxied: false,
}

export async function checkAccount(
  parts: CheckParts,
  signal: AbortSignal,
  wants: AccountWants = USUAL,
): Promise<readonly Finding[]> {
  const { account, api } = parts
  let me: Fields
  try {
    me = fieldsOf(await callAs(account, api, 'getMe', {}, signal))
  } catch (error) {
    return [tokenFault(parts, error, signal)]
  }
  return [
    {
      verdict: 'ok',
      subject: `${account} token`,
      reason: `is taken; the bot is @${readString(me['username']) ?? 'unknown'}`,
    },
    ...(await checkServer(parts.account, parts.settings)),
    privacy(account, me, wants),
    ...groups(account, me, wants),
    {
      verdict: 'ok',
      subject: `${account} topics`,
      reason:
        me['has_topics_enabled'] === true
          ? 'private chats may have topics'
          : 'private chats have no topics (BotFather, "Threaded mode")',
    },
    ...(await checkUpdates(parts, wants, signal)),
  ]
}

function tokenFault({ account, settings }: CheckParts, error: unknown, signal: AbortSignal): Finding {
  const failure = toPlatformError(account, 'getMe', error, signal)
  const subject = `${account} token`
  if (failure.kind === 'denied' || failure.kind === 'unsupported') {
    return {
      verdict: 'fault',
      subject,
      reason: 'is not accepted by Telegram',
      remedy: 'Open @BotFather, /mybots, your bot, "API Token", and set the token shown there.',
    }
  }
  return {
    verdict: 'fault',
    subject,
    reason: `could not be tried: ${failure.message}`,
    remedy: `Check that this machine reaches ${settings.apiRoot} (apiRoot, proxy, firewall).`,
  }
}

const PRIVACY_REMEDY =
  'Open @BotFather, /setprivacy, your bot, "Disable", then remove the bot from its groups and add it again; or make it an administrator of the group.'

/** https://core.telegram.org/bots/features#privacy-mode */
export function privacy(account: string, me: Fields, { groupTriggers }: AccountWants): Finding {
  const subject = `${account} privacy mode`
  if (me['can_read_all_group_messages'] === true) {
    return { verdict: 'ok', subject, reason: 'is off: mentions in groups reach the bot' }
  }
  if (groupTriggers.includes('always')) {
    return {
      verdict: 'fault',
      subject,
      reason:
        'is on, but a route is woken by any message: in groups only commands and replies surely reach the bot',
      remedy: PRIVACY_REMEDY,
    }
  }
  if (groupTriggers.includes('mention')) {
    return {
      verdict: 'warning',
      subject,
      reason: 'is on: in groups only commands and replies surely reach the bot, mentions may not',
      remedy: PRIVACY_REMEDY,
    }
  }
  return {
    verdict: 'ok',
    subject,
    reason: 'is on, and no route needs more: commands and replies reach the bot',
  }
}

function groups(account: string, me: Fields, { groupTriggers }: AccountWants): readonly Finding[] {
  if (me['can_join_groups'] !== false || groupTriggers.length === 0) return []
  return [
    {
      verdict: 'note',
      subject: `${account} groups`,
      reason: 'the bot cannot be added to any more groups',
      remedy: 'If it shall be: open @BotFather, /setjoingroups, your bot, "Enable".',
    },
  ]
}
