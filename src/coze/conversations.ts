// The calls about conversations and the messages in them.

import { AssistantError } from '../contract/errors.ts'
import { LIST_MAX_BYTES } from './chat.ts'
import type { Call, CozeClient } from './client.ts'
import { garbledFailure, unsupportedFailure } from './errors.ts'
import { compact, toId, toList, toObject } from './json.ts'
import { payloadOf, readConversation, readMessage } from './wire.ts'
import type { Conversation, Message } from './wire.ts'

/** `POST /v1/conversation/create`. One too many is an empty conversation, so it may be repeated. */
export async function createConversation(
  client: CozeClient,
  options: { readonly botId?: string; readonly userId?: string; readonly name?: string },
  signal: AbortSignal,
): Promise<Conversation> {
  const json = compact({ bot_id: options.botId, name: options.name })
  return one(
    client,
    { method: 'POST', path: '/v1/conversation/create', json, patience: 'short', ...whose(options.userId) },
    signal,
  )
}

/** `GET /v1/conversation/retrieve`. */
export async function retrieveConversation(
  client: CozeClient,
  conversationId: string,
  userId: string | undefined,
  signal: AbortSignal,
): Promise<Conversation> {
  const query = { conversation_id: conversationId }
  return one(client, { method: 'GET', path: '/v1/conversation/retrieve', query, ...whose(userId) }, signal)
}

/** `GET /v1/conversations`: own ones that were made with this bot, newest first. `pageSize` 1–50. */
export async function listConversations(
  client: CozeClient,
  options: {
    readonly botId: string
    readonly page?: number
    readonly pageSize?: number
    readonly userId?: string
  },
  signal: AbortSignal,
): Promise<{ readonly conversations: readonly Conversation[]; readonly hasMore: boolean }> {
  const query = {
    bot_id: options.botId,
    page_num: String(options.page ?? 1),
    page_size: String(options.pageSize ?? 50),
  }
  const call: Call = {
    method: 'GET',
    path: '/v1/conversations',
    query,
    repeat: 'harmless',
    maxBytes: LIST_MAX_BYTES,
    ...whose(options.userId),
  }
  const data = toObject(payloadOf((await client.json(call, signal)).body))
  return {
    conversations: toList(data['conversations']).map(readConversation),
    hasMore: data['has_more'] === true,
  }
}

/** `POST /v1/conversations/:id/clear`: the context starts anew, messages stay stored. Answers the new section's id. */
export async function clearConversation(
  client: CozeClient,
  conversationId: string,
  userId: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const path = `/v1/conversations/${encodeURIComponent(conversationId)}/clear`
  const call: Call = { method: 'POST', path, json: {}, repeat: 'harmless', ...whose(userId) }
  return toId(toObject(payloadOf((await client.json(call, signal)).body))['id'])
}

export interface MessagePage {
  /** Newest first. */
  readonly messages: readonly Message[]
  readonly hasMore: boolean
  /** Give it as `beforeId` for the page of older ones. */
  readonly firstId: string
}

/** `POST /v1/conversation/message/list`, newest first: questions and answers, no tool calls. Coze docs: list messages. */
export async function listMessages(
  client: CozeClient,
  options: {
    readonly conversationId: string
    readonly userId?: string
    readonly chatId?: string
    readonly beforeId?: string
    /** 1–50, default 50. */
    readonly limit?: number
  },
  signal: AbortSignal,
): Promise<MessagePage> {
  const call: Call = {
    method: 'POST',
    path: '/v1/conversation/message/list',
    query: { conversation_id: options.conversationId },
    json: compact({
      order: 'desc',
      limit: options.limit ?? 50,
      chat_id: options.chatId,
      before_id: options.beforeId,
    }),
    repeat: 'harmless',
    patience: 'short',
    maxBytes: LIST_MAX_BYTES,
    ...whose(options.userId),
  }
  const { body } = await client.json(call, signal)
  return {
    messages: newestFirst(toList(body['data']).map(readMessage)),
    hasMore: body['has_more'] === true,
    firstId: toId(body['first_id']),
  }
}

/** As asked for; a server that lists by time instead is turned round. */
function newestFirst(messages: readonly Message[]): readonly Message[] {
  const first = messages[0]?.createdAtMs ?? 0
  const last = messages.at(-1)?.createdAtMs ?? 0
  return first < last ? messages.toReversed() : messages
}

/** A person's verdict on an answer; `none` takes it back. Coze docs: message feedback. */
export async function giveFeedback(
  client: CozeClient,
  options: {
    readonly conversationId: string
    readonly messageId: string
    readonly userId: string
    readonly verdict: 'like' | 'unlike' | 'none'
  },
  signal: AbortSignal,
): Promise<void> {
  const conversation = encodeURIComponent(options.conversationId)
  const path = `/v1/conversations/${conversation}/messages/${encodeURIComponent(options.messageId)}/feedback`
  if (client.flavor === 'studio') throw new AssistantError(unsupportedFailure(`POST ${path}`))
  const call: Call =
    options.verdict === 'none'
      ? { method: 'DELETE', path, repeat: 'harmless', ...whose(options.userId) }
      : {
          method: 'POST',
          path,
          json: { feedback_type: options.verdict },
          repeat: 'harmless',
          ...whose(options.userId),
        }
  await client.json(call, signal)
}

async function one(
  client: CozeClient,
  call: Omit<Call, 'repeat'>,
  signal: AbortSignal,
): Promise<Conversation> {
  const { body, logid } = await client.json({ ...call, repeat: 'harmless' }, signal)
  const conversation = readConversation(payloadOf(body))
  if (conversation.id !== '') return conversation
  throw new AssistantError(
    garbledFailure(`${call.method} ${call.path}`, 'a conversation without an id', logid),
  )
}

function whose(userId: string | undefined): { readonly userId?: string } {
  return userId === undefined ? {} : { userId }
}
