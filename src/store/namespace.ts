// One namespace of the store, seen through Keyv. Every namespace gets a store object of its own: two Keyvs on one
// object would read each other's records.
//
// Keyv keeps time by the process's clock, reads TTLs it does not understand as "for ever", and turns errors into misses
// once somebody listens for them. So time and text are ours here: Keyv gets no serialiser, checks no expiry, and nobody
// may listen for 'error' (without a listener a failed call rejects).

import { Hookified } from 'hookified'
import type { KeyvEntry, KeyvStorageAdapter, KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import { Keyv, keyvStorageCapability } from 'keyv'
import type { Batch } from './batch.ts'
import { checkKey, expiryMs, toText } from './coordination.ts'
import type { Records } from './records.ts'
import { StoreError } from './store-error.ts'

interface Room {
  readonly records: Records
  readonly batch: Batch
  readonly now: () => number
  readonly translate: (error: unknown) => StoreError
}

/** A Keyv that keeps to the store's clock and refuses what Keyv would silently take for something else. */
export function createNamespaceKeyv<Value>(namespace: string, room: Room): Keyv<Value> {
  return new StoreKeyv<Value>(namespace, room)
}

/**
 * Writes go to the store's queue at once: Keyv would first wait for its hooks (which nobody uses here), and a `set` could be
 * overtaken by an `accept` called after it.
 */
class StoreKeyv<Value> extends Keyv<Value> {
  readonly #own: NamespaceStore

  constructor(namespace: string, room: Room) {
    const own = new NamespaceStore(namespace, room)
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

/** Reads go straight to the database and see what is committed: after an awaited write, that write. */
class NamespaceStore extends Hookified implements KeyvStorageAdapter {
  readonly namespace: string
  readonly #room: Room

  constructor(namespace: string, room: Room) {
    super()
    this.namespace = namespace
    this.#room = room
  }

  get capabilities() {
    return keyvStorageCapability(this)
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    const text = this.#reading((nowMs) => this.#room.records.read(this.#key(key), nowMs))
    // What stands in a namespace is of its type: that is what `keyv<Value>(namespace)` claims.
    return text === undefined ? undefined : { value: fromText(text) as Value }
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    return Promise.all(keys.map((key) => this.get<Value>(key)))
  }

  async has(key: string): Promise<boolean> {
    return this.#reading((nowMs) => this.#room.records.has(this.#key(key), nowMs))
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)))
  }

  async put(key: string, value: unknown, ttlMs: number | undefined): Promise<boolean> {
    checkKey(this.#key(key))
    return this.#write(key, toText(value), expiryMs(ttlMs, this.#room.now()))
  }

  /** From Keyv's `setRaw`: `{ value, expires? }`, with an end of the caller's own reckoning. */
  async set(key: string, envelope: unknown, expires?: number): Promise<boolean> {
    checkKey(this.#key(key))
    if (typeof envelope !== 'object' || envelope === null || !('value' in envelope)) {
      throw new StoreError('invalid', 'A raw value must look like { value, expires? }.')
    }
    return this.#write(key, toText(envelope.value), expires ?? null)
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, expires }) => this.set(key, value, expires)))
  }

  async delete(key: string): Promise<boolean> {
    return this.#room.batch.run({
      statements: 'one',
      apply: (nowMs) => this.#room.records.remove(this.#key(key), nowMs),
    })
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.delete(key)))
  }

  async clear(): Promise<void> {
    await this.#room.batch.run({
      statements: 'one',
      apply: () => this.#room.records.clear(this.namespace),
    })
  }

  /** In order of the keys, page by page: a record written or deleted meanwhile may or may not be among them. */
  async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    let lastKey = ''
    for (;;) {
      const page = this.#reading((nowMs) => this.#room.records.page(this.namespace, lastKey, nowMs))
      const last = page.at(-1)
      if (last === undefined) return
      for (const { key, text } of page) yield [key, { value: fromText(text) } as Awaited<Value>]
      lastKey = last.key
    }
  }

  async #write(key: string, text: string, expiresAtMs: number | null): Promise<boolean> {
    await this.#room.batch.run({
      statements: 'one',
      apply: () => this.#room.records.write(this.#key(key), text, expiresAtMs),
    })
    return true
  }

  #key(key: string) {
    return { namespace: this.namespace, key }
  }

  #reading<Result>(read: (nowMs: number) => Result): Result {
    try {
      return read(this.#room.now())
    } catch (error) {
      throw this.#room.translate(error)
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
