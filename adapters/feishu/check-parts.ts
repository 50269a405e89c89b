// What does every look at an account need, and where does its owner click?
import type { AccountWants } from '../../src/contract/platform.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import type { Connection } from './connect.ts'
import type { FeishuSettings } from './settings.ts'

export interface CheckParts extends Connection {
  readonly settings: FeishuSettings
  readonly fetch: Fetch
  /** Access or budgets speak of roles. */
  readonly rolesWanted: boolean
  readonly wants: AccountWants
}

/** Names of menus as the developer console has them, in English and in Chinese. */
export const MENUS = {
  credentials: '"Credentials & Basic Info" (凭证与基础信息)',
  bot: '"Add Features" (添加应用能力), "Bot" (机器人)',
  scopes: '"Permissions & Scopes" (权限管理)',
  events: '"Events & Callbacks" (事件与回调)',
  encryption: '"Events & Callbacks" (事件与回调), "Encryption Strategy" (加密策略)',
  versions:
    '"Version Management & Release" (版本管理与发布), "Create a version" (创建版本), "Publish" (确认发布)',
} as const

/** `Open https://open.feishu.cn/app, your app, …`. */
export function inConsole(domain: string, way: string): string {
  return `Open ${domain}/app, your app, ${way}`
}

/** Scopes, events and features hold only once a version with them is published. */
export const THEN_PUBLISH = `then ${MENUS.versions}`
