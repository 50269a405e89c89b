// What do Coze's own records look like, once read leniently?

import type { ToolCall, Usage } from '../contract/assistant.ts'
import { readFileUrl, toMedia, toPicture } from './file-url.ts'
import type { AnswerFile } from './file-url.ts'
import { promptAsText, readMarkedPrompt } from './interrupt.ts'
import { isObject, readJson, toId, toList, toNumber, toObject, toText, toTexts } from './json.ts'
import type { Unknowns } from './json.ts'

/** `cancelled` and `required_action` are spelled in more than one way on the wire. `unknown`: a word of the future. */
export type ChatStatus =
  'created' | 'in_progress' | 'completed' | 'failed' | 'requires_action' | 'canceled' | 'unknown'

export interface Chat {
  readonly id: string
  readonly conversationId: string
  readonly status: ChatStatus
  readonly lastError?: { readonly code?: number; readonly msg: string }
  readonly toolCalls: readonly ToolCall[]
  readonly usage?: Usage
}

export interface Message {
  readonly id: string
  readonly conversationId: string
  /** '' on messages that were put in rather than said. */
  readonly chatId: string
  readonly role: string
  /** `answer`, `question`, `function_call`, …; '' in some lists. */
  readonly type: string
  readonly content: string
  readonly contentType: string
  readonly reasoning: string
  readonly createdAtMs: number | undefined
  readonly metaData: Readonly<Record<string, string>>
}

export interface Conversation {
  readonly id: string
  readonly name?: string
  readonly createdAtMs?: number
  readonly lastSectionId: string
  readonly metaData: Readonly<Record<string, string>>
}

export function isTerminal(status: ChatStatus): boolean {
  return status !== 'created' && status !== 'in_progress' && status !== 'unknown'
}

/**
 * What an answer brings, wherever it keeps it: Coze Studio has its own keys for three calls.
 * coze-dev/coze-studio, `api/model/conversation/run`.
 */
export function payloadOf(body: Unknowns): unknown {
  return body['data'] ?? body['Messages'] ?? body['ChatV3ChatDetail'] ?? body['ConversationData']
}

export function readChat(value: unknown): Chat {
  const chat = toObject(value)
  const error = chat['last_error']
  const usage = readUsage(chat['usage'])
  return {
    id: toId(chat['id']),
    conversationId: toId(chat['conversation_id']),
    status: readStatus(toText(chat['status'])),
    ...(isObject(error) && error['code'] !== 0 ? { lastError: readLastError(error) } : {}),
    toolCalls: readToolCalls(chat['required_action']),
    ...(usage === undefined ? {} : { usage }),
  }
}

export function readMessage(value: unknown): Message {
  const message = toObject(value)
  const createdAt = message['created_at']
  const metaData = message['meta_data']
  return {
    id: toId(message['id']),
    conversationId: toId(message['conversation_id']),
    chatId: toId(message['chat_id']),
    role: toText(message['role']),
    type: toText(message['type']),
    content: toText(message['content']),
    contentType: toText(message['content_type']),
    reasoning: toText(message['reasoning_content']),
    createdAtMs: createdAt === undefined ? undefined : toMs(createdAt),
    metaData: isObject(metaData) ? toTexts(metaData) : NO_TEXTS,
  }
}

const NO_TEXTS: Readonly<Record<string, string>> = {}

export function readConversation(value: unknown): Conversation {
  const conversation = toObject(value)
  const name = toText(conversation['name'])
  const createdAtMs = toMs(conversation['created_at'])
  return {
    id: toId(conversation['id']),
    ...(name === '' ? {} : { name }),
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
    lastSectionId: toId(conversation['last_section_id']),
    metaData: toTexts(conversation['meta_data']),
  }
}

/** `{code,msg}`, wherever it stands. */
export function readLastError(value: unknown): { readonly code?: number; readonly msg: string } {
  const error = toObject(value)
  const code = toNumber(error['code'])
  return { ...(code === undefined ? {} : { code }), msg: toText(error['msg']) }
}

