// How are conversations made and found?
import { Refusal } from './refusal.ts'
import type { ConversationRecord } from './records.ts'
import type { Token, World } from './world.ts'

export function createConversation(
  world: World,
  token: Token,
  about: Partial<Pick<ConversationRecord, 'botId' | 'name' | 'metaData' | 'connectorId'>>,
): ConversationRecord {
  const id = world.ids.next()
  const conversation: ConversationRecord = {
    id,
    owner: token.owner,
    botId: about.botId ?? '',
    connectorId: about.connectorId ?? '1024',
    metaData: about.metaData ?? {},
    name: about.name ?? '',
    createdAtS: world.nowS(),
    updatedAtS: world.nowS(),
    // The first section has the conversation's own id.
    sectionId: id,
    runningChatId: undefined,
    messages: [],
  }
  world.store.conversations.set(id, conversation)
  return conversation
}

/** A conversation of this token's account and session, or 4002. */
export function ownConversation(world: World, token: Token, id: string): ConversationRecord {
  const found = world.store.conversations.get(id)
  if (found?.owner !== token.owner)
    throw new Refusal(4002, `The conversation ${id} does not exist or is not accessible.`)
  return found
}
