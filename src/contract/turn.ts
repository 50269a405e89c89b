// What is remembered of a turn while it is open: one question and its reply, readable after a restart.
//
// Written by bridge/ through store/journal.ts before each next step; reply/ fills in `parts`. Deleted, texts and all,
// in the same commit that marks the event as seen.

import type { Handle, ConversationRef } from './assistant.ts'
import type {
  Attachment,
  ChatAddress,
  EventId,
  MessageEvent,
  MessageId,
  ReplyTarget,
  Sender,
} from './event.ts'
import type { SurfaceState } from './platform.ts'

export interface TurnRecord {
  readonly version: 1
  readonly id: EventId
  /** Order of acceptance within a process's life and across restarts: lanes are refilled in it. */
  readonly seq: number
  readonly acceptedAtMs: number
  /** The lane: whose conversation, with which agent. */
  readonly scopeKey: string
  /** Key of `Policy.agents`. */
  readonly agent: string
  readonly asked: AskedMessage
  /** Further events joined into this question (`merge`, albums): marked as seen together with it. */
  readonly joined: readonly EventId[]
  readonly state: TurnState
  readonly parts: readonly PartRecord[]
}

/** What the person asked, as far as the turn needs it. */
export interface AskedMessage {
  readonly address: ChatAddress
  readonly chatKind: 'direct' | 'group'
  readonly sender: Sender
  readonly replyTarget: ReplyTarget
  readonly messageId?: MessageId
  readonly text: string
  readonly attachments: readonly Attachment[]
  readonly sentAtMs: number
  /** The event itself, until `Platform.complete` has fetched what it only refers to. */
  readonly incomplete?: MessageEvent
}

export type TurnState =
  /** Stored; not sent to the assistant. */
  | { readonly phase: 'accepted' }
  /** Being sent: whether it arrived is unknown until `answering`. */
  | {
      readonly phase: 'asked'
      readonly conversation: ConversationRef
      readonly askedAtMs: number
      readonly text: string
    }
  /** The assistant works on it and can be asked about it. */
  | {
      readonly phase: 'answering'
      readonly conversation: ConversationRef
      readonly askedAtMs: number
      readonly text: string
      readonly handle: Handle
    }
  /** The whole reply is known; it only has to reach the screen. */
  | {
      readonly phase: 'delivering'
      readonly conversation?: ConversationRef
      /** Markdown, with what has to be said below it (stopped, broken off) at its end. */
      readonly reply: string
    }

/** One message-sized piece of a reply. Offsets are UTF-16 units of the reply's Markdown source. */
export interface PartRecord {
  /** Idempotency key of its post. */
  readonly key: string
  readonly from: number
  /** Known once sealed. */
  readonly to?: number
  /** Sealed and finished on screen: never touched again. */
  readonly done: boolean
  /** Absent with `done` false: a post may have been tried whose answer was never seen. */
  readonly surface?: SurfaceState
}
