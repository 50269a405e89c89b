// How do many share a few places? First come, first served.

/** Runs `work` as soon as fewer than the bound run. Rejects with the signal's reason when it aborts before. */
export type Gate = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

export interface GateBound {
  /** So many may wait; the next one is rejected with `tooMany`. */
  readonly waiting: number
  tooMany(): Error
}

/** `bound` may be left out where those who wait are bounded elsewhere: by lanes, by what one reply may hold. */
export function createGate(most: number, bound?: GateBound): Gate {
  const waiting: (() => void)[] = []
  let inside = 0

  return async (signal, work) => {
    signal.throwIfAborted()
    if (bound && inside >= most && waiting.length >= bound.waiting) throw bound.tooMany()
    if (inside >= most) await place(signal)
    else inside += 1
    try {
      return await work()
    } finally {
      // Whoever waits takes the place over.
      const next = waiting.shift()
      if (next) next()
      else inside -= 1
    }
  }

  function place(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(enter)
    })
  }
}
