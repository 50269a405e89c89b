// Which agent did the people of a scope change to?

import type { Store } from './open.ts'

export interface Choices {
  /** Key of `Policy.agents`; undefined: the route's own. */
  get(scopeKey: string): Promise<string | undefined>
  put(scopeKey: string, agent: string): Promise<void>
  /** Back to the route's own. */
  drop(scopeKey: string): Promise<void>
}

export function createChoices(store: Store): Choices {
  const agents = store.keyv<string>('choices')
  return {
    get: (scopeKey) => agents.get(scopeKey),
    async put(scopeKey, agent) {
      await agents.set(scopeKey, agent)
    },
    async drop(scopeKey) {
      await agents.delete(scopeKey)
    },
  }
}
