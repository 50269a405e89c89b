// "is typing…" until the first text stands: a courtesy, dropped whenever calls are short.

import { PlatformError } from '../contract/errors.ts'
import type { Outbox } from '../contract/platform.ts'
import type { Clock, Logger } from '../contract/runtime.ts'
import type { Pacer } from './pace.ts'

export interface TypingOptions {
  readonly account: string
  readonly outbox: Pick<Outbox, 'limits' | 'showTyping'>
  readonly pacer: Pacer
  readonly clock: Clock
  readonly log: Logger
  readonly until: AbortSignal
}

const ENDED = new Error('typing has ended')

/** A platform that refuses typing once is not asked again; the indicator is renewed a little before it fades. */
export function keepTyping(options: TypingOptions): { stop(): void } {
  const { outbox, pacer, clock, log } = options
  const { typingLastsMs } = outbox.limits
  const ended = new AbortController()
  const stop = (): void => ended.abort(ENDED)
  const show = outbox.showTyping?.bind(outbox)
  if (!show || typingLastsMs === undefined || options.until.aborted) return { stop }
  options.until.addEventListener('abort', stop, { once: true })

  const plan = {
    account: options.account,
    limits: outbox.limits,
    kind: 'typing',
    urgency: 'typing',
    repeatable: true,
  } as const

  void (async () => {
    while (!ended.signal.aborted) {
      await pacer.tryCall(plan, show, ended.signal)
      await clock.sleep(typingLastsMs * 0.9, ended.signal)
    }
  })().catch((error: unknown) => {
    if (!ended.signal.aborted && error instanceof PlatformError) {
      log.debug({ account: options.account, kind: error.kind }, 'typing not shown')
    }
  })
  return { stop }
}
