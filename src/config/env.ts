// What do the environment's variables say? The same data as a file would, and which variable said what.

import type { ConfigFault } from './faults.ts'
import type { Path } from './source.ts'
import { ALONE, JWT, OAUTH, PLATFORMS, PROCESS, TOKEN, WHERE_TO_FIND } from './variables.ts'
import type { PlatformVariables, Setting } from './variables.ts'

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

/** The ways to log in to Coze, and what each needs. */
const LOGINS = {
  token: { settings: TOKEN, needed: ['COZE_API_TOKEN'] },
  jwt: { settings: JWT, needed: JWT.map(([name]) => name) },
  oauth: { settings: OAUTH, needed: ['COZE_OAUTH_CLIENT_ID'] },
} as const

function loginIn(env: Env): keyof typeof LOGINS {
  if (isSet(env, 'COZE_API_TOKEN')) return 'token'
  if (anySet(env, JWT)) return 'jwt'
  return anySet(env, OAUTH) ? 'oauth' : 'token'
}

/** The whole configuration from variables alone. */
export function fromEnvironment(env: Env): FromEnvironment {
  const login = loginIn(env)
  const auth = LOGINS[login].settings
  const wanted = PLATFORMS.filter(({ needed }) => needed.some((name) => isSet(env, name)))
  const settings = [...PROCESS, ...ALONE, ...auth, ...wanted.flatMap((platform) => platform.settings)]
  const data: Record<string, unknown> = {
    coze: { auth: { kind: login } },
    agents: { default: {} },
    platforms: {},
    routes: [{}],
    budgets: { questionsPerHour: QUESTIONS_PER_HOUR },
  }
  for (const [name, path] of settings) {
    if (isSet(env, name)) put(data, path, valueOf(env, name))
  }

  const needed = [...LOGINS[login].needed, 'COZE_BOT_ID', ...wanted.flatMap((p) => p.needed)]
  const faults = needed
    .filter((name) => !isSet(env, name))
    .map((name): ConfigFault => ({
      subject: name,
      problem: 'is not set',
      remedy: WHERE_TO_FIND[name] ?? `Set ${name}.`,
    }))
  if (wanted.length === 0) faults.push(NO_PLATFORM)
  const warnings = PLATFORMS.filter((platform) => !wanted.includes(platform)).flatMap((platform) =>
    leftAside(platform, env),
  )
  if (login === 'token' && anySet(env, JWT)) {
    warnings.push('Both COZE_API_TOKEN and COZE_JWT_OAUTH_… are set: the token is used.')
  }
  if (login !== 'oauth' && anySet(env, OAUTH)) {
    const used = login === 'token' ? 'COZE_API_TOKEN' : 'COZE_JWT_OAUTH_…'
    warnings.push(`Both ${used} and COZE_OAUTH_… are set: ${used} is used.`)
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
  const logins = Object.values(LOGINS).flatMap(({ needed }) => needed)
  const credentials = [...logins, ...PLATFORMS.flatMap(({ needed }) => needed)]
  if (credentials.some((name) => isSet(env, name))) return undefined
  return `Nothing is configured yet: the bridge does not know your Coze agent or where to answer.

See it work first, without any account:

    npm run playground

To go live, be asked for what is needed:

    npm run init

Or set these variables, or write them into a file named .env (config/.env.example shows how):

${['COZE_API_TOKEN', 'COZE_BOT_ID'].map(lineOf).join('\n')}

and those of one platform, or of several:

${PLATFORMS.flatMap(({ needed }) => needed)
  .map(lineOf)
  .join('\n')}

Your agent is on coze.com or on your own server? Set COZE_API_BASE too (it is https://api.coze.cn otherwise).
Your people are on Lark, not Feishu? Set FEISHU_DOMAIN=lark too.
Then: npm start. For more (several agents, groups, commands), copy config/bridge.example.yaml to config/bridge.yaml.`
}

function lineOf(variable: string): string {
  return `    ${variable.padEnd(20)} ${WHERE_TO_FIND[variable] ?? ''}`
}

const NO_PLATFORM: ConfigFault = {
  subject: 'TELEGRAM_BOT_TOKEN, DISCORD_TOKEN or FEISHU_APP_ID',
  problem: 'is not set, and one platform is needed',
  remedy:
    'Telegram: @BotFather gives the token (/newbot). Discord: the developer portal, under Bot. Feishu: the developer console, under Credentials & Basic Info.',
}

/** A platform whose credentials are not there, though something else of it is. */
function leftAside({ name, needed, settings }: PlatformVariables, env: Env): readonly string[] {
  const stray = namesOf(settings).find((variable) => isSet(env, variable))
  if (stray === undefined) return []
  const [verb, those] = needed.length === 1 ? ['is', needed.join()] : ['are', needed.join(' and ')]
  return [`${stray} is set, but ${those} ${verb} not: ${name} is left aside.`]
}

function namesOf(settings: readonly Setting[]): readonly string[] {
  return settings.map(([variable]) => variable)
}

function finder(settings: readonly Setting[]): (path: Path) => string | undefined {
  return (path) => {
    const key = path.join('.')
    return settings.find(([, at]) => isWithin(key, at.join('.')))?.[0]
  }
}

/** The path itself, or an item of the list that stands there. */
function isWithin(key: string, path: string): boolean {
  return key === path || key.startsWith(`${path}.`)
}

function anySet(env: Env, settings: readonly Setting[]): boolean {
  return settings.some(([name]) => isSet(env, name))
}

function isSet(env: Env, name: string): boolean {
  return (env[name] ?? '').trim() !== ''
}

function valueOf(env: Env, name: string): string | readonly string[] {
  const value = (env[name] ?? '').trim()
  if (name === 'LOG_LEVEL' || name === 'BRIDGE_DIRECT' || name === 'COZE_OAUTH_FLOW')
    return value.toLowerCase()
  if (name === 'BRIDGE_ADMINS') {
    return value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
  }
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
