// What an AI backend does, and the events of a reply. Coze is the one implementation (coze/assistant.ts).
//
// Single calls throw `AssistantError`. Streams never throw: they end with exactly one closing event, so that whoever
// reads them has one place to look. An aborted signal ends a stream with `failed` of kind `cancelled`.

import type { AttachmentStream, Health } from './platform.ts'
import type { Failure } from './errors.ts'
import type { AssistantWants, Finding } from './finding.ts'
import type { AgentSpec, WorkflowSpec } from './policy.ts'
import type { Json, JsonObject } from './event.ts'

export type { AssistantWants, Finding as AssistantFinding } from './finding.ts'

/** Whom the backend believes to be talking to. Stable and pseudonymous. */
export interface Asker {
  readonly userId: string
  readonly locale?: string
}

/** The backend's dialogue. `userId` belongs to it: two people never share a conversation by accident. */
export interface ConversationRef {
  readonly conversationId: string
  readonly userId: string
}

/** Finds a running reply again, also after a restart. Plain data, opaque outside the backend's own folder. */
export type Handle = JsonObject

export interface Question {
  readonly agent: AgentSpec
  readonly conversation: ConversationRef
  readonly asker: Asker
  /** Written into the question's meta data, so that it can be found again. */
  readonly turnId: string
  readonly text: string
  readonly media: readonly MediaItem[]
}
export interface MediaItem {
  readonly kind: 'image' | 'file' | 'audio'
  readonly fileId: string
}

export interface WorkflowRun {
  readonly workflow: WorkflowSpec
  readonly asker: Asker
  readonly turnId: string
  readonly parameters: Readonly<Record<string, Json>>
}

export type ReplyEvent =
  /** First of all: the backend has it. `conversation` may differ from the one asked with, and is the one to keep. */
  | { readonly kind: 'started'; readonly handle: Handle; readonly conversation: ConversationRef }
  /** More of the visible answer. Several answers of one reply come joined by a blank line. */
  | { readonly kind: 'delta'; readonly text: string }
  /** The whole visible answer, when it is known better than by its deltas. Replaces what differs. */
  | { readonly kind: 'whole'; readonly text: string }
  /** More of what the model thinks; `whole`: all of it so far, in the place of what was told. */
  | { readonly kind: 'reasoning'; readonly text: string; readonly whole?: true }
  /** Something is going on that is not text: a tool at work, a search. */
  | { readonly kind: 'status'; readonly status: 'thinking' | 'tool'; readonly tool?: string }
  /** Not asked yet: so many others go first at the upstream limit, and it will take about so long. Repeated as it changes. */
  | { readonly kind: 'queued'; readonly ahead: number; readonly waitMs: number }
  /** Files of the answer; each also stands in its text, as a link or a picture. */
  | { readonly kind: 'files'; readonly files: readonly { readonly url: string; readonly name?: string }[] }
  /** A piece of the answer's own sound, as the backend encodes it. May still come after the last word. */
  | { readonly kind: 'audio'; readonly bytes: Uint8Array }
  | { readonly kind: 'suggestions'; readonly texts: readonly string[] }
  | ClosingEvent

/** Exactly one of these ends a stream. */
export type ClosingEvent =
  | { readonly kind: 'completed'; readonly usage?: Usage; readonly debugUrl?: string }
  /** Waits for local tools: answer all with `submit`. */
  | { readonly kind: 'toolCalls'; readonly handle: Handle; readonly calls: readonly ToolCall[] }
  /** Waits for the person: answer with `resume`. */
  | { readonly kind: 'question'; readonly prompt: Prompt; readonly resume: JsonObject }
  /** `lost`: it goes on over there without us; `follow` it. Any other kind: over. */
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly totalTokens: number
}
export interface ToolCall {
  readonly id: string
  /** `ask`: the agent wants words from the person rather than a function's result. */
  readonly kind: 'function' | 'ask'
  readonly name: string
  /** JSON text, as the model wrote it; may be broken. */
  readonly argumentsJson: string
}
export interface ToolResult {
  readonly id: string
  readonly output: string
}
export interface Prompt {
  readonly text: string
  readonly choices?: readonly string[]
  readonly fields?: readonly PromptField[]
  /** A page where the person grants access. */
  readonly link?: string
}
export interface PromptField {
  readonly name: string
  /** As the backend names it: `string`, `integer`, `number`, `boolean`, `array`, `object`, `file`, `image`, `time` … */
  readonly type: string
  readonly required: boolean
  readonly description?: string
  readonly default?: Json
}

/** What a person answered: words, or a value for each field that was asked for. */
export type PersonsAnswer = { readonly text: string } | { readonly values: Readonly<Record<string, Json>> }

