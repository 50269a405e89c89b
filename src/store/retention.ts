// How long is something kept that people go on with now and then? Renewed when it is used, gone by itself when it is not.

import type { Retention } from '../contract/policy.ts'
import type { Clock } from '../contract/runtime.ts'

export interface Keeping {
  readonly clock: Clock
  readonly retention: Retention
}

export interface Kept {
  nowMs(): number
  /** Of a record used at `usedAtMs`. */
  ttlMs(usedAtMs: number): number
  /** Whether a use now is worth a write. */
  isWorthRenewing(usedAtMs: number): boolean
  /** Nobody used it for too long. It can still be there when it was written before there was a limit. */
  isOver(usedAtMs: number): boolean
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Used all day, it is written once an hour; so much longer it is kept, so that nothing goes too early. */
const RENEWED_EVERY_MS = HOUR_MS

/** Absent: everything is kept for ever. */
export function createKept(keeping: Keeping | undefined): Kept | undefined {
  if (keeping === undefined) return undefined
  const { clock, retention } = keeping
  const lastsMs = retention.conversationsDays * DAY_MS + RENEWED_EVERY_MS
  return {
    nowMs: () => clock.now(),
    ttlMs: (usedAtMs) => Math.max(1, usedAtMs + lastsMs - clock.now()),
    isWorthRenewing: (usedAtMs) => clock.now() - usedAtMs >= RENEWED_EVERY_MS,
    isOver: (usedAtMs) => clock.now() - usedAtMs >= lastsMs,
  }
}
