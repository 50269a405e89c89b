// How does an open API call reach the server? The SDK's client, with its own HTTP, its own token, and a limit on time.
import { Client, LoggerLevel } from '@larksuiteoapi/node-sdk'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock, Fetch, Logger } from '../../src/contract/runtime.ts'
import { TOKEN_CODES } from './codes.ts'
import { withDeadline } from '../common/deadline.ts'
import { FeishuAnswerError, toPlatformError } from './errors.ts'
import { createSdkHttp, sendOver, type SdkRequest } from './http.ts'
import type { Form } from './multipart.ts'
import { fieldsOf, isFields, type Fields } from '../common/read.ts'
import { createSdkLogger } from './sdk-log.ts'
import { createTokens } from './token.ts'

export type { Form, FormFile } from './multipart.ts'

export interface FeishuRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `:name` where an id stands: it also names the call in errors and logs. */
  readonly path: `/open-apis/${string}`
  readonly ids?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  /** Instead of a body: an upload. */
  readonly form?: Form
}

export interface FeishuApi {
  /** Answers with `data`, or with the whole body where there is none, unchecked. `callAs` translates its errors. */
  call(request: FeishuRequest, signal: AbortSignal): Promise<Fields>
  /** Bytes, as they come; rejects as `call` does when the server answers otherwise. */
  download(request: FeishuRequest, signal: AbortSignal): Promise<Response>
}

export interface ApiSettings {
  readonly account: string
  readonly appId: string
  readonly appSecret: string
  readonly domain: string
}
export interface ApiTools {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly log: Logger
}

/** Beyond what any caller waits. */
const ANSWER_WITHIN_MS = 30_000
/** Thirty megabytes at two megabits a second. */
const UPLOAD_WITHIN_MS = 120_000
/** Somebody's question waits for it. */
const TOKEN_WITHIN_MS = 6_000
const TOKEN_PATH = '/open-apis/auth/v3/tenant_access_token/internal'

export function createFeishuApi(settings: ApiSettings, { clock, fetch, log }: ApiTools): FeishuApi {
  const { account, appId, appSecret, domain } = settings
  const tokens = createTokens(clock)
  const client = new Client({
    appId,
    appSecret,
    domain,
    cache: tokens.cache,
    logger: createSdkLogger(log),
    loggerLevel: LoggerLevel.warn,
    httpInstance: createSdkHttp((request) => (isTokenRequest(request) ? askToken(request) : send(request))),
  })

  return {
    async call(request, signal) {
      const answer = fieldsOf(await ask(request, {}, signal))
      return isFields(answer['data']) ? answer['data'] : answer
    },
    async download(request, signal) {
      const how = { responseType: 'stream', $return_headers: true } as const
      const answer = fieldsOf(await ask(request, how, signal))['data']
      if (answer instanceof Response) return answer
      throw new PlatformError(account, 'unavailable', `${nameOf(request)}: JSON instead of a file`)
    },
  }

  async function ask(
    request: FeishuRequest,
    how: { readonly responseType?: 'stream'; readonly $return_headers?: true },
    signal: AbortSignal,
  ): Promise<unknown> {
    signal.throwIfAborted()
    const url = urlOf(account, request)
    const ms = request.form === undefined ? ANSWER_WITHIN_MS : UPLOAD_WITHIN_MS
    return withDeadline({ account, clock, ms, what: nameOf(request) }, signal, async (within) => {
      const once = (): Promise<unknown> =>
        client.request({ ...how, ...payloadOf(request, url), signal: within })
      try {
        return await once()
      } catch (error) {
        if (!isTokenRefused(error)) throw error
        return once()
      }
    })
  }

  async function send(request: SdkRequest): Promise<unknown> {
    try {
      return await sendOver(fetch, request)
    } catch (error) {
      if (isTokenRefused(error)) tokens.refused(request.headers['Authorization'])
      throw error
    }
  }

  /** Not bound to the signal of the call that happens to need it first. */
  function askToken(request: SdkRequest): Promise<unknown> {
    const limit = { account, clock, ms: TOKEN_WITHIN_MS, what: `POST ${TOKEN_PATH}` }
    return tokens.share(() =>
      withDeadline(limit, new AbortController().signal, (signal) => sendOver(fetch, { ...request, signal })),
    )
  }
}

/** One call, its failure translated. */
export async function callAs(
  account: string,
  api: FeishuApi,
  request: FeishuRequest,
  signal: AbortSignal,
): Promise<Fields> {
  try {
    return await api.call(request, signal)
  } catch (error) {
    throw toPlatformError(account, nameOf(request), error, signal)
  }
}

/** How a call is called in errors and logs: without ids. */
export function nameOf({ method, path }: FeishuRequest): string {
  return `${method} ${path}`
}

function isTokenRequest({ url }: SdkRequest): boolean {
  return url.endsWith(TOKEN_PATH)
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof FeishuAnswerError && error.code !== undefined && TOKEN_CODES.has(error.code)
}

/** Ids come from outside and become part of the address: a slash or a question mark would change it. */
function urlOf(account: string, request: FeishuRequest): string {
  return request.path.replace(/:([a-z_]+)/g, (_, name: string) => {
    const id = request.ids?.[name] ?? ''
    if (/^[A-Za-z0-9_-]+$/.test(id)) return id
    throw new PlatformError(
      account,
      'rejected',
      `${nameOf(request)}: no ${name} that could stand in an address`,
    )
  })
}

function payloadOf({ method, query, headers, body, form }: FeishuRequest, url: string): SdkPayload {
  const params = query === undefined ? {} : { params: query }
  if (form !== undefined) {
    return {
      method,
      url,
      ...params,
      data: form,
      headers: { ...headers, 'Content-Type': 'multipart/form-data' },
    }
  }
  const data = body === undefined ? {} : { data: body }
  return { method, url, ...params, ...data, ...(headers === undefined ? {} : { headers: { ...headers } }) }
}
interface SdkPayload {
  readonly method: string
  readonly url: string
  readonly params?: Readonly<Record<string, string>>
  readonly data?: Readonly<Record<string, unknown>>
  readonly headers?: Record<string, string>
}
