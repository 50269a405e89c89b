// The platforms of a configuration, made and not started, with what they are made of. No store, no Coze: a command line
// may open them while a bridge runs.

import { adapters } from '../adapters/index.ts'
import { readLocales } from './assets.ts'
import { realClock } from './clock.ts'
import type { LoadedConfig, PlatformSettings } from './config/settings.ts'
import type { Platform, PlatformTools } from './contract/platform.ts'
import type { Policy } from './contract/policy.ts'
import { scrubbedPlatform } from './filtered-event.ts'
import { createLogger } from './logging.ts'
import { createFetch } from './net/fetch.ts'
import { createScrubber, isUnlikelyWord } from './scrub.ts'
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
  /** One more of an account's: for a new connection, or for one part of it. */
  makePlatform(account: string, part?: string): Promise<Platform>
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
  const scrub = createScrubber(config.secrets.filter(isUnlikelyWord))
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
  const make = async (account: string, part?: string): Promise<Platform> => {
    const settings = config.platforms[account]
    if (!settings) throw new Error(`There is no account "${account}".`)
    return scrubbedPlatform(await makePlatform(account, settings, tools, part), scrub)
  }
  const made = Object.keys(config.platforms).map(async (account) => [account, await make(account)] as const)
  return {
    ...tools,
    metrics,
    policy: {
      ...config.policy,
      commands: [...builtinCommands(locales, config.policy.access), ...config.policy.commands],
    },
    platforms: new Map(await Promise.all(made)),
    makePlatform: make,
    close: () => web.close(),
  }
}

async function makePlatform(
  account: string,
  settings: PlatformSettings,
  tools: PlatformTools,
  part: string | undefined,
): Promise<Platform> {
  const [kind, own] =
    settings.kind === 'other' ? [settings.adapter, settings.settings] : [settings.kind, settings]
  const load = adapters[kind]
  if (!load) throw new Error(`There is no adapter for the platform "${kind}".`)
  const adapter = await load()
  return adapter.createPlatform(account, own, tools, ...(part === undefined ? [] : [part]))
}
