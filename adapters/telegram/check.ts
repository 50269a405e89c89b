// Is the account set up as it needs to be? The lines `doctor` shows for Telegram.
import type { Finding } from '../../src/contract/platform.ts'
import { callAs, type BotApi } from './api.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readAmount, readString, type Fields } from '../common/read.ts'
import type { TelegramSettings } from './settings.ts'

export async function checkAccount(
  account: string,
  api: BotApi,
  settings: TelegramSettings,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let me: Fields
  try {
    me = fieldsOf(await callAs(account, api, 'getMe', {}, signal))
  } catch (error) {
    return [tokenFault(account, error)]
  }
  const findings: Finding[] = [
    {
      verdict: 'ok',
      subject: `${account} token`,
      reason: `is taken; the bot is @${readString(me['username']) ?? 'unknown'}`,
    },
    privacy(account, me),
    {
      verdict: 'ok',
      subject: `${account} topics`,
      reason:
        me['has_topics_enabled'] === true
          ? 'private chats may have topics'
          : 'private chats have no topics (BotFather, "Threaded mode")',
    },
  ]
  try {
    const state = fieldsOf(await callAs(account, api, 'getWebhookInfo', {}, signal))
    return [...findings, ...webhook(account, settings, state)]
  } catch (error) {
    const { message } = toPlatformError(account, 'getWebhookInfo', error, signal)
    return [...findings, { verdict: 'warning', subject: `${account} webhook`, reason: message }]
  }
}

function tokenFault(account: string, error: unknown): Finding {
  const failure = toPlatformError(account, 'getMe', error)
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
    remedy: 'Check that this machine reaches the Bot API server (apiRoot, proxy, firewall).',
  }
}

function privacy(account: string, me: Fields): Finding {
  const subject = `${account} privacy mode`
  if (me['can_read_all_group_messages'] === true) {
    return { verdict: 'ok', subject, reason: 'is off: mentions in groups reach the bot' }
  }
  return {
    verdict: 'warning',
    subject,
    reason: 'is on: in groups only commands and replies surely reach the bot, mentions may not',
    remedy:
      'Open @BotFather, /setprivacy, "Disable", then remove the bot from its groups and add it again; or make it an administrator.',
  }
}

function webhook(account: string, settings: TelegramSettings, state: Fields): readonly Finding[] {
  const subject = `${account} webhook`
  const url = readString(state['url'])
  if (settings.mode === 'polling') {
    if (url === undefined) return [{ verdict: 'ok', subject, reason: 'none is set; updates are polled' }]
    return [
      {
        verdict: 'warning',
        subject,
        reason: 'one is set by another program; it is removed when the bridge starts',
        remedy: 'Stop the other program, or give this bridge a token of its own from @BotFather.',
      },
    ]
  }
  const waiting = readAmount(state['pending_update_count']) ?? 0
  const failed = readString(state['last_error_message'])
  if (failed !== undefined) {
    return [
      {
        verdict: 'warning',
        subject,
        reason: `Telegram could not deliver lately (${waiting} updates wait): ${failed}`,
        remedy: 'Check that webhook.publicUrl reaches this bridge over HTTPS on port 443, 80, 88 or 8443.',
      },
    ]
  }
  const reason =
    url === undefined
      ? 'is not set yet; the bridge sets it when it starts'
      : `is set; ${waiting} updates wait`
  return [{ verdict: 'ok', subject, reason }]
}
