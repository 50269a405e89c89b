// Which events does the app get, and in which envelope? What happens in rooms, told as Feishu tells it.
import type { ChatState, Json, MessageState, Person } from './types.ts'
import { TENANT_KEY, type World } from './world.ts'

/** A v2.0 envelope. `createdAtMs` is now unless given; callbacks count in microseconds. */
export function envelope(
  world: World,
  eventType: string,
  event: Json,
  how: { readonly createTime?: string; readonly eventId?: string } = {},
): Json {
  return {
    schema: '2.0',
    header: {
      event_id: how.eventId ?? world.ids.next('ev'),
      event_type: eventType,
      create_time: how.createTime ?? String(world.nowMs()),
      token: world.behaviour.verificationToken,
      app_id: world.behaviour.appId,
      tenant_key: TENANT_KEY,
    },
    event,
  }
}

/** Pushes an event; gives its id. */
export function tell(world: World, eventType: string, event: Json, messageId?: string): string {
  const body = envelope(world, eventType, event)
  return world.deliveries.enqueue(body, messageId === undefined ? {} : { messageId })
}

/** `im.message.receive_v1`, when the app may read the message. `extra` is laid over the message's own fields. */
export function tellMessage(
  world: World,
  room: ChatState,
  message: MessageState,
  from: { readonly person: Person; readonly senderType?: string },
  extra: Json = {},
): string | undefined {
  if (!mayRead(world, room, message)) return undefined
  return tell(
    world,
    'im.message.receive_v1',
    {
      sender: {
        sender_id: userIds(from.person),
        sender_type: from.senderType ?? 'user',
        tenant_key: TENANT_KEY,
      },
      message: { ...messageFields(room, message), ...extra },
    },
    message.id,
  )
}

export function userIds(person: Person): Json {
  return { open_id: person.id, union_id: person.unionId, user_id: person.userId }
}

function messageFields(room: ChatState, message: MessageState): Json {
  return {
    message_id: message.id,
    ...(message.rootId === undefined ? {} : { root_id: message.rootId }),
    ...(message.parentId === undefined ? {} : { parent_id: message.parentId }),
    create_time: String(message.createdAtMs),
    update_time: String(message.updatedAtMs),
    chat_id: message.chatId,
    ...(message.threadId === undefined ? {} : { thread_id: message.threadId }),
    chat_type: room.eventChatType,
    message_type: message.msgType,
    content: message.content,
    ...(message.mentions.length === 0
      ? {}
      : {
          mentions: message.mentions.map(({ key, openId, unionId, name, isBot }) => ({
            key,
            id: { open_id: openId, union_id: unionId, user_id: '' },
            mentioned_type: isBot ? 'bot' : 'user',
            name,
            tenant_key: TENANT_KEY,
          })),
        }),
    user_agent: 'Mozilla/5.0 Lark/7.50.0',
  }
}

function mayRead({ bot, behaviour }: World, room: ChatState, message: MessageState): boolean {
  if (!room.botInside) return false
  if (room.chat.mode === 'p2p' || behaviour.groupMessages === 'all') return true
  return message.mentions.some(({ openId }) => openId === bot.openId)
}
