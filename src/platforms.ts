// The platforms of a configuration, made and not started, with what they are made of. No store, no Coze: a command line
// may open them while a bridge runs.

import { adapters } from '../adapters/index.ts'
import { readLocales } from './assets.ts'
import { realClock } from './clock.ts'
import type { LoadedConfig, PlatformSettings } from './config/settings.ts'
import type { Platform, PlatformTools } from './contract/platform.ts'
import type { Policy } from './contract/policy.ts'
import { createLogger } from './logging.ts'
import { createFetch } from './net/fetch.ts'
import { createMetrics, type BridgeMetrics } from './server/metrics.ts'
import { builtinCommands } from './words/builtins.ts'
import { createWords } from './words/words.ts'

/** The process a bridge runs in. */
export interface StartWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** A line of the log, with its line break. */
  readonly writeLog: (line: string) => void
  readonly prettyLog: boolean
}

export interface OpenPlatforms extends PlatformTools {
  readonly metrics: BridgeMetrics
  /** As configured, its commands joined with the built-in ones. */
  readonly policy: Policy
  /** By account, in the order of the configuration. */
  readonly platforms: ReadonlyMap<string, Platform>
  close(): Promise<void>
}

export async function openPlatforms(
  config: Pick<LoadedConfig, 'log' | 'platforms' | 'policy' | 'secrets'>,
  world: Pick<StartWorld, 'env' | 'writeLog' | 'prettyLog'>,
): Promise<OpenPlatforms> {
  const log = createLogger({
    level: config.log.level,
    pretty: world.prettyLog,
    secrets: config.secrets,
    write: world.writeLog,
  })
  const metrics = createMetrics()
  const locales = await readLocales()
  const web = createFetch({ env: world.env })
  const tools: PlatformTools = {
    clock: realClock,
    log,
    metrics,
    words: createWords(locales, config.policy.locale),
    fetch: web.fetch,
  }
  const made = Object.entries(config.platforms).map(
    async ([account, settings]) => [account, await makePlatform(account, settings, tools)] as const,
  )
  return {
    ...tools,
    metrics,
    policy: { ...config.policy, commands: [...builtinCommands(locales), ...config.policy.commands] },
    platforms: new Map(await Promise.all(made)),
    close: () => web.close(),
  }
}

async function makePlatform(
  account: string,
  settings: PlatformSettings,
  tools: PlatformTools,
): Promise<Platform> {
  const [kind, own] =
    settings.kind === 'other' ? [settings.adapter, settings.settings] : [settings.kind, settings]
  const load = adapters[kind]
  if (!load) throw new Error(`There is no adapter for the platform "${kind}".`)
  const adapter = await load()
  return adapter.createPlatform(account, own, tools)
}
