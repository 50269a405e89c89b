// The clock of this machine, for tests against emulators. It knows who still sleeps, so that a test can see what was left.
import type { Clock } from '../../src/contract/runtime.ts'

export interface RealClock extends Clock {
  /** Sleeps that have not ended. */
  readonly sleepers: number
}

export function createRealClock(): RealClock {
  let sleepers = 0
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        const fail = (): void => reject(toError(signal?.reason))
        if (signal?.aborted === true) {
          fail()
          return
        }
        const timer = setTimeout(() => end(resolve), Math.max(0, ms))
        const onAbort = (): void => end(fail)
        signal?.addEventListener('abort', onAbort, { once: true })
        sleepers += 1

        function end(settle: () => void): void {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
          sleepers -= 1
          settle()
        }
      }),
    get sleepers() {
      return sleepers
    },
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
