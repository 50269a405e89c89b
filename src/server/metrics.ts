// Which numbers are kept? All of them in one table; Prometheus reads them from /metrics.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@prometheus-io/client'
import type { Labels, Metrics } from '../contract/runtime.ts'

type Kind = 'counter' | 'gauge' | 'seconds'
interface Definition {
  readonly kind: Kind
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds, in seconds. */
  readonly buckets?: readonly number[]
}

/** How long people wait: for the first words, and for all of them. */
const PATIENCE_S = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 600]
/** What platforms tell us to wait. */
const PAUSES_S = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900]
/** From memory to a disk that is too slow. */
const WRITES_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/**
 * Names and labels are a promise to whoever draws graphs of them: docs/metrics.md has the same table, and a test compares.
 * `platform` is the account's name in the configuration; `account` as well, with `#part` where several processes share it.
 */
export const METRICS = {
  bridge_events_total: counter('Events from platforms, and what was decided on them.', 'platform', 'do'),
  bridge_first_text_seconds: seconds(
    'From the question to the first text of the reply on screen.',
    PATIENCE_S,
    'platform',
  ),
  bridge_reply_seconds: seconds('From accepting a question to its whole reply.', PATIENCE_S, 'platform'),
  bridge_frames_sent_total: counter(
    'States of a growing message that were sent: posts and edits.',
    'platform',
  ),
  bridge_frames_skipped_total: counter(
    'States that were not sent: a newer one overtook them (overtaken), or the platform would not take them just then (refused).',
    'platform',
    'because',
  ),
  bridge_rate_limited_total: counter('Times a platform said "slow down".', 'platform'),
  bridge_rate_limited_seconds: seconds('How long a platform told us to wait.', PAUSES_S, 'platform'),
  bridge_undeliverable_total: counter('Replies the platform would not take.', 'platform'),
  bridge_platform_up: gauge('Whether this connection is up: 1, else 0.', 'account'),
  bridge_coze_errors_total: counter("Failures of Coze, by our kind and Coze's code.", 'kind', 'code'),
  bridge_tokens_total: counter('Tokens Coze counted for its answers.'),
  bridge_files_total: counter('Files people sent, and what became of them.', 'as'),
  bridge_uploaded_bytes_total: counter('Bytes of files that went to Coze.'),
  bridge_refused_total: counter('Questions that were not taken, and why.', 'because'),
  bridge_turns_open: gauge('Questions accepted whose reply is not finished.', 'account'),
  bridge_turns_waiting: gauge('Replies that wait for a person to answer a question of theirs.', 'account'),
  bridge_queue_waiting: gauge(
    "Who waits: questions that are not prepared yet (lobby), questions in line for Coze's limit (coze), files in line for it (uploads).",
    'at',
  ),
  bridge_journal_write_seconds: seconds(
    'Writes of the journal, until the store says they are safe.',
    WRITES_S,
  ),
  bridge_journal_errors_total: counter('Writes of the journal that the store did not take.'),
  bridge_circuit_open: gauge(
    'Whether calls to Coze or to a platform are held back, because they kept failing: 1, else 0.',
    'upstream',
  ),
  bridge_config_reloads_total: counter(
    'Times a changed configuration was read, and whether it is used: applied or refused.',
    'outcome',
  ),
  bridge_claims: gauge('Connections of an account that this process holds.', 'account'),
  bridge_info: gauge('Always 1; its label says which version runs.', 'version'),
} as const satisfies Record<string, Definition>

export type MetricName = keyof typeof METRICS

export interface Look {
  readonly value: number
  readonly labels?: Labels
}

export interface BridgeMetrics extends Metrics {
  /** A gauge that is looked at whenever somebody asks. */
  watch(name: MetricName, look: () => readonly Look[]): void
  /** Tells another what is counted from now on. */
  tap(other: Metrics): void
  /** In Prometheus' text format, the process's own numbers included. */
  text(): Promise<string>
  readonly contentType: string
}

/** Made once by the roof. A name that is not in the table is not counted; a test finds it in the sources. */
export function createMetrics(): BridgeMetrics {
  const registry = new Registry()
  const own = processRegistry()
  const counters = new Map<string, Counter<string>>()
  const gauges = new Map<string, Gauge<string>>()
  const histograms = new Map<string, Histogram<string>>()
  for (const [name, { kind, help, labels, buckets = [] }] of Object.entries<Definition>(METRICS)) {
    const settings = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'counter') counters.set(name, new Counter(settings))
    else if (kind === 'gauge') gauges.set(name, new Gauge(settings))
    else histograms.set(name, new Histogram({ ...settings, buckets: [...buckets] }))
  }

  const looks = new Map<MetricName, () => readonly Look[]>()
  const others: Metrics[] = []

  return {
    count(name, labels = {}, by = 1) {
      counters.get(name)?.inc(known(name, labels), by)
      for (const other of others) other.count(name, labels, by)
    },
    gauge(name, value, labels = {}) {
      gauges.get(name)?.set(known(name, labels), value)
      for (const other of others) other.gauge(name, value, labels)
    },
    observe(name, ms, labels = {}) {
      histograms.get(name)?.observe(known(name, labels), ms / 1_000)
      for (const other of others) other.observe(name, ms, labels)
    },
    watch(name, look) {
      looks.set(name, look)
    },
    tap(other) {
      others.push(other)
    },
    text() {
      for (const [name, look] of looks) {
        const gauge = gauges.get(name)
        gauge?.reset()
        for (const { value, labels = {} } of look()) gauge?.set(known(name, labels), value)
      }
      return Registry.merge([own, registry]).metrics()
    },
    contentType: registry.contentType,
  }
}

/**
 * The process's own numbers, the same in each table: what measures the loop and the garbage collector cannot be ended, and a
 * reload makes the table anew.
 */
function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}
let ofProcess: Registry | undefined

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
function seconds(help: string, buckets: readonly number[], ...labels: string[]): Definition {
  return { kind: 'seconds', help, labels, buckets }
}
