// One namespace of the store, seen through Keyv. Every namespace gets a store object of its own: two Keyvs on one
// object would read each other's records.
//
// Keyv keeps time by the process's clock, reads TTLs it does not understand as "for ever", and turns errors into misses
// once somebody listens for them. So time and text are ours here: Keyv gets no serialiser, checks no expiry, and nobody
// may listen for 'error' (without a listener a failed call rejects).

import { Hookified } from 'hookified'
import type { KeyvEntry, KeyvStorageAdapter, KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import { Keyv, keyvStorageCapability } from 'keyv'
import { checkKey, expiryMs, toText } from './coordination.ts'
import type { Shelf } from './shelf.ts'
import { StoreError } from './store-error.ts'

/** A Keyv that keeps to the store's clock and refuses what Keyv would silently take for something else. */
export function createNamespaceKeyv<Value>(namespace: string, shelf: Shelf, now: () => number): Keyv<Value> {
  return new StoreKeyv<Value>(new NamespaceStore(namespace, shelf, now))
}

/**
 * Writes go to the store's queue at once: Keyv would first wait for its hooks (which nobody uses here), and a `set` could be
 * overtaken by an `accept` called after it.
 */
class StoreKeyv<Value> extends Keyv<Value> {
  readonly #own: NamespaceStore

  constructor(own: NamespaceStore) {
    super({ store: own, serialization: false, checkExpired: false })
    this.#own = own
  }

  override async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#own.put(key, value, ttl)
  }

  override async setMany(entries: KeyvEntry<unknown>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, ttl }) => this.#own.put(key, value, ttl)))
  }

  override delete(key: string): Promise<boolean>
  override delete(keys: string[]): Promise<boolean[]>
  override async delete(keys: string | string[]): Promise<boolean | boolean[]> {
    return typeof keys === 'string' ? this.#own.delete(keys) : this.#own.deleteMany(keys)
  }

  override async deleteMany(keys: string[]): Promise<boolean[]> {
    return this.#own.deleteMany(keys)
  }
}

class NamespaceStore extends Hookified implements KeyvStorageAdapter {
  readonly namespace: string
  readonly #shelf: Shelf
  readonly #now: () => number

  constructor(namespace: string, shelf: Shelf, now: () => number) {
    super()
    this.namespace = namespace
    this.#shelf = shelf
    this.#now = now
  }

  get capabilities() {
    return keyvStorageCapability(this)
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    const [result] = await this.getMany<Value>([key])
    // Absent is undefined for one as for many.
    return result as KeyvStorageGetResult<Value>
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    const texts = await this.#shelf.read(keys)
    // What stands in a namespace is of its type: that is what `keyv<Value>(namespace)` claims.
    return texts.map((text) => (text === undefined ? undefined : { value: fromText(text) as Value }))
  }

  async has(key: string): Promise<boolean> {
    return (await this.#shelf.has([key]))[0] === true
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return [...(await this.#shelf.has(keys))]
  }

  async put(key: string, value: unknown, ttlMs: number | undefined): Promise<boolean> {
    checkKey({ namespace: this.namespace, key })
    expiryMs(ttlMs, 0)
    await this.#shelf.write(key, toText(value), ttlMs)
    return true
  }

  /** From Keyv's `setRaw`: `{ value, expires? }`, with an end of the caller's own reckoning. */
  async set(key: string, envelope: unknown, expires?: number): Promise<boolean> {
    if (typeof envelope !== 'object' || envelope === null || !('value' in envelope)) {
      throw new StoreError('invalid', 'A raw value must look like { value, expires? }.')
    }
    const ttlMs = expires === undefined ? undefined : expires - this.#now()
    if (ttlMs === undefined || ttlMs > 0) return this.put(key, envelope.value, ttlMs)
    await this.#shelf.remove(key)
    return true
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, expires }) => this.set(key, value, expires)))
  }

  async delete(key: string): Promise<boolean> {
    return this.#shelf.remove(key)
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.#shelf.remove(key)))
  }

  async clear(): Promise<void> {
    await this.#shelf.clear()
  }

  /** In order of the keys, page by page: a record written or deleted meanwhile may or may not be among them. */
  async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    let after: string | undefined = ''
    while (after !== undefined) {
      const { records, next } = await this.#shelf.page(after)
      for (const { key, text } of records) yield [key, { value: fromText(text) } as Awaited<Value>]
      after = next
    }
  }
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StoreError(
      'damaged',
      'A record of the store cannot be read.',
      'Put a backup in its place.',
      cause,
    )
  }
}
