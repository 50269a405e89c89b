// Who are we, where no gateway tells? Asked over REST until the token is taken.
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import type { Health } from '../../src/contract/platform.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type DiscordApi } from './api.ts'
import { TOKEN_REMEDY } from './connect.ts'
import { withDeadline } from '../common/deadline.ts'
import { toPlatformError } from './errors.ts'
import { fieldsOf, readString } from '../common/read.ts'

export interface IdentityParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  setHealth(health: Health): void
  isMe(id: string): void
  readonly signal: AbortSignal
}

const ANSWER_WITHIN_MS = 15_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** `first` settles with the first attempt and rejects with `denied` for a wrong token; `ended` when nothing is tried any more. */
export function identify(parts: IdentityParts): {
  readonly first: Promise<undefined>
  readonly ended: Promise<void>
} {
  const first = Promise.withResolvers<undefined>()
  const told = { resolve: () => first.resolve(undefined), reject: first.reject }
  return { first: first.promise, ended: tryOn(parts, told) }
}

async function tryOn(
  { account, api, clock, isMe, log, setHealth, signal }: IdentityParts,
  first: { resolve(): void; reject(reason: unknown): void },
): Promise<void> {
  const isStopped = (): boolean => signal.aborted
  for (let failures = 0; !isStopped(); failures += 1) {
    try {
      const limit = { account, clock, ms: ANSWER_WITHIN_MS, what: 'GET /users/@me' }
      const call = { method: 'GET', route: '/users/@me' } as const
      const me = fieldsOf(await withDeadline(limit, signal, (within) => callAs(account, api, call, within)))
      isMe(readString(me['id']) ?? '')
      setHealth({ state: 'up' })
      first.resolve()
      return
    } catch (error) {
      const failure = toPlatformError(account, 'GET /users/@me', error, signal)
      if (isStopped()) break
      const isDenied = failure.kind === 'denied'
      const because = isDenied ? `the token is not accepted. ${TOKEN_REMEDY}` : failure.message
      setHealth({ state: 'down', because })
      log.warn({ kind: failure.kind, failures }, 'Discord cannot be reached yet; trying on')
      if (isDenied) first.reject(new PlatformError(account, 'denied', because))
      else first.resolve()
      const growing = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10))
      await clock.sleep(Math.max(growing, failure.retryAfterMs ?? 0), signal).catch(() => undefined)
    }
  }
  first.resolve()
}
