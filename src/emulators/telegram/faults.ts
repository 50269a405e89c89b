// What may go wrong on demand? Rules that a test sets, matched against every call, file download and update.
import { ApiError, tooManyRequests } from './errors.ts'
import type { Json } from './types.ts'

/** What happens to a matching call. `storing` says whether the call still takes effect: `after` is the ambiguous send. */
export type Fault =
  | {
      readonly do: 'error'
      readonly code: number
      readonly description: string
      readonly parameters?: Json
      readonly storing?: Storing
    }
  /** Once hit, further matching calls are refused too until the seconds are over, as the real server does. */
  | { readonly do: 'rate-limit'; readonly retryAfterSeconds: number }
  /** The socket is destroyed without an answer. */
  | { readonly do: 'drop'; readonly storing?: Storing }
  /** A page from the proxy in front. */
  | { readonly do: 'html'; readonly status?: number; readonly storing?: Storing }
  | { readonly do: 'garbage'; readonly storing?: Storing }
  /** With `storing: 'after'` it takes effect at once and only its answer is slow. */
  | { readonly do: 'slow'; readonly delayMs: number; readonly storing?: Storing }
  | { readonly do: 'method-not-found' }
  /** Of a download (`file`): it breaks off. */
  | { readonly do: 'cut'; readonly afterBytes: number }
  /** Of a download (`file`): the length told is so much more (or, negative, less) than what comes. */
  | { readonly do: 'wrong-length'; readonly byBytes: number }

/** `before`: refused, nothing happened (default). `after`: it took effect, and then the answer went wrong. */
export type Storing = 'before' | 'after'

export interface FaultRule {
  readonly fault: Fault
  /** Method names in any case; `file` stands for a download. Left out: every method. */
  readonly methods?: readonly string[]
  readonly chatId?: number
  /** How many calls it hits; 1 by default, `Infinity` for ever. */
  readonly times?: number
  /** How many matching calls pass first. */
  readonly skip?: number
  readonly when?: (call: { readonly method: string; readonly payload: Json }) => boolean
}

export interface ActiveFault {
  readonly hits: number
  remove(): void
}

export interface Faults {
  add(rule: FaultRule): ActiveFault
  clear(): void
  /** Used by the server: the fault for this call, if any. */
  next(call: { readonly method: string; readonly payload: Json }, nowMs: number): Fault | undefined
}

interface Entry {
  readonly rule: FaultRule
  hits: number
  seen: number
  holdUntilMs: number
}

export function createFaults(): Faults {
  let entries: Entry[] = []
  return {
    add(rule) {
      const entry: Entry = { rule, hits: 0, seen: 0, holdUntilMs: 0 }
      entries.push(entry)
      return {
        get hits() {
          return entry.hits
        },
        remove: () => {
          entries = entries.filter((other) => other !== entry)
        },
      }
    },
    clear: () => {
      entries = []
    },
    next(call, nowMs) {
      for (const entry of entries) {
        if (!matches(entry.rule, call)) continue
        const { fault, times = 1, skip = 0 } = entry.rule
        if (fault.do === 'rate-limit' && nowMs < entry.holdUntilMs) {
          return { do: 'rate-limit', retryAfterSeconds: (entry.holdUntilMs - nowMs) / 1000 }
        }
        if (entry.hits >= times) continue
        entry.seen += 1
        if (entry.seen <= skip) continue
        entry.hits += 1
        if (fault.do === 'rate-limit') entry.holdUntilMs = nowMs + fault.retryAfterSeconds * 1000
        return fault
      }
      return undefined
    },
  }
}

/** The error a fault answers with, or undefined when it breaks the wire instead. */
export function errorOf(fault: Fault): ApiError | undefined {
  switch (fault.do) {
    case 'error':
      return new ApiError(fault.code, fault.description, fault.parameters)
    case 'rate-limit':
      return tooManyRequests(fault.retryAfterSeconds)
    case 'method-not-found':
      return new ApiError(404, 'Not Found: method not found')
    case 'drop':
    case 'html':
    case 'garbage':
    case 'slow':
    case 'cut':
    case 'wrong-length':
      return undefined
  }
}

function matches(rule: FaultRule, call: { readonly method: string; readonly payload: Json }): boolean {
  const { methods, chatId, when } = rule
  if (methods !== undefined && !methods.some((name) => name.toLowerCase() === call.method.toLowerCase()))
    return false
  if (chatId !== undefined && Number(call.payload['chat_id']) !== chatId) return false
  return when === undefined || when(call)
}
