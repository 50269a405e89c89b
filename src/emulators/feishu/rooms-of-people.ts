// Where does the bot talk with one person? In their p2p room, opened when first needed.
import type { ChatState, Person } from './types.ts'
import type { World } from './world.ts'

export function openP2p({ store, ids }: World, person: Person): ChatState {
  const known = store.p2pRooms.get(person.id)
  if (known !== undefined) return known
  const room: ChatState = {
    chat: { id: ids.next('oc'), mode: 'p2p', name: person.name },
    members: new Map([[person.id, person]]),
    messages: [],
    eventChatType: 'p2p',
    botInside: true,
    refusal: undefined,
  }
  store.chats.set(room.chat.id, room)
  store.p2pRooms.set(person.id, room)
  return room
}
