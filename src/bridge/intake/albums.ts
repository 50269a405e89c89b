// The items of an album of which only one speaks to us: people mention the bot in one caption, and mean the whole album.
//
// Items that come before it are remembered for a moment, in memory: of an album nobody addresses to us nothing is kept.

import type { MessageEvent } from '../../contract/event.ts'
import type { Clock } from '../../contract/runtime.ts'

export interface Albums {
  remember(item: MessageEvent): void
  /** What came of this album just now and is not asked about yet. */
  take(item: MessageEvent): readonly MessageEvent[]
}

/** Items of one album come within a few hundred ms of each other. Our choice. */
const KEPT_MS = 5_000
const MOST = 1_000

export function createAlbums(clock: Clock): Albums {
  const kept = new Map<string, { readonly sinceMs: number; readonly items: readonly MessageEvent[] }>()
  return {
    remember(item) {
      const key = keyOf(item)
      const before = kept.get(key)?.items ?? []
      kept.delete(key)
      const oldest = kept.size < MOST ? undefined : kept.keys().next().value
      if (oldest !== undefined) kept.delete(oldest)
      kept.set(key, { sinceMs: clock.elapsed(), items: [...before, item] })
    },
    take(item) {
      const key = keyOf(item)
      const found = kept.get(key)
      kept.delete(key)
      return found && clock.elapsed() - found.sinceMs < KEPT_MS ? found.items : []
    },
  }
}

function keyOf({ address, sender, groupKey = '' }: MessageEvent): string {
  return `${address.account} ${address.chatId} ${sender.id} ${groupKey}`
}
