// Is it taking too long? One watch for all of an errand, and for each wait within it.

import type { Clock } from '../contract/runtime.ts'

/** The reason of a watch's signal once time is up. */
export class LateError extends Error {
  override readonly name = 'LateError'
}

export interface Watch {
  /** Aborts when time is up, or with `outer`. */
  readonly signal: AbortSignal
  /** From now on, until `rest` or the next call: so long. */
  waitAtMost(ms: number): void
  /** Nobody is waited for. */
  rest(): void
  /** The promise, or the end of the watch: for what takes no signal. */
  race<T>(promise: Promise<T>): Promise<T>
  /** Lets go of all timers. */
  end(): void
}

export function createWatch(clock: Clock, wholeMs: number, outer: AbortSignal): Watch {
  const over = new AbortController()
  const late = new AbortController()
  const signal = AbortSignal.any([outer, late.signal])
  let wait = new AbortController()
  expire(wholeMs, over.signal)
  return {
    signal,
    waitAtMost(ms) {
      wait.abort()
      wait = new AbortController()
      expire(ms, wait.signal)
    },
    rest: () => wait.abort(),
    race: (promise) => raceWith(signal, promise),
    end() {
      wait.abort()
      over.abort()
    },
  }

  function expire(ms: number, until: AbortSignal): void {
    void clock.sleep(ms, until).then(
      () => late.abort(new LateError('too slow')),
      () => undefined,
    )
  }
}

async function raceWith<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const done = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true, signal: done.signal })
  })
  try {
    return await Promise.race([promise, ended])
  } finally {
    done.abort()
  }
}
