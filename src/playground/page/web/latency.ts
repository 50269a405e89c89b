// How long after an edit does the page show it? The last thousand, for the wire panel and for measurements.

export interface Latencies {
  push(ms: number): void
  /** Oldest first. */
  all(): readonly number[]
}

export function createLatencies(size = 1_000): Latencies {
  const ring: number[] = []
  let at = 0
  return {
    push(ms) {
      ring[at] = ms
      at = (at + 1) % size
    },
    all: () => (ring.length < size ? [...ring] : [...ring.slice(at), ...ring.slice(0, at)]),
  }
}

/** The smallest value that at least `share` percent are not above; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? Number.NaN
}

/** Calls when what was just drawn is on its way to the screen: a task queued inside a frame runs after its paint. */
export function afterPaint(then: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    then()
  }
  port2.postMessage(0)
}

/** `Date.now()` with fractions; comparable with that of another process on this machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}
