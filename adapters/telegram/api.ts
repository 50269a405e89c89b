// How does a Bot API call reach the server? grammY's client over the fetch we are handed.
import { Api } from 'grammy'
import type { ApiMethods, Opts } from 'grammy/types'
import type { Fetch } from '../../src/contract/runtime.ts'
import { toPlatformError } from './errors.ts'
import { parseJson } from './json.ts'
import { fieldsOf, isFields, type Fields } from '../common/read.ts'

/** A call answers with what the server sent, unchecked: other servers answer other things than the types promise. */
export interface BotApi {
  /** Rejects with grammY's own errors; `callAs` translates them. */
  call<M extends keyof ApiMethods>(method: M, payload: Opts<M>, signal: AbortSignal): Promise<unknown>
}

export function createBotApi(token: string, apiRoot: string, fetch: Fetch): BotApi {
  // Border: grammY's type names node-fetch's fetch; of a response it reads nothing but `json()`.
  const api = new Api(token, { apiRoot, fetch: toGrammyFetch(fetch) as never })
  // Border: grammY types each method by itself; here they are called by name, with the payload's type kept by `call`.
  const raw = api.raw as unknown as Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>
  return {
    async call(method, payload, signal) {
      const send = raw[method]
      if (send === undefined) throw new TypeError(`${method}: unknown method`)
      return TAKES_NO_PAYLOAD.has(method) ? send(signal) : send(payload, signal)
    },
  }
}

/** One call, its failure translated. */
export async function callAs<M extends keyof ApiMethods>(
  account: string,
  api: BotApi,
  method: M,
  payload: Opts<M>,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await api.call(method, payload, signal)
  } catch (error) {
    throw toPlatformError(account, method, error, signal)
  }
}

/** grammY binds an empty payload to these. */
const TAKES_NO_PAYLOAD: ReadonlySet<string> = new Set(['getMe', 'getWebhookInfo'])

/** Far beyond any answer; `getUpdates` brings 100 updates at most. */
const MAX_ANSWER_BYTES = 32 << 20

/**
 * grammY is written for node-fetch: it hands over an `agent`, and signals that a standard fetch refuses on Node 24.
 * An answer that is not the Bot API's JSON (a proxy's HTML page) is turned into one, so that its status is not lost.
 */
function toGrammyFetch(fetch: Fetch): (url: unknown, init: unknown) => Promise<{ json(): Promise<unknown> }> {
  return async (url, init) => {
    const given = isFields(init) ? init : {}
    const body = given['body'] as NonNullable<RequestInit['body']>
    const bridge = bridgeSignal(given['signal'])
    try {
      const response = await fetch(String(url), {
        method: 'POST',
        headers: { 'content-type': contentTypeOf(given['headers']) },
        body,
        ...(typeof body === 'string' ? {} : { duplex: 'half' }),
        signal: bridge.signal,
      })
      const answer = await readAnswer(response)
      return { json: async () => answer }
    } finally {
      bridge.release()
    }
  }
}

function contentTypeOf(headers: unknown): string {
  const given = isFields(headers) ? headers['content-type'] : undefined
  return typeof given === 'string' ? given : 'application/json'
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await readText(response)
  const answer = text === undefined ? undefined : parseJson(text)
  if (!isFields(answer) || typeof answer['ok'] !== 'boolean') return notBotApi(response.status)
  return answer['ok'] ? answer : readRefusal(answer, response.status)
}

/** It goes into the log. */
const MAX_DESCRIPTION_CHARS = 500

/** grammY takes these for what their types promise. */
function readRefusal({ error_code, description, parameters }: Fields, status: number): unknown {
  return {
    ok: false,
    error_code: typeof error_code === 'number' ? error_code : status,
    description: typeof description === 'string' ? description.slice(0, MAX_DESCRIPTION_CHARS) : '',
    parameters: fieldsOf(parameters),
  }
}

/** Undefined when it is longer than any answer, whatever length was told. */
async function readText(response: Response): Promise<string | undefined> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader()
  if (reader === undefined) return ''
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    sizeBytes += next.value.byteLength
    if (sizeBytes > MAX_ANSWER_BYTES) {
      await reader.cancel()
      return undefined
    }
    pieces.push(next.value)
  }
  return new TextDecoder().decode(Buffer.concat(pieces))
}

/** A 200 without Bot API JSON is somebody in between: as good as a bad gateway. */
function notBotApi(status: number): unknown {
  return {
    ok: false,
    error_code: status >= 400 ? status : 502,
    description: `HTTP ${status} without a Bot API answer`,
  }
}

interface ForeignSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

function bridgeSignal(foreign: unknown): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  if (!isForeignSignal(foreign)) return { signal: controller.signal, release: () => undefined }
  const abort = (): void => controller.abort()
  if (foreign.aborted) abort()
  foreign.addEventListener('abort', abort)
  return { signal: controller.signal, release: () => foreign.removeEventListener('abort', abort) }
}

function isForeignSignal(value: unknown): value is ForeignSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}
