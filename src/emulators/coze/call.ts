// What does a route know of the request it handles, and what may it answer?
import type { Fault } from './faults.ts'
import { objectOf } from './json.ts'
import type { JsonObject } from './json.ts'
import type { MultipartForm } from './multipart.ts'
import { badParameter } from './refusal.ts'
import type { EventStream, Framing } from './sse.ts'
import type { World } from './world.ts'

export interface Call {
  readonly method: string
  readonly path: string
  /** Named parts of the path. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** Parsed JSON; `undefined` where the body is not JSON. */
  readonly body: unknown
  readonly form: MultipartForm | undefined
  /** An upload above the rate. */
  readonly isTooFast: boolean
  readonly host: string
  readonly fault: Fault
  readonly logId: string
  /** When the whole request was here, on this process's `performance.now()`. */
  readonly receivedAtPerfMs: number
}

export type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly body: JsonObject }
  /** `open` gets no stream when the connection is to be reset: the work is done all the same. */
  | {
      readonly kind: 'stream'
      readonly framing: Framing
      readonly open: (stream: EventStream | undefined) => void
    }
  | {
      readonly kind: 'bytes'
      readonly contentType: string
      readonly sizeBytes: number
      /** No content-length: sent in chunks. */
      readonly hidesLength?: boolean
      readonly open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
    }
  | { readonly kind: 'text'; readonly status: number; readonly text: string }
  /** A page for a browser. */
  | { readonly kind: 'page'; readonly html: string }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The connection breaks without an answer. */
  | { readonly kind: 'cut' }

export interface Route {
  readonly method: string
  /** Path with `:names`. */
  readonly path: string
  /** Whether Coze Studio has it too. */
  readonly studio: boolean
  /** Needs no token, in Studio neither. */
  readonly isOpen?: boolean
  readonly handle: (world: World, call: Call) => Reply | Promise<Reply>
}

export function bytesReply(contentType: string, bytes: Uint8Array): Reply {
  return { kind: 'bytes', contentType, sizeBytes: bytes.length, open: () => [bytes] }
}

/** The usual envelope, `{code:0,msg:"",data,…}`. The server adds `detail` on cloud. */
export function answer(data: unknown, beside: JsonObject = {}): Reply {
  const body = data === undefined ? { code: 0, msg: '', ...beside } : { data, code: 0, msg: '', ...beside }
  return { kind: 'json', status: 200, body }
}

export function bodyOf(call: Call): JsonObject {
  return objectOf(call.body)
}

/** A required member of the query. */
export function queryText(call: Call, name: string): string {
  const value = call.query[name]
  if (value === undefined || value === '') throw badParameter(`${name} is required`)
  return value
}

export function queryNumber(call: Call, name: string, fallback: number, most: number): number {
  const raw = call.query[name]
  if (raw === undefined || raw === '') return fallback
  const value = Number(raw)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw badParameter(`${name} must be 1 to ${most}`)
  return value
}

/** One page of `items`, and whether there are more. */
export function pageOf<T>(items: readonly T[], page: number, size: number): { items: T[]; hasMore: boolean } {
  const from = (page - 1) * size
  return { items: items.slice(from, from + size), hasMore: items.length > from + size }
}
