// What is known of interactions that wait for their reply? Whether "thinking…" stands there, and what took its place.
import type { Clock } from '../../src/contract/runtime.ts'

/** Shared by the outboxes of one account. */
export interface Interactions {
  /** It came in: its first answer is on the way. Nothing is sent there before `answered`. */
  asked(id: string): void
  /** How that went. Once told, later news of the same interaction changes nothing. */
  answered(id: string, how: FirstAnswer): void
  /** What stands there is being taken away: nothing is sent until `elsewhere` or `over`. */
  cleared(id: string): void
  /** What stands there is not for the reply: it was taken away, or is a message of its own. */
  elsewhere(id: string): void
  /** Nothing goes there any more. */
  over(id: string): void
  /** Once it is known how the first answer went, or as nothing is known of it. */
  settled(id: string): Promise<void>
  /** @internal The outboxes' own notes. */
  readonly notes: Notes
}
/** "Thinking…" (callback type 5) stands; something else stands; Discord would not have it; it may stand, or not. */
export type FirstAnswer = 'deferred' | 'elsewhere' | 'refused' | 'unknown'
export interface Notes {
  get(id: string): Note | undefined
  set(id: string, note: Note): void
}
/**
 * What stands in the first answer: nothing yet, the post under `key`, something else (`stays`: and what follows goes there,
 * as the channel is not ours). `moved`: the reply goes on in its channel; `over`: and nothing goes there any more.
 */
export type Note =
  | {
      readonly stage: 'asked'
      readonly answered: Promise<undefined>
      /** What stands there, or will, is being taken away: how its arrival went changes nothing. */
      readonly isCleared: boolean
      tell(): void
    }
  | { readonly stage: 'deferred'; readonly sinceMs: number }
  | { readonly stage: 'taken'; readonly key: string; readonly sinceMs: number }
  | { readonly stage: 'elsewhere'; readonly stays?: true }
  | { readonly stage: 'moved' | 'over' }

/** They live 15 minutes. */
const MAX_KEPT = 5_000

export function createInteractions(clock: Clock): Interactions {
  const notes = new Map<string, Note>()
  const set = (id: string, note: Note): void => {
    notes.set(id, note)
    const oldest = notes.size > MAX_KEPT ? notes.keys().next().value : undefined
    if (oldest !== undefined) notes.delete(oldest)
  }
  const wait = (id: string, isCleared: boolean): void => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    set(id, { stage: 'asked', answered: promise, isCleared, tell: () => resolve(undefined) })
  }
  const end = (id: string, stage: 'elsewhere' | 'over'): void => {
    const note = notes.get(id)
    if (note?.stage === 'over' || note?.stage === 'moved') return
    set(id, { stage })
    if (note?.stage === 'asked') note.tell()
  }
  return {
    asked(id) {
      if (!notes.has(id)) wait(id, false)
    },
    cleared(id) {
      const note = notes.get(id)
      if (note?.stage === 'asked') set(id, { ...note, isCleared: true })
      else if (note?.stage !== 'over') wait(id, true)
    },
    answered(id, how) {
      const note = notes.get(id)
      if (note?.stage !== 'asked' || (note.isCleared && how !== 'refused')) return
      if (how === 'deferred') set(id, { stage: 'deferred', sinceMs: clock.elapsed() })
      else if (how === 'elsewhere') set(id, { stage: 'elsewhere' })
      else if (how === 'refused') set(id, { stage: 'over' })
      else notes.delete(id)
      note.tell()
    },
    elsewhere: (id) => end(id, 'elsewhere'),
    over: (id) => end(id, 'over'),
    async settled(id) {
      const note = notes.get(id)
      if (note?.stage === 'asked') await note.answered
    },
    notes: { get: (id) => notes.get(id), set },
  }
}
