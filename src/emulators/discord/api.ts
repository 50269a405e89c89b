// How is one REST call carried out? Matched to its route, authorised, paid for from its bucket, run, told.
import { present } from '../common/bounded.ts'
import type { Buckets, Paid } from './buckets.ts'
import { readBody, type ReadBody, type Route } from './call.ts'
import { answerOf, refusals, type Answer } from './errors.ts'
import { errorOf, takesEffect, type Fault, type FaultTable } from './faults.ts'
import type { Gateway } from './gateway.ts'
import { isSnowflake, snowflakeMs } from './snowflake.ts'
import { matchRoute, type Matched } from './routes.ts'
import { pause } from './pause.ts'
import { isJson, type Json } from './types.ts'
import { without, type World } from './world.ts'

/** A finished call. Given to `observe`. */
export interface DiscordExchange {
  readonly method: string
  readonly route: string
  /** Without `/api/v10`. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** As received: `payload_json` for a multipart body; a list stands under `list`. */
  readonly payload: Json
  readonly fileCount: number
  readonly status: number
  readonly response: unknown
  readonly atMs: number
  /** When the whole request was here, on the emulator's `performance.now()`. */
  readonly receivedAtPerfMs: number
}

export interface ApiCall {
  readonly method: string
  readonly url: URL
  readonly contentType: string
  readonly authorization: string | undefined
  /** Undefined: larger than anything allowed. */
  readonly bytes: Buffer | undefined
}

