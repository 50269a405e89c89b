// Where does a turn enter? The recovery table, and the steps it names.

import type { ToolCall } from '../../contract/assistant.ts'
import type { OptionValue } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { FormField } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import type { AnswerUse, TurnState } from '../../contract/turn.ts'
import type { LiveTurn } from '../world.ts'

export type AskedState = Extract<TurnState, { phase: 'asked' }>
export type Answering = Extract<TurnState, { phase: 'answering' }>
export type Answered = Extract<TurnState, { phase: 'answered' }>

export type Step =
  | { readonly do: 'ask' }
  /** The command's workflow. */
  | { readonly do: 'run' }
  | { readonly do: 'look'; readonly asked: AskedState }
  | { readonly do: 'follow'; readonly answering: Answering }
  | { readonly do: 'submit'; readonly answering: Answering; readonly calls: readonly ToolCall[] }
  /** The person has answered what waited for them. */
  | { readonly do: 'resume'; readonly answered: Answered }
  /** A run was cut off, and cannot be found again. */
  | { readonly do: 'lost' }
  | WaitStep
  | { readonly do: 'deliver'; readonly answer: string; readonly notice?: Notice }

/** The person is asked; the turn ends here for now. */
export interface WaitStep {
  readonly do: 'wait'
  readonly use: AnswerUse
  readonly fields: readonly FormField[]
  /** Given already. */
  readonly values: Readonly<Record<string, OptionValue>>
  /** The reply as it stands, with the question at its end; '' where the question is a message of its own. */
  readonly reply: string
  /** Above the fields, where the question is a message of its own. */
  readonly title: string
  readonly link?: string
}

/**
 * | found      | done                                                                      |
 * |------------|---------------------------------------------------------------------------|
 * | accepted   | ask or run, unless it is older than the route's `maxAgeMs`                  |
 * | asked      | look whether it arrived; never ask twice silently. A run: see `onLost`      |
 * | answering  | follow it, on the surfaces that are already open                          |
 * | waiting    | show the question if it was not; end when its time is over                 |
 * | answered   | tell the assistant                                                        |
 * | delivering | deliver                                                                   |
 */
export function entryStep(turn: LiveTurn, route: Route | undefined, nowMs: number): Step {
  const { state, asked, command, preface = '' } = turn.record
  switch (state.phase) {
    case 'accepted': {
      const ageMs = nowMs - asked.sentAtMs
      const tooOld = turn.recovered && route !== undefined && ageMs > route.maxAgeMs
      if (tooOld) return { do: 'deliver', answer: preface, notice: { key: 'turn.tooOld' } }
      return { do: command === undefined ? 'ask' : 'run' }
    }
    case 'asked':
      return command === undefined ? { do: 'look', asked: state } : { do: 'lost' }
    case 'answering':
      return { do: 'follow', answering: state }
    case 'waiting': {
      if (state.expiresAtMs <= nowMs) {
        return { do: 'deliver', answer: preface, notice: { key: 'turn.expired' } }
      }
      const { fields, title, use, values, link } = state
      return {
        do: 'wait',
        use,
        fields,
        values,
        reply: preface,
        title,
        ...(link === undefined ? {} : { link }),
      }
    }
    case 'answered':
      return { do: 'resume', answered: state }
    case 'delivering':
      return { do: 'deliver', answer: state.reply }
  }
}
