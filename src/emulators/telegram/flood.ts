// When is a bot too fast? Buckets per chat, per group and for the whole bot; drafts and typing have their own.
import { tooManyRequests } from './errors.ts'

/**
 * The unofficial numbers. Sends: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 * (about one a second in a chat, 20 a minute in a group, 30 a second altogether). Drafts with typing: 20 per 5 s and
 * 40 per 30 s in a chat, as three independent implementations found.
 */
export interface FloodLimits {
  readonly perChatPerSecond: number
  /** How many may come at once in a chat before the rate above holds. */
  readonly perChatBurst: number
  readonly perGroupPerMinute: number
  readonly globalPerSecond: number
  readonly draftsPer5Seconds: number
  readonly draftsPer30Seconds: number
  /** The least wait a refusal asks for; the real server punishes with more than the missing time. */
  readonly penaltySeconds: number
}

export const FLOOD_LIMITS: FloodLimits = {
  perChatPerSecond: 1,
  perChatBurst: 3,
  perGroupPerMinute: 20,
  globalPerSecond: 30,
  draftsPer5Seconds: 20,
  draftsPer30Seconds: 40,
  penaltySeconds: 1,
}

export type FloodKind = 'send' | 'draft'

export interface Flood {
  /** Counts `cost` calls, or throws the 429 without counting them. */
  take(kind: FloodKind, chatId: number, cost: number, nowMs: number): void
}

const EDITS_AND_SENDS =
  /^(?:send(?!chataction$|messagedraft$|richmessagedraft$)|edit(?!forumtopic|general)|copymessage|forwardmessage)/
const DRAFTS = /^send(?:chataction|messagedraft|richmessagedraft)$/

/** Which budget a method (in lower case) takes from; none for the rest. */
export function floodKindOf(method: string): FloodKind | undefined {
  if (DRAFTS.test(method)) return 'draft'
  return EDITS_AND_SENDS.test(method) ? 'send' : undefined
}

export function createFlood(limits: FloodLimits | undefined): Flood {
  if (limits === undefined) return { take: () => {} }
  const buckets = new Map<number, { tokens: number; atMs: number }>()
  const windows = new Map<string, number[]>()
  const blocked = new Map<string, number>()

  const windowWait = (key: string, max: number, perMs: number, cost: number, nowMs: number): number => {
    const times = (windows.get(key) ?? []).filter((time) => time > nowMs - perMs)
    windows.set(key, times)
    if (times.length + cost <= max) return 0
    const oldest = times[Math.min(times.length, times.length + cost - max) - 1] ?? nowMs
    return oldest + perMs - nowMs
  }
  const bucketWait = (chatId: number, cost: number, nowMs: number): number => {
    const bucket = buckets.get(chatId) ?? { tokens: limits.perChatBurst, atMs: nowMs }
    const refilled = bucket.tokens + ((nowMs - bucket.atMs) / 1000) * limits.perChatPerSecond
    const tokens = Math.min(limits.perChatBurst, refilled)
    buckets.set(chatId, { tokens, atMs: nowMs })
    const needed = Math.min(cost, limits.perChatBurst)
    return tokens >= needed ? 0 : ((needed - tokens) / limits.perChatPerSecond) * 1000
  }
  const note = (keys: readonly string[], cost: number, nowMs: number): void => {
    for (const key of keys) for (let i = 0; i < cost; i += 1) windows.get(key)?.push(nowMs)
  }

  return {
    take(kind, chatId, cost, nowMs) {
      const blockKey = `${kind}:${chatId}`
      const blockedMs = (blocked.get(blockKey) ?? 0) - nowMs
      if (blockedMs > 0) throw tooManyRequests(blockedMs / 1000)
      const waits: number[] = []
      const keys: string[] = []
      const watch = (key: string, max: number, perMs: number): void => {
        keys.push(key)
        waits.push(windowWait(key, max, perMs, cost, nowMs))
      }
      if (kind === 'draft') {
        watch(`draft5:${chatId}`, limits.draftsPer5Seconds, 5_000)
        watch(`draft30:${chatId}`, limits.draftsPer30Seconds, 30_000)
      } else {
        waits.push(bucketWait(chatId, cost, nowMs))
        if (chatId < 0) watch(`group:${chatId}`, limits.perGroupPerMinute, 60_000)
        watch('global', limits.globalPerSecond, 1_000)
      }
      const waitMs = Math.max(0, ...waits)
      if (waitMs > 0) {
        const askedMs = Math.ceil(Math.max(waitMs / 1000, limits.penaltySeconds)) * 1000
        blocked.set(blockKey, nowMs + askedMs)
        throw tooManyRequests(askedMs / 1000)
      }
      note(keys, cost, nowMs)
      const bucket = buckets.get(chatId)
      if (kind === 'send' && bucket !== undefined) bucket.tokens -= cost
    },
  }
}
