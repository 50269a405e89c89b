// How does a REST call reach Discord? discord.js's own client over the fetch we are handed, with its queues kept short.
//
// The pacer alone decides when a call goes (src/reply/pace.ts), so the library must neither wait nor count nor retry:
// 1. It keeps one queue for each route and channel, one call in flight in each. A hanging edit would hold up the edits
//    of every other reply in that channel, and the queues are never thrown away without a timer. They are forgotten
//    after each call instead: the next one begins a queue of its own.
// 2. Discord says the same bucket for posts and edits but counts them apart; the library takes them for one and refuses
//    a post after five edits that the server would take. It is not shown the rate-limit headers.
//    https://github.com/discord/discord-api-docs/issues/1442
// 3. After a 429 it would sleep, or spin where the `Retry-After` header is missing. A 429 is thrown before it sees one.
// 4. After a 401 it forgets the token. The header is ours.
import { randomUUID } from 'node:crypto'
import { REST, RequestMethod, type RESTOptions } from 'discord.js'
import type { Fetch } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { BlockedError, isUnauthorized, toPlatformError, TooManyRequestsError } from './errors.ts'
import { fieldsOf, isFields, readString } from '../common/read.ts'
import { toMultipart, type FilePart } from './multipart.ts'

export interface DiscordCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/v10`: `Routes.channelMessages(id)`. */
  readonly route: `/${string}`
  readonly body?: unknown
  /** Sent as multipart beside `body`, streamed. */
  readonly files?: readonly FilePart[]
  readonly query?: Readonly<Record<string, string>>
  /** False for interaction callbacks and webhooks: their token is in the route. */
  readonly auth?: boolean
}

/** A call answers with what the server sent, unchecked; undefined where it sent nothing (204). */
export interface DiscordApi {
  /** Rejects with discord.js's own errors and those of errors.ts; `callAs` translates them. */
  call(call: DiscordCall, signal: AbortSignal): Promise<unknown>
}

/** `apiBase` without a slash at its end; `/v10` is added. */
export function createDiscordApi(
  settings: { readonly token: string; readonly apiBase: string },
  fetch: Fetch,
): DiscordApi {
  const rest = new REST(restOptions(settings.apiBase, fetch))
  const restForFiles = new REST({ ...restOptions(settings.apiBase, fetch), timeout: UPLOAD_TIMEOUT_MS })
  const authorization = `Bot ${settings.token.replace(/^Bot\s+/i, '')}`
  return {
    async call({ method, route, body, files = [], query, auth = true }, signal) {
      signal.throwIfAborted()
      const form = files.length === 0 ? undefined : toMultipart(body, files, `bridge-${randomUUID()}`)
      const sender = form === undefined ? rest : restForFiles
      const answer = sender.request({
        method: METHODS[method],
        fullRoute: route,
        auth: false,
        headers: {
          ...(auth ? { Authorization: authorization } : {}),
          ...(form === undefined
            ? {}
            : { 'Content-Type': form.contentType, 'Content-Length': String(form.sizeBytes) }),
        },
        signal,
        ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
        ...(form === undefined ? { body } : { body: form.stream, passThroughBody: true }),
      })
      // Its queue is found by now, and serves this call alone.
      sender.handlers.clear()
      const data = await answer
      return data instanceof ArrayBuffer ? undefined : data
    },
  }
}

/** One call, its failure translated. */
export async function callAs(
  account: string,
  api: DiscordApi,
  call: DiscordCall,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await api.call(call, signal)
  } catch (error) {
    throw toPlatformError(account, nameOf(call), error, signal)
  }
}

/**
 * As `callAs`, for what makes up a reply. A 401 without a code is not believed there: a server's hiccup must not end a
 * reply for good. It waits, and whether the token is still taken shows at the gateway, and at the next start.
 */
export async function sendAs(
  account: string,
  api: DiscordApi,
  call: DiscordCall,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await callAs(account, api, call, signal)
  } catch (error) {
    if (!isUnauthorized(error)) throw error
    const facts = { outcome: 'not-sent', code: error.code } as const
    throw new PlatformError(account, 'unavailable', `${nameOf(call)}: 401`, facts)
  }
}

/** What was called, without ids and tokens: `PATCH /channels/:id/messages/:id`. */
export function nameOf({ method, route }: Pick<DiscordCall, 'method' | 'route'>): string {
  const parts = route.split('/').map((part, i, all) => {
    const hidesToken = i === 3 && (all[1] === 'webhooks' || all[1] === 'interactions')
    if (hidesToken) return ':token'
    return /^\d+$/.test(part) ? ':id' : part
  })
  return `${method} ${parts.join('/')}`
}

/** For a discord.js `REST` or `Client` (`rest: restOptions(...)`): never waits, never retries, leaves no timer. */
export function restOptions(apiBase: string, fetch: Fetch): Partial<RESTOptions> {
  return {
    api: apiBase,
    version: '10',
    makeRequest: (url, init) => makeRequest(fetch, url, init),
    rejectOnRateLimit: () => true,
    retries: 0,
    timeout: TIMEOUT_MS,
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
  }
}

/** Beyond the caller's own deadline (30 s): a last resort. */
const TIMEOUT_MS = 60_000
/** Beyond the caller's deadline for files: 25 MiB over a slow line take minutes. */
const UPLOAD_TIMEOUT_MS = 600_000
/** A hundred messages with all their embeds are far less. */
const MAX_ANSWER_CHARS = 8 << 20

const METHODS = {
  GET: RequestMethod.Get,
  POST: RequestMethod.Post,
  PUT: RequestMethod.Put,
  PATCH: RequestMethod.Patch,
  DELETE: RequestMethod.Delete,
} as const

/** Reads the whole answer, so that a deadline covers it, and gives it on as JSON with nothing to count. */
async function makeRequest(fetch: Fetch, url: string, request: LibraryRequest): Promise<Response> {
  // Border: discord.js speaks the types of an undici of its own; what it makes are strings and plain objects.
  const { body, headers, method, signal } = request as RequestInit
  const response = await fetch(url, {
    method: method ?? 'GET',
    headers: headers ?? {},
    ...(body === null || body === undefined ? {} : { body }),
    ...(isStream(body) ? { duplex: 'half' } : {}),
    ...(signal === undefined ? {} : { signal }),
  })
  const { status } = response
  const text = await readText(response)
  const answer = parse(text)
  if (status === 429) throw tooManyRequests(response.headers, answer)
  if (answer !== undefined) return new Response(text, { status, headers: JSON_HEADERS })
  if (status === 403) throw new BlockedError()
  // A success without JSON is somebody in between: as good as a bad gateway.
  if (response.ok && text !== '') return new Response(null, { status: 502 })
  return new Response(null, { status: response.ok ? 204 : status })
}

interface LibraryRequest {
  readonly method?: string | undefined
  readonly headers?: unknown
  readonly body?: unknown
  readonly signal?: AbortSignal | null | undefined
}

const JSON_HEADERS = { 'content-type': 'application/json' }

async function readText(response: Response): Promise<string> {
  const body: AsyncIterable<Uint8Array> | null = response.body
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  // Whatever length it says: the end of the loop ends the answer.
  for await (const piece of body) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > MAX_ANSWER_CHARS) return 'too long'
  }
  return text + decoder.decode()
}

/**
 * `retry_after` in the body is exact; the header is rounded, and missing on some servers. A global limit may be said in
 * either. https://discord.com/developers/docs/topics/rate-limits
 */
function tooManyRequests(headers: Headers, answer: unknown): TooManyRequestsError {
  const given = fieldsOf(answer)
  const code = given['code']
  const isGlobal =
    given['global'] === true ||
    headers.has('x-ratelimit-global') ||
    headers.get('x-ratelimit-scope') === 'global' ||
    // Not Discord's own answer but that of the wall before it: it holds for everything we send.
    !isFields(answer)
  const scope = readString(headers.get('x-ratelimit-scope'))
  const retryAfterMs = [
    given['retry_after'],
    headers.get('retry-after'),
    headers.get('x-ratelimit-reset-after'),
  ]
    .map(readSeconds)
    .find((ms) => ms !== undefined)
  return new TooManyRequestsError({
    isGlobal,
    ...(scope === undefined ? {} : { scope }),
    ...(typeof code === 'number' && code !== 0 ? { code } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function readSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined
  const ms = Math.ceil(Number(value) * 1_000)
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
