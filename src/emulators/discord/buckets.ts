// How many calls does a channel take, and in what time? Fixed windows, told in headers, refused with 429.
import { createHash } from 'node:crypto'
import type { BucketKind } from './call.ts'

export interface Window {
  readonly max: number
  readonly perMs: number
}

/** Not contractual: what has been observed of Discord (its docs say to read the headers). */
export interface Limits {
  readonly create: Window
  readonly edit: Window
  /** Edits of messages older than an hour: 429 with code 30046. */
  readonly oldEdit: Window
  readonly delete: Window
  readonly typing: Window
  readonly reaction: Window
  /** Name or topic of a channel. */
  readonly rename: Window
  /** Follow-ups and edits of an interaction's answer, for each token. */
  readonly webhook: Window
  readonly read: Window
  readonly other: Window
  /** All routes but the interactions'. https://docs.discord.com/developers/topics/rate-limits */
  readonly global: Window
  /** 401, 403 and 429 in ten minutes before Cloudflare steps in; same page. */
  readonly invalid: Window
  /** What a client may send over the gateway. https://docs.discord.com/developers/events/gateway#rate-limiting */
  readonly sends: Window
  readonly identifies: Window
}

export const LIMITS: Limits = {
  create: { max: 5, perMs: 5_000 },
  edit: { max: 5, perMs: 5_000 },
  oldEdit: { max: 3, perMs: 6_000 },
  delete: { max: 5, perMs: 5_000 },
  typing: { max: 5, perMs: 5_000 },
  reaction: { max: 1, perMs: 250 },
  rename: { max: 2, perMs: 600_000 },
  webhook: { max: 5, perMs: 2_000 },
  read: { max: 50, perMs: 5_000 },
  other: { max: 50, perMs: 5_000 },
  global: { max: 50, perMs: 1_000 },
  invalid: { max: 10_000, perMs: 600_000 },
  sends: { max: 120, perMs: 60_000 },
  identifies: { max: 1_000, perMs: 86_400_000 },
}

export type Paid =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly ok: false
      readonly headers: Readonly<Record<string, string>>
      readonly retryAfterMs: number
      readonly global: boolean
      readonly code?: number
    }

export interface Buckets {
  /** Counts the call, or refuses it. `majorId`: the channel, guild or interaction token it is about. */
  take(call: { kind: BucketKind; method: string; majorId: string; isOldEdit: boolean }, nowMs: number): Paid
  /** Notes an answer of 401, 403 or 429 that was the client's own fault. */
  invalid(nowMs: number): void
  readonly invalidCount: number
  /** Until when Cloudflare refuses everything, or undefined. */
  bannedUntilMs(nowMs: number): number | undefined
}

interface Count {
  used: number
  resetAtMs: number
}

const OLD_EDIT_CODE = 30_046

export function createBuckets(limits: Limits | undefined, sharedHash: boolean): Buckets {
  const counts = new Map<string, Count>()
  let banUntilMs = 0
  let invalidCount = 0
  const countOf = (key: string, { perMs }: Window, nowMs: number): Count => {
    const known = counts.get(key)
    if (known !== undefined && known.resetAtMs > nowMs) return known
    const fresh = { used: 0, resetAtMs: nowMs + perMs }
    counts.set(key, fresh)
    return fresh
  }
  return {
    get invalidCount() {
      return invalidCount
    },
    take({ kind, method, majorId, isOldEdit }, nowMs) {
      if (limits === undefined || kind === 'none') return { ok: true, headers: {} }
      if (kind !== 'webhook') {
        const global = countOf('global', limits.global, nowMs)
        if (global.used >= limits.global.max)
          return { ok: false, headers: {}, retryAfterMs: global.resetAtMs - nowMs, global: true }
        global.used += 1
      }
      const counter = isOldEdit ? 'oldEdit' : kind
      const window = limits[counter]
      const count = countOf(`${counter}:${majorId}`, window, nowMs)
      const isOver = count.used >= window.max
      if (!isOver) count.used += 1
      const headers = {
        'x-ratelimit-limit': String(window.max),
        'x-ratelimit-remaining': String(Math.max(0, window.max - count.used)),
        'x-ratelimit-reset': (count.resetAtMs / 1000).toFixed(3),
        'x-ratelimit-reset-after': ((count.resetAtMs - nowMs) / 1000).toFixed(3),
        'x-ratelimit-bucket': hashOf(kind, method, sharedHash),
      }
      if (!isOver) return { ok: true, headers }
      const retryAfterMs = count.resetAtMs - nowMs
      return {
        ok: false,
        headers,
        retryAfterMs,
        global: false,
        ...(isOldEdit ? { code: OLD_EDIT_CODE } : {}),
      }
    },
    invalid(nowMs) {
      if (limits === undefined) return
      const count = countOf('invalid', limits.invalid, nowMs)
      count.used += 1
      invalidCount = count.used
      if (count.used >= limits.invalid.max) banUntilMs = count.resetAtMs
    },
    bannedUntilMs: (nowMs) => (banUntilMs > nowMs ? banUntilMs : undefined),
  }
}

/** Create, edit and quick delete answer with one hash though they are counted apart. discord-api-docs#1442, #8073 */
function hashOf(kind: BucketKind, method: string, sharedHash: boolean): string {
  const isMessage = kind === 'create' || kind === 'edit' || kind === 'delete'
  const name = isMessage && sharedHash ? 'message' : `${kind}-${method}`
  return createHash('md5').update(name).digest('hex')
}
