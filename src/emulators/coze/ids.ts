// How are ids and log ids minted?
import { randomBytes } from 'node:crypto'

export interface Ids {
  /** A 19-digit decimal string, larger than every one before it (Coze ids are int64 rendered as strings). */
  next(): string
  /** 14 digits of UTC time and 20 hex digits, as cloud sends in `X-Tt-Logid` and `detail.logid`. */
  logId(): string
}

/** Ids begin at the clock, so that a restarted emulator mints none that somebody still remembers. */
export function createIds(nowMs: () => number): Ids {
  let last = 7_500_000_000_000_000_000n + BigInt(Math.floor(nowMs())) * 1000n
  return {
    next() {
      last += 1n
      return last.toString()
    },
    logId() {
      const digits = new Date(nowMs()).toISOString().replace(/\D/g, '').slice(0, 14)
      return digits + randomBytes(10).toString('hex').toUpperCase()
    },
  }
}
