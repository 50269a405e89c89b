// What can an emulated agent or workflow be told to do?
import type { JsonObject } from './json.ts'
import type { QuestionItem, ToolCall } from './records.ts'
import type { FileDesk, InputStep, ServedFile } from './workflow-script.ts'

/** What a script sees of the chat it answers. */
export interface ScriptInput extends FileDesk {
  /** The question as text. */
  readonly query: string
  readonly userId: string
  readonly botId: string
  readonly conversationId: string
  /** Earlier questions and answers of this context section, oldest first, without cancelled chats. */
  readonly history: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[]
  /** What came beside the words, in order; `file({ file_id })` gives the upload itself. */
  readonly files: readonly ScriptFile[]
  readonly metaData: Readonly<Record<string, string>>
  readonly parameters: JsonObject
  readonly customVariables: Readonly<Record<string, string>>
}

export type ScriptFile = QuestionItem

export interface ToolOutput {
  readonly toolCallId: string
  readonly output: string
}

/** One thing a chat does. Texts go to the current answer until something else closes it. */
export type Step =
  | { readonly say: string; readonly charsPerDelta?: number; readonly deltaMs?: number }
  | { readonly reason: string; readonly charsPerDelta?: number; readonly deltaMs?: number }
  /** Closes the current answer; what follows is another answer message of the same chat. */
  | { readonly newAnswer: true }
  | { readonly tool: ToolUse }
  /** A recall that carries private text: it must never reach a person. */
  | { readonly knowledge: string }
  | { readonly verbose: { readonly msgType: string; readonly data: string } }
  | { readonly followUps: readonly string[] }
  | { readonly waitMs: number }
  /** Holds the chat until a test opens the gate: `emulator.release(name)`. */
  | { readonly gate: string }
  /**
   * A question node. An agent's chat asks with a tool call `reply_message`, a chatflow waits for the next chat of its
   * conversation; `answerOf` reads the answer, which is a choice's text also where its letter was given.
   */
  | AskStep
  /** An input node of a chatflow: answered with JSON or lines of `key:value`, read by `fieldsOf`. */
  | InputStep
  /** Ends the stream; a script written as a generator gets the outputs as the value of this `yield`. */
  | { readonly requiresAction: readonly Omit<ToolCall, 'id'>[] }
  /** `shape: 'bare'` sends `{code,msg}` in the event rather than a Chat; a chatflow's code is a string then. */
  | { readonly fail: { readonly code: number; readonly msg: string }; readonly shape?: 'chat' | 'bare' }
  /** The stream-level `error` event; the chat fails. */
  | { readonly error: { readonly code: number; readonly msg: string } }
  /** As the first step only: answered as JSON before any stream begins, and no chat is made. */
  | { readonly refuse: { readonly code: number; readonly msg: string } }
  | { readonly card: JsonObject }
  | PictureStep
  | LinkStep
  /** An answer of its own whose content_type is object_string. */
  | { readonly objects: readonly AnswerItem[] }
  | VoicedStep
  /** Base64. `late`: after `chat.completed`, before `done`. */
  | { readonly audio: string; readonly late?: boolean }
  /** The connection is cut here; the chat goes on. */
  | { readonly cut: true }

/** A tool of the agent's own: Coze calls it, and tells of the call and of its answer. */
export interface ToolUse {
  readonly name: string
  readonly arguments: unknown
  readonly response: string
  /** Between the two. */
  readonly takesMs?: number
}

/** A step that needs no translation into others. */
export type PlainStep = Exclude<Step, PictureStep | LinkStep | VoicedStep>

/** `![alt](address)` in the text of the answer; a file is served at a signed address, a string is an address. */
export interface PictureStep {
  readonly picture: ServedFile | string
  readonly alt?: string
  readonly charsPerDelta?: number
}

/** `[text](address)` likewise; the text is the file's name when left out. */
export interface LinkStep {
  readonly link: ServedFile | string
  readonly text?: string
  readonly charsPerDelta?: number
}

/** The answer's own sound as `conversation.audio.delta`: Ogg Opus, as long as it takes to say `voiced`. */
export interface VoicedStep {
  readonly voiced: string
  /** Default 4. */
  readonly pieces?: number
  /** How many of them come after `chat.completed`. Default 1. */
  readonly latePieces?: number
  /** One stream cut anywhere (the default), or each piece a whole stream. */
  readonly as?: 'slices' | 'streams'
}

/** An item of an answer's object_string. */
export type AnswerItem =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'file' | 'audio'; readonly file: ServedFile | string }

export interface AskStep {
  readonly ask: string
  readonly choices?: readonly string[]
}

export type Script = (input: ScriptInput) => Iterable<Step, unknown, readonly ToolOutput[] | undefined>

/** A script that always does the same. */
export function always(...steps: readonly Step[]): Script {
  return () => steps
}

/** A script that answers the n-th chat with the n-th list (the last one again when they run out). */
export function inTurn(...lists: readonly (readonly Step[])[]): Script {
  let turn = 0
  return () => lists[Math.min(turn++, lists.length - 1)] ?? []
}

export const say = (text: string): Step => ({ say: text })
export const reason = (text: string): Step => ({ reason: text })
export const newAnswer: Step = { newAnswer: true }
export const cut: Step = { cut: true }
export const wait = (waitMs: number): Step => ({ waitMs })
export const fail = (code: number, msg: string, shape: 'chat' | 'bare' = 'chat'): Step => ({
  fail: { code, msg },
  shape,
})
