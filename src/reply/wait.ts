// How does a reply wait? For something to happen, for a bounded time, and never beyond its signal.

import type { Clock } from '../contract/runtime.ts'

const SETTLED = new Error('the wait is over')

/** Resolves with the event or after `ms`; rejects when the signal aborts. */
export async function atMost(
  ms: number,
  event: Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const enough = new AbortController()
  const timer = clock.sleep(ms, enough.signal).catch(() => undefined)
  try {
    await untilAborted(Promise.race([event, timer]), signal)
  } finally {
    enough.abort(SETTLED)
  }
}

/** The event, or the signal's reason as soon as it aborts: for what takes no signal. */
export function untilAborted<T>(event: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    void event.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
