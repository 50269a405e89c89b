// How do thousands of paced answers share one timer?

export interface Ticker {
  readonly nowMs: () => number
  /** Runs once after `delayMs`; what is returned takes it back. */
  after(delayMs: number, run: () => void): () => void
  /** Forgets everything that waits. */
  close(): void
}

interface Waiting {
  run: (() => void) | undefined
}

/** Entries due within the same 2 ms run together; one timer stands for the earliest of them. */
const QUANTUM_MS = 2
/** setTimeout takes 31 bits; a longer wait is looked at again then. */
const LONGEST_MS = 2 ** 30

export function createTicker(): Ticker {
  const buckets = new Map<number, Waiting[]>()
  const nowMs = (): number => performance.now()
  let timer: NodeJS.Timeout | undefined
  let armedFor = Infinity
  let closed = false

  function fire(): void {
    timer = undefined
    armedFor = Infinity
    const reached = Math.floor(nowMs() / QUANTUM_MS)
    for (const due of [...buckets.keys()].filter((key) => key <= reached).sort((a, b) => a - b)) {
      const entries = buckets.get(due) ?? []
      buckets.delete(due)
      for (const entry of entries) entry.run?.()
    }
    arm()
  }

  function arm(): void {
    if (closed) return
    let earliest = Infinity
    for (const due of buckets.keys()) if (due < earliest) earliest = due
    if (earliest >= armedFor) return
    clearTimeout(timer)
    armedFor = earliest
    if (earliest === Infinity) return
    timer = setTimeout(fire, Math.min(LONGEST_MS, Math.max(0, earliest * QUANTUM_MS - nowMs())))
  }

  return {
    nowMs,
    after(delayMs, run) {
      if (closed) return () => {}
      const due = Math.ceil((nowMs() + delayMs) / QUANTUM_MS)
      const entry: Waiting = { run }
      const bucket = buckets.get(due)
      if (bucket === undefined) buckets.set(due, [entry])
      else bucket.push(entry)
      if (due < armedFor) arm()
      return () => {
        entry.run = undefined
      }
    },
    close() {
      closed = true
      clearTimeout(timer)
      buckets.clear()
    },
  }
}

/** A wait whose end somebody else decides: it calls what it is given, later, once. What is returned takes it back. */
export type Hold = (goOn: () => void) => () => void

/**
 * Walks `steps` (each yields how long to wait in ms, or a hold) until it ends. Waits are counted from when the last one was
 * due, not from when it fired, so a busy process delivers the same number of steps a second.
 */
export function drive(ticker: Ticker, steps: Generator<number | Hold, void>): () => void {
  let dueMs = ticker.nowMs()
  let takeBack: () => void = () => {}
  let stopped = false
  function go(): void {
    // Steps without a wait run together, but never so many that others starve.
    for (let free = 64; free > 0; free--) {
      if (stopped) return
      const step = steps.next()
      if (step.done === true) return
      if (typeof step.value === 'function') {
        takeBack = step.value(() => {
          dueMs = ticker.nowMs()
          go()
        })
        return
      }
      dueMs += step.value
      const waitMs = dueMs - ticker.nowMs()
      if (step.value > 0 && waitMs > 0) {
        takeBack = ticker.after(waitMs, go)
        return
      }
    }
    takeBack = ticker.after(0, go)
  }
  go()
  return () => {
    stopped = true
    takeBack()
  }
}
