// Who passes on which file just now? So that the same bytes are not sent twice at once.

import type { Fingerprint } from '../../store/files.ts'

export interface Sharing {
  /** Of those that look alike one goes at a time: the second finds what the first left behind. */
  oneByOne<T>(print: Fingerprint, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export function createSharing(): Sharing {
  const underWay = new Map<string, Promise<unknown>>()
  return {
    async oneByOne({ sizeBytes, headSha256 }, signal, work) {
      const key = `${sizeBytes}:${headSha256}`
      for (let before = underWay.get(key); before; before = underWay.get(key)) {
        await before.catch(() => undefined)
        signal.throwIfAborted()
      }
      const mine = work()
      underWay.set(key, mine)
      try {
        return await mine
      } finally {
        underWay.delete(key)
      }
    },
  }
}
