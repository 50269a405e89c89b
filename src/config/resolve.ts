// How does checked data become what the bridge runs on?

import { createHash } from 'node:crypto'
import { resolve as resolvePath } from 'node:path'
import type {
  AgentSpec,
  Budgets,
  CommandSpec,
  OptionSpec,
  Policy,
  Route,
  RouteBudget,
  RouteCondition,
  ToolSpec,
} from '../contract/policy.ts'
import type { OptionConfig } from './command-schema.ts'
import { readDefault } from './option-rules.ts'
import { passwordsOf } from './store-rules.ts'
import { route } from './schema.ts'
import type { FileConfig } from './schema.ts'
import type { CozeAuth, LoadedConfig, PlatformSettings } from './settings.ts'

type Resolved = Omit<LoadedConfig, 'source' | 'file' | 'warnings'>

/** `moreSecrets`: whatever was read from secret files. `cwd`: what relative paths begin at. */
export function resolve(config: FileConfig, moreSecrets: readonly string[], cwd: string): Resolved {
  const { coze, store, server, log, drainMs } = config
  const { agents, access, locale, retention } = config
  const policy: Policy = {
    agents: mapValues(agents, toAgent),
    commands: Object.entries(config.commands).map(toCommand),
    routes: (config.routes.length > 0 ? config.routes : [everywhere(Object.keys(agents))]).map(toRoute),
    access,
    budgets: toBudgets(config.budgets),
    retention,
    tools: mapValues(config.tools, (tool): ToolSpec => defined(tool)),
    locale,
  }
  return {
    coze: { ...coze, auth: toAuth(coze.auth) },
    policy,
    platforms: mapValues(config.platforms, (settings) => toPlatform(settings, cwd)),
    media: { allowHosts: [...new Set(config.media.allowHosts.map((host) => host.toLowerCase()))] },
    store,
    server: defined(server),
    log,
    drainMs,
    secrets: secretsOf(config, moreSecrets),
  }
}

/** `agent` is among those one may change to, and the first of them where it is not written down. */
function toRoute(written: FileConfig['routes'][number]): Route {
  const { agent, agents, when, media, voice, budget, ...rest } = written
  const choosable = new Set(agents.includes(agent) ? agents : [agent, ...agents])
  return {
    ...defined(rest),
    agent,
    agents: [...choosable],
    when: defined(when),
    ...(budget === undefined ? {} : { budget: { ...budget, key: budgetKey(defined(when)) } }),
    media: {
      maxFileBytes: media.maxFileMB * MB,
      inlineTextBytes: media.inlineTextKB * KB,
      mergeWindowMs: media.mergeWindowMs,
      attach: media.attach,
    },
    voice: defined(voice),
  }
}
/** Counts go on as long as the condition says the same, wherever the route stands and whatever else changes in it. */
function budgetKey(when: RouteCondition): RouteBudget['key'] {
  const said = Object.entries(when).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12)
}

function toBudgets({ roles, ...general }: FileConfig['budgets']): Budgets {
  return { ...general, roles: mapValues(roles, (role) => ({ ...general, ...defined(role) })) }
}

/** As Coze and the platforms count. */
const KB = 1_024
const MB = 1_024 * KB

/** Where no routes are written, one agent answers everywhere. */
function everywhere(agents: readonly string[]): FileConfig['routes'][number] {
  return route.parse({ agent: agents.includes('default') ? 'default' : (agents[0] ?? 'default') })
}

function toPlatform(settings: FileConfig['platforms'][string], cwd: string): PlatformSettings {
  if (settings.kind !== 'telegram') return defined(settings)
  const { localFiles, ...rest } = settings
  return {
    ...defined(rest),
    ...(localFiles === undefined ? {} : { localFiles: resolvePath(cwd, localFiles) }),
  }
}

const DAY_MS = 24 * 3_600_000

