// How does a message look in an answer of the open API? Ids are strings here, unlike in events.
import { cardJsonOf, textOf } from './frames.ts'
import { titleOfCard } from './card-tree.ts'
import { postOf } from './content-words.ts'
import { readJson, recordOf, type Json, type MessageState } from './types.ts'
import { TENANT_KEY, type World } from './world.ts'

/** The message, and after it the children of a merged forward. */
export function restItems(world: World, message: MessageState, cardContent?: string): readonly Json[] {
  const isMerged = message.msgType === 'merge_forward'
  const others = isMerged ? [...world.store.messages.values()] : []
  const children = others.filter(({ upperId }) => upperId === message.id)
  return [message, ...children].map((one) =>
    restMessage(world, one, { rawCard: cardContent === 'user_card_content' }),
  )
}

export function restMessage(
  world: World,
  message: MessageState,
  how: { readonly inList?: boolean; readonly rawCard?: boolean } = {},
): Json {
  return {
    message_id: message.id,
    ...(message.rootId === undefined ? {} : { root_id: message.rootId }),
    ...(message.parentId === undefined ? {} : { parent_id: message.parentId }),
    ...(message.threadId === undefined ? {} : { thread_id: message.threadId }),
    msg_type: message.msgType,
    create_time: String(message.createdAtMs),
    update_time: String(message.updatedAtMs),
    deleted: message.recalled,
    updated: message.editedCount > 0,
    chat_id: message.chatId,
    sender: {
      id: message.senderId,
      id_type: message.byBot ? 'app_id' : 'open_id',
      sender_type: message.byBot ? 'app' : 'user',
      tenant_key: TENANT_KEY,
    },
    body: { content: contentOf(world, message, how) },
    ...(message.mentions.length === 0
      ? {}
      : {
          mentions: message.mentions.map(({ key, openId, name }) => ({
            key,
            id: openId,
            id_type: 'open_id',
            name,
            tenant_key: TENANT_KEY,
          })),
        }),
    ...(message.upperId === undefined ? {} : { upper_message_id: message.upperId }),
  }
}

function contentOf(
  world: World,
  message: MessageState,
  { inList = false, rawCard = false }: { readonly inList?: boolean; readonly rawCard?: boolean },
): string {
  if (message.recalled) return inList ? 'This message was recalled' : ''
  const card = cardJsonOf(world, message)
  if (message.msgType === 'post') return JSON.stringify(postOf(recordOf(readJson(message.content))))
  if (card === undefined) return message.content
  if (rawCard) return JSON.stringify({ user_card: JSON.stringify(card) })
  return JSON.stringify({
    title: titleOfCard(card),
    elements: [[{ tag: 'text', text: textOf(world, message) }]],
  })
}
