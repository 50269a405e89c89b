// How do remembered things look as JSON on the cloud's wire?
import type { JsonObject } from './json.ts'
import type { ChatRecord, ConversationRecord, FileRecord, MessageRecord } from './records.ts'

/** One per flavour; Studio's is in studio.ts. */
export interface Shapes {
  chat(chat: ChatRecord): JsonObject
  message(message: MessageRecord): JsonObject
  conversation(conversation: ConversationRecord): JsonObject
  file(file: FileRecord): JsonObject
}

export const cloudShapes: Shapes = {
  chat: (chat) => ({
    id: chat.id,
    conversation_id: chat.conversationId,
    // Chatflow events carry no bot_id.
    ...(chat.botId === '' ? {} : { bot_id: chat.botId }),
    created_at: Math.floor(chat.startedAtMs / 1000),
    ...endedAt(chat),
    last_error: chat.lastError,
    ...(Object.keys(chat.metaData).length === 0 ? {} : { meta_data: chat.metaData }),
    status: chat.status,
    ...(chat.toolCalls.length === 0 ? {} : { required_action: requiredAction(chat) }),
    ...(chat.insertedIds.length === 0
      ? {}
      : { inserted_additional_messages: chat.insertedIds.map((id) => ({ id })) }),
    usage: usageOf(chat),
    section_id: chat.sectionId,
  }),
  message: (message) => ({
    id: message.id,
    conversation_id: message.conversationId,
    ...(message.botId === '' ? {} : { bot_id: message.botId }),
    role: message.role,
    type: message.type,
    content: message.content,
    content_type: message.contentType,
    ...(message.reasoning === '' ? {} : { reasoning_content: message.reasoning }),
    ...(Object.keys(message.metaData).length === 0 ? {} : { meta_data: message.metaData }),
    chat_id: message.chatId,
    section_id: message.sectionId,
    created_at: message.createdAtS,
    updated_at: message.updatedAtS,
  }),
  conversation: (conversation) => ({
    id: conversation.id,
    name: conversation.name,
    created_at: conversation.createdAtS,
    updated_at: conversation.updatedAtS,
    meta_data: conversation.metaData,
    last_section_id: conversation.sectionId,
    connector_id: conversation.connectorId,
    creator_id: conversation.owner.split('#')[0] ?? '',
  }),
  file: (file) => ({ id: file.id, bytes: file.sizeBytes, file_name: file.name, created_at: file.createdAtS }),
}

export function requiredAction(chat: ChatRecord): JsonObject {
  return {
    type: 'submit_tool_outputs',
    submit_tool_outputs: {
      tool_calls: chat.toolCalls.map((call) => ({
        id: call.id,
        type: call.type,
        function: { name: call.name, arguments: call.arguments },
      })),
    },
  }
}

export function usageOf(chat: ChatRecord): JsonObject {
  const { input, output } = chat.usage
  return { token_count: input + output, output_count: output, input_count: input }
}

function endedAt(chat: ChatRecord): JsonObject {
  if (chat.endedAtMs === undefined) return {}
  const atS = Math.floor(chat.endedAtMs / 1000)
  if (chat.status === 'completed') return { completed_at: atS }
  return chat.status === 'failed' ? { failed_at: atS } : {}
}
