// Which card was made for a reply? Noted before anybody can see it, so that the next life sends that very card again.
//
// The core journals a card once it stands. Killed in between, the next life would make another card, be given the old
// message for its key, and write into a card that nobody sees.
import type { Clock, Memory } from '../../src/contract/runtime.ts'
import { fieldsOf, readString, readWhole } from '../common/read.ts'

export interface CardNote {
  readonly cardId: string
  /** By the clock of the process that made it. */
  readonly createdAtMs: number
}

export interface CardNotes {
  /** Durable before it resolves, as far as the store answers in time. Never rejects: without it `id_convert` is asked. */
  note(key: string, card: CardNote): Promise<void>
  /** What was noted last under a message's key. Never rejects. */
  of(key: string): Promise<CardNote | undefined>
}

/** A turn older than that is not gone on with. */
const REMEMBERED_MS = 25 * 3_600_000
/** A person waits for their first words. */
const WITHIN_MS = 2_000

export function createCardNotes(memory: () => Memory | undefined, clock: Clock): CardNotes {
  return {
    async note(key, { cardId, createdAtMs }) {
      await inTime(memory()?.set(keyOf(key), { cardId, createdAtMs }, REMEMBERED_MS))
    },
    async of(key) {
      const noted = fieldsOf(await inTime(memory()?.get(keyOf(key))))
      const cardId = readString(noted['cardId'])
      const createdAtMs = readWhole(noted['createdAtMs'])
      return cardId === undefined || createdAtMs === undefined ? undefined : { cardId, createdAtMs }
    },
  }

  async function inTime<T>(work: Promise<T> | undefined): Promise<T | undefined> {
    if (work === undefined) return undefined
    const done = new AbortController()
    const late = clock.sleep(WITHIN_MS, done.signal).then(
      () => undefined,
      () => undefined,
    )
    try {
      return await Promise.race([work.catch(() => undefined), late])
    } finally {
      done.abort()
    }
  }
}

function keyOf(key: string): string {
  return `card/${key}`
}
