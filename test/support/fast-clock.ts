// A clock that runs ahead, for what talks over real sockets.

import type { Clock } from '../../src/contract/runtime.ts'

/** Real sockets need real time; pauses of seconds need not last that long. */
export const createFastClock = (timesFaster: number): Clock => ({
  now: () => Date.now(),
  elapsed: () => performance.now() * timesFaster,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        reject(new Error('aborted'))
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', stop)
          resolve()
        },
        Math.max(0, ms) / timesFaster,
      )
      if (signal?.aborted === true) stop()
      else signal?.addEventListener('abort', stop, { once: true })
    }),
})
