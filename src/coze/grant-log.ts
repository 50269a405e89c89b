// When were grants given, and when can the next ones be? Any window of a span holds at most its limit.

/** 0 = no limit. Coze docs: API overview (limits of the plans). */
export interface Rates {
  readonly perSecond?: number
  readonly perMinute?: number
  readonly perDay?: number
  /** The other side counts arrivals: what it counts as a second may begin so much later than ours. */
  readonly slackMs?: number
}

/** So many calls in any span of so many milliseconds. */
export interface Window {
  readonly calls: number
  readonly perMs: number
}

export interface GrantLog {
  /** Until the grant after `ahead` others. 0: now. */
  waitMs(nowMs: number, ahead?: number): number
  /** The same for each of so many in line, first one first. `notBeforeMs`: nobody goes before then. */
  waitsMs(nowMs: number, count: number, notBeforeMs?: number): readonly number[]
  grant(nowMs: number): void
  readonly windows: readonly Window[]
  /** How much of each window is spent, in the order of `windows`. */
  spent(nowMs: number): readonly number[]
}

export function createGrantLog(rates: Rates): GrantLog {
  const windows: readonly Window[] = [
    { calls: rates.perSecond ?? 0, perMs: 1_000 + (rates.slackMs ?? 0) },
    { calls: rates.perMinute ?? 0, perMs: 60_000 },
    { calls: rates.perDay ?? 0, perMs: 86_400_000 },
  ].filter(({ calls }) => calls > 0)
  const longest = Math.max(0, ...windows.map(({ calls }) => calls))
  /** Oldest first; trimmed now and then to the `longest` that still count. */
  let times: number[] = []

  function waitsMs(nowMs: number, count: number, notBeforeMs = nowMs): readonly number[] {
    const future: number[] = []
    for (let i = 0; i < count; i += 1) {
      let atMs = Math.max(nowMs, notBeforeMs, future[i - 1] ?? 0)
      for (const { calls, perMs } of windows) {
        const index = times.length + i - calls
        const before = index < times.length ? times[index] : future[index - times.length]
        if (before !== undefined) atMs = Math.max(atMs, before + perMs)
      }
      future.push(atMs)
    }
    return future.map((atMs) => atMs - nowMs)
  }

  return {
    windows,
    spent: (nowMs) => windows.map(({ perMs }) => times.filter((atMs) => atMs > nowMs - perMs).length),
    waitsMs,
    waitMs: (nowMs, ahead = 0) => (windows.length === 0 ? 0 : (waitsMs(nowMs, ahead + 1).at(-1) ?? 0)),
    grant(nowMs) {
      if (windows.length === 0) return
      times.push(nowMs)
      if (times.length > 2 * longest) times = times.slice(-longest)
    },
  }
}
