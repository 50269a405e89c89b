// How does the bot send, read, change and recall messages? The im/v1 message calls and what they refuse.
import { cardFault, messageCardError } from './card-check.ts'
import { checkContent, type CheckedContent } from './content.ts'
import { ApiError, cardContentError, fieldViolation, invalidParam } from './errors.ts'
import { frameOf } from './frames.ts'
import { putMessage, recallMessage } from './posting.ts'
import { receiverOf } from './receivers.ts'
import { readJson, recordOf, stringOf, type ChatState, type Json, type MessageState } from './types.ts'
import { restItems, restMessage } from './rest-message.ts'
import { success, type Call, type Operation, type Route, type World } from './world.ts'

const MESSAGES = '/open-apis/im/v1/messages'
const MESSAGE = `${MESSAGES}/:message_id`
/** Feishu docs: a uuid makes at most one message within an hour. */
const UUID_LIVES_MS = 3_600_000
const MAX_UUID_CHARS = 50
const MAX_EDITS = 20
const UPDATABLE_MS = 14 * 24 * 3_600_000

export const messageRoutes: readonly Route[] = [
  { operation: 'message.create', method: 'POST', path: MESSAGES, run: create },
  { operation: 'message.reply', method: 'POST', path: `${MESSAGE}/reply`, run: reply },
  { operation: 'message.list', method: 'GET', path: MESSAGES, run: list },
  { operation: 'message.get', method: 'GET', path: MESSAGE, run: get },
  { operation: 'message.patch', method: 'PATCH', path: MESSAGE, run: patch },
  { operation: 'message.update', method: 'PUT', path: MESSAGE, run: update },
  { operation: 'message.delete', method: 'DELETE', path: MESSAGE, run: remove },
]

/** The message an id in a path names. Throws 99992354, 231003 or 230011. */
export function messageOf(world: World, { params }: Call): MessageState {
  const id = params['message_id'] ?? ''
  if (!id.startsWith('om_')) throw new ApiError(99992354, `id not exist: ${id} is not a message_id`)
  const message = world.store.messages.get(id)
  if (message === undefined) throw new ApiError(231003, 'The message is not found.')
  return message
}

export function roomOf(world: World, message: MessageState): ChatState {
  const room = world.store.chats.get(message.chatId)
  if (room === undefined) throw new ApiError(232009, 'The chat has been dissolved.')
  return room
}

function create(call: Call, world: World): ReturnType<Operation> {
  const { body, query } = call
  return once(world, body['uuid'], () => {
    const room = receiverOf(world, query['receive_id_type'], body['receive_id'])
    const content = checkContent(world, body['msg_type'], body['content'])
    return post(world, room, content, undefined, false)
  })
}

function reply(call: Call, world: World): ReturnType<Operation> {
  const { body } = call
  return once(world, body['uuid'], () => {
    const parent = alive(messageOf(world, call))
    const content = checkContent(world, body['msg_type'], body['content'])
    return post(world, roomOf(world, parent), content, parent, body['reply_in_thread'] === true)
  })
}

function post(
  world: World,
  room: ChatState,
  { msgType, content, entity }: CheckedContent,
  parent: MessageState | undefined,
  inThread: boolean,
): MessageState {
  if (room.refusal !== undefined) throw new ApiError(room.refusal, 'Send message is denied.')
  if (!room.botInside) throw new ApiError(230002, 'Bot/User can NOT be out of the chat.')
  world.limiter.takeSend(room.chat.id)
  return putMessage(world, room, {
    byBot: true,
    senderId: world.behaviour.appId,
    msgType,
    content,
    ...(entity === undefined ? {} : { cardId: entity.id }),
    ...(parent === undefined ? {} : { parent }),
    inThread,
  })
}

/** Within an hour a uuid gives the message it made the first time, whatever comes with it. */
function once(world: World, uuid: unknown, make: () => MessageState): ReturnType<Operation> {
  if (typeof uuid === 'string' && uuid.length > MAX_UUID_CHARS)
    throw fieldViolation('uuid', 'the max len is 50')
  const key = typeof uuid === 'string' && uuid !== '' ? uuid : undefined
  const known = key === undefined ? undefined : world.store.uuids.get(key)
  const earlier = known !== undefined && known.untilMs > world.nowMs() ? known.messageId : undefined
  const message = world.store.messages.get(earlier ?? '') ?? make()
  if (key !== undefined && earlier === undefined)
    world.store.uuids.set(key, { messageId: message.id, untilMs: world.nowMs() + UUID_LIVES_MS })
  return success(restMessage(world, message))
}

