// What becomes of a login that fails, or that nobody waits for any more?

import { AssistantError } from '../contract/errors.ts'
import type { Failure } from '../contract/errors.ts'
import { cancelledFailure, failureOf } from './errors.ts'

/** What the token endpoint refuses, only the owner can mend. */
export function asLoginError(error: unknown, what: string, signal: AbortSignal): AssistantError {
  const failure = failureOf(error, what, signal)
  const isRefused =
    failure.kind === 'rejected' || failure.kind === 'garbled' || failure.kind === 'unsupported'
  // A lost exchange has no effect that matters: the next one is a new token.
  const kind: Failure['kind'] = isRefused ? 'denied' : failure.kind === 'lost' ? 'unavailable' : failure.kind
  return new AssistantError({ ...failure, kind, outcome: 'not-sent' }, error)
}

/** The promise goes on for the others. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(new AssistantError(cancelledFailure('login', 'not-sent')))
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}
