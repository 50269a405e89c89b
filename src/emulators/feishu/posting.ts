// How does a message come to stand in a room? It gets its id, its place among replies and threads, and is shown.
import { frameOf } from './frames.ts'
import type { ChatState, Mention, MessageState } from './types.ts'
import type { World } from './world.ts'

export interface Post {
  readonly byBot: boolean
  readonly senderId: string
  readonly msgType: string
  readonly content: string
  readonly mentions?: readonly Mention[]
  readonly cardId?: string
  /** The message it answers. */
  readonly parent?: MessageState
  /** Opens a thread on the parent if there is none. */
  readonly inThread?: boolean
  readonly createdAtMs?: number
}

export function putMessage(world: World, room: ChatState, post: Post): MessageState {
  const atMs = post.createdAtMs ?? world.nowMs()
  const message: MessageState = {
    id: world.ids.next('om'),
    chatId: room.chat.id,
    byBot: post.byBot,
    senderId: post.senderId,
    ...placeOf(world, room, post),
    msgType: post.msgType,
    content: post.content,
    mentions: post.mentions ?? [],
    createdAtMs: atMs,
    updatedAtMs: atMs,
    recalled: false,
    editedCount: 0,
    ...(post.cardId === undefined ? {} : { cardId: post.cardId }),
    reactions: new Map(),
    callbacksRunning: 0,
    followUps: [],
  }
  if (message.threadId !== undefined && !world.store.threads.has(message.threadId))
    world.store.threads.set(message.threadId, message.id)
  world.store.messages.set(message.id, message)
  room.messages.push(message)
  const entity = world.store.cards.get(post.cardId ?? '')
  if (entity !== undefined) entity.messageId = message.id
  world.store.addFrame(frameOf(world, 'post', message))
  return message
}

export function recallMessage(world: World, message: MessageState): void {
  message.recalled = true
  message.updatedAtMs = world.nowMs()
  world.store.addFrame(frameOf(world, 'recall', message))
}

/**
 * Within a thread both root and parent are its first message; a plain reply names what it answers and where that began.
 * A message without a parent opens a thread of its own in a topic group.
 */
function placeOf(
  world: World,
  { chat }: ChatState,
  { parent, inThread = false }: Post,
): Pick<MessageState, 'rootId' | 'parentId' | 'threadId'> {
  if (parent === undefined) return { threadId: chat.mode === 'topic' ? world.ids.next('omt') : undefined }
  if (parent.threadId === undefined && (inThread || chat.mode === 'topic')) {
    parent.threadId = world.ids.next('omt')
    world.store.threads.set(parent.threadId, parent.id)
  }
  const { threadId } = parent
  if (threadId === undefined)
    return { parentId: parent.id, rootId: parent.rootId ?? parent.id, threadId: undefined }
  const rootId = world.store.threads.get(threadId) ?? parent.id
  return { parentId: rootId, rootId, threadId }
}
