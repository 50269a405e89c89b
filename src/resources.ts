// What a bridge needs from the world, made from its configuration and given back at the end.

import { adapters } from '../adapters/index.ts'
import { readLocales } from './assets.ts'
import { realClock } from './clock.ts'
import type { LoadedConfig } from './config/settings.ts'
import type { Assistant } from './contract/assistant.ts'
import type { Platform } from './contract/platform.ts'
import type { Policy } from './contract/policy.ts'
import type { Clock, Logger, Words } from './contract/runtime.ts'
import { createCozeAssistant } from './coze/index.ts'
import { createLogger } from './logging.ts'
import { createFetch } from './net/fetch.ts'
import { createPacer, type Pacer } from './reply/pace.ts'
import { createMetrics, type BridgeMetrics } from './server/metrics.ts'
import { createConversations, type Conversations } from './store/conversations.ts'
import { createJournal, type Journal } from './store/journal.ts'
import { openStore, type Store } from './store/open.ts'
import { readSalt } from './store/salt.ts'
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

export interface Resources {
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: BridgeMetrics
  readonly words: Words
  readonly store: Store
  readonly journal: Journal
  readonly conversations: Conversations
  readonly salt: string
  readonly assistant: Assistant
  readonly pacer: Pacer
  readonly policy: Policy
  readonly platforms: ReadonlyMap<string, Platform>
  close(): Promise<void>
}

export async function openResources(config: LoadedConfig, world: StartWorld): Promise<Resources> {
  const clock = realClock
  const log = createLogger({
    level: config.log.level,
    pretty: world.prettyLog,
    secrets: config.secrets,
    write: world.writeLog,
  })
  const metrics = createMetrics()
  const locales = await readLocales()
  const words = createWords(locales, config.policy.locale)
  const store = await openStore(config.store, { clock, log, baseDir: world.cwd })
  const web = createFetch({ env: world.env })
  const coze = createCozeAssistant({
    apiBase: config.coze.apiBase,
    flavor: config.coze.flavor,
    login: config.coze.auth,
    rates: config.coze.limits,
    limits: config.coze.timeouts,
    useEnvProxy: usesProxy(world.env),
    clock,
    log,
  })
  const platforms = new Map<string, Platform>()
  for (const [account, settings] of Object.entries(config.platforms)) {
    const [kind, own] =
      settings.kind === 'other' ? [settings.adapter, settings.settings] : [settings.kind, settings]
    const load = adapters[kind]
    if (!load) throw new Error(`There is no adapter for the platform "${kind}".`)
    const adapter = await load()
    const tools = { clock, log, metrics, words, fetch: web.fetch }
    platforms.set(account, adapter.createPlatform(account, own, tools))
  }
  return {
    clock,
    log,
    metrics,
    words,
    store,
    journal: createJournal(store, log),
    conversations: createConversations(store),
    salt: await readSalt(store),
    assistant: coze,
    pacer: createPacer({ clock, log, metrics }),
    // Commands of the configuration join the built-in ones once workflows run.
    policy: { ...config.policy, commands: builtinCommands(locales) },
    platforms,
    async close() {
      await store.close()
      await Promise.all([web.close(), coze.close()])
    },
  }
}

function usesProxy(env: StartWorld['env']): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '')
}
