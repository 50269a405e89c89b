// How does one request reach Coze, and what came back: events, JSON, bytes, or a failure?

import { Readable } from 'node:stream'
import { Agent, EnvHttpProxyAgent, request } from 'undici'
import type { Dispatcher } from 'undici'
import { AssistantError } from '../contract/errors.ts'
import type { JsonObject } from '../contract/event.ts'
import type { Clock, ProxyEnv } from '../contract/runtime.ts'
import { readCapped, readEvents } from './body.ts'
import type { EventStream } from './body.ts'
import {
  cancelledFailure,
  garbledFailure,
  readErrorBody,
  refusalToFailure,
  transportFailure,
} from './errors.ts'
import { isEventStream, kindOf, logidOf, retryAfterOf } from './head.ts'
import { isObject, readJson } from './json.ts'
import type { Unknowns } from './json.ts'

/** Milliseconds; every one of them ends a call that hangs. */
export interface HttpLimits {
  /** Until the connection stands, TLS included. Default 10 s. */
  readonly connectMs: number
  /** From the request to the head of its answer. Default 60 s. */
  readonly firstByteMs: number
  /** Silence inside an answer. Long tool calls are silent for tens of seconds. Default 180 s. */
  readonly betweenEventsMs: number
  /** A whole streamed answer. Default 20 min: twice what a workflow may take. Coze docs: run workflow. */
  readonly overallMs: number
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  connectMs: 10_000,
  firstByteMs: 60_000,
  betweenEventsMs: 180_000,
  overallMs: 1_200_000,
}

export interface HttpOptions {
  /** `https://api.coze.cn`, `https://api.coze.com`, or the address of a Coze Studio; a path in front is kept. */
  readonly apiBase: string
  readonly clock: Clock
  readonly limits?: Partial<HttpLimits>
  /** undici's; `limits.connectMs` is then its own business, and so is closing it. */
  readonly dispatcher?: Dispatcher
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. Absent: no proxy. */
  readonly proxyEnv?: ProxyEnv
}

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With leading slash; ids in it already encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly json?: JsonObject
  readonly payload?: Payload
  readonly token?: string
  /** Of a body that is not a stream of events. Default 1 MB. */
  readonly maxBytes?: number
  /** For an answer whose head comes only when all the work is done: so long, if the limit is not longer anyway. */
  readonly firstByteMs?: number
}

/** A body with a known length that is never whole in memory. */
export interface Payload {
  readonly contentType: string
  readonly sizeBytes: number
  readonly stream: AsyncIterable<Uint8Array>
}

export interface Http {
  /** Resolves with a body whose `code` is 0 or absent. Throws `AssistantError`. */
  json(exchange: Exchange, signal: AbortSignal): Promise<JsonAnswer>
  /** Resolves when the head of a stream is here; an error told as JSON throws, whatever its status. */
  events(exchange: Exchange, signal: AbortSignal): Promise<EventStream>
  /** Raw bytes, such as speech. */
  bytes(
    exchange: Exchange,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly mimeType: string }>
  /** Drops all connections. */
  close(): Promise<void>
}

export interface JsonAnswer {
  readonly body: Unknowns
  readonly logid: string
}

const DEFAULT_MAX_BYTES = 1024 * 1024
/** An idle connection is kept so long; gateways close theirs after a minute or so. */
const KEEP_ALIVE_MS = 15_000

