// Which agent did the people of a scope change to? Used, it is kept on; not used for long, it is forgotten.

import type { Store } from './open.ts'
import { createKept, type Keeping } from './retention.ts'

export interface Choices {
  /** Key of `Policy.agents`; undefined: the route's own. Counts as a use. */
  get(scopeKey: string): Promise<string | undefined>
  put(scopeKey: string, agent: string): Promise<void>
  /** Back to the route's own. */
  drop(scopeKey: string): Promise<void>
}

interface Choice {
  readonly agent: string
  readonly usedAtMs: number
}

/** `keeping` absent: they are kept for ever. */
export function createChoices(store: Store, keeping?: Keeping): Choices {
  /** Texts are what versions wrote that kept them for ever. */
  const choices = store.keyv<Choice | string>('choices')
  const kept = createKept(keeping)
  return {
    async get(scopeKey) {
      const found = await choices.get(scopeKey)
      if (found === undefined) return undefined
      const { agent, usedAtMs } = typeof found === 'string' ? { agent: found, usedAtMs: 0 } : found
      if (kept?.isWorthRenewing(usedAtMs) === true) await put(scopeKey, agent)
      return agent
    },
    put,
    async drop(scopeKey) {
      await choices.delete(scopeKey)
    },
  }

  async function put(scopeKey: string, agent: string): Promise<void> {
    const usedAtMs = kept?.nowMs() ?? 0
    await choices.set(scopeKey, { agent, usedAtMs }, kept?.ttlMs(usedAtMs))
  }
}
