// Which replies are growing on a screen at this moment? Told by every state of every message and draft, as it lands.

import type { Emulators } from '../../src/playground/seats.ts'
import { piecesIn, questionOf, type Mark } from './marks.ts'

export interface Growth {
  /** Something of its reply was written since that moment (`performance.now()`), and its end was never seen. */
  isGrowing(mark: Mark, sinceMs: number): boolean
  /** When a screen of the bot changed last, on any platform. */
  readonly lastAtMs: number
}

export function createGrowth({ discord, telegram, feishu }: Emulators): Growth {
  const writtenAtMs = new Map<Mark, number>()
  const ended = new Set<Mark>()
  let lastAtMs = performance.now()
  const look = (frame: { readonly byBot: boolean; readonly kind: string; readonly text: string }): void => {
    if (!frame.byBot) return
    lastAtMs = performance.now()
    for (const piece of piecesIn(frame.text)) {
      const mark = questionOf(piece)
      writtenAtMs.set(mark, lastAtMs)
      // A draft with all words in it is not yet the message.
      if (piece.endsWith('end') && frame.kind !== 'draft') ended.add(mark)
    }
  }
  discord.onFrame(look)
  telegram.onFrame(look)
  feishu.onFrame(look)
  return {
    isGrowing: (mark, sinceMs) => !ended.has(mark) && (writtenAtMs.get(mark) ?? -Infinity) >= sinceMs,
    get lastAtMs() {
      return lastAtMs
    },
  }
}
