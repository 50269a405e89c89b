// Who waits to be let in, under which code, and who has been?

import { randomInt } from 'node:crypto'
import type { ReplyTarget, SenderId } from '../contract/event.ts'
import type { Clock } from '../contract/runtime.ts'
import type { Key } from './coordination.ts'
import type { Store } from './open.ts'

/** A stranger who has written to the bot. Kept for as long as the code is good. */
export interface Stranger {
  readonly account: string
  readonly userId: SenderId
  readonly name?: string
  /** Where they are told that they have been let in. */
  readonly replyTarget: ReplyTarget
  /** The language they are told so in. */
  readonly locale: string
}
export interface Pending extends Stranger {
  /** As it is shown: eight characters of `ALPHABET`. */
  readonly code: string
  readonly expiresAtMs: number
}
/** Somebody who has been let in, for good. No name: the id is all that is needed, and all that is kept. */
export interface Paired {
  readonly account: string
  readonly userId: SenderId
  readonly pairedAtMs: number
}

export interface Pairings {
  isPaired(account: string, userId: SenderId): Promise<boolean>
  /** The code they already have while it is good, else a new one. Undefined: too many wait at this account. */
  request(stranger: Stranger): Promise<Pending | undefined>
  /**
   * Lets in whoever was given this code, once. Case, blanks and dashes do not matter. `by`: the admin, whose wrong guesses
   * are bounded; absent: the owner at the machine. Undefined: no such code (any more), or too many wrong ones.
   */
  letIn(code: string, by?: string): Promise<Pending | undefined>
  /** Oldest first. */
  waiting(): Promise<readonly Pending[]>
  paired(): Promise<readonly Paired[]>
  /** They are strangers again. False: they were already. */
  remove(account: string, userId: SenderId): Promise<boolean>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Our choice: time enough to reach the owner, and little for whoever guesses. */
export const CODE_LASTS_MS = HOUR_MS
/** Our choice: so many strangers an hour and account get a code, so that a crowd of them fills no store. */
export const MOST_WAITING = 50
/** Our choice: nobody copies ten codes wrongly. 32^8 codes make guessing hopeless anyway. */
export const MOST_WRONG = 10
/** Letters and digits that are not taken for one another: no 0 O 1 I. */
export const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const CODE_CHARS = 8
const CODE = new RegExp(`^[${ALPHABET}]{${CODE_CHARS}}$`)
/** Two alike are found once in a million years; a code that is taken is made anew. */
const TRIES = 3

export function createPairings(store: Store, clock: Clock): Pairings {
  const { coordination } = store
  const pending = store.keyv<Pending | string>('pairings')
  const people = store.keyv<Paired>('paired')

  return {
    isPaired: (account, userId) => people.has(personKey(account, userId)),

    async request(stranger) {
      const known = await pendingOf(stranger)
      if (known) return known
      const window = { calls: MOST_WAITING, perMs: CODE_LASTS_MS }
      const { granted } = await coordination.take(`pairing|${stranger.account}`, [window])
      if (!granted) return undefined
      for (let tries = 0; tries < TRIES; tries += 1) {
        const made: Pending = { ...stranger, code: newCode(), expiresAtMs: clock.now() + CODE_LASTS_MS }
        const ttlMs = CODE_LASTS_MS
        // The person's own record decides: of two messages at once, one gets a new code, the other finds it.
        const isNew = await coordination.accept(
          { ...pointer(stranger), value: made.code, ttlMs },
          { unless: [codeKey(made.code)], also: [{ set: codeKey(made.code), value: made, ttlMs }] },
        )
        const standing = isNew ? made : await pendingOf(stranger)
        if (standing) return standing
      }
      return undefined
    },

    async letIn(given, by) {
      if (by !== undefined && (await pending.has(blockKey(by)))) return undefined
      const code = plainCode(given)
      const found = code === '' ? undefined : asPending(await pending.get(code))
      if (!found) {
        if (by !== undefined) await countWrong(by)
        return undefined
      }
      const { account, userId } = found
      const person: Paired = { account, userId, pairedAtMs: clock.now() }
      const over = [{ delete: codeKey(found.code) }, { delete: pointer(found) }]
      const entry = { namespace: 'paired', key: personKey(account, userId), value: person }
      // Of two admins at once one has let them in; the other's code has been used.
      const isFirst = await coordination.accept(entry, { also: over })
      if (isFirst) return found
      await coordination.commit(over)
      return undefined
    },

    async waiting() {
      const found: Pending[] = []
      for await (const [, value] of pending.iterator()) {
        const one = asPending(value)
        if (one) found.push(one)
      }
      return found.sort((a, b) => a.expiresAtMs - b.expiresAtMs)
    },

    async paired() {
      const found: Paired[] = []
      // Keyv's iterator yields values without a type; what stands in the namespace was written above.
      for await (const [, value] of people.iterator()) found.push(value as Paired)
      return found.sort((a, b) => a.pairedAtMs - b.pairedAtMs)
    },

    remove: (account, userId) => people.delete(personKey(account, userId)),
  }

  async function pendingOf(stranger: Stranger): Promise<Pending | undefined> {
    const code = await pending.get(pointer(stranger).key)
    return typeof code === 'string' ? asPending(await pending.get(code)) : undefined
  }

  /** The last of too many within an hour closes the door until the first of them is an hour old. */
  async function countWrong(by: string): Promise<void> {
    const window = { calls: MOST_WRONG - 1, perMs: HOUR_MS }
    const taken = await coordination.take(`pairing guesses|${by}`, [window])
    if (!taken.granted) await pending.set(blockKey(by), '', Math.max(1, taken.waitMs))
  }
}

/** As it was made, however it was typed; '' when it cannot be one. */
export function plainCode(given: string): string {
  const code = given.replaceAll(/[\s\p{Dash}]/gu, '').toUpperCase()
  return CODE.test(code) ? code : ''
}

function newCode(): string {
  return Array.from({ length: CODE_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Codes stand in the namespace as they are; other keys have a blank, which no code has. */
const codeKey = (code: string): Key => ({ namespace: 'pairings', key: code })
const pointer = ({ account, userId }: Stranger): Key => ({
  namespace: 'pairings',
  key: `of ${personKey(account, userId)}`,
})
const blockKey = (by: string): string => `wrong ${by}`
const personKey = (account: string, userId: SenderId): string => `${encodeURIComponent(account)} ${userId}`

/** The namespace's texts are pointers and blocks. */
function asPending(value: unknown): Pending | undefined {
  return typeof value === 'object' && value !== null ? (value as Pending) : undefined
}
