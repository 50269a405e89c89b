// What went over the wire lately? Kept apart from the rest of the state: it changes often and is drawn seldom.

import type { PageCall } from '../protocol.ts'

export interface WireLog {
  add(calls: readonly PageCall[]): void
  clear(): void
  /** Newest last. */
  all(): readonly PageCall[]
}

/** Calls that say the same thing one after another, as a stream's pieces do. */
export interface WireLine {
  /** The newest of them. */
  readonly call: PageCall
  readonly count: number
  readonly chars: number
}

const KEPT = 1_500

export function createWireLog(): WireLog {
  const calls = new Map<number, PageCall>()
  return {
    add(more) {
      for (const call of more) calls.set(call.id, call)
      for (const id of calls.keys()) {
        if (calls.size <= KEPT) break
        calls.delete(id)
      }
    },
    clear: () => {
      calls.clear()
    },
    all: () => [...calls.values()],
  }
}

/** Newest first, at most `max` lines. */
export function linesOf(calls: readonly PageCall[], max: number): readonly WireLine[] {
  const lines: WireLine[] = []
  for (const call of calls.toReversed()) {
    const last = lines.at(-1)
    if (last && isSameKind(last.call, call)) {
      lines[lines.length - 1] = {
        ...last,
        count: last.count + 1,
        chars: last.chars + (call.chars ?? 0),
      }
      continue
    }
    if (lines.length === max) break
    lines.push({ call, count: 1, chars: call.chars ?? 0 })
  }
  return lines
}

/** Calls out stay lines of their own: their times are what one wants to see. */
function isSameKind(a: PageCall, b: PageCall): boolean {
  return (
    a.direction === 'in' &&
    b.direction === 'in' &&
    a.with === b.with &&
    a.method === b.method &&
    a.path === b.path
  )
}
