// What is told of a turn while it goes on, to whoever watches from outside: the status page, traces. Ids and numbers only:
// no text, no name, nobody's id.

import type { FailureKind } from './errors.ts'
import type { EventId } from './event.ts'
import type { NoticeKey } from './notice.ts'
import type { CallKind } from './platform.ts'

/** What is known of a turn when it enters its lane. */
export interface TurnFacts {
  readonly turn: EventId
  readonly account: string
  readonly chatKind: 'direct' | 'group'
  readonly asks: 'question' | 'command'
  /** When its message was accepted, by the wall clock. */
  readonly acceptedAtMs: number
  /** Taken up again: after a restart, or because its person has answered. */
  readonly resumed: boolean
}

export type TurnMark =
  /** Its lane is free. */
  | { readonly at: 'begun' }
  /** Few enough are ahead: it is prepared. */
  | { readonly at: 'admitted' }
  | { readonly at: 'files'; readonly count: number }
  | { readonly at: 'filesReady' }
  /** It goes to the assistant, or into the line before it. */
  | { readonly at: 'asking'; readonly how: 'answer' | 'run' | 'resume' | 'submit' | 'follow' }
  | { readonly at: 'queued'; readonly ahead: number }
  /** The assistant has it. */
  | { readonly at: 'started' }
  /** The first words of this stream. */
  | { readonly at: 'words' }
  /** The stream is over. */
  | { readonly at: 'heard'; readonly totalTokens?: number }
  | { readonly at: 'failed'; readonly kind: FailureKind; readonly code?: number; readonly logid?: string }
  /** The whole reply is known. `told`: what has to be said below it. */
  | { readonly at: 'delivering'; readonly told?: NoticeKey }
  /** A call to the platform is over. `ms`: with its wait for the budget. */
  | { readonly at: 'call'; readonly call: CallKind; readonly ms: number; readonly ok: boolean }
  | { readonly at: 'undeliverable'; readonly kind: string }
  | { readonly at: 'ended'; readonly outcome: TurnOutcome }

/**
 * `answered`: whole. `told`: the person got a sentence instead, or below what stands. `waiting`: its person is asked something.
 * `undelivered`: the platform would not take it. `left`: to the journal. `dropped`: joined to another, or not wanted any
 * more. `defect`: ours.
 */
export type TurnOutcome =
  'answered' | 'told' | 'stopped' | 'waiting' | 'undelivered' | 'left' | 'dropped' | 'defect'

/** Made for one turn. Must not throw or block, and costs next to nothing. */
export interface TurnWatch {
  note(mark: TurnMark): void
}
export interface Watch {
  turn(facts: TurnFacts): TurnWatch
}

/** One that tells them all. Undefined where nobody watches. */
export function watchedByAll(watches: readonly Watch[]): Watch | undefined {
  const [only, ...others] = watches
  if (only === undefined || others.length === 0) return only
  return {
    turn(facts) {
      const each = watches.map((watch) => watch.turn(facts))
      return {
        note(mark) {
          for (const one of each) one.note(mark)
        },
      }
    },
  }
}

/** Enough to find a turn in the log, without the chat's id in the middle of it (a private chat's is its person's). */
export function shortTurn(turn: string): string {
  const parts = turn.split(':')
  const [account = ''] = parts
  const last = parts.length > 1 ? (parts.at(-1) ?? '') : ''
  return `${account}:…${last.slice(-8)}`
}
