// What may go wrong on demand? Rules that a test sets, matched against every call, webhook push and socket upgrade.
import { cardKitError, messageCardError, type CardFault } from './card-check.ts'
import { ApiError, cardContentError, gatewayLimit } from './errors.ts'
import type { Json } from './types.ts'

/** What happens to a matching call. `storing` says whether the call still takes effect: `after` is the lost answer. */
export type Fault =
  /** Any code, as HTTP 400 (default), 200 or another status. */
  | {
      readonly do: 'error'
      readonly code: number
      readonly msg?: string
      readonly status?: number
      readonly storing?: Storing
    }
  /** 429, code 99991400. Once hit, further matching calls are refused too until the seconds are over. */
  | { readonly do: 'rate-limit'; readonly resetSeconds: number }
  /** The socket is destroyed without an answer. */
  | { readonly do: 'drop'; readonly storing?: Storing }
  /** A page from the proxy in front. */
  | { readonly do: 'html'; readonly status?: number; readonly storing?: Storing }
  | { readonly do: 'garbage'; readonly storing?: Storing }
  /** No answer, ever; with `times: Infinity` and no `operations` every answer is withheld. */
  | { readonly do: 'hang'; readonly storing?: Storing }
  | { readonly do: 'slow'; readonly delayMs: number }
  /** Every token issued so far is revoked; the call is answered 99991663. */
  | { readonly do: 'invalid-token' }
  /** 230099 with "cardid is invalid", for sends of a card entity only: replicas lag. */
  | { readonly do: 'fresh-card' }
  /** The keys of pictures are not valid any more: 200570 for cards that hold some, of messages within 230099. */
  | { readonly do: 'image-keys' }
  /** Success is answered and nothing happens. */
  | { readonly do: 'ignore' }
  /** Of a download, after so many bytes: the connection breaks, or nothing more comes. */
  | { readonly do: 'break' | 'stall'; readonly afterBytes: number }
  /** A download comes slowly. */
  | { readonly do: 'trickle'; readonly bytesPerSecond: number }

/** `before`: refused, nothing happened (default). `after`: it took effect, and then the answer went wrong. */
export type Storing = 'before' | 'after'

export interface FaultedCall {
  readonly operation: string
  readonly path: string
  readonly query: Json
  readonly payload: Json
}

export interface FaultRule {
  readonly fault: Fault
  /** Names as in `routes.ts`, e.g. `message.reply`, `token`, `endpoint`, `upgrade`. Left out: every one. */
  readonly operations?: readonly string[]
  /** Matched against the path. */
  readonly path?: RegExp
  /** How many calls it hits; 1 by default, `Infinity` for ever. */
  readonly times?: number
  /** How many matching calls pass first. */
  readonly skip?: number
  readonly when?: (call: FaultedCall) => boolean
}

export interface ActiveFault {
  readonly hits: number
  remove(): void
}

export interface Faults {
  add(rule: FaultRule): ActiveFault
  clear(): void
  /** Used by the server: the fault for this call, if any. */
  next(call: FaultedCall, nowMs: number): Fault | undefined
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
        if (fault.do === 'rate-limit' && nowMs < entry.holdUntilMs)
          return { do: 'rate-limit', resetSeconds: (entry.holdUntilMs - nowMs) / 1000 }
        if (entry.hits >= times) continue
        entry.seen += 1
        if (entry.seen <= skip) continue
        entry.hits += 1
        if (fault.do === 'rate-limit') entry.holdUntilMs = nowMs + fault.resetSeconds * 1000
        return fault
      }
      return undefined
    },
  }
}

/** The error a fault answers with, or undefined when it breaks the wire instead. */
export function errorOf(fault: Fault, operation: string): ApiError | undefined {
  switch (fault.do) {
    case 'error':
      return new ApiError(fault.code, fault.msg ?? 'injected fault', { status: fault.status ?? 400 })
    case 'rate-limit':
      return gatewayLimit(fault.resetSeconds)
    case 'fresh-card':
      return cardContentError(11310, 'cardid is invalid')
    case 'image-keys':
      return operation.startsWith('message.') ? messageCardError(STALE_KEYS) : cardKitError(STALE_KEYS)
    case 'invalid-token':
    case 'drop':
    case 'html':
    case 'garbage':
    case 'hang':
    case 'slow':
    case 'ignore':
    case 'break':
    case 'stall':
    case 'trickle':
      return undefined
  }
}

const STALE_KEYS: CardFault = { code: 200570, text: 'card contains invalid image keys' }

/** They are not about what the call does. */
const HARMLESS: readonly Fault['do'][] = ['slow', 'invalid-token', 'break', 'stall', 'trickle']

/** Whether the call takes effect under this fault. */
export function takesEffect(fault: Fault | undefined): boolean {
  if (fault === undefined || HARMLESS.includes(fault.do)) return true
  return 'storing' in fault && fault.storing === 'after'
}

function matches({ fault, operations, path, when }: FaultRule, call: FaultedCall): boolean {
  if (operations !== undefined && !operations.includes(call.operation)) return false
  if (path !== undefined && !path.test(call.path)) return false
  if (fault.do === 'fresh-card' && !sendsCardEntity(call)) return false
  if (fault.do === 'image-keys' && !holdsPictures(call)) return false
  return when === undefined || when(call)
}

function sendsCardEntity({ payload }: FaultedCall): boolean {
  const { content } = payload
  return typeof content === 'string' && content.includes('card_id')
}

/** A card in the call itself; one sent by its id was looked at when it was made. */
function holdsPictures({ operation, payload }: FaultedCall): boolean {
  return /^(?:card|message)/.test(operation) && /\]\(img_|\bimg_key\b/.test(JSON.stringify(payload))
}
