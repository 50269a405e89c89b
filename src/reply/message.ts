// What is one message of a reply to the loop that grows it? The same, whatever the platform grows it with.

import { PlatformError } from '../contract/errors.ts'
import type { MessageId } from '../contract/event.ts'
import type { Control, Outbox, SurfaceState } from '../contract/platform.ts'
import type { Clock } from '../contract/runtime.ts'
import type { Pacer } from './pace.ts'

/** What a surface shows: a body, the same as plain text should the platform refuse it, and the buttons below. */
export interface Shown<Body> {
  readonly body: Body
  readonly plain: string
  /** The body without the thought above it, where one stands there. */
  readonly bare?: () => Body
  /** No word of the reply is in it: a status, a thought. */
  readonly isBlank?: true
  readonly controls: readonly Control[]
}

/** A surface behind the pacer. Calls come one at a time. */
export interface GrowingMessage<Body> {
  /**
   * Shows the newest state: `newest` is asked after the wait for a slot. Resolves with what to journal.
   * Rejects like `Pacer.call` for a frame: rate-limited and unavailable mean "ask me again".
   */
  update(newest: () => Shown<Body> | undefined, waitSignal: AbortSignal): Promise<SurfaceState | undefined>
  /** The last state. Tries until it stands; rejects only where that is impossible, or when the signal aborts. */
  finish(last: Shown<Body>): Promise<SurfaceState>
  /** The last state for now: the reply waits for its person, and goes on in this message later, from the state resolved with. */
  rest(last: Shown<Body>): Promise<SurfaceState>
  /** The process lets go: nothing stays "generating". Waits a few seconds at most; rejects like a single call. */
  abandon(): Promise<void>
}

export interface MessagePlace<Body> {
  readonly account: string
  readonly outbox: Outbox<Body>
  readonly pacer: Pacer
  readonly clock: Clock
  readonly signal: AbortSignal
}
export interface MessageStart {
  readonly key: string
  readonly replyTo?: MessageId
  /** As journaled before a restart. */
  readonly resume?: SurfaceState
  /** A post under this key may have been made before a restart: look for it first. */
  readonly maybePosted: boolean
}

/**
 * A body the platform refuses is sent once more without the thought above it, then without markup; from then on this
 * message stays so. What a model thinks never costs its answer.
 */
export function createFallback<Body>({ renderer }: Pick<Outbox<Body>, 'renderer'>): {
  /** Undefined: there is nothing left to show, and nothing is sent. */
  toBody(next: Shown<Body>): Body | undefined
  orPlain(attempt: () => Promise<void>): Promise<void>
} {
  let as: 'whole' | 'bare' | 'plain' = 'whole'
  let hadThought = false

  return {
    toBody(next) {
      hadThought = next.bare !== undefined
      const body = as === 'whole' ? next.body : as === 'bare' ? (next.bare?.() ?? next.body) : undefined
      const isShown = body !== undefined && !renderer.isEmpty(body)
      const shown = isShown ? body : renderer.plain(next.plain)
      return renderer.isEmpty(shown) ? undefined : shown
    },
    async orPlain(attempt) {
      for (;;) {
        try {
          await attempt()
          return
        } catch (error) {
          if (!isKind(error, 'rejected')) throw error
          const last = as
          // Refused to the letter: it was not the markup.
          as = last === 'plain' ? 'whole' : last === 'whole' && hadThought ? 'bare' : 'plain'
          if (last === 'plain') throw error
        }
      }
    },
  }
}

/** Whether buttons look and act the same. */
export function sameControls(a: readonly Control[], b: readonly Control[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

export function isKind(error: unknown, kind: PlatformError['kind']): error is PlatformError {
  return error instanceof PlatformError && error.kind === kind
}
