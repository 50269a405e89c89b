// What does a button stand for? The platform carries a short token; the meaning waits here until it runs out.

import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../contract/event.ts'
import type { Write } from './coordination.ts'
import type { Store } from './open.ts'

export interface Actions {
  put(token: string, meaning: JsonObject, ttlMs: number): Promise<void>
  /** The same as `put`, to stand in a commit with others. */
  write(token: string, meaning: JsonObject, ttlMs: number): Write
  /** Leaves it there: for buttons that may be pressed again, and by others. */
  get(token: string): Promise<JsonObject | undefined>
  /** Gives it to one caller only, however many press at once. */
  take(token: string): Promise<JsonObject | undefined>
}

/** Not to be guessed. 128 bits make 22 characters of base64url; Telegram allows 64 bytes: https://core.telegram.org/bots/api#inlinekeyboardbutton */
export function createToken(): string {
  return randomBytes(16).toString('base64url')
}

const namespace = 'actions'

export function createActions(store: Store): Actions {
  const meanings = store.keyv<JsonObject>(namespace)

  return {
    async put(token, meaning, ttlMs) {
      await meanings.set(token, meaning, ttlMs)
    },
    write: (token, meaning, ttlMs) => ({ set: { namespace, key: token }, value: meaning, ttlMs }),
    get: (token) => meanings.get(token),
    async take(token) {
      const meaning = await meanings.get(token)
      if (meaning === undefined) return undefined
      // The delete decides: of several, one finds the record there.
      return (await meanings.delete(token)) ? meaning : undefined
    },
  }
}