/**
 * What of an answer a person can read. A card's JSON never: its own words for the model, or that there is one. Pictures,
 * files and sound stand where they stood, as Markdown. Coze docs: message types.
 */
export function readAnswer(message: Pick<Message, 'content' | 'contentType'>): {
  readonly text: string
  readonly files: readonly AnswerFile[]
} {
  const { content, contentType } = message
  switch (contentType) {
    case 'card':
      return { text: readCard(content), files: [] }
    case 'object_string': {
      const parts = readJson(content)
      return Array.isArray(parts) ? readParts(toList(parts)) : { text: content, files: [] }
    }
    case 'audio':
      return readSound(content)
    default:
      return { text: content, files: [] }
  }
}

/** What an answer of sound holds is not documented: items, one item, an address; or bytes, which are no text. */
function readSound(content: string): ReturnType<typeof readAnswer> {
  const file = readFileUrl(content)
  if (file !== undefined) return { text: toMedia(file), files: [file] }
  const value = readJson(content)
  return readParts(isObject(value) ? [value] : toList(value))
}

/** Coze Studio asks by cards, too: for questions with options, and for input nodes. */
function readCard(content: string): string {
  const asked = readMarkedPrompt(content)
  const words = asked === undefined ? '' : promptAsText(asked)
  return words || toText(toObject(readJson(content))['response_for_model']) || '[card]'
}

function readParts(parts: readonly unknown[]): ReturnType<typeof readAnswer> {
  const files: AnswerFile[] = []
  let text = ''
  let wasText = false
  for (const part of parts.map(toObject)) {
    const isText = part['type'] === 'text'
    const said = isText ? toText(part['text']) : readFilePart(part, files)
    if (said === '') continue
    // Media are paragraphs of their own.
    text += text === '' ? said : `${isText && wasText ? '\n' : '\n\n'}${said}`
    wasText = isText
  }
  return { text, files }
}

/** As Markdown; '' for what cannot be fetched. */
function readFilePart(part: Unknowns, files: AnswerFile[]): string {
  const url = toText(part['file_url']).trim()
  if (!/^https?:\/\/./i.test(url)) return ''
  const name = toText(part['file_name']) || toText(part['name'])
  const file: AnswerFile = { url, ...(name === '' ? {} : { name }) }
  files.push(file)
  return part['type'] === 'image' ? toPicture(file) : toMedia(file)
}

function readStatus(status: string): ChatStatus {
  if (/^cancell?ed$/.test(status)) return 'canceled'
  if (/^requires?d?_action$/.test(status)) return 'requires_action'
  return STATUSES.find((known) => known === status) ?? 'unknown'
}
const STATUSES = ['created', 'in_progress', 'completed', 'failed'] as const

export function readUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined
  const inputTokens = toNumber(value['input_count'] ?? value['input_tokens']) ?? 0
  const outputTokens = toNumber(value['output_count'] ?? value['output_tokens']) ?? 0
  return {
    inputTokens,
    outputTokens,
    totalTokens: toNumber(value['token_count']) ?? inputTokens + outputTokens,
  }
}

function readToolCalls(value: unknown): readonly ToolCall[] {
  const calls = toList(toObject(toObject(value)['submit_tool_outputs'])['tool_calls'])
  return calls.map((entry) => {
    const call = toObject(entry)
    const wanted = toObject(call['function'])
    return {
      id: toId(call['id']),
      kind: call['type'] === 'reply_message' ? 'ask' : 'function',
      name: toText(wanted['name']),
      argumentsJson: toText(wanted['arguments']),
    }
  })
}

/** Coze says seconds. What would be the year 5000 and later is milliseconds. */
function toMs(time: unknown): number | undefined {
  const value = toNumber(time)
  if (value === undefined) return undefined
  return value > 1e11 ? value : value * 1000
}
