// What was the last hour like? Listens to what is counted, and keeps it by the minute: bounded, in memory alone.

import type { Clock, Labels, Metrics } from '../../contract/runtime.ts'

/** One minute of one account. */
export interface Minute {
  /** Minutes before now; 0 is the one that runs. */
  readonly ago: number
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
}
export interface Series {
  /** Oldest first; minutes in which nothing happened are left out. */
  readonly minutes: readonly Minute[]
  /** Over the whole hour. */
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
}

export interface Pulse extends Metrics {
  series(name: string, platform: string): Series
  /** Of a counter in the last hour, over the series that have these labels. */
  lastHour(name: string, labels?: Labels): number
  sinceStart(name: string): number
  /** Sums of the last hour, by one series' labels. */
  parts(name: string): readonly { readonly labels: Labels; readonly count: number }[]
  /** Gauges as they were last set. */
  gauges(
    name: string,
  ): readonly { readonly labels: Labels; readonly value: number; readonly sinceMs: number }[]
  /** Everything that has been seen under this label. */
  values(label: string): readonly string[]
  /** When a counter's series last moved, by the wall clock. */
  lastMs(name: string, labels: Labels): number | undefined
}

const MINUTES = 60
const MINUTE_MS = 60_000
/** Of a busier minute a fair sample is kept. */
const SAMPLES = 64
/** Labels are ours, and few; should one not be, memory ends here. */
const MOST_SERIES = 500

interface Bucket {
  minute: number
  count: number
  sum: number
  samples: number[]
}
interface Kept {
  readonly name: string
  readonly labels: Labels
  readonly buckets: (Bucket | undefined)[]
  total: number
  value: number
  changedAtMs: number
}

/** `random`: which samples are kept of a busy minute. */
export function createPulse(clock: Clock, random: () => number = Math.random): Pulse {
  const all = new Map<string, Kept>()

  return {
    count(name, labels = {}, by = 1) {
      const kept = find(name, labels)
      if (!kept) return
      kept.total += by
      kept.changedAtMs = clock.now()
      const bucket = bucketOf(kept)
      bucket.count += by
    },
    gauge(name, value, labels = {}) {
      const kept = find(name, labels)
      if (!kept || kept.value === value) return
      kept.value = value
      kept.changedAtMs = clock.now()
    },
    observe(name, ms, labels = {}) {
      const kept = find(name, labels)
      if (!kept) return
      kept.total += ms
      const bucket = bucketOf(kept)
      bucket.count += 1
      bucket.sum += ms
      if (bucket.samples.length < SAMPLES) bucket.samples.push(ms)
      else {
        const at = Math.floor(random() * bucket.count)
        if (at < SAMPLES) bucket.samples[at] = ms
      }
    },
    series(name, platform) {
      const kept = all.get(keyOf(name, { platform }))
      const minutes = kept === undefined ? [] : fresh(kept)
      const samples = minutes.flatMap((bucket) => bucket.samples)
      return {
        count: minutes.reduce((sum, { count }) => sum + count, 0),
        p50Ms: quantile(samples, 0.5),
        p95Ms: quantile(samples, 0.95),
        minutes: minutes.map(({ minute, count, samples: own }) => ({
          ago: minuteNow() - minute,
          count,
          p50Ms: quantile(own, 0.5),
          p95Ms: quantile(own, 0.95),
        })),
      }
    },
    lastHour: (name, labels = {}) =>
      of(name)
        .filter((kept) => Object.entries(labels).every(([label, value]) => kept.labels[label] === value))
        .reduce((sum, kept) => sum + hourOf(kept), 0),
    sinceStart: (name) => of(name).reduce((sum, { total }) => sum + total, 0),
    parts: (name) => of(name).map((kept) => ({ labels: kept.labels, count: hourOf(kept) })),
    gauges: (name) =>
      of(name).map(({ labels, value, changedAtMs }) => ({ labels, value, sinceMs: changedAtMs })),
    values: (label) => [...new Set([...all.values()].flatMap(({ labels }) => labels[label] ?? []))],
    lastMs: (name, labels) => all.get(keyOf(name, labels))?.changedAtMs,
  }

  function find(name: string, labels: Labels): Kept | undefined {
    const key = keyOf(name, labels)
    const known = all.get(key)
    if (known || all.size >= MOST_SERIES) return known
    const made: Kept = { name, labels, buckets: [], total: 0, value: 0, changedAtMs: clock.now() }
    all.set(key, made)
    return made
  }

  function of(name: string): readonly Kept[] {
    return [...all.values()].filter((kept) => kept.name === name)
  }

  function minuteNow(): number {
    return Math.floor(clock.elapsed() / MINUTE_MS)
  }

  function bucketOf({ buckets }: Kept): Bucket {
    const minute = minuteNow()
    const at = minute % MINUTES
    const known = buckets[at]
    if (known?.minute === minute) return known
    const made: Bucket = { minute, count: 0, sum: 0, samples: [] }
    buckets[at] = made
    return made
  }

  /** Of the last hour, oldest first. */
  function fresh({ buckets }: Kept): readonly Bucket[] {
    const oldest = minuteNow() - MINUTES
    return buckets
      .filter((bucket) => bucket !== undefined)
      .filter(({ minute }) => minute > oldest)
      .toSorted((a, b) => a.minute - b.minute)
  }

  /** What was counted, or the milliseconds that were observed. */
  function hourOf(kept: Kept): number {
    return fresh(kept).reduce((sum, bucket) => sum + (bucket.sum > 0 ? bucket.sum : bucket.count), 0)
  }
}

function keyOf(name: string, labels: Labels): string {
  return `${name} ${Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(' ')}`
}

/** 0 of nothing. */
function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0)
}
