// How does a record stay useful without growing for ever? It keeps the newest entries, and forgets on demand.

export interface History<T> {
  readonly items: readonly T[]
  push(item: T): void
  /** Entries for which `isOld` holds; they stand in the order they came. */
  forget(isOld: (item: T) => boolean): void
}

/** Keeps the newest `max` entries, and up to an eighth more, so that forgetting costs nothing per entry. */
export function createHistory<T>(max: number): History<T> {
  const items: T[] = []
  const slack = Math.max(1, Math.floor(max / 8))
  return {
    items,
    push(item) {
      items.push(item)
      if (items.length > max + slack) items.splice(0, items.length - max)
    },
    forget(isOld) {
      const firstKept = items.findIndex((item) => !isOld(item))
      items.splice(0, firstKept === -1 ? items.length : firstKept)
    },
  }
}
