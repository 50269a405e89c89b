// Who are we? The one call made at start, before any event; its answer is kept, and never asked for again.
//
// Asking each minute, as a health check, uses up a free tenant's monthly calls.
import type { Clock } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type FeishuApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { SECRET_CODES } from './codes.ts'
import type { Self } from './mentions.ts'
import { fieldsOf, readString, readWhole } from '../common/read.ts'

const ANSWER_WITHIN_MS = 15_000
/** https://open.feishu.cn/document/server-docs/bot-v3/bot-info : 2 is enabled. */
const ENABLED = 2

export interface Connection {
  readonly account: string
  readonly api: FeishuApi
  readonly clock: Clock
  readonly domain: string
}

export interface BotInfo extends Self {
  readonly enabled: boolean
}

/** Where the app's keys stand, in words for its owner. */
export function whereToLook(domain: string): string {
  return `Open ${domain}/app, your app, "Credentials & Basic Info", and copy App ID and App Secret from there`
}

/** Rejects with `denied` when app id or secret are not taken; everything else is worth another try. */
export async function connect(connection: Connection, signal: AbortSignal): Promise<BotInfo> {
  const { account, api, clock } = connection
  try {
    const answer = await withDeadline(
      { account, clock, ms: ANSWER_WITHIN_MS, what: 'bot/v3/info' },
      signal,
      (within) => callAs(account, api, { method: 'GET', path: '/open-apis/bot/v3/info' }, within),
    )
    // The answer stands under `bot`, not under `data` as everywhere else.
    const bot = fieldsOf(answer['bot'])
    const openId = readString(bot['open_id'])
    if (openId === undefined) {
      throw new PlatformError(account, 'unavailable', 'bot/v3/info: the answer has no open_id')
    }
    const name = readString(bot['app_name'])
    const status = readWhole(bot['activate_status'])
    return {
      openId,
      ...(name === undefined ? {} : { name }),
      enabled: status === undefined || status === ENABLED,
    }
  } catch (error) {
    throw error instanceof PlatformError ? atStart(connection, error) : error
  }
}

/** The app's IP allow list. */
const NOT_FROM_HERE = 99991401

/** A start is given up for what a restart will not mend alone; a used-up monthly allowance comes back by itself. */
function atStart({ account, domain }: Connection, error: PlatformError): PlatformError {
  const facts = error.code === undefined ? {} : { code: error.code }
  if (SECRET_CODES.has(Number(error.code))) {
    const words = `app id or app secret are not accepted by ${domain}. ${whereToLook(domain)}; a Lark app needs domain: lark`
    return new PlatformError(account, 'denied', words, facts)
  }
  if (error.kind !== 'denied' || error.code === NOT_FROM_HERE) return error
  return new PlatformError(account, 'unavailable', error.message.slice(account.length + 2), facts)
}