/** Whether a question that may have been asked was. */
export type Found =
  | { readonly found: 'found'; readonly handle: Handle }
  /** Surely not there (yet): it may be asked. */
  | { readonly found: 'absent' }
  | { readonly found: 'cannotTell' }

export interface Assistant {
  /** Makes a conversation before the first question, so that a lost question can be looked for. */
  startConversation(agent: AgentSpec, asker: Asker, signal: AbortSignal): Promise<ConversationRef>

  /** Asks, and streams the reply. Waits its turn at the upstream limiter first. Never retried after the first byte. */
  answer(question: Question, signal: AbortSignal): AsyncIterable<ReplyEvent>

  /** How long a question asked now would wait for the upstream limit; 0 mostly. For "you are third in line". */
  expectedWaitMs(): number

  /** Looks for a question whose asking has an unknown outcome. */
  find(
    question: Pick<Question, 'agent' | 'conversation' | 'turnId' | 'text'> & { readonly askedAtMs: number },
    signal: AbortSignal,
  ): Promise<Found>

  /** The rest of a reply whose stream we lost: polls until it ends, yields `whole` and closes. `gone` when the backend has forgotten it. */
  follow(
    lost: { readonly agent: AgentSpec; readonly conversation: ConversationRef; readonly handle: Handle },
    signal: AbortSignal,
  ): AsyncIterable<ReplyEvent>

  /** Local tools' results; the reply streams on. */
  submit(
    waiting: {
      readonly agent: AgentSpec
      readonly conversation: ConversationRef
      readonly handle: Handle
      readonly results: readonly ToolResult[]
    },
    signal: AbortSignal,
  ): AsyncIterable<ReplyEvent>

  /** Ends a running reply and resolves when the backend says it is over (its conversation is free again). */
  cancel(
    running: { readonly conversation: ConversationRef; readonly handle: Handle },
    signal: AbortSignal,
  ): Promise<void>

  /**
   * Runs a workflow; text grows as its nodes speak. Only a run that can be found again (mode `async`) yields `started`;
   * it is `follow`ed after a restart. Any other run that is cut off fails as `lost`.
   */
  run?(run: WorkflowRun, signal: AbortSignal): AsyncIterable<ReplyEvent>

  /** The person's answer to an interrupt. */
  resume?(resume: JsonObject, answer: PersonsAnswer, signal: AbortSignal): AsyncIterable<ReplyEvent>

  /** Forgets the context; the conversation id may stay. */
  clear?(conversation: ConversationRef, signal: AbortSignal): Promise<void>

  /** Not repeated: a stream can be read but once. `file.name` is what `files.nameFor` answered. */
  upload?(file: AttachmentStream, signal: AbortSignal): Promise<{ readonly fileId: string }>
  transcribe?(audio: AttachmentStream, signal: AbortSignal): Promise<{ readonly text: string }>
  /** At most `speech.maxSpokenBytes` of text at a time. */
  speak?(
    speech: { readonly text: string; readonly voice: string; readonly speed?: number },
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly mimeType: string }>

  /** What `upload` takes. */
  readonly files?: FileIntake
  /** What `transcribe` and `speak` take. */
  readonly speech?: SpeechIntake

  /** Whether an address in an answer leads to a file the backend made: signed, it expires, and is worth fetching. Pure. */
  storedFile?(url: string): { readonly name?: string } | undefined

  /** A person's verdict on an answer. */
  rate?(
    what: {
      readonly conversation: ConversationRef
      readonly handle: Handle
      readonly verdict: 'like' | 'unlike' | 'none'
    },
    signal: AbortSignal,
  ): Promise<void>

  /** The agent's own opening words and suggested questions. */
  greeting?(
    agent: AgentSpec,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly suggestions: readonly string[] }>

  /** Whether it is worth asking just now. Must not block. For /readyz. */
  health(): Health

  /** For `doctor`: costs no tokens. `wants`: what of the configuration is to be looked at beside the agents. */
  check(
    agents: readonly AgentSpec[],
    signal: AbortSignal,
    wants?: AssistantWants,
  ): Promise<readonly Finding[]>
}

export interface FileIntake {
  readonly maxBytes: number
  /** An id is good for this long. */
  readonly lastMs: number
  /**
   * The name under which such a file is taken, since it is judged by its ending; undefined: not at all. `extension`: what
   * its content says it is. Pure.
   */
  nameFor(file: { readonly name: string; readonly extension?: string }): string | undefined
}
export interface SpeechIntake {
  readonly maxHeardBytes: number
  /** UTF-8. */
  readonly maxSpokenBytes: number
  /** Like `FileIntake.nameFor`. */
  heardNameFor(audio: { readonly name: string; readonly extension?: string }): string | undefined
}
