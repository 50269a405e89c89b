// What has its owner been told already? Once, until it was well again in between; and never twice within a day.

import type { Coordination } from './coordination.ts'
import type { Store } from './open.ts'

export interface ToldOnce {
  /** True for the first who asks: they are to tell it. */
  first(key: string): Promise<boolean>
  /** It could not be told after all. */
  forget(key: string): Promise<void>
  /** It is well again: the next time is a new one. Costs nothing unless it had been told. */
  over(key: string): Promise<void>
}

const DAY_MS = 24 * 3_600_000
const NAMESPACE = 'told'

export function createToldOnce(
  store: Pick<Store, 'keyv'> & { readonly coordination: Coordination },
): ToldOnce {
  const { coordination } = store
  const told = store.keyv<boolean>(NAMESPACE)
  /** Known to be well: asked of the store once, and again after each telling. */
  const well = new Set<string>()
  /** How often it was to be told: what was read before the last time proves nothing. */
  let tellings = 0
  const dayOf = (key: string) => ({ namespace: NAMESPACE, key: `${key} today` })

  return {
    async first(key) {
      tellings += 1
      well.delete(key)
      return await coordination.accept(
        { namespace: NAMESPACE, key, value: true },
        { unless: [dayOf(key)], also: [{ set: dayOf(key), value: true, ttlMs: DAY_MS }] },
      )
    },
    async forget(key) {
      await coordination.commit([{ delete: { namespace: NAMESPACE, key } }, { delete: dayOf(key) }])
    },
    async over(key) {
      if (well.has(key)) return
      const before = tellings
      if ((await told.get(key)) !== undefined) {
        await coordination.commit([{ delete: { namespace: NAMESPACE, key } }])
      }
      if (tellings === before) well.add(key)
    },
  }
}
