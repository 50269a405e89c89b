// Which numbers are kept? All of them in one table; Prometheus reads them from /metrics.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client'
import type { Labels, Metrics } from '../contract/runtime.ts'

type Kind = 'counter' | 'gauge' | 'milliseconds'
interface Definition {
  readonly kind: Kind
  readonly help: string
  readonly labels: readonly string[]
}

/** Names and labels are a promise to whoever draws graphs of them. */
export const METRICS = {
  bridge_events_total: counter('Events from platforms, and what was decided on them.', 'platform', 'do'),
  bridge_first_text_ms: milliseconds(
    'From the question to the first text of the reply on screen.',
    'platform',
  ),
  bridge_reply_ms: milliseconds('From accepting a question to its whole reply.', 'platform'),
  bridge_frames_sent_total: counter('States of a growing message that were sent.', 'platform'),
  bridge_frames_skipped_total: counter('States that a newer one overtook.', 'platform'),
  bridge_rate_limited_total: counter('Times a platform said "slow down".', 'platform'),
  bridge_rate_limited_ms: milliseconds('How long a platform told us to wait.', 'platform'),
  bridge_undeliverable_total: counter('Replies the platform would not take.', 'platform'),
  bridge_coze_errors_total: counter('Failures of Coze, by our kind and its code.', 'kind', 'code'),
  bridge_tokens_total: counter('Tokens Coze counted for its answers.'),
  bridge_files_total: counter('Files people sent, and what became of them.', 'as'),
  bridge_uploaded_bytes_total: counter('Bytes of files that went to Coze.'),
  bridge_refused_total: counter('Questions that were not taken, and why.', 'because'),
  bridge_turns_open: gauge('Questions accepted whose reply is not finished.', 'account'),
  bridge_turns_waiting: gauge('Replies that wait for a person to answer a question of theirs.', 'account'),
  bridge_queue_waiting: gauge('Questions that wait for their turn at the upstream limit.'),
  bridge_circuit_open: gauge(
    'Whether calls to Coze or to a platform are held back, because they kept failing: 1, else 0.',
    'upstream',
  ),
  bridge_config_reloads_total: counter(
    'Times a changed configuration was read, and whether it is used: applied or refused.',
    'outcome',
  ),
  bridge_claims: gauge('Connections of an account that this process holds.', 'account'),
} as const satisfies Record<string, Definition>

export type MetricName = keyof typeof METRICS

export interface BridgeMetrics extends Metrics {
  /** In Prometheus' text format, the process's own numbers included. */
  text(): Promise<string>
  readonly contentType: string
}

/** Made once by the roof. A name that is not in the table is not counted; a test finds it in the sources. */
export function createMetrics(): BridgeMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = new Map<string, Counter<string>>()
  const gauges = new Map<string, Gauge<string>>()
  const histograms = new Map<string, Histogram<string>>()
  for (const [name, { kind, help, labels }] of Object.entries<Definition>(METRICS)) {
    const settings = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'counter') counters.set(name, new Counter(settings))
    else if (kind === 'gauge') gauges.set(name, new Gauge(settings))
    else histograms.set(name, new Histogram({ ...settings, buckets: [...BUCKETS_MS] }))
  }

  return {
    count: (name, labels = {}, by = 1) => counters.get(name)?.inc(known(name, labels), by),
    gauge: (name, value, labels = {}) => gauges.get(name)?.set(known(name, labels), value),
    observe: (name, ms, labels = {}) => histograms.get(name)?.observe(known(name, labels), ms),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** From one frame to a long workflow. */
const BUCKETS_MS = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 180_000, 600_000,
] as const

/** Only the table's labels: another one would make the client throw in the middle of a turn. */
function known(name: string, labels: Labels): Record<string, string> {
  const definition: Definition | undefined = isMetricName(name) ? METRICS[name] : undefined
  return Object.fromEntries(Object.entries(labels).filter(([label]) => definition?.labels.includes(label)))
}

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name)
}

function counter(help: string, ...labels: string[]): Definition {
  return { kind: 'counter', help, labels }
}
function gauge(help: string, ...labels: string[]): Definition {
  return { kind: 'gauge', help, labels }
}
function milliseconds(help: string, ...labels: string[]): Definition {
  return { kind: 'milliseconds', help, labels }
}
