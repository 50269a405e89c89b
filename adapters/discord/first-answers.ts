// Which post filled an interaction's first answer? Kept beyond a restart: nothing in the message itself tells.
//
// Other messages bear a nonce; the first answer is an edit of "thinking…". Filled anew under the same key it stays one
// message, under another it would be written over.
import { PlatformError } from '../../src/contract/errors.ts'
import type { Memory } from '../../src/contract/runtime.ts'
import { readString } from '../common/read.ts'

export interface FirstAnswers {
  /** Before it is filled. Rejects as `unavailable`, with nothing sent, when it cannot be kept. */
  keep(interactionId: string, key: string): Promise<void>
  /** Rejects as `unavailable` when it cannot be read. */
  of(interactionId: string): Promise<string | undefined>
}

/** An interaction lives 15 minutes. */
const KEPT_MS = 20 * 60_000

/** `memory`: undefined before the start. */
export function createFirstAnswers(account: string, memory: () => Memory | undefined): FirstAnswers {
  return {
    async keep(id, key) {
      await memory()?.set(keyOf(id), key, KEPT_MS).catch(notAtHand)
    },
    async of(id) {
      return readString(await memory()?.get(keyOf(id)).catch(notAtHand))
    },
  }

  function notAtHand(): never {
    const facts = { outcome: 'not-sent' } as const
    throw new PlatformError(account, 'unavailable', 'interaction: its notes are not at hand', facts)
  }
}

function keyOf(interactionId: string): string {
  return `first ${interactionId}`
}
