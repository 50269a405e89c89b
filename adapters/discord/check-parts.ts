// What does every look at an account need?
import type { AccountWants } from '../../src/contract/platform.ts'
import type { DiscordApi } from './api.ts'
import type { DiscordSettings } from './settings.ts'

export interface CheckParts {
  readonly account: string
  readonly api: DiscordApi
  readonly settings: DiscordSettings
  readonly wants: AccountWants
}
