// The world, handed in: time, log, numbers, memory, the network. Nothing below the roof reaches for a global.

import type { Json } from './event.ts'
import type { Notice } from './notice.ts'

export interface Clock {
  /** Milliseconds since 1970. May jump: for spans use `elapsed`. */
  now(): number
  /** Milliseconds of a steady clock; only differences mean anything. */
  elapsed(): number
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. `ms` ≤ 0 resolves on the next turn of the loop. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Ids and numbers only: never a secret, never the text of a message. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>> & {
  /** An error is written with its message, kind and stack, scrubbed of secrets. */
  readonly error?: never
}
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string, error?: unknown): void
  error(fields: LogFields, message: string, error?: unknown): void
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger
}

export type Labels = Readonly<Record<string, string>>
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void
  gauge(name: string, value: number, labels?: Labels): void
  /** A span, in milliseconds; published in seconds. */
  observe(name: string, ms: number, labels?: Labels): void
}

/** An adapter's own durable notes (last seen ids, connection state), kept under its account. */
export interface Memory {
  get(key: string): Promise<Json | undefined>
  /** `ttlMs` absent: kept for ever. */
  set(key: string, value: Json, ttlMs?: number): Promise<void>
  delete(key: string): Promise<void>
}

/** The environment's HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case: for sockets an SDK opens by itself. */
export type ProxyEnv = Readonly<Record<string, string | undefined>>

/** The only outbound HTTP beside SDK sockets and `coze/`: kept-alive connections, proxies honoured. Standard semantics. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/** Turns a notice into a sentence in the person's language. Never throws; falls back to English. */
export interface Words {
  say(notice: Notice, locale?: string): string
}
