// What does every look at an account need?
import type { Clock, Fetch } from '../../src/contract/runtime.ts'
import type { BotApi } from './api.ts'
import type { TelegramSettings } from './settings.ts'

export interface CheckParts {
  readonly account: string
  readonly api: BotApi
  readonly clock: Clock
  readonly fetch: Fetch
  readonly settings: TelegramSettings
  /** Where Telegram shall call us, in webhook mode. */
  readonly webhookUrl: string
}
