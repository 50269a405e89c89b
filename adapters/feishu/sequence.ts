// Which number does the next change of a card carry? One above all before it, those of an earlier life included.
//
// CardKit takes only numbers that rise, over all calls on one card (Feishu docs: CardKit, `sequence`). So that none need
// be journaled, a number is the card's age in milliseconds: time goes on while a process is down, and no process makes
// more than one call a millisecond on one card. In a card's 14 days that stays below the 2,147,483,647 allowed.
import type { Clock } from '../../src/contract/runtime.ts'

export interface Sequence {
  next(): number
  /** The server knows a higher number (300317): the clock went back, or an earlier life counted otherwise. */
  leap(): void
  /** By how much numbers run ahead of the card's age: journaled, so that the next life runs ahead as well. */
  readonly aheadMs: number
}

const MOST = 2_147_483_647
/** More than a clock is set back by in practice; the second leap is for the rest. */
const LEAPS_MS = [3_600_000, 259_200_000] as const

export function createSequence(clock: Clock, createdAtMs: number, aheadAtFirstMs = 0): Sequence {
  let last = 0
  let aheadMs = aheadAtFirstMs
  let leaps = 0
  return {
    next() {
      last = Math.min(MOST, Math.max(last + 1, clock.now() - createdAtMs + 1 + aheadMs))
      return last
    },
    leap() {
      aheadMs += LEAPS_MS[Math.min(leaps, LEAPS_MS.length - 1)] ?? 0
      leaps += 1
    },
    get aheadMs() {
      return aheadMs
    },
  }
}
