// Where does a turn enter? The recovery table, and the steps it names.

import type { ToolCall } from '../contract/assistant.ts'
import type { Notice } from '../contract/notice.ts'
import type { Route } from '../contract/policy.ts'
import type { TurnState } from '../contract/turn.ts'
import type { LiveTurn } from './world.ts'

export type AskedState = Extract<TurnState, { phase: 'asked' }>
export type Answering = Extract<TurnState, { phase: 'answering' }>

export type Step =
  | { readonly do: 'ask' }
  | { readonly do: 'look'; readonly asked: AskedState }
  | { readonly do: 'follow'; readonly answering: Answering }
  | { readonly do: 'submit'; readonly answering: Answering; readonly calls: readonly ToolCall[] }
  | { readonly do: 'deliver'; readonly answer: string; readonly notice?: Notice }

/**
 * | found      | done                                                    |
 * |------------|---------------------------------------------------------|
 * | accepted   | ask, unless it is older than the route's `maxAgeMs`      |
 * | asked      | look whether it arrived; never ask twice silently        |
 * | answering  | follow it, on the surfaces that are already open         |
 * | delivering | deliver                                                 |
 */
export function entryStep(turn: LiveTurn, route: Route | undefined, nowMs: number): Step {
  const { state, asked } = turn.record
  switch (state.phase) {
    case 'accepted': {
      const ageMs = nowMs - asked.sentAtMs
      const tooOld = turn.recovered && route !== undefined && ageMs > route.maxAgeMs
      return tooOld ? { do: 'deliver', answer: '', notice: { key: 'turn.tooOld' } } : { do: 'ask' }
    }
    case 'asked':
      return { do: 'look', asked: state }
    case 'answering':
      return { do: 'follow', answering: state }
    case 'delivering':
      return { do: 'deliver', answer: state.reply }
  }
}
