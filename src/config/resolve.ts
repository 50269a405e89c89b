// How does checked data become what the bridge runs on?

import type { CommandSpec, Policy, Route } from '../contract/policy.ts'
import type { FileConfig } from './schema.ts'
import type { CozeAuth, LoadedConfig, PlatformSettings } from './settings.ts'

type Resolved = Omit<LoadedConfig, 'source' | 'file' | 'warnings'>

/** `moreSecrets`: whatever was read from secret files. */
export function resolve(config: FileConfig, moreSecrets: readonly string[]): Resolved {
  const { coze, store, server, log, drainMs } = config
  const { agents, access, budgets, locale } = config
  const policy: Policy = {
    agents: mapValues(agents, defined),
    commands: Object.entries(config.commands).map(toCommand),
    routes: config.routes.length > 0 ? config.routes.map(toRoute) : [defaultRoute(Object.keys(agents))],
    access,
    budgets,
    locale,
  }
  return {
    coze,
    policy,
    platforms: mapValues(config.platforms, (settings): PlatformSettings => defined(settings)),
    store,
    server,
    log,
    drainMs,
    secrets: secretsOf(config, moreSecrets),
  }
}

function toRoute(route: FileConfig['routes'][number]): Route {
  return { ...defined(route), when: defined(route.when) }
}

/** Where no routes are written, one agent answers everywhere. */
function defaultRoute(agents: readonly string[]): Route {
  return {
    when: {},
    agent: agents.includes('default') ? 'default' : (agents[0] ?? 'default'),
    conversation: 'per-user',
    triggers: ['mention', 'reply', 'direct'],
    threads: 'never',
    whileBusy: 'queue',
    reply: { minChars: 20, maxWaitMs: 700, quote: 'groups' },
    maxAgeMs: 86_400_000,
    maxInputChars: 20_000,
  }
}

function toCommand([name, command]: [string, FileConfig['commands'][string]]): CommandSpec {
  const { description, options, ...run } = command
  return {
    name,
    description,
    options: options.map(({ choices, ...option }) => ({
      ...defined(option),
      ...(choices === undefined
        ? {}
        : { choices: choices.map(({ value, label }) => ({ value, label: label ?? { en: value } })) }),
    })),
    does: { kind: 'workflow', run: defined(run) },
  }
}

function secretsOf({ coze, platforms, store }: FileConfig, more: readonly string[]): readonly string[] {
  const found = [
    ...secretsOfAuth(coze.auth),
    ...Object.values(platforms).flatMap(secretsOfPlatform),
    ...(URL.canParse(store) ? [decodeURIComponent(new URL(store).password)] : []),
    ...more,
  ]
  return [...new Set(found)].filter((secret) => secret !== '')
}

function secretsOfAuth(auth: CozeAuth): readonly string[] {
  return auth.kind === 'token' ? [auth.token] : [auth.privateKey]
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
