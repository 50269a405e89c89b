// What can an emulated workflow be told to do?
import type { JsonObject } from './json.ts'
import type { FileRecord } from './records.ts'

/** One thing a workflow run does. The value of a `yield` that asks is what the person answered. */
export type WorkflowStep =
  | NodeMessage
  /** Several output nodes speak at once: their pieces come interleaved. */
  | { readonly parallel: readonly NodeMessage[] }
  | AskStep
  | InputStep
  /** A plugin wants access (interrupt type 7): the page where it is granted. */
  | { readonly authorize: string; readonly node?: string }
  /** Any interrupt, as it goes on the wire. */
  | { readonly interrupt: InterruptSpec }
  /** The `Error` event, or `code` and `msg` of a plain run. */
  | { readonly workflowError: { readonly code: number; readonly message: string } }
  /** Studio's failure of the stream itself: `event: error` with words that are not JSON. */
  | { readonly streamError: string }
  | { readonly ping: true }
  | { readonly waitMs: number }
  /** Holds the run until a test opens the gate: `emulator.release(name)`. */
  | { readonly gate: string }
  /** The connection breaks here; the run goes on. */
  | { readonly cut: true }
  /** An end node that answers with a text, streamed in so many pieces. */
  | { readonly answer: string; readonly pieces?: number }
  /** An end node that returns variables; sent as the last message and as `data` of a plain run. */
  | { readonly output: unknown }

/** What an output node says, in so many pieces (default 1). */
export interface NodeMessage {
  readonly message: string
  /** The node's title; default `Message`. */
  readonly node?: string
  readonly nodeId?: string
  readonly pieces?: number
  readonly loopIndex?: number
  readonly batchIndex?: number
  readonly subExecuteId?: string
}

/** A question node (interrupt type 2). Choices may be answered by their text or their letter A, B, …; the script gets the text. */
export interface AskStep {
  readonly ask: string
  readonly choices?: readonly string[]
  readonly node?: string
  /**
   * `text`: the words come as a Message before the interrupt, whose `data` is empty (cloud's default, and for choices the
   * only form seen there). `options`: Studio's JSON inside `data` (Studio's default).
   */
  readonly form?: 'text' | 'options'
}

/** An input node (interrupt type 5). Without a required field the run asks again. */
export interface InputStep {
  readonly input: Fields
  /** Words beside the fields. */
  readonly text?: string
  readonly node?: string
  /** `parameters`: in `required_parameters` (the default). `list`: a JSON list inside `data`, as older ones. */
  readonly form?: 'parameters' | 'list'
}

/** Fields of an input node or a start node, by name. */
export type Fields = Readonly<Record<string, FieldSpec>>

/** As Coze's OpenAPI document writes it (`OpenAPIParameter`). */
export interface FieldSpec {
  /** `string` (default), `integer`, `number`, `boolean`, `time`, `object`, `array`, or a kind of file: `file`, `image`, `doc` … */
  readonly type?: string
  /** Default false. */
  readonly required?: boolean
  readonly description?: string
  readonly default_value?: string
  readonly items?: FieldSpec
  readonly properties?: Fields
}

export interface InterruptSpec {
  readonly type: number
  readonly data: string
  readonly node?: string
  readonly requiredParameters?: JsonObject
}

/** What a script sees of the run it makes. */
export interface WorkflowInput extends FileDesk {
  readonly workflowId: string
  /** With the defaults of the start node's inputs. */
  readonly parameters: JsonObject
  /** `latitude`, `longitude` and `user_id`; others are dropped, as Coze does. */
  readonly ext: Readonly<Record<string, string>>
  /** Empty where none was given. */
  readonly botId: string
  readonly appId: string
}

/** How scripts read uploaded files and hand out files of their own. */
export interface FileDesk {
  /** The upload that a value names: `{"file_id":"…"}` as text or object, or the first of a list. */
  file(value: unknown): FileRecord | undefined
  /** Keeps bytes and answers the signed address they are served at, as a plugin's file output. */
  serveFile(file: ServedFile): string
}

export interface ServedFile {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Uint8Array | ByteSource
  /** Afterwards the address answers 403, as Coze's signed addresses do. Default: 24 hours. */
  readonly expiresInMs?: number
  /** Sent in chunks, without a content-length. */
  readonly hidesLength?: boolean
}

/** Bytes that are made while they are sent. */
export interface ByteSource {
  readonly sizeBytes: number
  open(): AsyncIterable<Uint8Array>
}

export type WorkflowScript = (input: WorkflowInput) => Iterable<WorkflowStep, unknown, string | undefined>
