// How does a record stay useful without growing for ever? It forgets its oldest entries in batches.

export interface Bounded<T> {
  readonly items: readonly T[]
  push(item: T): void
}

/** Keeps the newest `max` entries, and up to an eighth more, so that forgetting costs nothing per entry. */
export function bounded<T>(max: number): Bounded<T> {
  const items: T[] = []
  const slack = Math.max(1, Math.floor(max / 8))
  return {
    items,
    push(item) {
      items.push(item)
      if (items.length > max + slack) items.splice(0, items.length - max)
    },
  }
}

/** The fields of `fields` that are there: an optional property is left out, never `undefined`. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
