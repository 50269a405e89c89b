// How does a list of what happened stay bounded? Its oldest entries go: by number, and by time on request.

export interface TimedRecord<T> {
  /** Oldest first; the same list for ever. */
  readonly items: readonly T[]
  push(item: T): void
  forgetBefore(ms: number): void
}

/** Keeps the newest `max` entries, and up to an eighth more, so that forgetting costs nothing per entry. */
export function createRecord<T extends { readonly atMs: number }>(max: number): TimedRecord<T> {
  const items: T[] = []
  const slack = Math.max(1, Math.floor(max / 8))
  return {
    items,
    push(item) {
      items.push(item)
      if (items.length > max + slack) items.splice(0, items.length - max)
    },
    forgetBefore(ms) {
      const kept = items.findIndex(({ atMs }) => atMs >= ms)
      items.splice(0, kept === -1 ? items.length : kept)
    },
  }
}
