// How is a question written for Coze?

import { createHash } from 'node:crypto'
import type { MediaItem, Question } from '../contract/assistant.ts'
import type { JsonObject } from '../contract/event.ts'
import type { AgentSpec } from '../contract/policy.ts'
import { compact, readJson, toList, toObject, toText } from './json.ts'

/** Key in `meta_data` under which a question carries its turn's id. */
export const TURN_KEY = 'bridge_turn'
/** Longest value in `meta_data`. Coze docs: Chat. */
const MAX_META_CHARS = 512
/** A picture alone is refused (4000) without words beside it. Coze docs: Chat, object_string. */
export const WORDS_FOR_MEDIA = '…'

type BotSpec = Extract<AgentSpec, { kind: 'bot' }>
type ChatflowSpec = Extract<AgentSpec, { kind: 'chatflow' }>
type Asked = Pick<Question, 'text' | 'media' | 'turnId' | 'asker'>

/** The turn's id as it stands in `meta_data`. */
export function toTurnMark(turnId: string): string {
  return turnId.length <= MAX_META_CHARS ? turnId : createHash('sha256').update(turnId).digest('hex')
}

/** Body of `POST /v3/chat`, but for `stream`. */
export function toChatBody(agent: BotSpec, question: Asked): JsonObject {
  const mark = { [TURN_KEY]: toTurnMark(question.turnId) }
  return compact({
    bot_id: agent.bot,
    user_id: question.asker.userId,
    auto_save_history: agent.autoSaveHistory ?? true,
    additional_messages: [{ ...toMessage(question), meta_data: mark }],
    meta_data: mark,
    parameters: agent.parameters,
    custom_variables: agent.customVariables,
  })
}

/** Body of `POST /v1/workflows/chat`: here `conversation_id` does belong into it. Text only. Coze docs: run chatflow. */
export function toChatflowBody(agent: ChatflowSpec, question: Asked, conversationId: string): JsonObject {
  const mark = { [TURN_KEY]: toTurnMark(question.turnId) }
  return compact({
    workflow_id: agent.workflow,
    // One of the two: both together are refused (4000).
    app_id: agent.app,
    bot_id: agent.app === undefined ? agent.bot : undefined,
    conversation_id: conversationId === '' ? undefined : conversationId,
    parameters: agent.parameters ?? {},
    ext: { user_id: question.asker.userId },
    additional_messages: [
      { role: 'user', type: 'question', content: question.text, content_type: 'text', meta_data: mark },
    ],
  })
}

function toMessage({ text, media }: Asked): JsonObject {
  const frame = { role: 'user', type: 'question' }
  if (media.length === 0) return { ...frame, content: text, content_type: 'text' }
  return { ...frame, content: toObjectString(text, media), content_type: 'object_string' }
}

/** At most one text item, and never one alone. Coze docs: message types. */
export function toObjectString(text: string, media: readonly MediaItem[]): string {
  const words = { type: 'text', text: text.trim() === '' ? WORDS_FOR_MEDIA : text }
  return JSON.stringify([words, ...media.map(({ kind, fileId }) => ({ type: kind, file_id: fileId }))])
}

/** The text of a stored question, whichever way it was sent. */
export function textOfQuestion(content: string, contentType: string): string {
  if (contentType !== 'object_string') return content
  const items = readJson(content)
  if (!Array.isArray(items)) return content
  const words = toList(items).find((item) => toObject(item)['type'] === 'text')
  return toText(toObject(words)['text'])
}
