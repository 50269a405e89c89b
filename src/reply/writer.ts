// What is the loop that keeps a reply growing asked for, and what does it need?

import type { Thought } from '../contract/document.ts'
import type { MessageId } from '../contract/event.ts'
import type { Control, Outbox } from '../contract/platform.ts'
import type { ReplySettings } from '../contract/policy.ts'
import type { Clock, Logger, Metrics } from '../contract/runtime.ts'
import type { PartRecord } from '../contract/turn.ts'
import type { MediaSource } from './media.ts'
import type { Pacer } from './pace.ts'

export interface ReplyWriter {
  /** All text so far. */
  readonly text: string
  append(text: string): void
  /** The whole text, known better than by its pieces. */
  replace(whole: string): void
  /** The buttons below the newest text, from now on. */
  setControls(controls: readonly Control[]): void
  /** What is going on while no text grows: one line, gone with the next text and never in the last state. Absent: nothing. */
  setStatus(status: string | undefined): void
  /** Stands above the reply, in its first message, as much of it as there is room for. */
  setThought(thought: Thought | undefined): void
  /** No more text comes. Resolves when all of it stands, with `controls` below; rejects when it cannot (`PlatformError`), or the signal aborts. */
  finish(controls?: readonly Control[]): Promise<void>
  /** The same, but the last part stays open: a writer that resumes from the saved parts goes on in its message. */
  rest(controls: readonly Control[]): Promise<void>
  /** After the signal aborted: resolves when nothing of it is left "generating" and the journal may take over. */
  letGo(): Promise<void>
}

export interface WriterOptions<Body> {
  readonly account: string
  readonly outbox: Outbox<Body>
  readonly pacer: Pacer
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly settings: Pick<ReplySettings, 'minChars' | 'maxWaitMs' | 'quote'>
  readonly signal: AbortSignal
  /** Begins the idempotency key of each part's post; [a-z0-9], at most 20 characters. */
  readonly keyBase: string
  readonly replyTo?: MessageId
  /** Below the text while it grows. */
  readonly controls: readonly Control[]
  /** Fetches pictures and files the reply speaks of. Absent: they stay links. Whoever made it closes it. */
  readonly media?: MediaSource
  /** `Clock.elapsed` when the question came: for the first-text metric. */
  readonly askedAtMs: number
  /**
   * Parts of an earlier life and the text they were cut from; their messages are gone on with.
   * Absent: a fresh reply, whose `firstPart` the caller has journaled.
   */
  readonly resume?: { readonly parts: readonly PartRecord[]; readonly text: string }
  /** Durable before it resolves. */
  saveParts(parts: readonly PartRecord[]): Promise<void>
}
