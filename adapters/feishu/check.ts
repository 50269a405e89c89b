// Is the account set up as it needs to be? The lines `doctor` shows for Feishu.
import type { AccountWants, Finding } from '../../src/contract/platform.ts'
import { checkApp } from './check-app.ts'
import { checkLine } from './check-line.ts'
import { inConsole, MENUS, THEN_PUBLISH, type CheckParts } from './check-parts.ts'
import { checkGrants, checkProbes } from './check-scopes.ts'
import { connect, type BotInfo } from './connect.ts'
import { toPlatformError } from './errors.ts'

/** Where nobody says what is wanted: what most set-ups do. */
const USUAL: AccountWants = {
  groupTriggers: ['mention', 'reply'],
  chats: [],
  threads: false,
  rolesWanted: false,
  proxied: false,
}

export async function checkAccount(
  given: Omit<CheckParts, 'wants'>,
  signal: AbortSignal,
  wants: AccountWants = USUAL,
): Promise<readonly Finding[]> {
  const parts: CheckParts = { ...given, wants, rolesWanted: given.rolesWanted || wants.rolesWanted }
  const { account } = parts
  let me: BotInfo
  try {
    me = await connect(parts, signal)
  } catch (error) {
    return [keysFault(parts, error, signal)]
  }
  const [probes, grants, app, line] = await Promise.all([
    checkProbes(parts, signal),
    checkGrants(parts, signal),
    checkApp(parts, signal),
    checkLine(parts, signal),
  ])
  return [
    { verdict: 'ok', subject: `${account} keys`, reason: `are taken; the bot is ${me.name ?? me.openId}` },
    botState(parts, me),
    ...probes,
    ...grants,
    ...line,
    ...app,
    ...signing(parts),
  ]
}

/** https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code: the app's IP allow list. */
const NOT_FROM_HERE = 99991401
const QUOTA_GONE = 99991403

function keysFault({ account, domain }: CheckParts, error: unknown, signal: AbortSignal): Finding {
  const failure = toPlatformError(account, 'bot/v3/info', error, signal)
  const subject = `${account} keys`
  const code = Number(failure.code)
  if (code === NOT_FROM_HERE) {
    const remedy = `${inConsole(domain, '"Security Settings" (安全设置), "IP Whitelist" (IP 白名单)')}: add the address this machine is seen under, or clear the list; ${THEN_PUBLISH}.`
    return { verdict: 'fault', subject: `${account} IP whitelist`, reason: failure.message, remedy }
  }
  if (code === QUOTA_GONE) {
    const remedy = `Open the admin console of the tenant, "Billing" (费用中心): the month's API calls of the free edition are used up; they come back on the first of the month, or with a larger edition.`
    return { verdict: 'fault', subject: `${account} quota`, reason: failure.message, remedy }
  }
  if (failure.kind === 'denied') {
    const remedy = `${inConsole(domain, MENUS.credentials)}, and copy App ID and App Secret from there; set domain: lark (FEISHU_DOMAIN=lark) for an app of Lark, domain: feishu for one of Feishu.`
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
    remedy: `${inConsole(domain, MENUS.bot)}, ${THEN_PUBLISH}.`,
  }
}

/** That one of the two is there, the configuration's own check sees to. */
function signing({ account, domain, settings }: CheckParts): readonly Finding[] {
  if (settings.mode !== 'webhook' || settings.encryptKey !== undefined) return []
  return [
    {
      verdict: 'warning',
      subject: `${account} encryption`,
      reason:
        'without encryptKey events come unencrypted and unsigned: whoever learns the verification token can speak for Feishu',
      remedy: `${inConsole(domain, MENUS.encryption)}, set "Encrypt Key", and put it into encryptKey (FEISHU_ENCRYPT_KEY).`,
    },
  ]
}