function get(call: Call, world: World): ReturnType<Operation> {
  const message = messageOf(world, call)
  if (!roomOf(world, message).botInside) throw new ApiError(230002, 'Bot/User can NOT be out of the chat.')
  return success({ items: restItems(world, message, call.query['card_msg_content_type']) })
}

function list({ query }: Call, world: World): ReturnType<Operation> {
  const { container_id_type: kind, container_id: id = '', sort_type: sort = 'ByCreateTimeAsc' } = query
  const room = kind === 'thread' ? undefined : world.store.chats.get(id)
  const root = world.store.messages.get(world.store.threads.get(id) ?? '')
  const where = kind === 'thread' ? (root === undefined ? undefined : roomOf(world, root)) : room
  if (where === undefined) throw invalidParam('container_id is invalid')
  if (!where.botInside) throw new ApiError(230002, 'Bot/User can NOT be out of the chat.')
  const [fromMs, toMs] = [
    Number(query['start_time'] ?? 0) * 1000,
    Number(query['end_time'] ?? Infinity) * 1000,
  ]
  const within = where.messages.filter(
    (message) =>
      (kind === 'thread'
        ? message.threadId === id
        : // A room lists only the roots of its threads.
          message.threadId === undefined || world.store.threads.get(message.threadId) === message.id) &&
      message.createdAtMs >= fromMs &&
      message.createdAtMs <= toMs,
  )
  const ordered = sort === 'ByCreateTimeDesc' ? within.toReversed() : within
  const size = Math.min(50, Number(query['page_size'] ?? 20))
  const start = Number(query['page_token'] ?? 0)
  const end = start + size
  return success({
    has_more: end < ordered.length,
    ...(end < ordered.length ? { page_token: String(end) } : {}),
    items: ordered.slice(start, end).map((message) => restMessage(world, message, { inList: true })),
  })
}

function patch(call: Call, world: World): ReturnType<Operation> {
  const message = own(world, alive(messageOf(world, call)), 230027)
  if (message.msgType !== 'interactive') throw new ApiError(230001, 'This message is NOT a card.')
  if (message.cardId !== undefined) throw invalidParam('a card entity is changed with CardKit')
  if (world.nowMs() - message.createdAtMs > UPDATABLE_MS)
    throw new ApiError(230031, 'The message is expired.')
  if (message.callbacksRunning > 0) throw cardContentError(11310, 'card action is lock')
  world.limiter.takePatch(message.id)
  const card = readJson(stringOf(call.body['content']) ?? '')
  if (card === undefined) throw invalidParam('content is not a string in json format')
  const fault = cardFault(card, (key) => world.files.byKey(key)?.byBot === true)
  if (fault !== undefined) throw messageCardError(fault)
  if (!isShared(recordOf(readJson(message.content))) || !isShared(card))
    throw invalidParam('update_multi must be true before and after')
  message.content = JSON.stringify(card)
  changed(world, message)
  return success()
}

/** Cards of the first edition are private to each reader unless they say otherwise. */
function isShared(card: Json): boolean {
  const flag = recordOf(card['config'])['update_multi']
  return card['schema'] === '2.0' ? flag !== false : flag === true
}

function update(call: Call, world: World): ReturnType<Operation> {
  const message = own(world, alive(messageOf(world, call)), 230071)
  const { msg_type: type, content } = call.body
  if (![type, message.msgType].every((kind) => kind === 'text' || kind === 'post'))
    throw new ApiError(230054, 'This message type does not support the operation.')
  if (message.editedCount >= MAX_EDITS)
    throw new ApiError(230072, 'The message has reached the number of times it can be edited.')
  const checked = checkContent(world, type, content)
  message.msgType = checked.msgType
  message.content = checked.content
  message.editedCount += 1
  changed(world, message)
  return success(restMessage(world, message))
}

function remove(call: Call, world: World): ReturnType<Operation> {
  const message = own(world, messageOf(world, call), 230026)
  if (!message.recalled) recallMessage(world, message)
  return success()
}

function changed(world: World, message: MessageState): void {
  message.updatedAtMs = world.nowMs()
  world.store.addFrame(frameOf(world, 'edit', message))
}

export function alive(message: MessageState): MessageState {
  if (message.recalled) throw new ApiError(230011, 'The message has been recalled.')
  return message
}

function own(world: World, message: MessageState, code: number): MessageState {
  if (message.senderId !== world.behaviour.appId)
    throw new ApiError(code, 'The operator is not the sender of the message.')
  return message
}
