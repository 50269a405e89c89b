// Wires a bridge together from its configuration, starts it, and takes it down without losing a reply.

import { randomUUID } from 'node:crypto'
import { openAccounts, type AccountChanges, type Accounts } from './accounts.ts'
import type { LoadedConfig } from './config/settings.ts'
import { watchLogin, type LoginWatch } from './login-watch.ts'
import { openResources, type Resources, type StartWorld } from './resources.ts'
import { startServer } from './server/server.ts'
import type { StatusReport } from './server/status/report.ts'
import { createVitals } from './server/vitals.ts'
import { openStatus } from './status-report.ts'
import { createClaims, soleClaims } from './store/claims.ts'
import { createHanded } from './store/handed.ts'
import { createToldOnce } from './store/told.ts'
import { whoMayTalk } from './who-may-talk.ts'

export interface RunningBridge {
  /** Where health and webhooks are served. */
  readonly address: string
  /** Takes what a new configuration changes while this one runs on. Resolves when it holds everywhere. */
  apply(config: LoadedConfig, changes: LiveChanges): Promise<void>
  /** What became of a new configuration: said in the log, and on the status page. Applied: what of it is new. */
  tellReload(outcome: ReloadOutcome): void
  /** Intake closes, running replies finish within `drainMs`, the rest is in the journal. May be called again. */
  stop(): Promise<void>
}

export interface LiveChanges {
  readonly accounts: AccountChanges
  /** Command menus have to be published again. */
  readonly menus: boolean
}
export type ReloadOutcome =
  | { readonly applied: readonly string[] }
  /** `because`: for the owner, with every fault. */
  | { readonly refused: true; readonly because: string; readonly error?: unknown }

const PROBE_LASTS_MS = 60_000

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
  const { log, clock, store, assistant } = resources
  const letGo = new AbortController()
  const owner = randomUUID()
  const claims =
    store.kind === 'redis'
      ? createClaims({ coordination: store.coordination, clock, log, owner })
      : soleClaims()
  const handed = createHanded(store, { clock, log })
  const begun: { login?: LoginWatch } = {}
  const accounts = openAccounts({ resources, claims, handed, letGo: letGo.signal })

  let state: StatusReport['state'] = 'starting'
  const over = new AbortController()
  const probe = (): Promise<string | undefined> => storeFault(resources)
  const vitals = createVitals({ clock, write: probe, signal: over.signal })
  const status = await openStatus({
    resources,
    accounts,
    vitals,
    state: () => state,
    storeFault: probe,
    signal: over.signal,
  })

  const server = await startServer({
    host: config.server.host,
    port: config.server.port,
    log,
    metrics: resources.metrics,
    get webhooks() {
      return accounts.webhooks
    },
    health: () => accounts.health(),
    upstream: () => ({ coze: assistant.health() }),
    storeFault: probe,
    state: () => state,
    vitals,
    status,
    scrub: resources.secrets.scrub,
    ...(config.server.adminToken === undefined ? {} : { adminToken: config.server.adminToken }),
  }).catch((error: unknown) => {
    over.abort()
    throw error
  })
  try {
    await accounts.open()
  } catch (error) {
    await windDown()
    throw error
  }
  state = 'running'
  for (const warning of config.warnings) log.warn({}, warning)
  const platforms = [...resources.platforms.keys()].join(',')
  log.info({ address: server.url, store: store.kind, platforms, serving: servedBy(accounts) }, 'ready')
  log.info({}, whoMayTalk(config.policy))
  log.info({}, store.promise)
  const admins = {
    ...resources,
    platforms: accounts.platforms,
    letGo: letGo.signal,
    told: createToldOnce(store),
  }
  begun.login = watchLogin({ admins, standing: resources.loginStanding })
  let stopped: Promise<void> | undefined
  return {
    address: server.url,
    async apply(next, { accounts: changes, menus }) {
      resources.reconfigure(next)
      for (const warning of next.warnings) log.warn({}, warning)
      await accounts.change(changes, config.drainMs)
      if (menus) await accounts.publishMenus()
      log.info({ serving: servedBy(accounts) }, whoMayTalk(next.policy))
    },
    tellReload(outcome) {
      if ('refused' in outcome) {
        resources.metrics.count('bridge_config_reloads_total', { outcome: 'refused' })
        resources.configNotes.refused(outcome.because.split('\n'))
        const what = `the new configuration is not used: ${outcome.because}`
        log.error({}, what, outcome.error)
        return
      }
      const { applied } = outcome
      resources.metrics.count('bridge_config_reloads_total', { outcome: 'applied' })
      resources.configNotes.applied()
      if (applied.length === 0) log.info({}, 'the configuration was read again and says the same')
      else log.info({ changed: applied.join(',') }, 'the new configuration is used from now on')
    },
    stop: () => (stopped ??= stop()),
  }

  async function stop(): Promise<void> {
    await windDown()
    await resources.close()
  }

  async function windDown(): Promise<void> {
    state = 'stopping'
    log.info({ serving: servedBy(accounts) }, 'stopping')
    const watched = begun.login?.close()
    // Counted from the signal on: who sent it counts too, and kills after it.
    const drained = new AbortController()
    const deadline = clock.sleep(config.drainMs, drained.signal).then(
      () => letGo.abort(new Error('the process is stopping')),
      () => undefined,
    )
    await accounts.close()
    drained.abort()
    await deadline
    letGo.abort(new Error('the process is stopping'))
    await watched
    await server.close()
    over.abort()
  }
}

function servedBy({ served }: Accounts): string {
  return served.map((name) => name.replace(/^account:/, '')).join(',')
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
