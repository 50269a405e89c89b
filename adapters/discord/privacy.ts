// Which interactions were answered for one person's eyes alone? Kept beyond a restart: the rest must not go public.
import type { Logger, Memory } from '../../src/contract/runtime.ts'

export interface Privacy {
  /** It came in: who may see its answer is decided soon. */
  asked(interactionId: string): void
  /** As the first answer is decided. Resolves once it is kept; never rejects. */
  decided(interactionId: string, isPrivate: boolean): Promise<void>
  /** As far as this process was told. */
  knows(interactionId: string): boolean
  /** As soon as it is decided; also of those answered before a restart. Rejects when that cannot be read. */
  isPrivate(interactionId: string): Promise<boolean>
}

const MAX_KEPT = 5_000
/** Longer than a reply takes, also one that waits for a person. */
const KEPT_MS = 48 * 3_600_000

interface Undecided {
  readonly decided: Promise<boolean>
  tell(isPrivate: boolean): void
}

/** `memory`: undefined before the start. */
export function createPrivacy(memory: () => Memory | undefined, log: Logger): Privacy {
  const known = new Map<string, boolean | Undecided>()
  const learn = (id: string, what: boolean | Undecided): void => {
    known.set(id, what)
    const oldest = known.size > MAX_KEPT ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
  }
  return {
    asked(id) {
      if (known.has(id)) return
      const { promise, resolve } = Promise.withResolvers<boolean>()
      learn(id, { decided: promise, tell: resolve })
    },
    async decided(id, isPrivate) {
      const before = known.get(id)
      // Said once, it stays so: the same interaction may come again, and then nobody answers it.
      if (before === true) return
      learn(id, isPrivate)
      if (typeof before === 'object') before.tell(isPrivate)
      if (!isPrivate) return
      await memory()
        ?.set(keyOf(id), true, KEPT_MS)
        .catch((error: unknown) => {
          log.warn({ interaction: id }, 'it could not be noted that an answer is private', error)
        })
    },
    knows: (id) => known.get(id) === true,
    async isPrivate(id) {
      const here = known.get(id)
      if (here !== undefined) return typeof here === 'object' ? here.decided : here
      const kept = (await memory()?.get(keyOf(id))) === true
      if (!known.has(id)) learn(id, kept)
      return kept
    },
  }
}

function keyOf(interactionId: string): string {
  return `private ${interactionId}`
}
