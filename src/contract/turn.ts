// What is remembered of a turn while it is open: one question and its reply, readable after a restart.
//
// Written by bridge/ through store/journal.ts before each next step; reply/ fills in `parts`. Deleted, texts and all,
// in the same commit that marks the event as seen.

import type { Handle, ConversationRef, ToolCall } from './assistant.ts'
import type {
  Attachment,
  ChatAddress,
  EventId,
  JsonObject,
  MessageEvent,
  MessageId,
  OptionValue,
  ReplyTarget,
  Sender,
} from './event.ts'
import type { Control, FormField, SurfaceState } from './platform.ts'

export interface TurnRecord {
  readonly version: 1
  readonly id: EventId
  /** Which part of its account's connection it came by (`Platform.parts`): whoever holds that part finishes it. */
  readonly part?: string
  /** Order of acceptance within a process's life and across restarts: lanes are refilled in it. */
  readonly seq: number
  readonly acceptedAtMs: number
  /** The lane: whose conversation, with which agent. */
  readonly scopeKey: string
  /** Key of `Policy.agents`. */
  readonly agent: string
  readonly asked: AskedMessage
  /** A command's workflow to run, instead of a question to the agent. */
  readonly command?: CommandRun
  /** What the person gave as the agent's parameters, on the way to the conversation it is kept with. */
  readonly given?: Readonly<Record<string, OptionValue>>
  /** Markdown that stands in the reply before what the assistant says from now on: an echoed question, what it said before it waited for the person. */
  readonly preface?: string
  /** The beginning of what the model thought, shown above the reply: nobody tells it again. */
  readonly thought?: string
  /** What a command's run has said since, up to a moment ago: no assistant can tell it again. */
  readonly said?: string
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
  /** The album it belongs to: more of it may come. */
  readonly groupKey?: string
  readonly sentAtMs: number
  /** The event itself, until `Platform.complete` has fetched what it only refers to. */
  readonly incomplete?: MessageEvent
}

/** A command as it was given, with values that fit its options. What the workflow is, the policy says. */
export interface CommandRun {
  readonly name: string
  readonly values: Readonly<Record<string, OptionValue>>
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
      /** What the person answered to this call, on its way: said again where the assistant still waits for it. */
      readonly given?: { readonly callId: string; readonly output: string }
    }
  /** The person is asked something; the lane is free meanwhile. */
  | WaitingState
  /** The person has answered; the assistant has not been told. */
  | {
      readonly phase: 'answered'
      readonly conversation: ConversationRef
      readonly askedAtMs: number
      readonly use: Exclude<AnswerUse, { readonly kind: 'options' | 'parameters' }>
      readonly values: Readonly<Record<string, OptionValue>>
    }
  /** The whole reply is known; it only has to reach the screen. */
  | {
      readonly phase: 'delivering'
      readonly conversation?: ConversationRef
      /** Markdown, with what has to be said below it (stopped, broken off) at its end. */
      readonly reply: string
      /** Buttons below it; what they stand for is stored already. */
      readonly controls?: readonly Control[]
      /** Markdown that is read aloud once the reply stands. */
      readonly aloud?: string
    }

export interface WaitingState {
  readonly phase: 'waiting'
  /** With id '' before the assistant was asked anything. */
  readonly conversation: ConversationRef
  readonly askedAtMs: number
  readonly use: AnswerUse
  /** What is asked for. Words or one choice are a single field. */
  readonly fields: readonly FormField[]
  /** What has been given already, where fields are asked one by one. */
  readonly values: Readonly<Record<string, OptionValue>>
  /** Above the fields, where the question is a message of its own. */
  readonly title: string
  /** A page the person has to visit. */
  readonly link?: string
  readonly asking: Asking
  /** It stands on the screen. A restart shows what does not. */
  readonly shown: boolean
  /** `asker`: nobody but who asked; in a private chat there is nobody else. */
  readonly whoMayAnswer: 'asker' | 'anyone'
  readonly expiresAtMs: number
}

/** What becomes of an answer. */
export type AnswerUse =
  /** The command's missing options: then it runs. */
  | { readonly kind: 'options' }
  /** What the agent wants to know of the person before the conversation begins. */
  | { readonly kind: 'parameters' }
  /** A workflow goes on with it. `oneText`: words are wanted, not named values. */
  | { readonly kind: 'resume'; readonly resume: JsonObject; readonly oneText: boolean }
  /** The agent asked for words in a tool call; `others` are answered beside it. */
  | {
      readonly kind: 'tool'
      readonly handle: Handle
      readonly callId: string
      readonly others: readonly ToolCall[]
    }

/** How the question stands on the screen. */
export interface Asking {
  /** Buttons that answer, each with the value it stands for. */
  readonly choices: readonly { readonly token: string; readonly value: string }[]
  /** Of the form, or of the button that opens it. */
  readonly formToken?: string
  /** The message that asks, where it is one of its own: it loses its buttons when the answer is there. */
  readonly messageId?: MessageId
  /** The field that plain words answer, where fields are asked one by one. */
  readonly field?: string
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
  /** No word of the reply stands there yet: a status, a thought. */
  readonly blank?: true
  /** Not text, but what the text speaks of: pictures, files. Whether they are all, their addresses tell. */
  readonly media?: readonly {
    readonly url: string
    readonly kind: 'image' | 'file'
    readonly label: string
  }[]
}
