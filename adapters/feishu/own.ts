// Which messages are our own? A bounded memory: what is replied to is known without asking.

export interface OwnMessages {
  /** Told by the outbox of each message it posted. */
  add(messageId: string): void
  has(messageId: string): boolean
}

/** Replies to older ones are known once the quote is fetched. */
const MAX_REMEMBERED = 5_000

export function createOwnMessages(): OwnMessages {
  const ids = new Set<string>()
  return {
    add(messageId) {
      ids.delete(messageId)
      ids.add(messageId)
      if (ids.size <= MAX_REMEMBERED) return
      const [oldest] = ids
      if (oldest !== undefined) ids.delete(oldest)
    },
    has: (messageId) => ids.has(messageId),
  }
}
