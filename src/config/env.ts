// What do the environment's variables say? The same data as a file would, and which variable said what.

import type { ConfigFault } from './faults.ts'
import type { Path } from './source.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface FromEnvironment {
  /** In the form of config/bridge.yaml. */
  readonly data: Readonly<Record<string, unknown>>
  /** The variable a path's value came from. */
  readonly variableFor: (path: Path) => string | undefined
  readonly faults: readonly ConfigFault[]
  readonly warnings: readonly string[]
}

/** So that a stranger who finds the bot cannot spend the owner's Coze credit. */
const QUESTIONS_PER_HOUR = '20'

type Setting = readonly [variable: string, path: readonly string[]]

/** Say the same as a file does, and win over it. */
const PROCESS: readonly Setting[] = [
  ['BRIDGE_STORE', ['store']],
  ['BRIDGE_HOST', ['server', 'host']],
  ['BRIDGE_PORT', ['server', 'port']],
  ['LOG_LEVEL', ['log', 'level']],
]
/** Read only where there is no file. */
const ALONE: readonly Setting[] = [
  ['COZE_API_BASE', ['coze', 'apiBase']],
  ['COZE_FLAVOR', ['coze', 'flavor']],
  ['COZE_CHATS_PER_SECOND', ['coze', 'limits', 'chatsPerSecond']],
  ['COZE_BOT_ID', ['agents', 'default', 'bot']],
  ['TELEGRAM_BOT_TOKEN', ['platforms', 'telegram', 'token']],
  ['BRIDGE_QUESTIONS_PER_HOUR', ['budgets', 'questionsPerHour']],
  ['BRIDGE_FIRST_TEXT_CHARS', ['routes', '0', 'reply', 'minChars']],
  ['BRIDGE_FIRST_TEXT_WAIT_MS', ['routes', '0', 'reply', 'maxWaitMs']],
]
const TELEGRAM: readonly Setting[] = [
  ['TELEGRAM_API_ROOT', ['platforms', 'telegram', 'apiRoot']],
  ['TELEGRAM_STREAMING', ['platforms', 'telegram', 'streaming']],
  ['TELEGRAM_MESSAGES_PER_SECOND', ['platforms', 'telegram', 'messagesPerSecond']],
  ['TELEGRAM_ALLOW_BOTS', ['platforms', 'telegram', 'allowBots']],
  ['TELEGRAM_MODE', ['platforms', 'telegram', 'mode']],
  ['TELEGRAM_WEBHOOK_URL', ['platforms', 'telegram', 'webhook', 'publicUrl']],
  ['TELEGRAM_WEBHOOK_SECRET', ['platforms', 'telegram', 'webhook', 'secret']],
]
const TOKEN: readonly Setting[] = [['COZE_API_TOKEN', ['coze', 'auth', 'token']]]
const JWT: readonly Setting[] = [
  ['COZE_JWT_OAUTH_CLIENT_ID', ['coze', 'auth', 'clientId']],
  ['COZE_JWT_OAUTH_PUBLIC_KEY_ID', ['coze', 'auth', 'keyId']],
  ['COZE_JWT_OAUTH_PRIVATE_KEY', ['coze', 'auth', 'privateKey']],
]
/** Platforms of later versions: variable, and the name a person knows. */
const TO_COME: readonly (readonly [variable: string, name: string])[] = [
  ['DISCORD_TOKEN', 'Discord'],
  ['FEISHU_APP_ID', 'Feishu'],
]
const CREDENTIALS = [...TOKEN, ...JWT].map(([name]) => name)
const PLATFORM_TOKENS = ['TELEGRAM_BOT_TOKEN', ...TO_COME.map(([name]) => name)]

