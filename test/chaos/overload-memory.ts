// How much memory does the bridge hold, second by second? As the system counts it.

import { readFileSync } from 'node:fs'

export interface Sample {
  readonly atMs: number
  readonly rssMb: number
  /** Questions that were said and have not been asked yet. */
  readonly waiting: number
}

export interface Sampler {
  readonly samples: readonly Sample[]
  stop(): void
}

export function sampleMemory(pid: number, waiting: () => number): Sampler {
  const samples: Sample[] = []
  const timer = setInterval(() => {
    const rssMb = rssMbOf(pid)
    if (rssMb !== undefined) samples.push({ atMs: performance.now(), rssMb, waiting: waiting() })
  }, 1_000)
  return { samples, stop: () => clearInterval(timer) }
}

/** Undefined: it has ended. */
function rssMbOf(pid: number): number | undefined {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kb === undefined ? undefined : Number(kb) / 1_024
  } catch {
    return undefined
  }
}

export interface Level {
  readonly min: number
  readonly max: number
  readonly median: number
}

export function levelOf(values: readonly number[]): Level {
  const sorted = values.toSorted((a, b) => a - b)
  return { min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0 }
}

/** What one more waiting question adds, in kB: the slope of the straight line through the samples. */
export function kbPerWaiting(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, samples.length)
  const [x, y] = [mean(({ waiting }) => waiting), mean(({ rssMb }) => rssMb)]
  const over = samples.reduce((sum, { waiting, rssMb }) => sum + (waiting - x) * (rssMb - y), 0)
  const under = samples.reduce((sum, { waiting }) => sum + (waiting - x) ** 2, 0)
  return under === 0 ? 0 : (over / under) * 1_024
}