function toAuth(auth: FileConfig['coze']['auth']): CozeAuth {
  if (auth.kind !== 'token') return defined(auth)
  const { expiresAt, ...rest } = auth
  if (expiresAt === undefined) return rest
  // A day means its end.
  const endsAtMs = Date.parse(expiresAt) + (expiresAt.includes('T') ? 0 : DAY_MS)
  return { ...rest, endsAtMs }
}

function toAgent(agent: FileConfig['agents'][string]): AgentSpec {
  if (agent.kind === 'bot') return defined(agent)
  const { options, ...rest } = agent
  return { ...defined(rest), ...(options === undefined ? {} : { options: options.map(toOption) }) }
}

function toCommand([name, command]: [string, FileConfig['commands'][string]]): CommandSpec {
  const { description, options, where, guilds, parameters, onLost = 'ask', ...run } = command
  return {
    name,
    description,
    options: options.map(toOption),
    ...(where === undefined ? {} : { where: [...new Set(where)] }),
    ...(guilds === undefined ? {} : { guilds: [...new Set(guilds)] }),
    does: {
      kind: 'workflow',
      run: defined(run),
      ...(parameters === undefined ? {} : { parameters }),
      onLost,
    },
  }
}

function toOption(option: OptionConfig): OptionSpec {
  const { choices, default: _written, ...rest } = option
  const standard = readDefault(option)
  return {
    ...defined(rest),
    ...(choices === undefined
      ? {}
      : { choices: choices.map(({ value, label }) => ({ value, label: label ?? { en: value } })) }),
    ...(standard?.ok === true ? { default: standard.value } : {}),
  }
}

function secretsOf(
  { coze, platforms, store, tools, server }: FileConfig,
  more: readonly string[],
): readonly string[] {
  const found = [
    ...secretsOfAuth(coze.auth),
    ...Object.values(platforms).flatMap(secretsOfPlatform),
    ...Object.values(tools).flatMap(secretsOfTool),
    ...passwordsOf(store),
    server.adminToken ?? '',
    ...more,
  ]
  return [...new Set(found)].filter((secret) => secret !== '')
}

function secretsOfAuth(auth: FileConfig['coze']['auth']): readonly string[] {
  switch (auth.kind) {
    case 'token':
      return [auth.token]
    case 'jwt':
      return [auth.privateKey]
    case 'oauth':
      return [auth.clientSecret ?? '']
  }
}

function secretsOfTool({ url, secret, headers = {} }: FileConfig['tools'][string]): readonly string[] {
  const telling = Object.entries(headers).filter(([name]) => /auth|token|secret|key|cookie/i.test(name))
  return [
    secret ?? '',
    ...passwordsOf(url),
    // `Bearer …`: what follows is the secret.
    ...telling.flatMap(([, value]) => [value, value.split(' ').at(-1) ?? '']),
  ]
}

function secretsOfPlatform(settings: FileConfig['platforms'][string]): readonly string[] {
  switch (settings.kind) {
    case 'telegram':
      return [...tokenForms(settings.token, ':'), ...(settings.webhook ? [settings.webhook.secret] : [])]
    case 'discord':
      return tokenForms(settings.token, '.')
    case 'feishu':
      return [settings.appSecret, settings.encryptKey ?? '', settings.verificationToken ?? '']
    case 'console':
      return []
    case 'other':
      return Object.entries(settings.settings).flatMap(([name, value]) =>
        typeof value === 'string' && /token|secret|key|password/i.test(name) ? [value] : [],
      )
  }
}

/** The part behind the last separator is what makes a token a secret, and some errors show it alone. */
function tokenForms(token: string, separator: ':' | '.'): readonly string[] {
  const last = token.split(separator).at(-1) ?? ''
  return [token, ...(last.length >= 20 ? [last] : [])]
}

/** Left-out keys instead of undefined ones. */
type Defined<T> = T extends object
  ? { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
      [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
    }
  : T
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Defined<T>
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
