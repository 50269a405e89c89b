// What may go wrong on demand over HTTP? Rules that a test sets, matched against every call and attachment.
import { ApiError } from './errors.ts'
import type { GatewayFaults } from './gateway-faults.ts'
import type { Json } from './types.ts'

/** `before`: refused, nothing happened (default). `after`: it took effect, and then the answer went wrong. */
export type Storing = 'before' | 'after'

export type Fault =
  /** Any refusal of Discord's: 401, 403/50013, 403/50007, 404/10008, 413/40005, 500/0 … */
  | {
      readonly do: 'error'
      readonly status: number
      readonly code?: number
      readonly message?: string
      readonly details?: Json
      readonly storing?: Storing
    }
  /** 429. Once hit, further matching calls are refused too until the time is over. */
  | {
      readonly do: 'rate-limit'
      readonly retryAfterMs: number
      readonly scope?: 'user' | 'global' | 'shared'
      /** 30046 for edits of old messages, 20028 for a channel's write limit. */
      readonly code?: number
      /** `false`: only the body tells how long; the library then spins. */
      readonly header?: boolean
    }
  /** A page from Cloudflare: 403 by default, or 429 with `retry-after`, or 502. */
  | {
      readonly do: 'html'
      readonly status?: number
      readonly retryAfterMs?: number
      readonly storing?: Storing
    }
  /** The socket is destroyed without an answer; `after` is the lost answer. */
  | { readonly do: 'drop'; readonly storing?: Storing }
  /** Answers late. `after`: does the work at once, and only the answer is late. */
  | { readonly do: 'slow'; readonly delayMs: number; readonly storing?: Storing }
  /** Never answers. */
  | { readonly do: 'hang'; readonly storing?: Storing }
  /** A download breaks off after so many bytes. Elsewhere it does nothing. */
  | { readonly do: 'cut'; readonly afterBytes: number }
  /** A download comes in pieces of 64 KiB, one each so many milliseconds. Elsewhere it does nothing. */
  | { readonly do: 'trickle'; readonly everyMs: number }
  | { readonly do: 'garbage'; readonly storing?: Storing }

export interface FaultRule {
  readonly fault: Fault
  /** Names of routes (`createMessage`, `editMessage`, `typing` …); `attachment` is a download. Left out: every one. */
  readonly routes?: readonly string[]
  readonly channelId?: string
  /** How many calls it hits; 1 by default, `Infinity` for ever. */
  readonly times?: number
  /** How many matching calls pass first. */
  readonly skip?: number
  readonly when?: (call: FaultCall) => boolean
}

export interface FaultCall {
  readonly route: string
  readonly method: string
  readonly channelId: string | undefined
  readonly payload: Json
}

export interface ActiveFault {
  readonly hits: number
  remove(): void
}

export interface Faults {
  add(rule: FaultRule): ActiveFault
  /** Takes away every fault, of the gateway too. */
  clear(): void
  readonly gateway: GatewayFaults
  /** Every attachment address given out so far is refused from now on. */
  expireAttachments(): void
  /** Every interaction's token given out so far is over, as after a quarter of an hour. */
  expireInteractions(): void
  /** The whole platform is gone: every connection is reset. The returned function brings it back. */
  offline(): () => void
}

export interface FaultTable {
  readonly add: Faults['add']
  readonly clear: () => void
  next(call: FaultCall, nowMs: number): Fault | undefined
}

interface Entry {
  readonly rule: FaultRule
  hits: number
  seen: number
  holdUntilMs: number
}

export function createFaultTable(): FaultTable {
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
        if (fault.do === 'rate-limit' && nowMs < entry.holdUntilMs)
          return { ...fault, retryAfterMs: entry.holdUntilMs - nowMs }
        if (entry.hits >= times) continue
        entry.seen += 1
        if (entry.seen <= skip) continue
        entry.hits += 1
        if (fault.do === 'rate-limit') entry.holdUntilMs = nowMs + fault.retryAfterMs
        return fault
      }
      return undefined
    },
  }
}

/** The refusal a fault answers with, or undefined when it breaks the wire instead. */
export function errorOf(fault: Fault): ApiError | undefined {
  if (fault.do !== 'error') return undefined
  const { status, code = 0, message = `${status}: emulated refusal`, details = {} } = fault
  return new ApiError(status, code, message, details)
}

/** Whether the call still takes effect. */
export function takesEffect(fault: Fault | undefined): boolean {
  if (fault === undefined || fault.do === 'slow' || fault.do === 'cut' || fault.do === 'trickle') return true
  return 'storing' in fault && fault.storing === 'after'
}

function matches({ routes, channelId, when }: FaultRule, call: FaultCall): boolean {
  if (routes !== undefined && !routes.includes(call.route)) return false
  if (channelId !== undefined && call.channelId !== channelId) return false
  return when === undefined || when(call)
}
