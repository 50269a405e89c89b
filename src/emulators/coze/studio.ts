// How does a self-hosted Coze Studio differ on the wire?
import { createHash } from 'node:crypto'
import type { JsonObject } from './json.ts'
import type { ChatRecord } from './records.ts'
import { cloudShapes, requiredAction, usageOf } from './shapes.ts'
import type { Shapes } from './shapes.ts'

/**
 * Sources: coze-studio's backend (api/router, application/conversation). Times that are not known are 0, `last_error` is
 * absent, statuses are spelled `cancelled` and `required_action`, messages carry internals in `meta_data`.
 */
export const studioShapes: Shapes = {
  chat: (chat) => ({
    id: chat.id,
    conversation_id: chat.conversationId,
    ...(chat.botId === '' ? { execute_id: chat.id } : { bot_id: chat.botId }),
    ...(chat.botId === '' ? {} : { created_at: Math.floor(chat.startedAtMs / 1000) }),
    completed_at: atSeconds(chat, 'completed'),
    failed_at: atSeconds(chat, 'failed'),
    meta_data: chat.metaData,
    status: studioStatus(chat),
    ...(chat.toolCalls.length === 0 ? {} : { required_action: requiredAction(chat) }),
    ...(chat.usage.output === 0 ? {} : { usage: usageOf(chat) }),
    section_id: chat.sectionId,
  }),
  message: (message) => ({
    ...cloudShapes.message(message),
    meta_data: { ...message.metaData, bot_state: '{}', token: '0', time_cost: '0.1' },
  }),
  conversation: (conversation) => ({
    id: conversation.id,
    name: conversation.name,
    created_at: conversation.createdAtS,
    updated_at: conversation.updatedAtS,
    meta_data: conversation.metaData,
    last_section_id: conversation.sectionId,
    connector_id: conversation.connectorId,
    // The server's own spelling; the account is a JSON number.
    creator_d: conversation.owner,
    account_id: 1,
    user_id: conversation.owner,
  }),
  file: (file) => ({
    id: file.id,
    bytes: file.sizeBytes,
    CreatedAt: file.createdAtS,
    file_name: file.name,
    uri: `tos-cn-i/${file.id}`,
    url: `http://localhost/${file.id}`,
  }),
}

/** Answered with HTTP 200 for every failed authentication. */
export function authFailure(authorization: string | undefined): JsonObject {
  const reason =
    authorization === undefined || authorization === ''
      ? 'missing authorization in header'
      : (authorization.split('Bearer')[1]?.trim() ?? '') === ''
        ? 'missing api_key in request'
        : 'api key invalid'
  return { code: 700012006, msg: `authentication failed: ${reason}` }
}

/** `X-Log-ID` is a uuid; there is no `X-Tt-Logid`. */
export function studioHeaders(logId: string): Record<string, string> {
  const hex = createHash('sha256').update(logId).digest('hex')
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
  return { 'x-log-id': uuid, 'x-accel-buffering': 'no' }
}

function studioStatus(chat: ChatRecord): string {
  if (chat.status === 'canceled') return 'cancelled'
  return chat.status === 'requires_action' ? 'required_action' : chat.status
}

function atSeconds(chat: ChatRecord, status: 'completed' | 'failed'): number {
  return chat.status === status && chat.endedAtMs !== undefined ? Math.floor(chat.endedAtMs / 1000) : 0
}
