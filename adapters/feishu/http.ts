// How do the SDK's requests reach the server? Its HTTP instance, over the fetch we are handed.
//
// The SDK expects of it what its own axios does: an answer is the parsed body, or, where `$return_headers` is set,
// `{ data, headers }`. Beyond that: an answer with a `code` other than 0 is an error at any status.
import type { Client } from '@larksuiteoapi/node-sdk'
import type { Fetch } from '../../src/contract/runtime.ts'
import { FeishuAnswerError } from './errors.ts'
import { writeMultipart, type Form } from './multipart.ts'
import { fieldsOf, isFields, readString, readWhole, type Fields } from '../common/read.ts'

export type SdkHttp = Client['httpInstance']

/** One request as the SDK words it. `data` of a multipart request is a `Form`. */
export interface SdkRequest {
  readonly url: string
  readonly method: string
  readonly headers: Fields
  readonly params: Fields
  readonly data: unknown
  readonly asStream: boolean
  readonly signal: AbortSignal | undefined
}

/** Rejects with `FeishuAnswerError`, or with what `fetch` rejects with. */
export type Send = (request: SdkRequest) => Promise<unknown>

/** An instance whose every method ends in `send`. */
export function createSdkHttp(send: Send): SdkHttp {
  const withoutData = (method: string) => (url: string, options?: unknown) =>
    send(readRequest({ ...fieldsOf(options), url, method }))
  const withData = (method: string) => (url: string, data?: unknown, options?: unknown) =>
    send(readRequest({ ...fieldsOf(options), url, method, data }))
  const http = {
    request: (options: unknown) => send(readRequest(options)),
    get: withoutData('GET'),
    delete: withoutData('DELETE'),
    head: withoutData('HEAD'),
    options: withoutData('OPTIONS'),
    post: withData('POST'),
    put: withData('PUT'),
    patch: withData('PATCH'),
  }
  // Border: the SDK's methods promise their caller any type; ours promise `unknown`.
  return http as unknown as SdkHttp
}

/** Far beyond any answer: lists have fifty messages of 150 kB at most. */
const MAX_ANSWER_BYTES = 16 << 20

/** Sends one request. The answer: the parsed body; for `asStream` the `Response` itself, under `data`. */
export async function sendOver(fetch: Fetch, request: SdkRequest): Promise<unknown> {
  request.signal?.throwIfAborted()
  const response = await fetch(addressOf(request), initOf(request))
  if (request.asStream && response.ok && isFile(response)) {
    return { data: response, headers: Object.fromEntries(response.headers) }
  }
  return readAnswer(response)
}

function readRequest(options: unknown): SdkRequest {
  const given = fieldsOf(options)
  const signal = given['signal']
  return {
    url: readString(given['url']) ?? '',
    method: (readString(given['method']) ?? 'GET').toUpperCase(),
    headers: fieldsOf(given['headers']),
    params: fieldsOf(given['params']),
    data: given['data'],
    asStream: given['responseType'] === 'stream',
    signal: signal instanceof AbortSignal ? signal : undefined,
  }
}

function addressOf({ url, params }: SdkRequest): string {
  const address = new URL(url)
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      address.searchParams.set(name, String(value))
    }
  }
  return address.href
}

function initOf({ method, headers, data, signal }: SdkRequest): RequestInit {
  const given = new Headers()
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') given.set(name, value)
  const base = { method, headers: given, ...(signal === undefined ? {} : { signal }) }
  if (method === 'GET' || method === 'HEAD' || data === undefined) return base
  if (!/^multipart\//i.test(given.get('content-type') ?? '')) {
    given.set('content-type', 'application/json; charset=utf-8')
    return { ...base, body: JSON.stringify(data) }
  }
  // Border: api.ts puts a `Form` there, and nothing else does.
  const multipart = writeMultipart(data as Form)
  given.set('content-type', multipart.contentType)
  given.set('content-length', String(multipart.lengthBytes))
  return { ...base, body: multipart.body, duplex: 'half' }
}

async function readAnswer(response: Response): Promise<Fields> {
  const { status } = response
  const retryAfterMs = retryAfter(response.headers)
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  const body = parse(await readText(response))
  // A 200 without JSON is somebody in between: as good as a bad gateway.
  if (!isFields(body)) throw new FeishuAnswerError(status >= 400 ? status : 502, wait)
  const code = readWhole(body['code'])
  if (response.ok && (code === undefined || code === 0)) return body
  const words = readString(body['msg'])
  throw new FeishuAnswerError(status, {
    ...(code === undefined || code === 0 ? {} : { code }),
    ...(words === undefined ? {} : { words }),
    ...wait,
  })
}

/** As much as an answer may have; nothing of one that has more, whatever length it told. */
async function readText({ body, headers }: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  const stream: ReadableStream<Uint8Array> | null = body
  let sizeBytes = Number(headers.get('content-length') ?? 0)
  if (stream === null) return ''
  if (sizeBytes <= MAX_ANSWER_BYTES) {
    sizeBytes = 0
    for await (const piece of stream) {
      sizeBytes += piece.byteLength
      if (sizeBytes > MAX_ANSWER_BYTES) break
      pieces.push(piece)
    }
  } else await stream.cancel()
  return sizeBytes > MAX_ANSWER_BYTES ? '' : new TextDecoder().decode(Buffer.concat(pieces))
}

/** Seconds, in both headers. https://open.feishu.cn/document/server-docs/api-call-guide/frequency-control */
function retryAfter(headers: Headers): number | undefined {
  const given = headers.get('x-ogw-ratelimit-reset') ?? headers.get('retry-after')
  return given !== null && /^\d+(\.\d+)?$/.test(given) ? Math.ceil(Number(given) * 1_000) : undefined
}

/** A file may be JSON itself: then its name tells it from an answer. */
function isFile({ headers }: Response): boolean {
  const isJson = /^application\/json\b/i.test(headers.get('content-type') ?? '')
  return !isJson || headers.has('content-disposition')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
