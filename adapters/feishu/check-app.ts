// Is the app published, and are its events and callbacks subscribed to, the way this bridge takes them?
// https://open.feishu.cn/document/server-docs/application-v6/application/get
import type { Finding } from '../../src/contract/platform.ts'
import { callAs } from './api.ts'
import { inConsole, MENUS, THEN_PUBLISH, type CheckParts } from './check-parts.ts'
import { fieldsOf, readList, readString, readWhole, type Fields } from '../common/read.ts'

const NEEDED_EVENT = 'im.message.receive_v1'
/** What goes without them is small. */
const USEFUL_EVENTS: readonly string[] = [
  'im.message.recalled_v1',
  'im.chat.member.bot.added_v1',
  'im.chat.member.bot.deleted_v1',
  'im.chat.access_event.bot_p2p_chat_entered_v1',
  'application.bot.menu_v6',
]
const CALLBACK = 'card.action.trigger'
/** The scope this look needs, and nothing else does. */
const LOOKING_SCOPE = 'application:application:self_manage'

export async function checkApp(parts: CheckParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { account, api, settings } = parts
  const request = {
    method: 'GET',
    path: '/open-apis/application/v6/applications/:app_id',
    ids: { app_id: settings.appId },
    query: { lang: 'en_us' },
  } as const
  const app = await callAs(account, api, request, signal).then(
    (answer) => fieldsOf(answer['app']),
    () => undefined,
  )
  if (app === undefined || Object.keys(app).length === 0) return [cannotTell(parts)]
  return [published(parts, app), ...events(parts, app), ...callbacks(parts, app)]
}

/** The way to it is told instead. */
function cannotTell(parts: CheckParts): Finding {
  const { account, domain } = parts
  return {
    verdict: 'note',
    subject: `${account} events`,
    reason: `what the app is subscribed to, and whether its version is published, cannot be seen from here (the scope ${LOOKING_SCOPE} would show it); if nothing arrives, look there`,
    remedy: `${inConsole(domain, MENUS.events)}: in both tabs choose ${wayOf(parts)}; add the events ${[NEEDED_EVENT, ...USEFUL_EVENTS].join(', ')}, and the callback ${CALLBACK}; ${THEN_PUBLISH}.`,
  }
}

function published({ account, domain }: CheckParts, app: Fields): Finding {
  const subject = `${account} version`
  const waits = readString(app['unaudit_version_id']) !== undefined
  if (readString(app['online_version_id']) === undefined) {
    return {
      verdict: 'fault',
      subject,
      reason: waits
        ? 'none is published yet: one waits for the approval of an administrator'
        : 'none is published: nobody finds the bot, and no scope or event holds',
      remedy: waits
        ? `Let an administrator approve it: the admin console, "Workplace" (工作台), "App Review" (应用审核).`
        : `${inConsole(domain, MENUS.versions)}.`,
    }
  }
  if (readWhole(app['status']) === 0) {
    const remedy =
      'Let an administrator enable it: the admin console, "Workplace" (工作台), "App Management" (应用管理), the app, "Enable" (启用).'
    return {
      verdict: 'fault',
      subject,
      reason: 'is published, but the app is disabled in the tenant',
      remedy,
    }
  }
  if (waits) {
    return {
      verdict: 'note',
      subject,
      reason: 'is published; a newer one waits for approval, and what was changed in it does not hold yet',
    }
  }
  return { verdict: 'ok', subject, reason: 'is published' }
}

function events(parts: CheckParts, app: Fields): readonly Finding[] {
  const { account, domain } = parts
  const subject = `${account} events`
  const event = fieldsOf(app['event'])
  if (!Array.isArray(event['subscribed_events'])) return [cannotTell(parts)]
  const subscribed = readList(event['subscribed_events'])
  const findings: Finding[] = [
    ...wrongWay(parts, `${account} event subscription`, event['subscription_type']),
  ]
  if (!subscribed.includes(NEEDED_EVENT)) {
    findings.push({
      verdict: 'fault',
      subject,
      reason: `${NEEDED_EVENT} is not subscribed to: no message reaches the bot`,
      remedy: `${inConsole(domain, MENUS.events)}, "Event Configuration" (事件配置), "Add Events" (添加事件), add ${NEEDED_EVENT} (接收消息), ${THEN_PUBLISH}.`,
    })
  }
  const others = USEFUL_EVENTS.filter((name) => !subscribed.includes(name))
  if (others.length > 0) {
    findings.push({
      verdict: 'note',
      subject,
      reason: `not subscribed to: ${others.join(', ')}; recalls, greetings and the bot's menu go unheard`,
      remedy: `${inConsole(domain, MENUS.events)}, "Event Configuration" (事件配置), "Add Events" (添加事件), add them, ${THEN_PUBLISH}.`,
    })
  }
  return findings.length > 0 ? findings : [{ verdict: 'ok', subject, reason: 'are subscribed to' }]
}

function callbacks(parts: CheckParts, app: Fields): readonly Finding[] {
  const { account, domain } = parts
  const subject = `${account} callbacks`
  const given =
    Object.keys(fieldsOf(app['callback_info'])).length > 0 ? app['callback_info'] : app['callback']
  const callback = fieldsOf(given)
  if (!Array.isArray(callback['subscribed_callbacks'])) return []
  const findings: Finding[] = [
    ...wrongWay(parts, `${account} callback subscription`, callback['callback_type']),
  ]
  if (!readList(callback['subscribed_callbacks']).includes(CALLBACK)) {
    findings.push({
      verdict: 'fault',
      subject,
      reason: `${CALLBACK} is not subscribed to: buttons and forms do nothing (200340)`,
      remedy: `${inConsole(domain, MENUS.events)}, "Callback Configuration" (回调配置), "Add callback" (添加回调), add ${CALLBACK} (卡片回传交互), ${THEN_PUBLISH}.`,
    })
  }
  return findings.length > 0 ? findings : [{ verdict: 'ok', subject, reason: 'are subscribed to' }]
}

/** `websocket` or `webhook`; anything else says nothing. */
function wrongWay(parts: CheckParts, subject: string, type: unknown): readonly Finding[] {
  const { domain, settings } = parts
  const way = readString(type)?.toLowerCase()
  if ((way !== 'websocket' && way !== 'webhook') || way === settings.mode) return []
  return [
    {
      verdict: 'fault',
      subject,
      reason: `goes by ${way === 'websocket' ? 'the long connection' : 'webhook'}, and the bridge waits for it by ${settings.mode === 'websocket' ? 'the long connection' : 'webhook'}`,
      remedy: `${inConsole(domain, MENUS.events)}, "Subscription mode" (订阅方式): choose ${wayOf(parts)}, ${THEN_PUBLISH}; or set mode: ${way} (FEISHU_MODE).`,
    },
  ]
}

function wayOf({ account, settings }: CheckParts): string {
  return settings.mode === 'websocket'
    ? '"Receive events/callbacks through persistent connection" (使用长连接接收事件/回调; saved only while this bridge runs)'
    : `"Send to developer's server" (将事件发送至开发者服务器), with this bridge's public address, ending in /webhooks/${encodeURIComponent(account)}`
}