export type Outcome = {
  readonly sent?: () => void
  /** The message this call made, where it made one. */ readonly posted?: Posted
} & (
  | { readonly do: 'send'; readonly answer: Answer }
  | { readonly do: 'drop' }
  | { readonly do: 'garbage' }
  | { readonly do: 'html'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
)

export interface Posted {
  readonly route: string
  readonly channelId: string
  readonly messageId: string
}

export interface Api {
  run(call: ApiCall, signal: AbortSignal): Promise<Outcome>
}

export interface ApiParts {
  readonly world: World
  readonly token: string
  readonly routes: readonly Route[]
  readonly buckets: Buckets
  readonly faults: FaultTable
  readonly gateway: Gateway
  readonly finished: (exchange: DiscordExchange) => void
}

const PREFIX = /^\/api\/v(?:9|10)(\/.*)$/
/** Edits of messages older than this have a budget of their own. */
const OLD_MS = 3_600_000

export function createApi(parts: ApiParts): Api {
  const { world, faults, gateway, buckets } = parts
  return {
    async run(call, signal) {
      const received = { atMs: world.nowMs(), receivedAtPerfMs: performance.now() }
      const path = PREFIX.exec(call.url.pathname)?.[1] ?? ''
      const matched = matchRoute(parts.routes, call.method, path)
      const route = typeof matched === 'object' ? matched.route.name : 'unknown'
      const channelId = typeof matched === 'object' ? matched.params['channel'] : undefined
      const read = readOr(call)
      const payload = 'body' in read ? (read.list === undefined ? read.body : { list: read.list }) : {}
      const fault = faults.next({ route, method: call.method, channelId, payload }, received.atMs)
      if (fault?.do === 'slow' && fault.storing !== 'after') await pause(fault.delayMs, signal)
      const { result: answer, flush } = gateway.collect(() =>
        takesEffect(fault) ? carryOut(parts, call, matched, read) : { status: 502 },
      )
      if (gateway.state.echoesBefore()) flush()
      const outcome = outcomeOf(world, fault, answer)
      const { status, body } = outcome.do === 'send' ? outcome.answer : statusOf(outcome)
      const isShared = fault?.do === 'rate-limit' && fault.scope === 'shared'
      if ([401, 403, 429].includes(status) && !isShared) buckets.invalid(world.nowMs())
      parts.finished({
        method: call.method,
        route,
        path,
        query: Object.fromEntries(call.url.searchParams),
        payload,
        fileCount: 'files' in read ? read.files.length : 0,
        status,
        response: body,
        ...received,
      })
      // Work that is done is told, even when nobody hears the answer.
      if (fault?.do === 'hang' || fault?.do === 'slow') flush()
      if (fault?.do === 'hang') await pause(undefined, signal)
      if (fault?.do === 'slow' && fault.storing === 'after') await pause(fault.delayMs, signal)
      return { ...outcome, ...present({ posted: postedBy(route, answer) }), sent: flush }
    },
  }
}

const POSTS: ReadonlySet<string> = new Set(['createMessage', 'followUp'])

/** What the call really did, whatever is answered. */
function postedBy(route: string, { status, body }: Answer): Posted | undefined {
  if (!POSTS.has(route) || status !== 200 || !isJson(body)) return undefined
  return { route, channelId: String(body['channel_id']), messageId: String(body['id']) }
}

function carryOut(
  { world, token, buckets }: ApiParts,
  call: ApiCall,
  matched: Matched | 'no-method' | undefined,
  read: ReadBody | { readonly refusal: unknown },
): Answer {
  let paid: Paid | undefined
  try {
    if (matched === undefined) throw refusals.noRoute()
    if (matched === 'no-method') throw refusals.noMethod()
    const { route, params } = matched
    if (route.open !== true && call.authorization !== `Bot ${token}`) throw refusals.unauthorized()
    const now = world.nowMs()
    const bannedUntilMs = buckets.bannedUntilMs(now)
    if (bannedUntilMs !== undefined) return banned(bannedUntilMs - now)
    const { bucket } = route
    const kind = typeof bucket === 'string' ? bucket : bucket('body' in read ? read.body : {})
    const isOldEdit = kind === 'edit' && isOld(params['message'], now)
    const majorId = params['channel'] ?? params['token'] ?? params['guild'] ?? ''
    paid = buckets.take({ kind, method: call.method, majorId, isOldEdit }, now)
    if (!paid.ok) return limited(paid)
    if ('refusal' in read) throw read.refusal
    const answer = route.run({ params, query: call.url.searchParams, ...read }, world)
    return told(world, { ...answer, headers: { ...answer.headers, ...paid.headers } })
  } catch (error) {
    return told(world, { ...answerOf(error), headers: paid?.headers ?? {} })
  }
}

function told(world: World, { status, body, headers = {} }: Answer): Answer {
  const { omitted } = world.behaviour
  return {
    status,
    headers: omitted.has('rate-headers') ? {} : headers,
    ...(body === undefined ? {} : { body: without(body, omitted) }),
  }
}

function outcomeOf(world: World, fault: Fault | undefined, answer: Answer): Outcome {
  if (fault === undefined) return { do: 'send', answer }
  switch (fault.do) {
    case 'error': {
      const error = errorOf(fault)
      return { do: 'send', answer: told(world, error === undefined ? answer : answerOf(error)) }
    }
    case 'rate-limit': {
      const { retryAfterMs, scope = 'user', code, header = true } = fault
      const paid = { ok: false as const, headers: {}, retryAfterMs, global: scope === 'global' }
      const answer429 = limited({ ...paid, ...(code === undefined ? {} : { code }) }, scope)
      return { do: 'send', answer: header ? answer429 : { ...answer429, headers: {} } }
    }
    case 'html': {
      const headers: Record<string, string> =
        fault.retryAfterMs === undefined ? {} : { 'retry-after': String(fault.retryAfterMs / 1000) }
      return { do: 'html', status: fault.status ?? 403, headers }
    }
    case 'drop':
      return { do: 'drop' }
    case 'garbage':
      return { do: 'garbage' }
    case 'slow':
    case 'hang':
    case 'cut':
    case 'trickle':
      return { do: 'send', answer }
  }
}

/** 429 as Discord says it: the time in the header and in the body. */
function limited(
  { headers, retryAfterMs, global, code }: Extract<Paid, { ok: false }>,
  scope: 'user' | 'global' | 'shared' = global ? 'global' : 'user',
): Answer {
  const seconds = Math.max(0.001, retryAfterMs / 1000)
  return {
    status: 429,
    headers: {
      ...headers,
      'retry-after': seconds.toFixed(3),
      'x-ratelimit-scope': scope,
      ...(global ? { 'x-ratelimit-global': 'true' } : { 'x-ratelimit-remaining': '0' }),
    },
    body: {
      message: 'You are being rate limited.',
      retry_after: Number(seconds.toFixed(3)),
      global,
      ...(code === undefined ? {} : { code }),
    },
  }
}

function banned(retryAfterMs: number): Answer {
  const seconds = Math.ceil(retryAfterMs / 1000)
  return {
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: {
      message: 'You are being blocked from accessing our API temporarily.',
      retry_after: seconds,
      global: true,
    },
  }
}

function statusOf(outcome: Exclude<Outcome, { do: 'send' }>): {
  readonly status: number
  readonly body?: unknown
} {
  return { status: outcome.do === 'html' ? outcome.status : outcome.do === 'garbage' ? 200 : 0 }
}

function readOr({ contentType, bytes }: ApiCall): ReadBody | { readonly refusal: unknown } {
  try {
    if (bytes === undefined) throw refusals.entityTooLarge()
    return readBody(contentType, bytes)
  } catch (refusal) {
    return { refusal }
  }
}

function isOld(messageId: string | undefined, nowMs: number): boolean {
  return isSnowflake(messageId) && nowMs - snowflakeMs(messageId) > OLD_MS
}
