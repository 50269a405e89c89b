// What does a button stand for? The platform carries a short token; the meaning waits here until it runs out.

import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../contract/event.ts'
import type { Store } from './open.ts'

export interface Actions {
  put(token: string, meaning: JsonObject, ttlMs: number): Promise<void>
  /** Leaves it there: for buttons that may be pressed again, and by others. */
  get(token: string): Promise<JsonObject | undefined>
  /** Gives it to one caller only, however many press at once. */
  take(token: string): Promise<JsonObject | undefined>
}

/** Not to be guessed. 128 bits make 22 characters of base64url; Telegram allows 64 bytes: https://core.telegram.org/bots/api#inlinekeyboardbutton */
export function createToken(): string {
  return randomBytes(16).toString('base64url')
}

export function createActions(store: Store): Actions {
  const meanings = store.keyv<JsonObject>('actions')

  return {
    async put(token, meaning, ttlMs) {
      await meanings.set(token, meaning, ttlMs)
    },
    get: (token) => meanings.get(token),
    async take(token) {
      const meaning = await meanings.get(token)
      if (meaning === undefined) return undefined
      // The delete decides: of several, one finds the record there.
      return (await meanings.delete(token)) ? meaning : undefined
    },
  }
}
