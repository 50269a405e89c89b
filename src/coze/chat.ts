// The calls about one chat: ask, look, list, cancel, answer its tool calls.

import type { ToolResult } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { JsonObject } from '../contract/event.ts'
import type { EventStream } from './body.ts'
import type { Call, CozeClient } from './client.ts'
import { garbledFailure, unsupportedFailure } from './errors.ts'
import { toList } from './json.ts'
import { payloadOf, readChat, readMessage } from './wire.ts'
import type { Chat, Message } from './wire.ts'

/** What names one chat. `userId`: whose session it is. */
export interface ChatKey {
  readonly conversationId: string
  readonly chatId: string
  readonly userId: string
}

export interface AskOptions {
  /** '' lets Coze open a conversation. */
  readonly conversationId: string
  readonly userId: string
  /** The rest of the body: Coze docs, "Chat". */
  readonly body: JsonObject
  readonly waitTurn?: Call['waitTurn']
}

/** 50 answers of many thousand characters each are a long list. */
export const LIST_MAX_BYTES = 16 * 1024 * 1024

/** `POST /v3/chat`, streaming. Coze docs: Chat. */
export function askStreaming(
  client: CozeClient,
  options: AskOptions,
  signal: AbortSignal,
): Promise<EventStream> {
  return client.events(askCall(options, true), signal)
}

/** `POST /v3/chat` without stream: it only begins; look with `retrieveChat`, then `listChatMessages`. */
export async function ask(client: CozeClient, options: AskOptions, signal: AbortSignal): Promise<Chat> {
  const { body, logid } = await client.json(askCall(options, false), signal)
  return checked(readChat(payloadOf(body)), 'POST /v3/chat', logid)
}

function askCall({ conversationId, userId, body, waitTurn }: AskOptions, stream: boolean): Call {
  return {
    method: 'POST',
    path: '/v3/chat',
    // In the query: in the body it is ignored, and Coze silently opens a new conversation.
    query: { conversation_id: conversationId === '' ? undefined : conversationId },
    json: { ...body, stream },
    repeat: 'costly',
    patience: 'short',
    userId,
    ...(waitTurn === undefined ? {} : { waitTurn }),
  }
}

/** `GET /v3/chat/retrieve`; GET is what both cloud and Studio know. At most once a second. Coze docs: retrieve chat. */
export async function retrieveChat(client: CozeClient, key: ChatKey, signal: AbortSignal): Promise<Chat> {
  const path = '/v3/chat/retrieve'
  const query = queryOf(key)
  const call: Call = { method: 'GET', path, query, repeat: 'harmless', patience: 'long', userId: key.userId }
  const { body, logid } = await client.json(call, signal)
  return checked(readChat(payloadOf(body)), `GET ${path}`, logid)
}

/** `GET /v3/chat/message/list`: all but the question, in no promised order. Complete only once the chat is. */
export async function listChatMessages(
  client: CozeClient,
  key: ChatKey,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const call: Call = {
    method: 'GET',
    path: '/v3/chat/message/list',
    query: queryOf(key),
    repeat: 'harmless',
    patience: 'long',
    userId: key.userId,
    maxBytes: LIST_MAX_BYTES,
  }
  const { body } = await client.json(call, signal)
  return inOrder(toList(payloadOf(body)).map(readMessage))
}

/** `POST /v3/chat/cancel`. Code 4104: there is nothing to cancel any more. Does not close an open stream. */
export async function cancelChat(client: CozeClient, key: ChatKey, signal: AbortSignal): Promise<Chat> {
  const call: Call = {
    method: 'POST',
    path: '/v3/chat/cancel',
    json: { conversation_id: key.conversationId, chat_id: key.chatId },
    repeat: 'harmless',
    // Somebody pressed "stop", and looks at it.
    patience: 'short',
    userId: key.userId,
  }
  const { body } = await client.json(call, signal)
  return readChat(payloadOf(body))
}

/** `POST /v3/chat/submit_tool_outputs`, streaming. All pending calls in one request. */
export async function submitToolOutputs(
  client: CozeClient,
  key: ChatKey,
  results: readonly ToolResult[],
  signal: AbortSignal,
): Promise<EventStream> {
  const path = '/v3/chat/submit_tool_outputs'
  if (client.flavor === 'studio') throw new AssistantError(unsupportedFailure(`POST ${path}`))
  const outputs = results.map(({ id, output }) => ({ tool_call_id: id, output }))
  const json = { tool_outputs: outputs, stream: true }
  const call = {
    method: 'POST',
    path,
    query: queryOf(key),
    json,
    repeat: 'costly',
    patience: 'long',
  } as const
  return client.events({ ...call, userId: key.userId }, signal)
}

function queryOf(key: ChatKey): Record<string, string> {
  return { conversation_id: key.conversationId, chat_id: key.chatId }
}

function checked(chat: Chat, what: string, logid: string): Chat {
  if (chat.id !== '') return chat
  throw new AssistantError(garbledFailure(what, 'a chat without an id', logid))
}

/**
 * By time, and as listed within one second; lists that come newest first are turned round. Which way a list runs its
 * visible messages tell: a verbose one may stand first although it came last.
 */
function inOrder(messages: readonly Message[]): readonly Message[] {
  const listed = isDescending(messages.filter(({ type }) => type !== 'verbose'))
    ? messages.toReversed()
    : messages
  return listed.toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0))
}

function isDescending(messages: readonly Message[]): boolean {
  const times = messages.map(({ createdAtMs }) => createdAtMs ?? 0)
  const falls = times.every((time, i) => time >= (times[i + 1] ?? time))
  return falls && (times[0] ?? 0) > (times.at(-1) ?? 0)
}
