// Is the long connection to be had? Asking where the line is makes no connection, and takes none away.
import type { Finding } from '../../src/contract/platform.ts'
import { inConsole, MENUS, THEN_PUBLISH, type CheckParts } from './check-parts.ts'
import { FeishuAnswerError, toPlatformError } from './errors.ts'
import { sendOver } from './http.ts'
import { reasonOf } from './socket.ts'

export async function checkLine(parts: CheckParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { account, domain, fetch, settings } = parts
  if (settings.mode !== 'websocket') return []
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
    return [{ verdict: 'ok', subject, reason: 'is to be had' }]
  } catch (error) {
    const code = error instanceof FeishuAnswerError ? error.code : undefined
    const { message } = toPlatformError(account, 'callback/ws/endpoint', error, signal)
    const reason = code === undefined ? message : reasonOf({ because: message, code })
    return [{ verdict: 'fault', subject, reason, remedy: remedyFor(code, domain) }]
  }
}

/** Codes as in socket.ts. */
function remedyFor(code: number | undefined, domain: string): string {
  if (code === 403) {
    return `${inConsole(domain, MENUS.events)}, choose the long connection, ${THEN_PUBLISH}. Only a self-built app (企业自建应用) has it; for any other set mode: webhook (FEISHU_MODE).`
  }
  if (code === 514)
    return `${inConsole(domain, MENUS.credentials)}, and copy App ID and App Secret from there.`
  if (code === 1000040350) {
    return 'Stop other programs that run with this app, or give this bridge an app of its own.'
  }
  if (code === 1000040351) {
    return `Set domain: ${domain.includes('larksuite') ? 'feishu' : 'lark'} (FEISHU_DOMAIN): the console the app was made in says which, open.feishu.cn or open.larksuite.com.`
  }
  return `Check that this machine reaches ${domain} (domain, proxy, firewall), and try again in a minute.`
}
