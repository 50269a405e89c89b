// Forgets what is kept of one person: their conversations, which agent they chose, what their buttons stand for.
//
// What else the store holds stays, and why: that they were let in (`paired`: to let them out again is the owner's to
// decide, and who asks to be forgotten does not ask to be shut out); how much they asked lately (budgets: forgetting must
// not refill them; the counters run out by themselves); ids of events (`seen`: no person stands there, and they run out);
// ids of files at the assistant (`files`: by what is in them, not by whose they are; they run out).

import type { ConversationRef } from '../contract/assistant.ts'
import type { JsonObject } from '../contract/event.ts'
import { scopeOf, type ConversationRecord } from './conversations.ts'
import type { Key, Write } from './coordination.ts'
import type { Store } from './open.ts'

export interface Belongings {
  /** Whether a scope is this person's alone. */
  isTheirScope(scopeKey: string): boolean
  /** Whether a button is theirs, by what it stands for. */
  isTheirButton(meaning: JsonObject): boolean
}

export interface Forgetting {
  /**
   * Resolves when it is gone, with the conversations that were: the assistant is to forget them, too. `person`: whose they
   * are; who asks again and again meanwhile is served once more, together.
   */
  forget(person: string, belongings: Belongings): Promise<readonly ConversationRef[]>
}

type Gone = Promise<readonly ConversationRef[]>

/** Writes of one commit: others' wait behind it. */
const AT_ONCE = 200

export function createForgetting(store: Store): Forgetting {
  const running = new Map<string, Gone>()
  const next = new Map<string, Gone>()
  return {
    forget(person, belongings) {
      const known = next.get(person)
      if (known) return known
      const before = running.get(person)
      if (!before) return begin(person, belongings)
      const once = before.then(
        () => begin(person, belongings),
        () => begin(person, belongings),
      )
      next.set(person, once)
      return once
    },
  }

  function begin(person: string, belongings: Belongings): Gone {
    next.delete(person)
    const gone = forget(belongings).finally(() => {
      if (running.get(person) === gone) running.delete(person)
    })
    running.set(person, gone)
    return gone
  }

  async function forget({ isTheirScope, isTheirButton }: Belongings): Gone {
    const conversations: ConversationRef[] = []
    const theirs: Key[] = []
    for await (const [key, value] of entriesOf<ConversationRecord>('conversations')) {
      if (!isTheirScope(scopeOf(key))) continue
      conversations.push(value.conversation)
      theirs.push({ namespace: 'conversations', key })
    }
    for await (const [key] of entriesOf('choices')) {
      if (isTheirScope(key)) theirs.push({ namespace: 'choices', key })
    }
    for await (const [key, value] of entriesOf<JsonObject>('actions')) {
      if (isTheirButton(value)) theirs.push({ namespace: 'actions', key })
    }
    for (let from = 0; from < theirs.length; from += AT_ONCE) {
      const writes = theirs.slice(from, from + AT_ONCE).map((key): Write => ({ delete: key }))
      await store.coordination.commit(writes)
    }
    return conversations
  }

  /** Keyv's iterator yields pairs without a type: what stands in a namespace is of its rooms' making. */
  async function* entriesOf<Value>(namespace: string): AsyncGenerator<readonly [string, Value]> {
    for await (const [key, value] of store.keyv<Value>(namespace).iterator()) {
      yield [key, value as Value]
    }
  }
}
