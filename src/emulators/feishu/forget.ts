// How does a long run stay small? What is older than a moment is forgotten: messages, cards, files, calls, frames.
import type { MessageState } from './types.ts'
import type { World } from './world.ts'

/** By the wall clock. People, rooms, the first messages of threads, and what is still on its way stay. */
export function forgetBefore(world: World, ms: number): void {
  const { store, files, limiter, callbacks, deliveries } = world
  const roots = new Set(store.threads.values())
  const awaited = new Set(deliveries.pending().map(({ messageId }) => messageId))
  const isOld = (message: MessageState): boolean =>
    message.updatedAtMs < ms &&
    !roots.has(message.id) &&
    !awaited.has(message.id) &&
    message.callbacksRunning === 0
  for (const message of store.messages.values()) if (isOld(message)) store.messages.delete(message.id)
  for (const { messages } of store.chats.values()) {
    const kept = messages.filter(({ id }) => store.messages.has(id))
    messages.splice(0, messages.length, ...kept)
  }
  for (const card of store.cards.values()) {
    const isSent = card.messageId !== undefined
    const isGone = isSent ? !store.messages.has(card.messageId ?? '') : card.createdAtMs < ms
    if (isGone) store.cards.delete(card.id)
  }
  for (const [uuid, { messageId }] of store.uuids)
    if (!store.messages.has(messageId)) store.uuids.delete(uuid)
  for (const [token, { messageId }] of callbacks) if (!store.messages.has(messageId)) callbacks.delete(token)
  const valid = store.tokens.filter(({ expiresAtMs, revoked }) => !revoked && expiresAtMs >= ms)
  store.tokens.splice(0, store.tokens.length, ...valid)
  store.forgetBefore(ms)
  files.forgetBefore(ms)
  limiter.forgetIdle()
  deliveries.forget((messageId) => !store.messages.has(messageId))
}
