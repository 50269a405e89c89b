// The assistant failed: what does the turn do about it? Every kind of failure has its remedy here, and nowhere else.

import type { Failure } from '../../contract/errors.ts'
import type { Notice } from '../../contract/notice.ts'
import type { TurnState } from '../../contract/turn.ts'
import { noticeFor } from './ending.ts'
import type { Step } from './step.ts'

export type Remedy =
  /** Look, or follow, once more after a pause. */
  | { readonly do: 'search'; readonly step: Step; readonly pauseMs: number }
  /** The conversation is gone: drop it, ask in a new one. */
  | { readonly do: 'renew' }
  /** Another chat runs in the conversation: end it or wait for it, then ask. */
  | { readonly do: 'makeWay' }
  /** A run that cannot be found again. */
  | { readonly do: 'lost' }
  | { readonly do: 'tell'; readonly notice: Notice }

/** A step of a turn failed at the assistant. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly failure: Failure
  readonly from: Step

  constructor(failure: Failure, from: Step) {
    super(failure.detail)
    this.failure = failure
    this.from = from
  }
}

/** What has been tried in this turn already. */
export interface Tries {
  readonly renewed: number
  readonly madeWay: number
  readonly searched: number
}
export interface Situation {
  readonly state: TurnState
  /** The step that failed. */
  readonly from: Step
  readonly tries: Tries
  /** A command's workflow rather than an agent's answer. */
  readonly isCommand: boolean
  readonly somethingStands: boolean
  /** Read back from the journal: nobody waits at the screen just now, so there is time to search. */
  readonly recovered: boolean
}

/** How long we try to learn what became of a reply before the person is told: half a minute, or ten after a restart. */
const SEARCH_TRIES = 6
const SEARCH_TRIES_RECOVERED = 16
const SEARCH_FIRST_PAUSE_MS = 1_000
const SEARCH_LONGEST_PAUSE_MS = 60_000
const MAKE_WAY_TRIES = 30
/** A question that gets lost on its way again and again is not asked more often than this. */
const ASKED_AGAIN = 3

export function remedyFor(failure: Failure, situation: Situation): Remedy {
  const { from, tries } = situation
  const tell: Remedy = { do: 'tell', notice: noticeFor(failure, situation) }
  if (situation.isCommand) return remedyForRun(failure, situation) ?? tell
  switch (failure.kind) {
    case 'lost':
    case 'unavailable':
      return searchFor(failure, situation) ?? tell
    case 'gone':
      return from.do !== 'follow' && tries.renewed < 1 ? { do: 'renew' } : tell
    case 'occupied':
      return tries.madeWay < MAKE_WAY_TRIES ? { do: 'makeWay' } : tell
    case 'denied':
    case 'misconfigured':
    case 'rejected':
    case 'unsupported':
    case 'garbled':
      // We may not look, or there is nothing to look into: the question itself may be well.
      return from.do === 'look' ? { do: 'tell', notice: { key: 'failure.cannotTell' } } : tell
    case 'rate-limited':
      return from.do === 'look' ? (search(from, situation, failure.retryAfterMs) ?? tell) : tell
    case 'quota':
    case 'too-long':
    case 'refused':
    case 'cancelled':
      return tell
  }
}

/** A run is found again by its handle, or not at all; what it was refused for, another try will not mend. */
function remedyForRun(failure: Failure, { state, from, tries }: Situation): Remedy | undefined {
  if (failure.kind !== 'lost') return undefined
  if (state.phase !== 'answering') return { do: 'lost' }
  return tries.searched < SEARCH_TRIES_RECOVERED && from.do !== 'follow'
    ? { do: 'search', step: { do: 'follow', answering: state }, pauseMs: 0 }
    : { do: 'lost' }
}

/**
 * Where a reply may be that we lost sight of; undefined when there is nothing to find. `follow` has waited out what
 * passes: what it gives up on is over. Before anything was asked the person had better hear of it at once.
 */
function searchFor(failure: Failure, situation: Situation): Remedy | undefined {
  const { state, from, tries } = situation
  switch (from.do) {
    case 'ask':
      if (failure.kind === 'lost' && state.phase === 'answering') {
        return search({ do: 'follow', answering: state }, situation)
      }
      // Whether it was asked is unknown: look, and only then ask again, and not for ever.
      return failure.outcome === 'unknown' && state.phase === 'asked' && tries.searched < askedAgain(failure)
        ? search({ do: 'look', asked: state }, situation)
        : undefined
    case 'submit':
      return failure.kind === 'lost'
        ? search({ do: 'follow', answering: from.answering }, situation)
        : undefined
    case 'look':
      return search(from, situation)
    case 'resume':
    case 'run':
    case 'lost':
    case 'wait':
    case 'follow':
    case 'deliver':
      return undefined
  }
}

/** Who says that it failed has been asked several times already; a broken connection says nothing. */
function askedAgain({ kind }: Failure): number {
  return kind === 'lost' ? ASKED_AGAIN : 1
}

function search(step: Step, { tries, recovered }: Situation, retryAfterMs = 0): Remedy | undefined {
  if (tries.searched >= (recovered ? SEARCH_TRIES_RECOVERED : SEARCH_TRIES)) return undefined
  const pauseMs =
    tries.searched === 0
      ? 0
      : Math.min(SEARCH_LONGEST_PAUSE_MS, SEARCH_FIRST_PAUSE_MS * 2 ** (tries.searched - 1))
  return { do: 'search', step, pauseMs: Math.max(pauseMs, retryAfterMs) }
}
