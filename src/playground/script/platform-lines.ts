// How does the configuration of a script name the platforms it is played on?

import type { PlatformName } from '../seats.ts'

const PLATFORMS: Readonly<Record<PlatformName, string>> = {
  discord: 'discord: { token: "${env:DISCORD_TOKEN}", apiBase: "${env:DISCORD_API_BASE}" }',
  telegram: 'telegram: { token: "${env:TELEGRAM_BOT_TOKEN}", apiRoot: "${env:TELEGRAM_API_ROOT}" }',
  feishu:
    'feishu: { appId: "${env:FEISHU_APP_ID}", appSecret: "${env:FEISHU_APP_SECRET}", domain: "${env:FEISHU_DOMAIN}" }',
}

/** What stands under `platforms:`, with what the stage's variables say. */
export function platformLines(platforms: readonly PlatformName[]): string {
  return platforms.map((platform) => `  ${PLATFORMS[platform]}`).join('\n')
}
