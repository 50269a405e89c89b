// Where is a login kept that must be renewed, so that several processes share it and none overwrites a newer one?

import { randomUUID } from 'node:crypto'
import { LOGIN_TURN_MS, type KeptLogin, type LoginShelf } from '../contract/login.ts'
import type { Coordination } from './coordination.ts'
import type { Store } from './open.ts'

const NAMESPACE = 'login'
const GENERATIONS = 'login-generations'
/** By then a process that slept with an old generation in its hands has tokens nobody takes any more. Coze docs: OAuth (30 days). */
const REMEMBERED_MS = 31 * 24 * 3_600_000

/** `name`: whose login it is; holds no secret. */
export function createLoginShelf(
  store: Pick<Store, 'keyv'> & { readonly coordination: Coordination },
  name: string,
): LoginShelf {
  const { coordination } = store
  const logins = store.keyv<KeptLogin>(NAMESPACE)
  const owner = randomUUID()
  return {
    read: () => logins.get(name),

    // That a generation is there can be written once: who writes it has the place.
    async put(login) {
      const key = `${name} ${login.generation}`
      return await coordination.accept(
        { namespace: GENERATIONS, key, value: owner, ttlMs: REMEMBERED_MS },
        { also: [{ set: { namespace: NAMESPACE, key: name }, value: login }] },
      )
    },

    async turn() {
      const lease = await coordination.lease(`login ${name}`, owner, LOGIN_TURN_MS)
      return lease && { release: () => lease.release() }
    },
  }
}
