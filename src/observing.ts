// What hears of everything that goes on, beside the log: the status page's memory, and traces where somebody collects them.

import { createActivity, type Activity } from './server/status/activity.ts'
import { createPulse, type Pulse } from './server/status/pulse.ts'
import { watchedByAll, type Watch } from './contract/watch.ts'
import type { Clock, Logger, ProxyEnv } from './contract/runtime.ts'
import type { BridgeMetrics } from './server/metrics.ts'

export interface Observing {
  readonly activity: Activity
  readonly pulse: Pulse
  readonly watch: Watch | undefined
  /** Sends what is left of the traces, for a moment. Never rejects. */
  close(): Promise<void>
}

interface ObservingWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: BridgeMetrics
  readonly version: string
  readonly proxyEnv?: ProxyEnv
}

export async function openObserving({
  env,
  clock,
  log,
  metrics,
  version,
  proxyEnv,
}: ObservingWorld): Promise<Observing> {
  const activity = createActivity(clock)
  const pulse = createPulse(clock)
  metrics.tap(pulse)
  const traces = await openTraces()
  return {
    activity,
    pulse,
    watch: watchedByAll(traces === undefined ? [activity] : [activity, traces]),
    close: async () => traces?.close(),
  }

  /** The packages are loaded where there is somebody to send to, and nowhere else. */
  async function openTraces() {
    const { readTraceTarget } = await import('./telemetry/target.ts')
    const found = readTraceTarget(env, version)
    if (found === undefined) return undefined
    if ('unusable' in found) {
      log.warn(
        {},
        `turns are not traced: ${found.unusable} must be a whole address, as in http://localhost:4318`,
      )
      return undefined
    }
    const target = proxyEnv === undefined ? found : { ...found, proxyEnv }
    try {
      const opened = (await import('./telemetry/traces.ts')).openTraces(target, clock)
      log.info({ to: new URL(target.url).host }, 'turns are traced')
      return opened
    } catch (error) {
      log.warn({}, 'turns are not traced: the OpenTelemetry packages are optional, and not installed', error)
      return undefined
    }
  }
}
