// What does the emulated server remember?
import type { JsonObject } from './json.ts'

/** Cloud spellings; Studio's are written at its border (studio.ts). */
export type ChatStatus = 'created' | 'in_progress' | 'completed' | 'failed' | 'requires_action' | 'canceled'

export type MessageType =
  | 'question'
  | 'answer'
  | 'function_call'
  | 'tool_output'
  | 'tool_response'
  | 'follow_up'
  | 'verbose'
  | 'knowledge'

export interface ConversationRecord {
  readonly id: string
  /** Account (and `session_name`, if any) behind the token that made it. */
  readonly owner: string
  readonly botId: string
  readonly connectorId: string
  readonly metaData: Readonly<Record<string, string>>
  readonly createdAtS: number
  name: string
  updatedAtS: number
  /** Changes when the context is cleared. */
  sectionId: string
  runningChatId: string | undefined
  /** Questions, inserted messages and answers, oldest first. */
  readonly messages: MessageRecord[]
}

export interface MessageRecord {
  readonly id: string
  readonly conversationId: string
  /** Empty for messages that were inserted without a chat. */
  readonly chatId: string
  readonly botId: string
  readonly sectionId: string
  readonly role: 'user' | 'assistant'
  readonly type: MessageType
  readonly createdAtS: number
  content: string
  contentType: string
  reasoning: string
  metaData: Readonly<Record<string, string>>
  updatedAtS: number
  feedback: { readonly type: string; readonly comment: string } | undefined
}

export interface ToolCall {
  readonly id: string
  /** `function`: a client plugin; `reply_message`: a question node waits for the person's words. */
  readonly type: 'function' | 'reply_message'
  readonly name: string
  /** A JSON string. */
  readonly arguments: string
}

export interface ChatRecord {
  readonly id: string
  readonly conversationId: string
  readonly sectionId: string
  /** Empty for chatflows. */
  readonly botId: string
  readonly workflowId: string
  readonly owner: string
  readonly userId: string
  /** What the person asked, as text (the text item of an object_string). */
  readonly query: string
  /** Pictures, sound and other files that came with the question, resolved. */
  readonly items: readonly QuestionItem[]
  readonly metaData: Readonly<Record<string, string>>
  readonly autoSaveHistory: boolean
  readonly streamed: boolean
  readonly startedAtMs: number
  /** Ids of the additional messages as they were stored. */
  readonly insertedIds: readonly string[]
  endedAtMs: number | undefined
  status: ChatStatus
  lastError: { readonly code: number; readonly msg: string }
  toolCalls: readonly ToolCall[]
  /** Everything the chat produced except the question, in order of appearance. */
  readonly messages: MessageRecord[]
  usage: { readonly input: number; readonly output: number }
}

/** An item of an object_string, with what the emulator knows of its upload. */
export interface QuestionItem {
  readonly type: 'image' | 'file' | 'audio'
  /** One of `fileId` and `fileUrl`; the rest is known of an upload only. */
  readonly fileId?: string
  readonly fileUrl?: string
  readonly name?: string
  readonly mimeType?: string
  readonly sizeBytes?: number
  /** Lower-case hex. */
  readonly sha256?: string
}

/** What somebody asked. */
export interface QuestionRecord {
  readonly chatId: string
  readonly conversationId: string
  readonly userId: string
  readonly atMs: number
  readonly text: string
  readonly items: readonly QuestionItem[]
}

/** A file that was uploaded, also while it is expired. */
export interface FileRecord {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly createdAtS: number
  readonly createdAtMs: number
  /** Kept below 8 MB only. */
  readonly bytes: Buffer | undefined
}

/** Sound that was to be understood, and what was heard. */
export interface TranscriptionRecord {
  readonly atMs: number
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly sha256: string
  /** Kept below 8 MB only. */
  readonly bytes: Buffer | undefined
  readonly text: string
}

/** Text that was said. */
export interface SpeechRecord {
  readonly atMs: number
  readonly input: string
  readonly voiceId: string
  readonly format: string
  readonly speed: number
  readonly sampleRateHz: number
  readonly durationMs: number
  /** Of the sound. */
  readonly sizeBytes: number
  readonly sha256: string
}

/** One request for a served file. */
export interface FetchRecord {
  readonly atMs: number
  readonly id: string
  readonly name: string
  /** 200, 403 (expired, or a wrong signature), 404, or 400 where it carried a secret. */
  readonly status: number
  /** An Authorization or Cookie header came with it. */
  readonly carriedSecret: boolean
}

export interface RequestRecord {
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Parsed JSON, or a summary of a multipart form; `undefined` where there was none. */
  readonly body: unknown
  /** The account behind the token, if the token is known. */
  readonly owner: string | undefined
}

export interface WorkflowRunRecord {
  readonly executeId: string
  readonly workflowId: string
  readonly owner: string
  readonly mode: 'sync' | 'stream' | 'async'
  readonly parameters: JsonObject
  /** `latitude`, `longitude` and `user_id`, where given. */
  readonly ext: Readonly<Record<string, string>>
  /** Empty where none was given. */
  readonly botId: string
  readonly appId: string
  readonly connectorId: string
  readonly logId: string
  readonly startedAtMs: number
  updatedAtMs: number
  status: 'Running' | 'Success' | 'Fail' | 'Interrupted'
  /** What the end node gave, as `data` of a plain run carries it. */
  output: string
  error: { readonly code: number; readonly message: string } | undefined
  /** What it waits for, as it went on the wire. */
  interrupt: JsonObject | undefined
  /** The client closed a stream of this run before its end. The run goes on. */
  readerLeft: boolean
  /** What its output nodes said, in order. */
  readonly messages: NodeOutput[]
  /** What it asked, in order. */
  readonly asked: { readonly type: number; readonly node: string; readonly question: string }[]
  /** What it was answered, in order. */
  readonly resumes: { readonly eventId: string; readonly type: number; readonly answer: string }[]
}

export interface NodeOutput {
  readonly title: string
  readonly nodeId: string
  readonly executeUuid: string
  readonly loopIndex?: number
  readonly batchIndex?: number
  readonly subExecuteId?: string
  content: string
  isFinished: boolean
  updatedAtS: number
}

/** A verdict of a person on an answer; `none` takes one back. */
export interface FeedbackRecord {
  readonly messageId: string
  readonly chatId: string
  readonly conversationId: string
  readonly type: 'like' | 'unlike' | 'none'
  readonly comment: string
  readonly reasons: readonly string[]
}

/** The outputs that were submitted to a waiting chat at once. */
export interface ToolOutputsRecord {
  readonly chatId: string
  readonly conversationId: string
  /** What the chat waited for. */
  readonly calls: readonly ToolCall[]
  readonly outputs: readonly { readonly toolCallId: string; readonly output: string }[]
}
