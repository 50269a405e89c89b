// Who are we, and how do updates reach us? The calls made at start, before any update.
import type { Clock } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type BotApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { fieldsOf, readString, readWhole } from '../common/read.ts'
import type { TelegramSettings } from './settings.ts'
import type { Self } from './words-of.ts'

/** What the adapter reads; anything else is not even queued for us. Kept by the server until told otherwise. */
export const ALLOWED_UPDATES = [
  'message',
  'callback_query',
  'my_chat_member',
  'stopped_message_generation',
] as const

const ANSWER_WITHIN_MS = 15_000

export interface Connection {
  readonly account: string
  readonly api: BotApi
  readonly clock: Clock
  readonly settings: TelegramSettings
  /** Where Telegram shall call us, in webhook mode. */
  readonly webhookUrl: string
}

/** Rejects with `denied` when the token is not taken; everything else is worth another try. */
export async function connect(connection: Connection, signal: AbortSignal): Promise<Self> {
  const me = await whoAmI(connection, signal)
  const { account, api, clock, settings, webhookUrl } = connection
  await withDeadline({ account, clock, ms: ANSWER_WITHIN_MS, what: 'connect' }, signal, (within) =>
    settings.mode === 'webhook' && settings.webhook !== undefined
      ? callAs(
          account,
          api,
          'setWebhook',
          { url: webhookUrl, secret_token: settings.webhook.secret, allowed_updates: ALLOWED_UPDATES },
          within,
        )
      : callAs(account, api, 'deleteWebhook', {}, within),
  )
  return me
}

async function whoAmI({ account, api, clock }: Connection, signal: AbortSignal): Promise<Self> {
  try {
    const answer = await withDeadline(
      { account, clock, ms: ANSWER_WITHIN_MS, what: 'getMe' },
      signal,
      (within) => callAs(account, api, 'getMe', {}, within),
    )
    const id = readWhole(fieldsOf(answer)['id'])
    if (id === undefined) throw new PlatformError(account, 'unavailable', 'getMe: the answer has no id')
    const username = readString(fieldsOf(answer)['username'])
    return { id, ...(username === undefined ? {} : { username }) }
  } catch (error) {
    // A token of the wrong shape is not even routed: 404.
    if (error instanceof PlatformError && (error.kind === 'denied' || error.kind === 'unsupported')) {
      const code = error.code === undefined ? {} : { code: error.code }
      throw new PlatformError(
        account,
        'denied',
        'the token is not accepted (getMe). Take the current one from @BotFather',
        code,
      )
    }
    throw error
  }
}
