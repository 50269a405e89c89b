// What is known of a chat before it runs?
import type { ChatRecord, ConversationRecord } from './records.ts'
import type { Token, World } from './world.ts'

export function createChat(
  world: World,
  conversation: ConversationRecord,
  token: Token,
  about: Pick<
    ChatRecord,
    | 'id'
    | 'botId'
    | 'workflowId'
    | 'userId'
    | 'query'
    | 'items'
    | 'metaData'
    | 'autoSaveHistory'
    | 'streamed'
    | 'insertedIds'
  >,
): ChatRecord {
  return {
    ...about,
    conversationId: conversation.id,
    sectionId: conversation.sectionId,
    owner: token.owner,
    startedAtMs: world.options.nowMs(),
    endedAtMs: undefined,
    status: 'created',
    lastError: { code: 0, msg: '' },
    toolCalls: [],
    messages: [],
    usage: { input: 0, output: 0 },
  }
}
