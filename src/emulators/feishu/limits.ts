// How often may something be done? Sliding windows, as the platform counts: so many within the last second or minute.
import { gatewayLimit, tooFrequent } from './errors.ts'

/** Feishu docs: the limits beside each API; all per app and tenant unless the name says otherwise. */
export interface FeishuLimits {
  /** To one person or one group, text and cards together. 5. */
  readonly chatSendsPerSecond: number
  /** PATCH of one card message. 5. */
  readonly patchesPerSecond: number
  /** Operations on one card entity while it does not stream. 10. */
  readonly cardOperationsPerSecond: number
  /** Calls of one API. 50. */
  readonly callsPerSecond: number
  /** 1,000. */
  readonly callsPerMinute: number
}

export const FEISHU_LIMITS: FeishuLimits = {
  chatSendsPerSecond: 5,
  patchesPerSecond: 5,
  cardOperationsPerSecond: 10,
  callsPerSecond: 50,
  callsPerMinute: 1000,
}

export interface Limiter {
  takeCall(operation: string): void
  takeSend(chatId: string): void
  takePatch(messageId: string): void
  takeCardOperation(cardId: string): void
  /** Windows in which nothing happens any more. */
  forgetIdle(): void
}

const LONGEST_WINDOW_MS = 60_000

/** Without limits everything passes: for measuring. */
export function createLimiter(limits: FeishuLimits | undefined, nowMs: () => number): Limiter {
  const windows = new Map<string, number[]>()
  /** Milliseconds until there is room, or undefined when the place was taken. */
  const take = (key: string, most: number, windowMs: number): number | undefined => {
    const now = nowMs()
    const times = (windows.get(key) ?? []).filter((time) => time > now - windowMs)
    windows.set(key, times)
    if (times.length >= most) return (times[0] ?? now) + windowMs - now
    times.push(now)
    return undefined
  }
  const takeOrRefuse = (key: string, most: number): void => {
    if (take(key, most, 1000) !== undefined) throw tooFrequent()
  }
  if (limits === undefined)
    return { takeCall() {}, takeSend() {}, takePatch() {}, takeCardOperation() {}, forgetIdle() {} }
  return {
    takeCall(operation) {
      const waitMs =
        take(`second:${operation}`, limits.callsPerSecond, 1000) ??
        take(`minute:${operation}`, limits.callsPerMinute, LONGEST_WINDOW_MS)
      if (waitMs !== undefined) throw gatewayLimit(waitMs / 1000)
    },
    takeSend: (chatId) => takeOrRefuse(`send:${chatId}`, limits.chatSendsPerSecond),
    takePatch: (messageId) => takeOrRefuse(`patch:${messageId}`, limits.patchesPerSecond),
    forgetIdle() {
      for (const [key, times] of windows)
        if ((times.at(-1) ?? 0) < nowMs() - LONGEST_WINDOW_MS) windows.delete(key)
    },
    takeCardOperation: (cardId) => takeOrRefuse(`card:${cardId}`, limits.cardOperationsPerSecond),
  }
}
