// Which thread hangs on a message? Remembered, as one and the same topic is named now by its thread, now by its root alone.
//
// What a topic was called first, it is called from then on: conversations are kept under that name.
import type { Memory } from '../../src/contract/runtime.ts'
import { readString } from '../common/read.ts'

export interface Threads {
  /** Makes `of` answer for this root. Never rejects: what cannot be read is not known. */
  load(rootId: string): Promise<void>
  /** What is known without asking. */
  of(rootId: string): string | undefined
  /** Does nothing where the root has a name already. */
  learn(rootId: string, threadId: string): Promise<void>
}

const MAX_AT_HAND = 10_000
/** A topic nobody wrote into for so long begins anew. */
const REMEMBERED_MS = 30 * 24 * 3_600_000

export function createThreads(memory: () => Memory | undefined): Threads {
  /** Empty: memory was asked, and knew nothing; it is asked again, as another process may learn it. */
  const atHand = new Map<string, string>()

  return {
    async load(rootId) {
      if (readString(atHand.get(rootId)) !== undefined) return
      const noted = await memory()
        ?.get(keyOf(rootId))
        .catch(() => undefined)
      keep(rootId, readString(noted) ?? '')
    },
    of: (rootId) => readString(atHand.get(rootId)),
    async learn(rootId, threadId) {
      if (readString(atHand.get(rootId)) !== undefined) return
      keep(rootId, threadId)
      await memory()
        ?.set(keyOf(rootId), threadId, REMEMBERED_MS)
        .catch(() => undefined)
    },
  }

  function keep(rootId: string, threadId: string): void {
    atHand.delete(rootId)
    atHand.set(rootId, threadId)
    const [oldest] = atHand.keys()
    if (atHand.size > MAX_AT_HAND && oldest !== undefined) atHand.delete(oldest)
  }
}

function keyOf(rootId: string): string {
  return `thread/${rootId}`
}
