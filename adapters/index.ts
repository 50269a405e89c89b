// Which platforms are there? The only list: a kind, and how its adapter is loaded. One line more adds a platform.
import type { Platform, PlatformTools } from '../src/contract/platform.ts'

export interface AdapterModule {
  /**
   * Makes the connection of one account; no I/O before `start`. `settings` were checked by config/; the adapter reads
   * them once more, as far as it needs them, and throws `TypeError` when they are not its own. `part`: one of what
   * `Platform.parts` told; absent: the account is one.
   */
  createPlatform(account: string, settings: unknown, tools: PlatformTools, part?: string): Platform
}

/** Loaded when an account of the kind is configured: an SDK nobody uses costs nothing. */
export const adapters: Readonly<Record<string, () => Promise<AdapterModule>>> = {
  telegram: () => import('./telegram/index.ts'),
  discord: () => import('./discord/index.ts'),
  feishu: () => import('./feishu/index.ts'),
  console: () => import('./console.ts'),
}
