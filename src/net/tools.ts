// Who answers an agent's local plugin? An HTTP service of the owner's: JSON in, JSON out, signed, in bounded time.

import { createHmac } from 'node:crypto'
import type { Policy, ToolSpec } from '../contract/policy.ts'
import type { Clock, Fetch, Logger } from '../contract/runtime.ts'

/** What the agent wants to know, and on whose behalf. */
export interface ToolRequest {
  /** As the agent calls it: a key under `tools` in the configuration. */
  readonly name: string
  /** JSON text, as the model wrote it; may be broken. */
  readonly argumentsJson: string
  /** Told to the service with the arguments. */
  readonly context: ToolContext
}
export interface ToolContext {
  readonly turn: string
  /** The person's pseudonym, stable over turns; never their platform id. */
  readonly person: string
  /** The account: the key under `platforms`. */
  readonly platform: string
  readonly chat: string
}

/**
 * Resolves with what the agent is told: the service's answer, or `{"error": "…"}` in a sentence it can use. Rejects only
 * when `signal` aborts, with its reason. Called by the bridge, once a call; takes `timeoutMs` of the tool at most.
 */
export type ToolCaller = (request: ToolRequest, signal: AbortSignal) => Promise<string>

export interface ToolCallerOptions {
  /** Asked with each call. */
  readonly tools: () => Policy['tools']
  readonly fetch: Fetch
  readonly clock: Clock
  readonly log: Logger
}

/** More than a model can read at once is no answer. Our choice. */
const MAX_ANSWER_BYTES = 256 * 1_024
/** Over the time of sending and the body, byte for byte. A later version signs otherwise and says `v2`. */
const SIGNATURE_VERSION = 'v1'

/** The addresses are the owner's own words: private ones are fine, but an answer sends us nowhere else. */
export function createToolCaller({ tools, fetch, clock, log }: ToolCallerOptions): ToolCaller {
  return async ({ name, argumentsJson, context }, signal) => {
    signal.throwIfAborted()
    const known = tools()
    const tool = Object.hasOwn(known, name) ? known[name] : undefined
    const fields = { turn: context.turn, tool: tool === undefined ? null : name }
    if (tool === undefined) {
      log.warn(fields, 'the agent called a tool that is not configured')
      return sayError(`The tool "${name.slice(0, MAX_NAME_CHARS)}" is not available here.`)
    }
    // A tool without parameters is often called with nothing at all.
    const given = readJson(argumentsJson.trim() === '' ? '{}' : argumentsJson)
    if (!given.isJson) {
      log.warn(fields, 'the agent called a tool with arguments that are no JSON')
      return sayError('The arguments are not valid JSON, so the tool was not called.')
    }
    const startedMs = clock.elapsed()
    const body = JSON.stringify({ tool: name, arguments: given.value, context })
    const answered = await withDeadline(clock, tool.timeoutMs, signal, (within) =>
      post(fetch, tool, body, clock.now(), within),
    )
    const tookMs = clock.elapsed() - startedMs
    if (answered.answer === 'text') {
      log.info({ ...fields, tookMs, chars: answered.text.length }, 'a tool answered')
      return asJson(answered.text)
    }
    log.warn({ ...fields, tookMs, ...answered.fields }, 'a tool gave no answer')
    return sayError(answered.sentence)
  }
}

/** The model's own words, given back to it. */
const MAX_NAME_CHARS = 100

type Answer =
  | { readonly answer: 'text'; readonly text: string }
  /** `sentence` is for the agent, `fields` for the log. */
  | {
      readonly answer: 'none'
      readonly sentence: string
      readonly fields: Readonly<Record<string, string | number>>
    }

async function post(
  fetch: Fetch,
  tool: ToolSpec,
  body: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(tool.url, {
    method: 'POST',
    headers: headersOf(tool, body, nowMs),
    body,
    redirect: 'manual',
    signal,
  })
  const { status } = response
  if (status < 200 || status > 299) {
    await response.body?.cancel().catch(() => undefined)
    return none('The tool answered with an error.', { status })
  }
  const bytes = await readBounded(response.body)
  if (bytes === undefined) return none('The answer of the tool is too long.', { maxBytes: MAX_ANSWER_BYTES })
  return { answer: 'text', text: new TextDecoder().decode(bytes) }
}

/** Seconds since 1970, as other signed webhooks have them: the service refuses what is old. Ours win over the configured. */
function headersOf(tool: ToolSpec, body: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000))
  const own = Object.entries(tool.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  return {
    accept: 'application/json',
    ...Object.fromEntries(own),
    'content-type': 'application/json',
    'x-bridge-timestamp': timestamp,
    ...(tool.secret === undefined ? {} : { 'x-bridge-signature': signatureOf(tool.secret, timestamp, body) }),
  }
}

/** `v1=` and the lower-case hexadecimal HMAC-SHA256 of `<timestamp>.<body>`. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  const hex = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return `${SIGNATURE_VERSION}=${hex}`
}

/** Undefined: longer than allowed; the rest is not read. */
async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of body ?? []) {
    sizeBytes += piece.byteLength
    // Leaving the loop cancels the stream.
    if (sizeBytes > MAX_ANSWER_BYTES) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** Also for a service that ignores the signal. What `call` throws is told apart here: late, cut off, never there. */
async function withDeadline(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  call: (within: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const over = new AbortController()
  const late = new AbortController()
  const within = AbortSignal.any([signal, late.signal])
  const ended = new Promise<never>((_, reject) => {
    within.addEventListener('abort', () => reject(new Error('over')), { once: true, signal: over.signal })
  })
  void clock.sleep(ms, over.signal).then(
    () => late.abort(new Error('late')),
    () => undefined,
  )
  try {
    return await Promise.race([call(within), ended])
  } catch (error) {
    signal.throwIfAborted()
    if (late.signal.aborted) return none('The tool did not answer in time.', { timeoutMs: ms })
    return none('The tool could not be reached.', codeOf(error))
  } finally {
    over.abort()
  }
}

/** Only the code: messages of the network name addresses. */
function codeOf(error: unknown): Readonly<Record<string, string>> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? { code } : {}
}

function none(sentence: string, fields: Readonly<Record<string, string | number>>): Answer {
  return { answer: 'none', sentence, fields }
}

function sayError(sentence: string): string {
  return JSON.stringify({ error: sentence })
}

/** JSON goes on as it came, to the letter; anything else says what it is. */
function asJson(text: string): string {
  return readJson(text).isJson ? text : JSON.stringify({ text })
}

function readJson(
  text: string,
): { readonly isJson: true; readonly value: unknown } | { readonly isJson: false } {
  try {
    return { isJson: true, value: JSON.parse(text) as unknown }
  } catch {
    return { isJson: false }
  }
}
