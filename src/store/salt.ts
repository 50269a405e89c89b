// The store's own secret, made once: what pseudonymous user ids are computed with. Lost with the store, and with it every conversation.

import { randomBytes } from 'node:crypto'
import type { Store } from './open.ts'

/** 256 bits, base64url. The same for the store's whole life, also when several ask at once. */
export async function readSalt(store: Store): Promise<string> {
  const own = randomBytes(32).toString('base64url')
  const isNew = await store.coordination.accept({ namespace: 'store', key: 'salt', value: own })
  if (isNew) return own
  const salt = await store.keyv<string>('store').get('salt')
  // Accepted means it exists, and it has no end.
  if (salt === undefined) throw new Error('The salt is in the store and cannot be read.')
  return salt
}
