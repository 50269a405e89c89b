// What do the panes of all platforms share? Accounts, rooms by id, and looking once however much has changed.

import { wordsOfMessage } from '../blocks/words.ts'
import type { PagePerson, PageMessage } from '../protocol.ts'
import { Wrong } from '../wrong.ts'

/** A person with their account on one platform. */
export interface Guest<Account> {
  readonly person: PagePerson
  readonly account: Account
}

export interface Guests<Account> {
  add(person: PagePerson, account: Account, accountId: string): void
  /** Throws `Wrong` for somebody nobody knows. */
  of(personId: string): Guest<Account>
  byAccount(accountId: string): Guest<Account> | undefined
  readonly all: readonly Guest<Account>[]
}

export function createGuests<Account>(): Guests<Account> {
  const byPerson = new Map<string, Guest<Account>>()
  const byAccount = new Map<string, Guest<Account>>()
  return {
    add(person, account, accountId) {
      byPerson.set(person.id, { person, account })
      byAccount.set(accountId, { person, account })
    },
    of(personId) {
      const guest = byPerson.get(personId)
      if (guest === undefined) throw new Wrong('There is no such person on this page.')
      return guest
    },
    byAccount: (id) => byAccount.get(id),
    get all() {
      return [...byPerson.values()]
    },
  }
}

/** Runs soon after the first of many calls, once for all of them. */
export function createSoon(run: () => void): () => void {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      run()
    })
  }
}

/** What stands above a reply to a message that is on the board. */
export function quoteOf(message: PageMessage | undefined): Pick<PageMessage, 'replyTo'> {
  return message === undefined
    ? {}
    : { replyTo: { author: message.author.name, text: clipped(wordsOfMessage(message), 120) } }
}

/** One line of it. */
export function clipped(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line
}

/** The entries behind the one seen last. */
export function since<T>(items: readonly T[], last: T | undefined): readonly T[] {
  const at = last === undefined ? -1 : items.lastIndexOf(last)
  return items.slice(at + 1)
}
