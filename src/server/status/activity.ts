// Which replies are in progress, and how far is each?

import type { Clock } from '../../contract/runtime.ts'
import { shortTurn, type TurnFacts, type TurnMark, type Watch } from '../../contract/watch.ts'

export interface Activity extends Watch {
  /** Oldest first. */
  now(): ActiveTurns
}

export interface ActiveTurns {
  readonly active: readonly ActiveTurn[]
  /** Further ones, which are counted alone. */
  readonly more: number
}

export interface ActiveTurn {
  readonly turn: string
  readonly account: string
  readonly chatKind: 'direct' | 'group'
  readonly asks: 'question' | 'command'
  readonly phase: TurnPhase
  readonly ageMs: number
  readonly inPhaseMs: number
  /** Posts and edits that stand. */
  readonly frames: number
  readonly resumed: boolean
}

/** `lane`: behind another of its scope. `lobby`: far too many ask. `line`: at Coze's limit. */
export type TurnPhase =
  'lane' | 'lobby' | 'preparing' | 'files' | 'asking' | 'line' | 'thinking' | 'writing' | 'finishing'

/** Shown; the rest is counted. */
const MOST_SHOWN = 50
/** A flood: the oldest are the ones worth seeing. */
const MOST_KEPT = 2_000

interface Kept {
  readonly facts: TurnFacts
  phase: TurnPhase
  phaseSinceMs: number
  frames: number
}

export function createActivity(clock: Clock): Activity {
  const kept = new Set<Kept>()
  let uncounted = 0

  return {
    turn(facts) {
      const isKept = kept.size < MOST_KEPT
      const turn: Kept = { facts, phase: 'lane', phaseSinceMs: clock.elapsed(), frames: 0 }
      if (isKept) kept.add(turn)
      else uncounted += 1
      let isOver = false
      return {
        note(mark) {
          if (mark.at === 'ended') {
            if (isOver) return
            isOver = true
            if (isKept) kept.delete(turn)
            else uncounted -= 1
            return
          }
          if (mark.at === 'call') {
            if (mark.ok && mark.call !== 'typing') turn.frames += 1
            return
          }
          const phase = PHASES[mark.at]
          if (phase === undefined || phase === turn.phase) return
          turn.phase = phase
          turn.phaseSinceMs = clock.elapsed()
        },
      }
    },
    now() {
      const nowMs = clock.elapsed()
      const wallMs = clock.now()
      const oldest = [...kept].toSorted((a, b) => a.facts.acceptedAtMs - b.facts.acceptedAtMs)
      return {
        active: oldest.slice(0, MOST_SHOWN).map(({ facts, phase, phaseSinceMs, frames }) => ({
          turn: shortTurn(facts.turn),
          account: facts.account,
          chatKind: facts.chatKind,
          asks: facts.asks,
          phase,
          ageMs: Math.max(0, wallMs - facts.acceptedAtMs),
          inPhaseMs: Math.round(nowMs - phaseSinceMs),
          frames,
          resumed: facts.resumed,
        })),
        more: Math.max(0, oldest.length - MOST_SHOWN) + uncounted,
      }
    },
  }
}

const PHASES: Readonly<Record<TurnMark['at'], TurnPhase | undefined>> = {
  begun: 'lobby',
  admitted: 'preparing',
  files: 'files',
  filesReady: 'preparing',
  asking: 'asking',
  queued: 'line',
  started: 'thinking',
  words: 'writing',
  heard: 'finishing',
  failed: 'finishing',
  delivering: 'finishing',
  call: undefined,
  undeliverable: undefined,
  ended: undefined,
}
