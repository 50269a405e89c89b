// The platforms of a configuration, made and not started, with what they are made of. No store, no Coze: a command line
// may open them while a bridge runs.

import { adapters } from '../adapters/index.ts'
import { readLocales } from './assets.ts'
import { realClock } from './clock.ts'
import type { LoadedConfig, PlatformSettings } from './config/settings.ts'
import type { Platform, PlatformTools } from './contract/platform.ts'
import type { Policy } from './contract/policy.ts'
import { scrubbedPlatform } from './filtered-event.ts'
import { livePolicy } from './live-policy.ts'
import { createLogger } from './logging.ts'
import { createFetch } from './net/fetch.ts'
import { createSecrets, type Secrets } from './secrets.ts'
import { createMetrics, type BridgeMetrics } from './server/metrics.ts'
import { createFaultRing, type FaultRing } from './server/status/faults.ts'
import { builtinCommands } from './words/builtins.ts'
import { createWords, type Locales } from './words/words.ts'

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
  /** What the log warned of lately. */
  readonly faults: FaultRing
  /** As configured, its commands joined with the built-in ones. */
  readonly policy: Policy
  /** By account, in the order of the configuration. */
  readonly platforms: ReadonlyMap<string, Platform>
  readonly secrets: Secrets
  /** One more of an account's, as configured now: for a new connection, or for one part of it. */
  makePlatform(account: string, part?: string): Promise<Platform>
  /** From now on `policy` says what this configuration does, and platforms are made by it; those there are keep theirs. */
  reconfigure(config: Reconfigured): void
  close(): Promise<void>
}

/** What may change while the process runs. */
export type Reconfigured = Pick<LoadedConfig, 'platforms' | 'policy' | 'secrets'>

export async function openPlatforms(
  config: Pick<LoadedConfig, 'log'> & Reconfigured,
  world: Pick<StartWorld, 'env' | 'writeLog' | 'prettyLog'>,
): Promise<OpenPlatforms> {
  const secrets = createSecrets(config.secrets)
  const faults = createFaultRing(realClock)
  const log = createLogger({
    level: config.log.level,
    pretty: world.prettyLog,
    colour: world.prettyLog && (world.env['NO_COLOR'] ?? '') === '' && world.env['TERM'] !== 'dumb',
    hear: faults.hear,
    // Not these alone: what is learned later is masked as well.
    secrets: [],
    write: (line) => world.writeLog(secrets.scrub(line)),
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
    ...proxiesIn(world.env),
  }
  let accounts = config.platforms
  let rules = withBuiltins(config.policy, locales)
  const make = async (account: string, part?: string): Promise<Platform> => {
    const settings = accounts[account]
    if (!settings) throw new Error(`There is no account "${account}".`)
    return scrubbedPlatform(await makePlatform(account, settings, tools, part), secrets.scrubWords)
  }
  const made = Object.keys(config.platforms).map(async (account) => [account, await make(account)] as const)
  return {
    ...tools,
    metrics,
    faults,
    policy: livePolicy(() => rules),
    platforms: new Map(await Promise.all(made)),
    secrets,
    makePlatform: make,
    reconfigure(next) {
      secrets.learn(next.secrets)
      accounts = next.platforms
      rules = withBuiltins(next.policy, locales)
    },
    close: () => web.close(),
  }
}

function withBuiltins(policy: Policy, locales: Locales): Policy {
  return { ...policy, commands: [...builtinCommands(locales, policy.access), ...policy.commands] }
}

/** Their names stay as they were written: Node reads both cases. */
function proxiesIn(env: StartWorld['env']): Pick<PlatformTools, 'proxyEnv'> {
  const named = Object.entries(env).filter(
    ([name, value]) => PROXY_NAMES.has(name.toUpperCase()) && (value ?? '') !== '',
  )
  const isThere = named.some(([name]) => name.toUpperCase() !== 'NO_PROXY')
  return isThere ? { proxyEnv: Object.fromEntries(named) } : {}
}
const PROXY_NAMES: ReadonlySet<string> = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])

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
