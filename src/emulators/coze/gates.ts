// How does a test hold a script until it says so?
import type { Hold, Ticker } from './ticker.ts'

export interface Gates {
  /** For `drive`: waits until the gate is open. */
  at(name: string): Hold
  /** Opens a gate for whoever waits there and whoever comes, until `close`. */
  release(name: string): void
  /** How many wait there now. */
  held(name: string): number
  /** Gates that were opened hold again. */
  close(): void
}

export function createGates(ticker: Ticker): Gates {
  const open = new Set<string>()
  const waiting = new Map<string, Set<() => void>>()
  return {
    at: (name) => (goOn) => {
      if (open.has(name)) return ticker.after(0, goOn)
      const here = waiting.get(name) ?? new Set()
      waiting.set(name, here.add(goOn))
      return () => void here.delete(goOn)
    },
    release(name) {
      open.add(name)
      const here = waiting.get(name) ?? new Set()
      waiting.delete(name)
      for (const goOn of here) ticker.after(0, goOn)
    },
    held: (name) => waiting.get(name)?.size ?? 0,
    close: () => open.clear(),
  }
}