/** The whole configuration from variables alone. */
export function fromEnvironment(env: Env): FromEnvironment {
  const auth = isSet(env, 'COZE_API_TOKEN') || !JWT.some(([name]) => isSet(env, name)) ? TOKEN : JWT
  const telegram = isSet(env, 'TELEGRAM_BOT_TOKEN') ? TELEGRAM : []
  const settings = [...PROCESS, ...ALONE, ...auth, ...telegram]
  const data: Record<string, unknown> = {
    coze: { auth: { kind: auth === JWT ? 'jwt' : 'token' } },
    agents: { default: {} },
    platforms: {},
    routes: [{}],
    budgets: { questionsPerHour: QUESTIONS_PER_HOUR },
  }
  for (const [name, path] of settings) {
    if (isSet(env, name)) put(data, path, valueOf(env, name))
  }

  const needed = auth === JWT ? JWT.map(([name]) => name) : ['COZE_API_TOKEN']
  const missing = [...needed, 'COZE_BOT_ID'].filter((name) => !isSet(env, name))
  const faults = missing.map((name): ConfigFault => ({
    subject: name,
    problem: 'is not set',
    remedy: REMEDIES[name] ?? `Set ${name}.`,
  }))
  const toCome = TO_COME.filter(([name]) => isSet(env, name))
  if (!isSet(env, 'TELEGRAM_BOT_TOKEN')) {
    for (const [name, platform] of toCome) {
      faults.push({
        subject: name,
        problem: `this version does not speak ${platform} yet`,
        remedy: USE_TELEGRAM,
      })
    }
    if (toCome.length === 0) {
      faults.push({ subject: 'TELEGRAM_BOT_TOKEN', problem: 'is not set', remedy: USE_TELEGRAM })
    }
  }
  const warnings = toCome.map(
    ([name, platform]) =>
      `${name} is set, but this version does not speak ${platform} yet: it is left aside.`,
  )
  if (auth === TOKEN && JWT.some(([name]) => isSet(env, name))) {
    warnings.push('Both COZE_API_TOKEN and COZE_JWT_OAUTH_… are set: the token is used.')
  }
  return { data, variableFor: finder(settings), faults, warnings }
}

/** A file's data with the process variables put over it. */
export function withOverrides(
  data: unknown,
  env: Env,
): { readonly data: unknown; readonly variableFor: (path: Path) => string | undefined } {
  const set = PROCESS.filter(([name]) => isSet(env, name))
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { data, variableFor: () => undefined }
  }
  const copy: Record<string, unknown> = structuredClone({ ...data })
  for (const [name, path] of set) put(copy, path, valueOf(env, name))
  return { data: copy, variableFor: finder(set) }
}

/**
 * What `npm start` prints on a machine where nothing is set up; `undefined` as soon as one credential is there.
 * Whoever prints it ends with a code other than 0.
 */
export function nothingConfigured(env: Env): string | undefined {
  if ([...CREDENTIALS, ...PLATFORM_TOKENS].some((name) => isSet(env, name))) return undefined
  return `Nothing is configured yet: the bridge does not know your Coze agent or where to answer.

See it work first, without any account:

    npm run playground

To go live on Telegram, set these variables, or write them into a file named .env (config/.env.example shows how):

    COZE_API_TOKEN       ${REMEDIES['COZE_API_TOKEN'] ?? ''}
    COZE_BOT_ID          ${REMEDIES['COZE_BOT_ID'] ?? ''}
    TELEGRAM_BOT_TOKEN   Talk to @BotFather in Telegram: /newbot gives it to you.

Your agent is on coze.com or on your own server? Set COZE_API_BASE too (it is https://api.coze.cn otherwise).
Then: npm start. For more (several agents, groups, commands), copy config/bridge.example.yaml to config/bridge.yaml.`
}

const USE_TELEGRAM = 'Set TELEGRAM_BOT_TOKEN: @BotFather in Telegram gives it to you (/newbot).'
const REMEDIES: Readonly<Record<string, string>> = {
  COZE_API_TOKEN: 'Make one in Coze under "API & SDK" → "Authorization", with the permission to chat.',
  COZE_BOT_ID: "The number after /bot/ in your agent's address; publish the agent to the API first.",
}

function finder(settings: readonly Setting[]): (path: Path) => string | undefined {
  return (path) => {
    const key = path.join('.')
    return settings.find(([, at]) => at.join('.') === key)?.[0]
  }
}

function isSet(env: Env, name: string): boolean {
  return (env[name] ?? '').trim() !== ''
}

function valueOf(env: Env, name: string): string {
  const value = (env[name] ?? '').trim()
  if (name === 'LOG_LEVEL') return value.toLowerCase()
  // A PEM in a .env line has its line breaks written as \n.
  return name === 'COZE_JWT_OAUTH_PRIVATE_KEY' ? value.replaceAll('\\n', '\n') : value
}

/** Sets a value at a path, making groups on the way; a list keeps being a list. */
function put(data: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at: object = data
  for (const step of path.slice(0, -1)) {
    const next: unknown = Reflect.get(at, step)
    if (typeof next === 'object' && next !== null) {
      at = next
    } else {
      const made = {}
      Reflect.set(at, step, made)
      at = made
    }
  }
  Reflect.set(at, path.at(-1) ?? '', value)
}
