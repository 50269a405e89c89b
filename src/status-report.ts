// What is there to be told of this process? Gathered from where it is known, when somebody asks.

import type { Accounts } from './accounts.ts'
import { readLocales } from './assets.ts'
import type { Health } from './contract/platform.ts'
import type { Resources } from './resources.ts'
import { createChanges, type Changes } from './server/status/since.ts'
import type { AccountHour, AccountStatus, CozeStatus, StatusReport } from './server/status/report.ts'
import type { StatusParts } from './server/status/routes.ts'
import type { Vitals } from './server/vitals.ts'

export interface StatusWorld {
  readonly resources: Resources
  readonly accounts: Accounts
  readonly state: () => StatusReport['state']
  readonly vitals: Vitals
  readonly storeFault: () => Promise<string | undefined>
  /** Ends the looking. */
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 2_000
const COZE = 'coze'

/** Also puts what is looked at, rather than counted, into the metrics. */
export async function openStatus(world: StatusWorld): Promise<StatusParts> {
  const { resources, accounts, signal } = world
  const { clock } = resources
  const changes = { accounts: createChanges(clock), coze: createChanges(clock) }
  const startedAtMs = clock.now()
  gaugeLooks(resources, accounts)
  void keepLooking().catch(() => undefined)
  return { clock, locales: await readLocales('status'), report }

  async function keepLooking(): Promise<void> {
    for (;;) {
      look()
      await clock.sleep(LOOK_EVERY_MS, signal)
    }
  }

  function look(): void {
    const idle = standingBy(accounts).map((account) => [idleName(account), 'stopped'] as const)
    changes.accounts.see({ ...statesOf(accounts.health()), ...Object.fromEntries(idle) })
    changes.coze.see(statesOf({ [COZE]: resources.assistant.health() }))
  }

  async function report(): Promise<StatusReport> {
    look()
    const { observing, store, faults, configNotes, version } = resources
    const { pulse, activity } = observing
    const { waiting, uploadsWaiting } = resources.cozeLoad()
    const fault = await world.storeFault()
    const stuck = world.vitals.fault()
    const sum = (name: string): number => pulse.gauges(name).reduce((all, { value }) => all + value, 0)
    return {
      version,
      nowMs: clock.now(),
      startedAtMs,
      state: world.state(),
      platforms: accountsStatus(accounts, changes.accounts),
      coze: cozeStatus(resources, changes.coze),
      turns: {
        open: sum('bridge_turns_open'),
        waitingForPeople: sum('bridge_turns_waiting'),
        ...activity.now(),
      },
      queue: { lobby: resources.lobby.size, coze: waiting, uploads: uploadsWaiting },
      faults: faults.latest(),
      hour: accounts.known.map((account) => accountHour(account, resources)),
      tokens: {
        sinceStart: pulse.sinceStart('bridge_tokens_total'),
        lastHour: pulse.lastHour('bridge_tokens_total'),
      },
      store: { kind: store.kind, promise: store.promise, ...(fault === undefined ? {} : { fault }) },
      config: configNotes.now,
      process: { residentBytes: process.memoryUsage.rss(), ...(stuck === undefined ? {} : { fault: stuck }) },
    }
  }
}

function gaugeLooks({ metrics, lobby, cozeLoad, version }: Resources, accounts: Accounts): void {
  metrics.watch('bridge_queue_waiting', () => {
    const { waiting, uploadsWaiting } = cozeLoad()
    return [
      { value: lobby.size, labels: { at: 'lobby' } },
      { value: waiting, labels: { at: 'coze' } },
      { value: uploadsWaiting, labels: { at: 'uploads' } },
    ]
  })
  metrics.watch('bridge_platform_up', () =>
    Object.entries(accounts.health()).map(([account, { state }]) => ({
      value: state === 'up' ? 1 : 0,
      labels: { account },
    })),
  )
  metrics.watch('bridge_info', () => [{ value: 1, labels: { version } }])
}

function accountsStatus(accounts: Accounts, changes: Changes): readonly AccountStatus[] {
  return [
    ...Object.entries(accounts.health()).map(([account, health]): AccountStatus => ({
      account,
      role: 'serves',
      ...stateOf(health),
      sinceMs: changes.sinceMs(account),
    })),
    ...standingBy(accounts).map((account): AccountStatus => ({
      account,
      role: 'stands-by',
      state: 'stopped',
      sinceMs: changes.sinceMs(idleName(account)),
    })),
  ]
}

/** What another process serves, as long as it can. */
function standingBy(accounts: Accounts): readonly string[] {
  const served = Object.keys(accounts.health())
  return accounts.known.filter(
    (account) => !served.some((name) => name === account || name.startsWith(`${account}#`)),
  )
}

/** Apart from the same account served here. */
function idleName(account: string): string {
  return `${account} stands by`
}

function cozeStatus({ assistant, observing: { pulse }, cozeLoad }: Resources, changes: Changes): CozeStatus {
  const quotaMs = pulse
    .parts('bridge_coze_errors_total')
    .filter(({ labels }) => labels['kind'] === 'quota')
    .map(({ labels }) => pulse.lastMs('bridge_coze_errors_total', labels) ?? 0)
  const goneMs = Math.max(0, ...quotaMs)
  const isGone = goneMs > (pulse.lastMs('bridge_tokens_total', {}) ?? 0)
  return {
    ...stateOf(assistant.health()),
    sinceMs: changes.sinceMs(COZE),
    limits: cozeLoad().spent,
    ...(isGone ? { quotaGoneSinceMs: goneMs } : {}),
    errors: pulse
      .parts('bridge_coze_errors_total')
      .map(({ labels, count }) => ({ kind: labels['kind'] ?? '', code: labels['code'] ?? '', count })),
    circuits: pulse
      .gauges('bridge_circuit_open')
      .filter(({ value }) => value === 1)
      .map(({ labels, sinceMs }) => ({ upstream: labels['upstream'] ?? '', sinceMs })),
  }
}

function accountHour(platform: string, { observing: { pulse } }: Resources): AccountHour {
  return {
    account: platform,
    firstText: pulse.series('bridge_first_text_seconds', platform),
    reply: pulse.series('bridge_reply_seconds', platform),
    framesSent: pulse.lastHour('bridge_frames_sent_total', { platform }),
    framesSkipped: pulse.lastHour('bridge_frames_skipped_total', { platform }),
    rateLimited: pulse.lastHour('bridge_rate_limited_total', { platform }),
    rateLimitedMs: pulse.lastHour('bridge_rate_limited_seconds', { platform }),
  }
}

function stateOf(health: Health): { readonly state: Health['state']; readonly because?: string } {
  return 'because' in health ? { state: health.state, because: health.because } : { state: health.state }
}

function statesOf(all: Readonly<Record<string, Health>>): Readonly<Record<string, Health['state']>> {
  return Object.fromEntries(Object.entries(all).map(([name, { state }]) => [name, state]))
}
