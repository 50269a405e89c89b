// Which variable says what? The tables, in the order of config/.env.example.

/** A variable, and the path of the file's key that means the same. */
export type Setting = readonly [variable: string, path: readonly string[]]

export interface PlatformVariables {
  readonly name: string
  /** With one of them set the platform is wanted; then all are needed. */
  readonly needed: readonly string[]
  readonly settings: readonly Setting[]
}

/** Say the same as a file does, and win over it. */
export const PROCESS: readonly Setting[] = [
  ['BRIDGE_STORE', ['store']],
  ['BRIDGE_HOST', ['server', 'host']],
  ['BRIDGE_PORT', ['server', 'port']],
  ['BRIDGE_ADMIN_TOKEN', ['server', 'adminToken']],
  ['LOG_LEVEL', ['log', 'level']],
]

/** Read only where there is no file, as are those below. */
export const ALONE: readonly Setting[] = [
  ['COZE_API_BASE', ['coze', 'apiBase']],
  ['COZE_FLAVOR', ['coze', 'flavor']],
  ['COZE_CHATS_PER_SECOND', ['coze', 'limits', 'chatsPerSecond']],
  ['COZE_BOT_ID', ['agents', 'default', 'bot']],
  ['BRIDGE_DIRECT', ['access', 'direct']],
  ['BRIDGE_ADMINS', ['access', 'admins']],
  ['BRIDGE_QUESTIONS_PER_HOUR', ['budgets', 'questionsPerHour']],
  ['BRIDGE_FIRST_TEXT_CHARS', ['routes', '0', 'reply', 'minChars']],
  ['BRIDGE_FIRST_TEXT_WAIT_MS', ['routes', '0', 'reply', 'maxWaitMs']],
]

export const TOKEN: readonly Setting[] = [
  ['COZE_API_TOKEN', ['coze', 'auth', 'token']],
  ['COZE_API_TOKEN_EXPIRES_AT', ['coze', 'auth', 'expiresAt']],
]
/** A person's own login: `bridge login`. */
export const OAUTH: readonly Setting[] = [
  ['COZE_OAUTH_CLIENT_ID', ['coze', 'auth', 'clientId']],
  ['COZE_OAUTH_CLIENT_SECRET', ['coze', 'auth', 'clientSecret']],
  ['COZE_OAUTH_FLOW', ['coze', 'auth', 'flow']],
  ['COZE_OAUTH_REDIRECT_PORT', ['coze', 'auth', 'redirectPort']],
  ['COZE_OAUTH_WORKSPACE', ['coze', 'auth', 'workspace']],
]
export const JWT: readonly Setting[] = [
  ['COZE_JWT_OAUTH_CLIENT_ID', ['coze', 'auth', 'clientId']],
  ['COZE_JWT_OAUTH_PUBLIC_KEY_ID', ['coze', 'auth', 'keyId']],
  ['COZE_JWT_OAUTH_PRIVATE_KEY', ['coze', 'auth', 'privateKey']],
]

export const PLATFORMS: readonly PlatformVariables[] = [
  {
    name: 'Telegram',
    needed: ['TELEGRAM_BOT_TOKEN'],
    settings: [
      ['TELEGRAM_BOT_TOKEN', ['platforms', 'telegram', 'token']],
      ['TELEGRAM_API_ROOT', ['platforms', 'telegram', 'apiRoot']],
      ['TELEGRAM_STREAMING', ['platforms', 'telegram', 'streaming']],
      ['TELEGRAM_MESSAGES_PER_SECOND', ['platforms', 'telegram', 'messagesPerSecond']],
      ['TELEGRAM_ALLOW_BOTS', ['platforms', 'telegram', 'allowBots']],
      ['TELEGRAM_LOCAL_FILES', ['platforms', 'telegram', 'localFiles']],
      ['TELEGRAM_MODE', ['platforms', 'telegram', 'mode']],
      ['TELEGRAM_WEBHOOK_URL', ['platforms', 'telegram', 'webhook', 'publicUrl']],
      ['TELEGRAM_WEBHOOK_SECRET', ['platforms', 'telegram', 'webhook', 'secret']],
    ],
  },
  {
    name: 'Discord',
    needed: ['DISCORD_TOKEN'],
    settings: [
      ['DISCORD_TOKEN', ['platforms', 'discord', 'token']],
      ['DISCORD_API_BASE', ['platforms', 'discord', 'apiBase']],
      ['DISCORD_MESSAGE_CONTENT', ['platforms', 'discord', 'messageContent']],
      ['DISCORD_STYLE', ['platforms', 'discord', 'style']],
      ['DISCORD_REQUESTS_PER_SECOND', ['platforms', 'discord', 'requestsPerSecond']],
      ['DISCORD_ALLOW_BOTS', ['platforms', 'discord', 'allowBots']],
      ['DISCORD_MODE', ['platforms', 'discord', 'mode']],
      ['DISCORD_PUBLIC_KEY', ['platforms', 'discord', 'publicKey']],
    ],
  },
  {
    name: 'Feishu',
    needed: ['FEISHU_APP_ID', 'FEISHU_APP_SECRET'],
    settings: [
      ['FEISHU_APP_ID', ['platforms', 'feishu', 'appId']],
      ['FEISHU_APP_SECRET', ['platforms', 'feishu', 'appSecret']],
      ['FEISHU_DOMAIN', ['platforms', 'feishu', 'domain']],
      ['FEISHU_STREAMING', ['platforms', 'feishu', 'streaming']],
      ['FEISHU_REQUESTS_PER_SECOND', ['platforms', 'feishu', 'requestsPerSecond']],
      ['FEISHU_ALLOW_BOTS', ['platforms', 'feishu', 'allowBots']],
      ['FEISHU_MODE', ['platforms', 'feishu', 'mode']],
      ['FEISHU_ENCRYPT_KEY', ['platforms', 'feishu', 'encryptKey']],
      ['FEISHU_VERIFICATION_TOKEN', ['platforms', 'feishu', 'verificationToken']],
    ],
  },
]

/** Where a person finds what is needed. */
export const WHERE_TO_FIND: Readonly<Record<string, string>> = {
  COZE_API_TOKEN: 'Make one in Coze under "API & SDK" → "Authorization", with the permission to chat.',
  COZE_OAUTH_CLIENT_ID:
    'The id of an OAuth app of the type device: Coze → "API & SDK" → "Authorization" → "OAuth apps".',
  COZE_BOT_ID: "The number after /bot/ in your agent's address; publish the agent to the API first.",
  TELEGRAM_BOT_TOKEN: 'Talk to @BotFather in Telegram: /newbot gives it to you.',
  DISCORD_TOKEN: 'Open discord.com/developers/applications → your application → Bot → Reset Token.',
  FEISHU_APP_ID: 'Open open.feishu.cn (or open.larksuite.com) → your app → Credentials & Basic Info.',
  FEISHU_APP_SECRET: 'Beside the App ID: open.feishu.cn → your app → Credentials & Basic Info.',
}
