// How long is an answer waited for? A time limit round one call, also for calls that ignore their signal.
import type { Clock } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'

/** Runs `call` with a signal that aborts with `signal` (then rejects as `cancelled`) or after `ms` (as `unavailable`); outcome unknown. */
export async function withDeadline<T>(
  limit: { readonly account: string; readonly clock: Clock; readonly ms: number; readonly what: string },
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const answered = new AbortController()
  const expired = new AbortController()
  const over = new Promise<never>((_, reject) => {
    const end = (kind: 'unavailable' | 'cancelled', message: string) => (): void =>
      reject(new PlatformError(limit.account, kind, `${limit.what}: ${message}`, { outcome: 'unknown' }))
    const until = { once: true, signal: answered.signal }
    expired.signal.addEventListener('abort', end('unavailable', `no answer within ${limit.ms} ms`), until)
    signal.addEventListener('abort', end('cancelled', 'cancelled'), until)
  })
  // `answered` ends this wait; both ways it is over.
  void limit.clock.sleep(limit.ms, answered.signal).then(
    () => expired.abort(),
    () => undefined,
  )
  try {
    return await Promise.race([over, call(AbortSignal.any([signal, expired.signal]))])
  } finally {
    answered.abort()
  }
}
