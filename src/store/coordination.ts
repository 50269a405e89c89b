// What Keyv cannot do: several records or none, set-if-absent, leases, and budgets that hold across restarts.
//
// Here is the contract, and what can be decided without a store. A store keeps it beside its Keyv, on the same handle.

import { StoreError } from './store-error.ts'

export interface Key {
  readonly namespace: string
  /** Not empty. */
  readonly key: string
}

/** A record to set. What `JSON.stringify` makes of `value` is stored; `store.keyv(namespace)` reads it, and the other way round. */
export interface Entry extends Key {
  /** JSON-able: plain objects, arrays, strings, finite numbers, booleans, null. Not undefined. */
  readonly value: unknown
  /** A positive number of milliseconds; absent: kept for ever. */
  readonly ttlMs?: number
}

export type Write =
  { readonly set: Key; readonly value: unknown; readonly ttlMs?: number } | { readonly delete: Key }

/** So many calls in any span of so many milliseconds. Both positive. */
export interface Window {
  readonly calls: number
  readonly perMs: number
}

export type Taken = { readonly granted: true } | { readonly granted: false; readonly waitMs: number }

/** What a write is done under: with somebody else's lease in its place, or none, the write is refused (`superseded`). */
export interface Held {
  readonly name: string
  readonly fence: number
}

export interface Lease extends Held {
  /** Larger than that of every lease given before, under any name: what a late writer is known by. */
  readonly fence: number
  /** Prolongs it by its `ttlMs` from now. False: it is lost, stop what it protects. */
  renew(): Promise<boolean>
  /** Gives it back at once. Harmless when it is lost already. */
  release(): Promise<void>
}

/**
 * All calls reject with `StoreError` when nothing was stored. A promise that has resolved is on the disk (as far as the store promises).
 * One exception: `unreachable` from a store on the network may come from a write that was done and whose answer was lost. Writes that
 * are tried again make no difference then, and an `accept` that is tried again by this process tells the truth all the same.
 */
export interface Coordination {
  /**
   * Sets `entry` unless it or one of `unless` exists: one atomic write, with `also` in the same transaction.
   * True: it was new. False: nothing was written. `under` a lease that is lost: rejects with `superseded`, nothing is written.
   */
  accept(
    entry: Entry,
    options?: { readonly unless?: readonly Key[]; readonly also?: readonly Write[]; readonly under?: Held },
  ): Promise<boolean>

  /** Several records or none, in the order given. `under` as with `accept`. */
  commit(writes: readonly Write[], under?: Held): Promise<void>

  /** Undefined while somebody (also the same `owner`) holds it. A lease runs out `ttlMs` after it was given or renewed. */
  lease(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>

  /** Takes one call from all windows or from none. `waitMs`: when it may be granted, if nobody else takes it first. */
  take(key: string, windows: readonly Window[]): Promise<Taken>
}

/**
 * How long until one more call fits into every window; 0: now. A sliding window, exact: never more than `calls` in any span of `perMs`.
 * `nthNewest(n)`: when the n-th newest call was granted (1 is the newest), undefined when there were fewer.
 */
export function waitForWindowsMs(
  windows: readonly Window[],
  nthNewest: (n: number) => number | undefined,
  nowMs: number,
): number {
  let waitMs = 0
  for (const { calls, perMs } of windows) {
    const blockingMs = nthNewest(calls)
    if (blockingMs !== undefined) waitMs = Math.max(waitMs, blockingMs + perMs - nowMs)
  }
  return waitMs
}

/** Rejects what could never be granted, or never refused, rather than guess what was meant. */
export function checkWindows(windows: readonly Window[]): void {
  for (const { calls, perMs } of windows) {
    if (!Number.isSafeInteger(calls) || calls < 1 || !Number.isFinite(perMs) || perMs <= 0) {
      throw new StoreError('invalid', `A window needs calls ≥ 1 and perMs > 0, got ${calls} and ${perMs}.`)
    }
  }
}

/** When something set now runs out, in whole milliseconds since 1970. Keyv itself takes 0, NaN and '10' for "for ever": here they are refused. */
export function expiryMs(ttlMs: number | undefined, nowMs: number): number | null {
  if (ttlMs === undefined) return null
  if (typeof ttlMs !== 'number' || !Number.isFinite(ttlMs) || ttlMs <= 0) {
    throw new StoreError('invalid', 'A time to live must be a positive number of milliseconds, or left out.')
  }
  return Math.ceil(nowMs + ttlMs)
}

/** The text a value is stored as. Done before a write is queued, so that a bad value harms nobody else's. */
export function toText(value: unknown): string {
  let text: unknown
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new StoreError('invalid', 'A value that JSON cannot hold was given to the store.', '', cause)
  }
  // `undefined`, functions and symbols have no JSON; the compiler believes otherwise.
  if (typeof text !== 'string')
    throw new StoreError('invalid', 'A value without JSON was given to the store.')
  return text
}

export function superseded(): StoreError {
  return new StoreError('superseded', 'The lease this was written under is lost: nothing was stored.')
}

export function checkKey({ namespace, key }: Key): void {
  if (namespace === '' || key === '') throw new StoreError('invalid', 'A record needs a namespace and a key.')
}
