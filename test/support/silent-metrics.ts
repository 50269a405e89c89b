// Numbers for tests: counted, not published.

import type { Labels, Metrics } from '../../src/contract/runtime.ts'

export interface SilentMetrics extends Metrics {
  /** Sum of all `count`s of a name. */
  total(name: string): number
}

export function createSilentMetrics(): SilentMetrics {
  const totals = new Map<string, number>()
  return {
    count(name: string, _labels?: Labels, by = 1) {
      totals.set(name, (totals.get(name) ?? 0) + by)
    },
    gauge() {},
    observe() {},
    total: (name) => totals.get(name) ?? 0,
  }
}
