// How does anything but Coze reach the outside? One kept-alive pool of connections, behind a standard `fetch`.

import { Readable } from 'node:stream'
import { Agent, EnvHttpProxyAgent, FormData as UndiciFormData, request } from 'undici'
import type { Dispatcher } from 'undici'
import type { Fetch } from '../contract/runtime.ts'

export interface FetchOptions {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly connectMs?: number
  /** Connections to one origin at a time; more calls wait for one. */
  readonly connections?: number
}

export interface Outside {
  readonly fetch: Fetch
  /** The connections themselves, for a client that speaks undici: the same proxies and limits. */
  readonly dispatcher: Dispatcher
  /** Ends kept-alive connections; calls under way are let finish. */
  close(): Promise<void>
}

const CONNECT_MS = 10_000
/** A long poll takes one; the rest is for replies growing at once. */
const CONNECTIONS = 128
/** A chat goes on within this; reconnecting costs a TLS handshake. A server's own shorter hint wins. */
const KEEP_ALIVE_MS = 30_000
/** A last resort: callers bring deadlines of their own. */
const SILENCE_MS = 300_000
/** The machine itself is never behind a proxy. */
const ALWAYS_DIRECT = 'localhost,127.0.0.1,::1,[::1]'

/**
 * Made once by the roof. Differences from the global `fetch`: redirects are answered, not followed; failures are
 * undici's own errors (`code`: ECONNREFUSED, UND_ERR_CONNECT_TIMEOUT, …) rather than a TypeError round them; an
 * abort rejects with the signal's reason.
 */
export function createFetch(options: FetchOptions): Outside {
  const dispatcher = createDispatcher(options)
  return {
    dispatcher,
    close: () => dispatcher.close(),
    async fetch(url, init = {}) {
      const { body, contentType } = toBody(init.body)
      const headers = toHeaders(init.headers)
      if (contentType !== undefined) headers['content-type'] ??= contentType
      const answer = await request(url, {
        dispatcher,
        method: init.method ?? 'GET',
        headers,
        body,
        signal: init.signal ?? null,
      })
      return toResponse(answer)
    },
  }
}

function createDispatcher({
  env,
  connectMs = CONNECT_MS,
  connections = CONNECTIONS,
}: FetchOptions): Dispatcher {
  const pool = {
    connect: { timeout: connectMs },
    connections,
    // One request at a time on a connection: a slow answer holds up nobody else's.
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  }
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? ''
  const httpProxy = read('HTTP_PROXY')
  const httpsProxy = read('HTTPS_PROXY')
  if (httpProxy === '' && httpsProxy === '') return new Agent(pool)
  const noProxy = [read('NO_PROXY'), ALWAYS_DIRECT].filter((part) => part !== '').join(',')
  return new EnvHttpProxyAgent({ ...pool, httpProxy, httpsProxy, noProxy })
}

type Answer = Awaited<ReturnType<typeof request>>

async function toResponse({ statusCode: status, headers, body }: Answer): Promise<Response> {
  const head = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    return Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]
  })
  if (status === 204 || status === 205 || status === 304) {
    await body.dump()
    return new Response(null, { status, headers: head })
  }
  // A short answer is read at once: a stream round it would cost more than the answer.
  if (Number(headers['content-length'] ?? Infinity) <= SHORT_BYTES) {
    return new Response(await body.arrayBuffer(), { status, headers: head })
  }
  return new Response(toWebStream(body), { status, headers: head })
}
const SHORT_BYTES = 65_536

function toWebStream(body: Readable): ReadableStream<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next()
      if (next.done === true) controller.close()
      else controller.enqueue(next.value)
    },
    cancel: () => void body.destroy(),
  })
}

type RequestBody = Exclude<Dispatcher.RequestOptions['body'], undefined>

/** What undici sends as it is, and the content type a browser would add. */
function toBody(body: unknown): { body: RequestBody; contentType?: string } {
  if (body === null || body === undefined) return { body: null }
  if (typeof body === 'string') return { body, contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) {
    return { body: body.toString(), contentType: 'application/x-www-form-urlencoded;charset=UTF-8' }
  }
  if (body instanceof Uint8Array || body instanceof Readable) return { body }
  if (body instanceof FormData) return { body: toUndiciForm(body) }
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) }
  if (body instanceof Blob) {
    return body.type === ''
      ? { body: Readable.from(body.stream()) }
      : { body: Readable.from(body.stream()), contentType: body.type }
  }
  if (isIterable(body)) return { body: Readable.from(body) }
  throw new TypeError('fetch: a body is a text, bytes, a form, a blob or a stream')
}

/** undici takes forms of its own making only. */
function toUndiciForm(form: FormData): UndiciFormData {
  const copy = new UndiciFormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else copy.append(name, value, value.name)
  }
  return copy
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function toHeaders(headers: RequestInit['headers']): Record<string, string> {
  if (headers === undefined) return {}
  const pairs: Iterable<readonly string[]> =
    Symbol.iterator in headers ? headers : Object.entries(headers as Readonly<Record<string, string>>)
  const plain: Record<string, string> = {}
  for (const [name, value] of pairs) {
    // The pool keeps connections alive by itself.
    if (name === undefined || value === undefined || name.toLowerCase() === 'connection') continue
    plain[name.toLowerCase()] = value
  }
  return plain
}
