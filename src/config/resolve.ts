// How does checked data become what the bridge runs on?

import { resolve as resolvePath } from 'node:path'
import type { AgentSpec, CommandSpec, OptionSpec, Policy, Route, ToolSpec } from '../contract/policy.ts'
import type { OptionConfig } from './command-schema.ts'
import { readDefault } from './option-rules.ts'
import { route } from './schema.ts'
import type { FileConfig } from './schema.ts'
import type { CozeAuth, LoadedConfig, PlatformSettings } from './settings.ts'

type Resolved = Omit<LoadedConfig, 'source' | 'file' | 'warnings'>

/** `moreSecrets`: whatever was read from secret files. `cwd`: what relative paths begin at. */
export function resolve(config: FileConfig, moreSecrets: readonly string[], cwd: string): Resolved {
  const { coze, store, server, log, drainMs } = config
  const { agents, access, budgets, locale } = config
  const policy: Policy = {
    agents: mapValues(agents, toAgent),
    commands: Object.entries(config.commands).map(toCommand),
    routes: (config.routes.length > 0 ? config.routes : [everywhere(Object.keys(agents))]).map(toRoute),
    access,
    budgets,
    tools: mapValues(config.tools, (tool): ToolSpec => defined(tool)),
    locale,
  }
  return {
    coze,
    policy,
    platforms: mapValues(config.platforms, (settings) => toPlatform(settings, cwd)),
    media: { allowHosts: [...new Set(config.media.allowHosts.map((host) => host.toLowerCase()))] },
    store,
    server,
    log,
    drainMs,
    secrets: secretsOf(config, moreSecrets),
  }
}

/** `agent` is among those one may change to, and the first of them where it is not written down. */
function toRoute(written: FileConfig['routes'][number]): Route {
  const { agent, agents, when, media, voice } = written
  const choosable = new Set(agents.includes(agent) ? agents : [agent, ...agents])
  return {
    ...defined(written),
    agents: [...choosable],
    when: defined(when),
    media: {
      maxFileBytes: media.maxFileMB * MB,
      inlineTextBytes: media.inlineTextKB * KB,
      mergeWindowMs: media.mergeWindowMs,
      attach: media.attach,
    },
    voice: defined(voice),
  }
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
  { coze, platforms, store, tools }: FileConfig,
  more: readonly string[],
): readonly string[] {
  const found = [
    ...secretsOfAuth(coze.auth),
    ...Object.values(platforms).flatMap(secretsOfPlatform),
    ...Object.values(tools).flatMap(secretsOfTool),
    ...(URL.canParse(store) ? [decodeURIComponent(new URL(store).password)] : []),
    ...more,
  ]
  return [...new Set(found)].filter((secret) => secret !== '')
}

function secretsOfAuth(auth: CozeAuth): readonly string[] {
  return auth.kind === 'token' ? [auth.token] : [auth.privateKey]
}

function secretsOfTool({ url, secret, headers = {} }: FileConfig['tools'][string]): readonly string[] {
  const telling = Object.entries(headers).filter(([name]) => /auth|token|secret|key|cookie/i.test(name))
  return [
    secret ?? '',
    decodeURIComponent(new URL(url).password),
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
