// How many of the assistant's tokens has somebody used since their day began? Their day begins with the first they use.
//
// Read, then written: safe because all turns of one account run in one process, and here one after the other.

import type { Clock } from '../contract/runtime.ts'
import type { Store } from './open.ts'

export interface Tokens {
  /** `leftMs`: until the count begins anew. */
  used(key: string): Promise<{ readonly tokens: number; readonly leftMs: number }>
  add(key: string, tokens: number): Promise<void>
}

interface Count {
  readonly tokens: number
  readonly untilMs: number
}

const DAY_MS = 24 * 3_600_000

export function createTokens(store: Store, clock: Clock): Tokens {
  const counts = store.keyv<Count>('tokens')
  /** By key: the last write under way. */
  const writing = new Map<string, Promise<void>>()

  return {
    async used(key) {
      await writing.get(key)?.catch(() => undefined)
      return read(key)
    },
    async add(key, tokens) {
      if (tokens <= 0) return
      const before = writing.get(key) ?? Promise.resolve()
      const mine = before
        .catch(() => undefined)
        .then(async () => {
          const now = await read(key)
          const leftMs = now.tokens === 0 ? DAY_MS : now.leftMs
          const count: Count = { tokens: now.tokens + tokens, untilMs: clock.now() + leftMs }
          await counts.set(key, count, leftMs)
        })
      writing.set(key, mine)
      try {
        await mine
      } finally {
        if (writing.get(key) === mine) writing.delete(key)
      }
    },
  }

  async function read(key: string): Promise<{ readonly tokens: number; readonly leftMs: number }> {
    const count = await counts.get(key)
    // A clock that was set back makes no day longer than a day.
    const leftMs = count === undefined ? 0 : Math.min(DAY_MS, count.untilMs - clock.now())
    return count === undefined || leftMs <= 0 ? { tokens: 0, leftMs: 0 } : { tokens: count.tokens, leftMs }
  }
}