export function createHttp(options: HttpOptions): Http {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits }
  const base = options.apiBase.replace(/\/+$/, '')
  const own = options.dispatcher === undefined ? createDispatcher(limits, options.proxyEnv ?? {}) : undefined
  const dispatcher = options.dispatcher ?? own
  const { clock } = options

  async function send(
    exchange: Exchange,
    accept: string,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const what = nameOf(exchange)
    if (signal.aborted) throw new AssistantError(cancelledFailure(what, 'not-sent'))
    try {
      return await request(`${base}${exchange.path}${queryOf(exchange.query)}`, {
        method: exchange.method,
        headers: headersOf(exchange, accept),
        body: bodyOf(exchange),
        signal,
        headersTimeout: Math.max(limits.firstByteMs, exchange.firstByteMs ?? 0),
        bodyTimeout: limits.betweenEventsMs,
        ...(dispatcher === undefined ? {} : { dispatcher }),
      })
    } catch (error) {
      throw new AssistantError(transportFailure(what, error, signal), error)
    }
  }

  async function readAnswer(
    exchange: Exchange,
    response: Dispatcher.ResponseData,
    signal: AbortSignal,
  ): Promise<JsonAnswer> {
    const what = nameOf(exchange)
    const headLogid = logidOf(response.headers)
    const bytes = await readCapped(
      response.body,
      exchange.maxBytes ?? DEFAULT_MAX_BYTES,
      what,
      headLogid,
      signal,
    )
    const body = readJson(bytes.toString('utf8'))
    const said = readErrorBody(body)
    const logid = headLogid || (said.logid ?? '')
    const { statusCode } = response
    const isRefused = statusCode >= 400 || (said.code !== undefined && said.code !== 0) || isOAuthError(body)
    if (isRefused) {
      const retryAfterMs = retryAfterOf(response.headers, clock.now())
      const waits = retryAfterMs === undefined ? {} : { retryAfterMs }
      throw new AssistantError(refusalToFailure({ what, httpStatus: statusCode, ...said, logid, ...waits }))
    }
    if (!isObject(body))
      throw new AssistantError(garbledFailure(what, `no JSON (${kindOf(response)})`, logid))
    // Coze Studio leaves `code` out of some answers: the payload itself is then the proof.
    if (said.code === undefined && !PAYLOAD_KEYS.some((key) => key in body)) {
      throw new AssistantError(garbledFailure(what, 'JSON without code and without payload', logid))
    }
    return { body, logid }
  }

  return {
    async json(exchange, signal) {
      const response = await send(exchange, 'application/json', signal)
      if (isEventStream(response)) {
        response.body.destroy()
        throw new AssistantError(garbledFailure(nameOf(exchange), 'a stream where JSON was asked for'))
      }
      return readAnswer(exchange, response, signal)
    },

    async events(exchange, signal) {
      const startedMs = clock.elapsed()
      const response = await send(exchange, 'text/event-stream, application/json', signal)
      const what = nameOf(exchange)
      if (!isEventStream(response)) {
        const { logid } = await readAnswer(exchange, response, signal)
        throw new AssistantError(garbledFailure(what, 'JSON where a stream was asked for', logid))
      }
      const until = { clock, deadlineMs: startedMs + limits.overallMs, signal }
      return readEvents(response.body, what, logidOf(response.headers), until)
    },

    async bytes(exchange, signal) {
      const response = await send(exchange, '*/*', signal)
      const what = nameOf(exchange)
      const mimeType = kindOf(response)
      if (response.statusCode !== 200 || /json|text\//.test(mimeType)) {
        const { logid } = await readAnswer(exchange, response, signal)
        throw new AssistantError(garbledFailure(what, 'JSON where bytes were asked for', logid))
      }
      const max = exchange.maxBytes ?? DEFAULT_MAX_BYTES
      return {
        bytes: await readCapped(response.body, max, what, logidOf(response.headers), signal),
        mimeType,
      }
    },

    async close() {
      await own?.destroy()
    },
  }
}

function createDispatcher(limits: HttpLimits, env: ProxyEnv): Dispatcher {
  const settings = {
    connect: { timeout: limits.connectMs },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // As many connections as there are replies growing at once: a stream occupies its connection.
    connections: null,
    allowH2: false,
  }
  const read = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? ''
  const proxies = { httpProxy: read('HTTP_PROXY'), httpsProxy: read('HTTPS_PROXY') }
  if (proxies.httpProxy === '' && proxies.httpsProxy === '') return new Agent(settings)
  const noProxy = [read('NO_PROXY'), ALWAYS_DIRECT].filter((part) => part !== '').join(',')
  return new EnvHttpProxyAgent({ ...settings, ...proxies, noProxy })
}

/** The machine itself is never behind a proxy. */
const ALWAYS_DIRECT = 'localhost,127.0.0.1,::1,[::1]'

function nameOf(exchange: Exchange): string {
  return `${exchange.method} ${exchange.path}`
}

function queryOf(query: Exchange['query']): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, value)
  return search.size === 0 ? '' : `?${search.toString()}`
}

function headersOf(exchange: Exchange, accept: string): Record<string, string> {
  const { token, json, payload } = exchange
  return {
    accept,
    'user-agent': 'coze-bridge',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(payload === undefined
      ? {}
      : { 'content-type': payload.contentType, 'content-length': String(payload.sizeBytes) }),
  }
}

function bodyOf({ json, payload }: Exchange): string | Readable | null {
  if (payload !== undefined) return Readable.from(payload.stream, { objectMode: false })
  return json === undefined ? null : JSON.stringify(json)
}

/** Where answers keep what they bring. The capitals are Coze Studio's. */
const PAYLOAD_KEYS = [
  'data',
  'Messages',
  'ChatV3ChatDetail',
  'ConversationData',
  'message',
  'access_token',
  'device_code',
]

function isOAuthError(body: unknown): boolean {
  return isObject(body) && body['access_token'] === undefined && typeof body['error_code'] === 'string'
}
