// Do updates come: polled by one program alone, or by a webhook that Telegram reaches?
import type { AccountWants, Finding } from '../../src/contract/platform.ts'
import { callAs } from './api.ts'
import type { CheckParts } from './check-parts.ts'
import { checkReach } from './check-reach.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readAmount, readString, type Fields } from '../common/read.ts'

export async function checkUpdates(
  parts: CheckParts,
  wants: AccountWants,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { account, api, clock, settings, webhookUrl } = parts
  const reach =
    settings.mode === 'webhook' && settings.webhook !== undefined
      ? await checkReach({ ...parts, publicUrl: settings.webhook.publicUrl }, wants, signal)
      : []
  try {
    const state = fieldsOf(await callAs(account, api, 'getWebhookInfo', {}, signal))
    const judged =
      settings.mode === 'polling'
        ? polled(account, state, wants)
        : called({ account, webhookUrl, nowMs: clock.now() }, state, wants)
    return [...judged, ...reach]
  } catch (error) {
    const { message } = toPlatformError(account, 'getWebhookInfo', error, signal)
    return [{ verdict: 'warning', subject: `${account} webhook`, reason: message }, ...reach]
  }
}

/** So many wait where nobody fetches them, or where whoever does is far behind. Our choice. */
const MANY = 20

export function polled(account: string, state: Fields, { running }: AccountWants): readonly Finding[] {
  const subject = `${account} webhook`
  const url = readString(state['url'])
  const waiting = readAmount(state['pending_update_count']) ?? 0
  if (url !== undefined) {
    const host = URL.parse(url)?.host ?? 'an address'
    return [
      {
        verdict: running === true ? 'fault' : 'warning',
        subject,
        reason:
          running === true
            ? `one is set (${host}), by another program with this token: the running bridge gets no updates (409)`
            : `one is set (${host}), by another program; it is removed when the bridge starts`,
        remedy:
          'Stop the other program, or give this bridge a token of its own: open @BotFather, /newbot; or /revoke, so that the other one has none. Then start the bridge again.',
      },
    ]
  }
  const findings: Finding[] = [{ verdict: 'ok', subject, reason: 'none is set; updates are polled' }]
  if (waiting >= MANY && running === true) {
    findings.push({
      verdict: 'warning',
      subject: `${account} updates`,
      reason: `${waiting} wait, although a bridge runs: it does not fetch them`,
      remedy:
        'Look at its log and at /readyz: the store may refuse them, or another program polls with this token.',
    })
  }
  if (running !== true) {
    findings.push({
      verdict: 'note',
      subject: `${account} second reader`,
      reason: 'whether another program polls with this token cannot be seen without throwing it out',
      remedy:
        'If messages get lost or the log says "409 Conflict": stop the other program, or open @BotFather, /mybots, your bot, "API Token", "Revoke current token", and set the new one here.',
    })
  }
  return findings
}

const HOUR_MS = 3_600_000

export function called(
  {
    account,
    webhookUrl,
    nowMs,
  }: { readonly account: string; readonly webhookUrl: string; readonly nowMs: number },
  state: Fields,
  { running }: AccountWants,
): readonly Finding[] {
  const subject = `${account} webhook`
  const url = readString(state['url'])
  const waiting = readAmount(state['pending_update_count']) ?? 0
  if (url !== undefined && url !== webhookUrl) {
    return [
      {
        verdict: running === true ? 'fault' : 'warning',
        subject,
        reason: `another address is set (${URL.parse(url)?.host ?? 'unknown'}): a program elsewhere uses this token; the start of the bridge sets its own`,
        remedy: 'Stop the other program, or give this bridge a token of its own from @BotFather (/newbot).',
      },
    ]
  }
  if (url === undefined && running === true) {
    return [
      {
        verdict: 'fault',
        subject,
        reason: 'is not set, although a bridge runs: another program removed it, and polls with this token',
        remedy: 'Stop the other program, then start the bridge again: it sets the webhook anew.',
      },
    ]
  }
  const failed = readString(state['last_error_message'])
  const failedAtMs = (readAmount(state['last_error_date']) ?? 0) * 1_000
  if (failed !== undefined) {
    const isOld = waiting === 0 && nowMs - failedAtMs > HOUR_MS
    return [
      {
        verdict: isOld ? 'note' : 'warning',
        subject,
        reason: isOld
          ? `Telegram could once not deliver (${new Date(failedAtMs).toISOString()}), and can since: ${failed}`
          : `Telegram could not deliver lately (${waiting} updates wait): ${failed}`,
        remedy:
          'Check that webhook.publicUrl (TELEGRAM_WEBHOOK_URL) reaches this bridge over HTTPS on port 443, 80, 88 or 8443, and that a server in front hands on the path /webhooks/ and the header X-Telegram-Bot-Api-Secret-Token.',
      },
    ]
  }
  const reason =
    url === undefined
      ? 'is not set yet; the bridge sets it when it starts'
      : `is set; ${waiting} updates wait`
  return [{ verdict: 'ok', subject, reason }]
}
