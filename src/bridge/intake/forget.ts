// "Forget me": what is kept of this person on this account is deleted. What stays, and why: store/forgetting.ts.

import type { ConversationRef } from '../../contract/assistant.ts'
import type { AskingEvent } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import type { Hall } from './hall.ts'
import { stopAllOf } from './stopping.ts'
import type { BridgeWorld } from '../world.ts'

/** `scopeKey`: where it is said. Resolves when it is done; at the assistant it goes on beside. */
export async function forget(hall: Hall, event: AskingEvent, scopeKey: string): Promise<readonly Notice[]> {
  const { world, errands } = hall
  // First, since a turn keeps its conversation and its question while it ends.
  await stopAllOf(hall, event)
  const isTheirScope = ownScopes(event)
  const gone = await world.forgetting.forget(`${event.address.account} ${event.sender.id}`, {
    isTheirScope,
    // A button names its owner and no account: on one platform the same id is the same person, also with another bot.
    isTheirButton: (meaning) => meaning['owner'] === event.sender.id,
  })
  for (const key of world.lastHandles.keys()) if (isTheirScope(key)) world.lastHandles.delete(key)
  // In a conversation of several people the last question may be somebody else's: better one too many.
  for (const key of world.lastQuestions.keys()) {
    if (isTheirScope(key) || key === scopeKey) world.lastQuestions.delete(key)
  }
  if (gone.length > 0) errands.run('clear', () => clearAll(gone, world))
  return [{ key: 'forget.done' }]
}

/**
 * Scopes on the account that are this person's alone (`scopeKey` in route.ts): `per-user` ones anywhere, and all of the
 * private chat: the one this is said in, and the one whose id is the person's, as on Telegram.
 */
export function ownScopes({ address, chatKind, sender }: AskingEvent): (scopeKey: string) => boolean {
  const { account, chatId } = address
  const chats: ReadonlySet<string> = new Set([sender.id, ...(chatKind === 'direct' ? [chatId] : [])])
  return (scopeKey) => {
    const [of, chat = '', ...rest] = scopeKey.split('|')
    if (of !== account) return false
    return chats.has(chat) || (rest.length > 0 && scopeKey.endsWith(`|u:${sender.id}`))
  }
}

/** The context over there; what cannot be cleared is out of our reach already, since we have lost its id. */
async function clearAll(
  conversations: readonly ConversationRef[],
  { assistant, letGo, log }: BridgeWorld,
): Promise<void> {
  for (const conversation of conversations) {
    letGo.throwIfAborted()
    await assistant.clear?.(conversation, letGo).catch((error: unknown) => {
      log.warn({}, 'a conversation could not be cleared at the assistant', error)
    })
  }
}
