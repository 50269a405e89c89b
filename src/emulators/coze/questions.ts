// What did the caller ask, and does it keep Coze's rules?
import { isObject, listOf, parseJson, textMap, textOf } from './json.ts'
import { readObjectString } from './question-items.ts'
import { badParameter, Refusal } from './refusal.ts'
import type { ConversationRecord, MessageRecord, QuestionItem } from './records.ts'
import type { ScriptInput } from './script.ts'
import type { World } from './world.ts'

/** One of `additional_messages`, checked. */
export interface EnteredMessage {
  readonly role: 'user' | 'assistant'
  readonly type: 'question' | 'answer' | 'function_call' | 'tool_output' | 'tool_response'
  readonly content: string
  readonly contentType: string
  readonly metaData: Readonly<Record<string, string>>
  /** Empty where there are only pictures and files. */
  readonly text: string
  readonly items: readonly QuestionItem[]
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
  for (const [at, message] of messages.entries())
    if (message.text === '' && !hasText(messages[at - 1]) && !hasText(messages[at + 1]))
      throw badParameter('images and files alone need a text in a message beside them')
  return messages
}

/** The words of the last message; of the one before it where it has only pictures and files. */
export function textOfQuestion(entered: readonly EnteredMessage[]): string | undefined {
  const last = entered.at(-1)
  return last?.text === '' ? entered.at(-2)?.text : last?.text
}

function hasText(message: EnteredMessage | undefined): boolean {
  return message?.role === 'user' && message.text !== ''
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
  if (contentType === 'text') return { ...base, contentType, text: content, items: [] }
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
