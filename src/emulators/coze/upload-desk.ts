// How many uploads come at once and in one second, and which is one too many?

export interface UploadDesk {
  readonly stats: Readonly<UploadStats>
  /** An upload's head was read. */
  arrive(account: string): Arrival
}

/** Over all accounts; a refused upload counts among those that came. */
export interface UploadStats {
  /** The most that came within one second from one account. */
  peakPerSecond: number
  /** The most that were under way at once. */
  peakAtOnce: number
  underWay: number
  /** How often one was refused because of the rate. */
  refusedByRate: number
  /** How many broke off before their end. */
  brokenOff: number
}

export interface Arrival {
  readonly isTooMany: boolean
  /** Called once, when it is over. */
  left(how: 'whole' | 'broken'): void
}

/**
 * A second as the server counts it. A client that counts exact seconds sees its first request arrive later than the
 * others, by the time a connection takes: that must not make it too fast.
 */
const SECOND_MS = 900

/** `perSecond`: of one account; 0: any number. Refused uploads do not use up the rate. */
export function createUploadDesk(perSecond: number, nowMs: () => number): UploadDesk {
  const accounts = new Map<string, { came: number[]; taken: number[] }>()
  const stats: UploadStats = {
    peakPerSecond: 0,
    peakAtOnce: 0,
    underWay: 0,
    refusedByRate: 0,
    brokenOff: 0,
  }
  return {
    stats,
    arrive(account) {
      const now = nowMs()
      const known = accounts.get(account) ?? { came: [], taken: [] }
      const isRecent = (atMs: number): boolean => atMs > now - SECOND_MS
      const came = [...known.came.filter(isRecent), now]
      const taken = known.taken.filter(isRecent)
      const isTooMany = perSecond > 0 && taken.length >= perSecond
      if (isTooMany) stats.refusedByRate += 1
      else taken.push(now)
      accounts.set(account, { came, taken })
      stats.underWay += 1
      stats.peakPerSecond = Math.max(stats.peakPerSecond, came.length)
      stats.peakAtOnce = Math.max(stats.peakAtOnce, stats.underWay)
      return {
        isTooMany,
        left(how) {
          stats.underWay -= 1
          if (how === 'broken') stats.brokenOff += 1
        },
      }
    },
  }
}
