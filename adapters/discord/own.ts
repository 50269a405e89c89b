// Which messages are ours? The newest thousands, from their echoes: replies to them and deletions of them are known so.

export interface OwnMessages {
  add(messageId: string): void
  has(messageId: string): boolean
}

const MAX_KEPT = 5_000

export function createOwnMessages(): OwnMessages {
  const kept = new Set<string>()
  return {
    add(messageId) {
      kept.add(messageId)
      if (kept.size > MAX_KEPT) kept.delete(kept.values().next().value ?? '')
    },
    has: (messageId) => kept.has(messageId),
  }
}
