// Which room or message does a test mean? It names them by handle, person or id.
import { openP2p } from './rooms-of-people.ts'
import type { ChatState, MessageState } from './types.ts'
import type { World } from './world.ts'

/** `oc_…`, a chat, or a person for the p2p room with them. */
export type ChatRef = string | { readonly id: string }
export type MessageRef = string | { readonly messageId: string }

export function chatIn(world: World, ref: ChatRef): ChatState {
  const id = typeof ref === 'string' ? ref : ref.id
  const person = world.store.people.get(id)
  const room = person === undefined ? world.store.chats.get(id) : openP2p(world, person)
  if (room === undefined) throw new Error(`there is no chat ${id}; open it with p2p() or group() first`)
  return room
}

export function messageIn(world: World, ref: MessageRef): MessageState {
  const id = typeof ref === 'string' ? ref : ref.messageId
  const message = world.store.messages.get(id)
  if (message === undefined) throw new Error(`there is no message ${id}`)
  return message
}
