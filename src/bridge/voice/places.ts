// How many do something at once? So many, the others wait their turn, oldest first.

/** A bound on work of one kind in this process. */
export interface Places {
  /** Does `work` as soon as there is a place. Rejects with the signal's reason while it waits, and with `tooMany`. */
  within<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
}

/** `tooMany`: what those get who find `maxWaiting` others before them. */
export function createPlaces(count: number, maxWaiting: number, tooMany: () => Error): Places {
  let free = count
  const waiting = new Set<() => void>()

  async function take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (free > 0) {
      free -= 1
      return
    }
    if (waiting.size >= maxWaiting) throw tooMany()
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        waiting.delete(go)
        reject(
          signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason }),
        )
      }
      waiting.add(go)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** The place goes straight to who has waited longest. */
  function leave(): void {
    const [next] = waiting
    if (next === undefined) free += 1
    else {
      waiting.delete(next)
      next()
    }
  }

  return {
    async within(work, signal) {
      await take(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
