// An adapter's own durable notes, each account's apart from the others'.

import type { Json } from '../contract/event.ts'
import type { Memory } from '../contract/runtime.ts'
import type { Store } from './open.ts'

/** `account` is the key under `platforms` in the configuration. */
export function createMemory(store: Store, account: string): Memory {
  const notes = store.keyv<Json>('memory')
  const keyOf = (key: string): string => `${encodeURIComponent(account)} ${key}`

  return {
    get: (key) => notes.get(keyOf(key)),
    async set(key, value, ttlMs) {
      await notes.set(keyOf(key), value, ttlMs)
    },
    async delete(key) {
      await notes.delete(keyOf(key))
    },
  }
}
