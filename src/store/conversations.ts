// Which conversation at the assistant belongs to this scope, with this agent?
//
// Used, it is kept on; not used for as long as the owner says, it is forgotten.

import type { ConversationRef } from '../contract/assistant.ts'
import type { Json } from '../contract/event.ts'
import type { Write } from './coordination.ts'
import type { Store } from './open.ts'
import { createKept, type Keeping } from './retention.ts'

export interface ConversationRecord {
  readonly conversation: ConversationRef
  readonly createdAtMs: number
  readonly usedAtMs: number
  /** What the person gave as the agent's parameters. */
  readonly parameters?: Readonly<Record<string, Json>>
}

export interface Conversations {
  /** Counts as a use. */
  get(agent: string, scopeKey: string): Promise<ConversationRecord | undefined>
  put(agent: string, scopeKey: string, record: ConversationRecord): Promise<void>
  /** Forgets it; the next question begins a new one. */
  drop(agent: string, scopeKey: string): Promise<void>
  /**
   * A chat got another id: `newScopeKey` says what a scope is called now, undefined or the same for those it does not concern.
   * One commit. Where the new scope has a conversation already, the one used last stays. Says how many were moved.
   */
  move(newScopeKey: (scopeKey: string) => string | undefined): Promise<number>
  /** The same as `put`, to stand in a commit with others. */
  write(agent: string, scopeKey: string, record: ConversationRecord): Write
}

const namespace = 'conversations'

/** `keeping` absent: they are kept for ever. */
export function createConversations(store: Store, keeping?: Keeping): Conversations {
  const records = store.keyv<ConversationRecord>(namespace)
  const kept = createKept(keeping)

  return {
    async get(agent, scopeKey) {
      const key = toKey(agent, scopeKey)
      const record = await records.get(key)
      if (record === undefined || kept?.isOver(record.usedAtMs) === true) return undefined
      if (kept?.isWorthRenewing(record.usedAtMs) === true) {
        await put(key, { ...record, usedAtMs: kept.nowMs() })
      }
      return record
    },
    put: (agent, scopeKey, record) => put(toKey(agent, scopeKey), record),
    async drop(agent, scopeKey) {
      await records.delete(toKey(agent, scopeKey))
    },
    write: (agent, scopeKey, record) => written(toKey(agent, scopeKey), record),

    async move(newScopeKey) {
      const writes: Write[] = []
      const newest = new Map<string, ConversationRecord>()
      let moved = 0
      for await (const [key, record] of entriesOf(records)) {
        const { agent, scopeKey } = fromKey(key)
        const target = newScopeKey(scopeKey)
        if (target === undefined || target === scopeKey) continue
        const targetKey = toKey(agent, target)
        const there = newest.get(targetKey) ?? (await records.get(targetKey))
        newest.set(targetKey, there !== undefined && there.usedAtMs >= record.usedAtMs ? there : record)
        writes.push({ delete: { namespace, key } })
        moved += 1
      }
      for (const [key, record] of newest) writes.push(written(key, record))
      await store.coordination.commit(writes)
      return moved
    },
  }

  async function put(key: string, record: ConversationRecord): Promise<void> {
    await records.set(key, record, kept?.ttlMs(record.usedAtMs))
  }

  function written(key: string, record: ConversationRecord): Write {
    const ttl = kept === undefined ? {} : { ttlMs: kept.ttlMs(record.usedAtMs) }
    return { set: { namespace, key }, value: record, ...ttl }
  }
}

/** Of a key in the namespace. */
export function scopeOf(key: string): string {
  return fromKey(key).scopeKey
}

/** An agent's key has no blank once encoded, so the first blank parts the two. */
function toKey(agent: string, scopeKey: string): string {
  return `${encodeURIComponent(agent)} ${scopeKey}`
}

function fromKey(key: string): { readonly agent: string; readonly scopeKey: string } {
  const blank = key.indexOf(' ')
  return { agent: decodeURIComponent(key.slice(0, blank)), scopeKey: key.slice(blank + 1) }
}

/** Keyv's iterator yields pairs without a type. */
async function* entriesOf(
  records: ReturnType<Store['keyv']>,
): AsyncGenerator<readonly [string, ConversationRecord]> {
  for await (const [key, record] of records.iterator()) {
    yield [key, record as ConversationRecord]
  }
}
