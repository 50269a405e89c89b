// What does the owner's set-up consist of, once they have been asked?

import type { CozeAuth } from '../../config/settings.ts'
import type { CliLocale } from '../cli-words.ts'

export type PlatformAnswer =
  | { readonly kind: 'telegram'; readonly token: string; readonly apiRoot?: string }
  | { readonly kind: 'discord'; readonly token: string; readonly apiBase?: string }
  | { readonly kind: 'feishu'; readonly appId: string; readonly appSecret: string; readonly domain: string }

export interface Answers {
  readonly locale: CliLocale
  readonly coze: {
    readonly apiBase: string
    readonly flavor: 'cloud' | 'studio'
    readonly auth: CozeAuth
    /** As it was written: `2026-12-31`. */
    readonly expiresAt?: string
  }
  readonly agent: { readonly bot: string; readonly name?: string }
  readonly platforms: readonly PlatformAnswer[]
  readonly access: {
    readonly direct: 'open' | 'pairing' | 'closed'
    readonly allow: readonly string[]
    readonly admins: readonly string[]
  }
  readonly store: string
}
