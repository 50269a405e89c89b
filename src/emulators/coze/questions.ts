// What did the caller ask, and does it keep Coze's rules?
import { isObject, listOf, parseJson, textMap, textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import { badParameter, noSuch, Refusal } from './refusal.ts'
import type { ConversationRecord, MessageRecord } from './records.ts'
import type { ScriptFile, ScriptInput } from './script.ts'
import { ownFile } from './workflow-files.ts'
import type { World } from './world.ts'

/** One of `additional_messages`, checked. */
export interface EnteredMessage {
  readonly role: 'user' | 'assistant'
  readonly type: 'question' | 'answer' | 'function_call' | 'tool_output' | 'tool_response'
  readonly content: string
  readonly contentType: string
  readonly metaData: Readonly<Record<string, string>>
  readonly text: string
  readonly files: readonly ScriptFile[]
}

/** At most 16 pairs, keys of 1 to 64 and values of 1 to 512 characters (Coze docs: start a chat). */
export function checkMetaData(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw badParameter('meta_data must be a map')
  const entries = Object.entries(value)
  const fits = entries.every(
    ([key, member]) =>
      key.length >= 1 &&
      key.length <= 64 &&
      typeof member === 'string' &&
      member.length >= 1 &&
      member.length <= 512,
  )
  if (entries.length > 16 || !fits) throw new Refusal(4003, 'meta_data exceeds the limit')
  return textMap(value)
}

export function checkMessages(
  world: World,
  value: unknown,
  owner: string,
  rule: MessageRule,
): EnteredMessage[] {
  const list = listOf(value)
  if (list.length > rule.most)
    throw new Refusal(4004, `The number of additional_messages exceeds the limit of ${rule.most}`)
  const messages = list.map((item) => checkMessage(world, item, owner, rule))
  if (messages.length > 0 && messages.every((message) => message.text === ''))
    throw badParameter('images and files need a text beside them')
  return messages
}

export interface MessageRule {
  readonly most: number
  /** With history kept, only questions and answers may be entered. */
  readonly keepsHistory: boolean
  readonly textOnly?: boolean
}

function checkMessage(world: World, item: unknown, owner: string, rule: MessageRule): EnteredMessage {
  if (!isObject(item)) throw badParameter('additional_messages must be objects')
  const role = item['role']
  if (role !== 'user' && role !== 'assistant') throw badParameter(`role ${JSON.stringify(role)} is not known`)
  const type = readType(item['type'] ?? (role === 'user' ? 'question' : 'answer'))
  if (type === undefined) throw badParameter(`message type ${JSON.stringify(item['type'])} is not known`)
  if ((type === 'question') !== (role === 'user')) throw badParameter('type question goes with role user')
  if (rule.keepsHistory && type !== 'question' && type !== 'answer')
    throw badParameter(`type ${type} needs auto_save_history false`)
  const contentType = item['content_type'] ?? 'text'
  const content = textOf(item['content'])
  if (content === undefined) throw badParameter('content is required')
  const base = { role, type, content, metaData: checkMetaData(item['meta_data']) } as const
  if (contentType === 'text') return { ...base, contentType, text: content, files: [] }
  if (contentType !== 'object_string' || rule.textOnly === true)
    throw badParameter(`content_type ${JSON.stringify(contentType)} cannot be sent`)
  return { ...base, contentType, ...readObjectString(world, content, owner) }
}

function readType(value: unknown): EnteredMessage['type'] | undefined {
  switch (value) {
    case 'question':
    case 'answer':
    case 'function_call':
    case 'tool_output':
    case 'tool_response':
      return value
    default:
      return undefined
  }
}

/** At most one text, and never a text alone (Coze docs: start a chat, object_string). */
function readObjectString(
  world: World,
  content: string,
  owner: string,
): { text: string; files: ScriptFile[] } {
  const items = parseJson(content)
  if (!Array.isArray(items) || items.length === 0) throw badParameter('object_string must be a JSON array')
  let text = ''
  const files: ScriptFile[] = []
  for (const item of items as unknown[]) {
    if (!isObject(item)) throw badParameter('object_string items must be objects')
    if (item['type'] === 'text') {
      if (text !== '') throw badParameter('object_string may have one text item')
      text = textOf(item['text']) ?? ''
    } else files.push(readFileItem(world, item, owner))
  }
  if (files.length === 0) throw badParameter('a text alone must be sent as content_type text')
  return { text, files }
}

function readFileItem(world: World, item: JsonObject, owner: string): ScriptFile {
  const type = item['type']
  if (type !== 'image' && type !== 'file' && type !== 'audio') throw badParameter('object_string item type')
  const fileId = textOf(item['file_id'])
  const fileUrl = textOf(item['file_url'])
  if (fileUrl !== undefined) return { type, fileUrl }
  if (fileId === undefined) throw badParameter('an item needs file_id or file_url')
  const file = ownFile(world, owner, fileId)
  if (file === undefined) throw noSuch('file_id', fileId)
  return { type, fileId, name: file.name, sizeBytes: file.sizeBytes }
}

/** Stores what was entered, in order; answers the new messages. */
export function storeMessages(
  world: World,
  conversation: ConversationRecord,
  entered: readonly EnteredMessage[],
  at: { readonly chatId: string; readonly botId: string },
): MessageRecord[] {
  const nowS = world.nowS()
  const stored = entered.map((message): MessageRecord => ({
    id: world.ids.next(),
    conversationId: conversation.id,
    chatId: at.chatId,
    botId: at.botId,
    sectionId: conversation.sectionId,
    role: message.role,
    type: message.type,
    content: message.content,
    contentType: message.contentType,
    reasoning: '',
    metaData: message.metaData,
    createdAtS: nowS,
    updatedAtS: nowS,
    feedback: undefined,
  }))
  conversation.messages.push(...stored)
  conversation.updatedAtS = nowS
  return stored
}

/** What the model is shown of the conversation: this section, without cancelled chats. */
export function historyOf(world: World, conversation: ConversationRecord): ScriptInput['history'] {
  return conversation.messages
    .filter(
      (message) =>
        message.sectionId === conversation.sectionId &&
        world.store.chats.get(message.chatId)?.status !== 'canceled',
    )
    .map((message) => ({ role: message.role, text: textIn(message) }))
}

function textIn(message: MessageRecord): string {
  if (message.contentType !== 'object_string') return message.content
  const item = listOf(parseJson(message.content)).find((one) => isObject(one) && one['type'] === 'text')
  return (isObject(item) ? textOf(item['text']) : undefined) ?? ''
}
