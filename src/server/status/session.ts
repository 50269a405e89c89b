// Who has logged in to the status page? Sessions are random, short-lived, few, and in memory alone.

import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../contract/runtime.ts'

export interface Sessions {
  /** What the browser keeps, and for how long. The oldest ends where there are too many. */
  begin(): { readonly id: string; readonly lastsMs: number }
  isOpen(id: string | undefined): boolean
  end(id: string | undefined): void
}

/** A working day. Our choice. */
const LASTS_MS = 8 * 3_600_000
const MOST = 32

export function createSessions(clock: Pick<Clock, 'elapsed'>): Sessions {
  /** What was given out is not kept itself. */
  const open = new Map<string, number>()
  return {
    begin() {
      forgetOld()
      const oldest = open.size < MOST ? undefined : open.keys().next().value
      if (oldest !== undefined) open.delete(oldest)
      const id = randomBytes(32).toString('base64url')
      open.set(hashOf(id), clock.elapsed() + LASTS_MS)
      return { id, lastsMs: LASTS_MS }
    },
    isOpen(id) {
      if (id === undefined) return false
      const untilMs = open.get(hashOf(id))
      return untilMs !== undefined && untilMs > clock.elapsed()
    },
    end(id) {
      if (id !== undefined) open.delete(hashOf(id))
    },
  }

  function forgetOld(): void {
    for (const [id, untilMs] of open) if (untilMs <= clock.elapsed()) open.delete(id)
  }
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}

export interface Attempts {
  /** How long nobody may try; 0: one may now. Counts nothing. */
  waitMs(): number
  failed(): void
}

/** For everybody together: behind a proxy all come from one address. A token of 16 characters outlasts this for ever. */
const AT_ONCE = 10
const ONE_MORE_EVERY_MS = 6_000

export function createAttempts(clock: Pick<Clock, 'elapsed'>): Attempts {
  /** When all ten may be tried at once again. */
  let fullAtMs = 0
  const behindMs = (): number => Math.max(0, fullAtMs - clock.elapsed())
  return {
    waitMs: () => Math.max(0, behindMs() - (AT_ONCE - 1) * ONE_MORE_EVERY_MS),
    failed() {
      fullAtMs = clock.elapsed() + behindMs() + ONE_MORE_EVERY_MS
    },
  }
}
