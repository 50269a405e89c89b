// The records of one namespace, as a store keeps them: what its Keyv and the rooms above stand on.

/** Values are JSON text. Writes happen in the order they were asked for, among the others of the store. Rejects with `StoreError`. */
export interface Shelf {
  /** In the order of `keys`, all at one instant; undefined for what is not there. */
  read(keys: readonly string[]): Promise<readonly (string | undefined)[]>
  has(keys: readonly string[]): Promise<readonly boolean[]>
  /** `ttlMs` undefined: kept for ever. */
  write(key: string, text: string, ttlMs: number | undefined): Promise<void>
  /** Whether it was there. */
  remove(key: string): Promise<boolean>
  clear(): Promise<void>
  page(afterKey: string): Promise<Page>
}

/** Some records, in order of their keys. */
export interface Page {
  readonly records: readonly { readonly key: string; readonly text: string }[]
  /** Where the next page begins; undefined: this was the last. */
  readonly next?: string
}
