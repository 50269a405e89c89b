// What time is it really? The one place that asks the machine.

import type { Clock } from './contract/runtime.ts'

/** The machine's clock. A sleep is one timer and, with a signal, one listener: thousands at a time are fine. */
export const realClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep,
}

/** Longest delay a timer takes; beyond it Node would fire at once. https://nodejs.org/api/timers.html */
const LONGEST_MS = 2_147_483_647

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(reasonOf(signal))
      return
    }
    const cancel = ms > 0 ? later(wake, ms) : soon(wake)
    signal?.addEventListener('abort', giveUp, { once: true })

    function wake(): void {
      signal?.removeEventListener('abort', giveUp)
      if (ms > LONGEST_MS) resolve(sleep(ms - LONGEST_MS, signal))
      else resolve()
    }
    function giveUp(): void {
      cancel()
      if (signal !== undefined) reject(reasonOf(signal))
    }
  })
}

function later(wake: () => void, ms: number): () => void {
  const timer = setTimeout(wake, Math.min(ms, LONGEST_MS))
  return () => clearTimeout(timer)
}

/** The next turn of the loop, without the millisecond that the shortest timer takes. */
function soon(wake: () => void): () => void {
  const immediate = setImmediate(wake)
  return () => clearImmediate(immediate)
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
