// Wires a bridge together from its configuration, starts it, and takes it down without losing a reply.

import { createBridge, type Bridge } from './bridge/bridge.ts'
import { createPersonBudget } from './bridge/intake/allowance.ts'
import type { LoadedConfig } from './config/settings.ts'
import type { Health, Platform } from './contract/platform.ts'
import { openResources, type Resources, type StartWorld } from './resources.ts'
import { startServer, type RunningServer } from './server/server.ts'
import { createMemory } from './store/memory.ts'

export interface RunningBridge {
  readonly bridge: Bridge
  /** Where health and webhooks are served. */
  readonly address: string
  /** Intake closes, running replies finish within `drainMs`, the rest is in the journal. */
  stop(): Promise<void>
}

const PROBE_LASTS_MS = 60_000
const MENU_WITHIN_MS = 60_000

/** Rejects with an error whose message is meant for the owner's terminal. */
export async function startBridge(config: LoadedConfig, world: StartWorld): Promise<RunningBridge> {
  const resources = await openResources(config, world)
  try {
    return await start(config, resources)
  } catch (error) {
    await resources.close()
    throw error
  }
}

async function start(config: LoadedConfig, resources: Resources): Promise<RunningBridge> {
  const { log, clock, store, platforms } = resources
  const letGo = new AbortController()
  const intake = new AbortController()
  const bridge = createBridge(
    { ...resources, letGo: letGo.signal, lastHandles: new Map() },
    createPersonBudget(resources.policy, store.coordination),
  )
  await bridge.recover()

  const server = await startServer({
    host: config.server.host,
    port: config.server.port,
    log,
    metrics: resources.metrics,
    webhooks: platforms
      .values()
      .flatMap(({ webhook }) => (webhook ? [webhook] : []))
      .toArray(),
    health: () => healthOf(platforms),
    storeFault: () => storeFault(resources),
  })
  try {
    await startPlatforms(resources, bridge, intake.signal)
  } catch (error) {
    await windDown()
    throw error
  }
  for (const warning of config.warnings) log.warn({}, warning)
  log.info({ address: server.url, store: store.kind, platforms: [...platforms.keys()].join(',') }, 'ready')
  log.info({}, whoMayTalk(config))
  log.info({}, store.promise)
  return { bridge, address: server.url, stop }

  async function stop(): Promise<void> {
    await windDown()
    await resources.close()
  }

  async function windDown(): Promise<void> {
    log.info({ turns: bridge.turnsOpen }, 'stopping')
    // Counted from the signal on: who sent it counts too, and kills after it.
    const drained = new AbortController()
    const deadline = clock.sleep(config.drainMs, drained.signal).then(
      () => letGo.abort(new Error('the process is stopping')),
      () => undefined,
    )
    await Promise.allSettled([...platforms.values()].map((platform) => platform.stop()))
    await bridge.close()
    drained.abort()
    await deadline
    letGo.abort(new Error('the process is stopping'))
    intake.abort(new Error('the process is stopping'))
    await closeServer(server)
    if (bridge.turnsOpen > 0) log.info({ turns: bridge.turnsOpen }, 'left to the journal, for the next start')
  }
}

/** Platforms start beside one another. One that refuses its token leaves the others running; only all of them end the start. */
async function startPlatforms(resources: Resources, bridge: Bridge, signal: AbortSignal): Promise<void> {
  const { platforms, policy, store, log } = resources
  const refusals: unknown[] = []
  await Promise.all(
    platforms.values().map(async (platform) => {
      const memory = createMemory(store, platform.account)
      try {
        await platform.start(bridge.inbox, { commands: policy.commands, memory, signal })
      } catch (error) {
        log.error({ account: platform.account }, 'this platform cannot be used', error)
        refusals.push(error)
        return
      }
      // A menu is no reason to wait: it ends by itself, at the latest with the process.
      void publishMenu(platform, resources, signal)
    }),
  )
  if (refusals.length > 0 && refusals.length === platforms.size) throw refusals[0]
}

/** Never rejects. */
async function publishMenu(
  platform: Platform,
  { policy, log }: Resources,
  signal: AbortSignal,
): Promise<void> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(MENU_WITHIN_MS)])
    await platform.publishCommands?.(policy.commands, within)
  } catch (error) {
    if (signal.aborted) return
    log.warn({ account: platform.account }, 'the command menu could not be published', error)
  }
}

function healthOf(platforms: ReadonlyMap<string, Platform>): Readonly<Record<string, Health>> {
  return Object.fromEntries(platforms.values().map((platform) => [platform.account, platform.health()]))
}

/** Ready means able to accept: a store that cannot be written is said, in one line. */
async function storeFault({ store, clock }: Resources): Promise<string | undefined> {
  try {
    await store.coordination.commit([
      { set: { namespace: 'store', key: 'probe' }, value: clock.now(), ttlMs: PROBE_LASTS_MS },
    ])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'the store cannot be written'
  }
}

/** Said at every start: an open bot spends its owner's credit. */
function whoMayTalk({ policy }: LoadedConfig): string {
  const { access, budgets } = policy
  const direct =
    access.direct === 'open' ? 'anyone may write to the bot' : 'only listed people may write to the bot'
  const groups =
    access.groups === 'open' ? 'it answers in any group it is in' : 'it answers in listed groups only'
  const hourly =
    budgets.questionsPerHour > 0
      ? `${budgets.questionsPerHour} questions an hour each`
      : 'no limit per person'
  return `Who may talk to it: ${direct}; ${groups}; ${hourly}.`
}

async function closeServer(server: RunningServer): Promise<void> {
  await server.close()
}
