// What is a running chat or workflow to the rest of the emulator?
import type { Fault } from './faults.ts'
import type { JsonObject } from './json.ts'
import type { ChatRecord, ConversationRecord, WorkflowRunRecord } from './records.ts'
import type { Step, ToolOutput } from './script.ts'
import type { EventStream } from './sse.ts'

export interface ChatRun {
  readonly chat: ChatRecord
  /** Sends everything from now on to `stream` too, if there is one, and goes (on). */
  go(stream: EventStream | undefined): void
  /** Goes on after `requires_action`. */
  submit(outputs: readonly ToolOutput[], stream: EventStream | undefined): void
  cancel(): void
  stop(): void
}

/** A script under way; it is given the tool outputs it waited for. */
export type ChatSteps = Iterator<Step, unknown, readonly ToolOutput[] | undefined>

export interface ChatPlan {
  readonly chat: ChatRecord
  readonly conversation: ConversationRecord
  readonly steps: ChatSteps
  readonly fault: Fault
  /** How this kind of chat says the end of its stream. */
  readonly done: { readonly event: string; readonly data: string }
  /** Chatflows end after `requires_action`; the answer comes as another chat. */
  readonly isChatflow: boolean
  /** What a chatflow that waited is answered with. */
  readonly answered?: readonly ToolOutput[]
}

/** An interrupt that a person has not answered yet. */
export interface WaitingInterrupt {
  readonly run: WorkflowRun
  readonly type: number
  /** `undefined`: it waits for ever. */
  readonly expiresAtMs: number | undefined
}

/** A workflow run that can be resumed with what a person answered. */
export interface WorkflowRun {
  readonly record: WorkflowRunRecord
  /** `onOver` is told once, when the run ends or waits (again). */
  go(
    resumeData: string | undefined,
    stream: EventStream | undefined,
    onOver: (over: WorkflowOver) => void,
  ): void
}

export type WorkflowOver =
  | { readonly is: 'done' }
  | { readonly is: 'error'; readonly code: number; readonly message: string }
  | { readonly is: 'interrupt'; readonly interruptData: JsonObject }
