// How are a conversation's messages added, listed, changed, deleted and rated?
import { authorize } from './auth.ts'
import { answer, bodyOf, queryText } from './call.ts'
import type { Call, Reply, Route } from './call.ts'
import { ownConversation } from './conversations.ts'
import { listOf, textOf } from './json.ts'
import { checkMessages, checkMetaData, storeMessages } from './questions.ts'
import { badParameter, Refusal } from './refusal.ts'
import type { ConversationRecord, MessageRecord } from './records.ts'
import type { World } from './world.ts'

const feedbackPath = '/v1/conversations/:conversation_id/messages/:message_id/feedback'

export const messageRoutes: readonly Route[] = [
  { method: 'POST', path: '/v1/conversation/message/create', studio: false, handle: create },
  { method: 'POST', path: '/v1/conversation/message/list', studio: true, handle: list },
  { method: 'GET', path: '/v1/conversation/message/retrieve', studio: false, handle: retrieve },
  { method: 'POST', path: '/v1/conversation/message/modify', studio: false, handle: modify },
  { method: 'POST', path: '/v1/conversation/message/delete', studio: false, handle: remove },
  { method: 'POST', path: feedbackPath, studio: false, handle: rate },
  { method: 'DELETE', path: feedbackPath, studio: false, handle: unrate },
]

function create(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'createMessage')
  const conversation = ownConversation(world, token, queryText(call, 'conversation_id'))
  const entered = checkMessages(world, [call.body], token.owner, { most: 1, keepsHistory: true })
  const [message] = storeMessages(world, conversation, entered, { chatId: '', botId: '' })
  return answer(message === undefined ? {} : world.shapes.message(message))
}

/**
 * Newest first unless `order` is `asc`. `after_id` and `before_id` mean after and before in the order of the list, as
 * the SDKs page (after_id = the last page's last_id).
 */
function list(world: World, call: Call): Reply {
  const token = authorize(world, call, 'conversation', 'chat', 'listMessage')
  const conversation = ownConversation(world, token, queryText(call, 'conversation_id'))
  const body = bodyOf(call)
  const limit = typeof body['limit'] === 'number' ? body['limit'] : 50
  if (!Number.isInteger(limit) || limit < 1 || limit > 50) throw badParameter('limit must be 1 to 50')
  const chatId = textOf(body['chat_id'])
  const ascending = conversation.messages.filter(
    (message) => chatId === undefined || message.chatId === chatId,
  )
  const ordered = body['order'] === 'asc' ? ascending : ascending.toReversed()
  const [after, before] = [cursor(body['after_id']), cursor(body['before_id'])]
  const from = after === undefined ? 0 : ordered.findIndex((message) => message.id === after) + 1
  const beforeAt = before === undefined ? -1 : ordered.findIndex((message) => message.id === before)
  const to = beforeAt < 0 ? ordered.length : beforeAt
  const backwards = before !== undefined && after === undefined
  const page = backwards
    ? ordered.slice(Math.max(0, to - limit), to)
    : ordered.slice(from, Math.min(to, from + limit))
  return answer(
    page.map((message) => world.shapes.message(message)),
    {
      first_id: page[0]?.id ?? '0',
      last_id: page.at(-1)?.id ?? '0',
      has_more: backwards ? to - limit > 0 : from + limit < to,
    },
  )
}

function cursor(value: unknown): string | undefined {
  return value === '0' ? undefined : textOf(value)
}

function retrieve(world: World, call: Call): Reply {
  const { message } = find(world, call, 'retrieveMessage')
  return answer(world.shapes.message(message))
}

/** The result is in `message`, not in `data`. */
function modify(world: World, call: Call): Reply {
  const { message } = find(world, call, 'modifyMessage')
  const body = bodyOf(call)
  const content = textOf(body['content'])
  if (content === undefined && body['meta_data'] === undefined)
    throw badParameter('content and meta_data are both empty')
  if (content !== undefined) message.content = content
  if (body['meta_data'] !== undefined) message.metaData = checkMetaData(body['meta_data'])
  message.contentType = textOf(body['content_type']) ?? message.contentType
  message.updatedAtS = world.nowS()
  return answer(undefined, { message: world.shapes.message(message) })
}

/** Deleting an answer takes its intermediate messages with it. */
function remove(world: World, call: Call): Reply {
  const { message, conversation } = find(world, call, 'deleteMessage')
  conversation.messages.splice(conversation.messages.indexOf(message), 1)
  const chat = message.type === 'answer' ? world.store.chats.get(message.chatId) : undefined
  chat?.messages.splice(0, chat.messages.length)
  return answer(world.shapes.message(message))
}

function rate(world: World, call: Call): Reply {
  const { message } = findRated(world, call)
  const body = bodyOf(call)
  const type = body['feedback_type']
  if (type !== 'like' && type !== 'unlike') throw badParameter('feedback_type must be like or unlike')
  const comment = textOf(body['comment']) ?? ''
  const reasons = listOf(body['reason_types'])
  const tooLong = reasons.some((reason) => typeof reason !== 'string' || reason.length > 30)
  if (comment.length > 250 || reasons.length > 10 || tooLong)
    throw badParameter('comment or reason_types too long')
  message.feedback = { type, comment }
  world.store.feedbacks.push({ ...verdictOn(message), type, comment, reasons: reasons.map(String) })
  return answer(undefined)
}

function unrate(world: World, call: Call): Reply {
  const { message } = findRated(world, call)
  message.feedback = undefined
  world.store.feedbacks.push({ ...verdictOn(message), type: 'none', comment: '', reasons: [] })
  return answer(undefined)
}

function verdictOn(
  message: MessageRecord,
): Pick<MessageRecord, 'chatId' | 'conversationId'> & { messageId: string } {
  return { messageId: message.id, chatId: message.chatId, conversationId: message.conversationId }
}

interface Found {
  readonly conversation: ConversationRecord
  readonly message: MessageRecord
}

function find(world: World, call: Call, permission: string): Found {
  const token = authorize(world, call, 'conversation', permission)
  const conversation = ownConversation(world, token, queryText(call, 'conversation_id'))
  return { conversation, message: messageIn(conversation, queryText(call, 'message_id')) }
}

/** Only text answers can be rated. */
function findRated(world: World, call: Call): Found {
  const token = authorize(world, call, 'conversation', 'feedback')
  const conversation = ownConversation(world, token, call.params['conversation_id'] ?? '')
  const message = messageIn(conversation, call.params['message_id'] ?? '')
  if (message.type !== 'answer' || message.contentType !== 'text')
    throw badParameter('only text answers can be rated')
  return { conversation, message }
}

function messageIn(conversation: ConversationRecord, id: string): MessageRecord {
  const message = conversation.messages.find((one) => one.id === id)
  if (message === undefined) throw new Refusal(4005, `The message ${id} does not exist.`)
  return message
}
