// Which rooms are there, and what becomes of them? Opened, joined, muted; the bot added and thrown out.
import { tell, userIds } from './events.ts'
import { chatIn, type ChatRef } from './refs.ts'
import { openP2p } from './rooms-of-people.ts'
import type { Chat, ChatState, Person } from './types.ts'
import { TENANT_KEY, type World } from './world.ts'

export interface PersonDetails {
  readonly name?: string
  /** `zh_cn` by default. */
  readonly locale?: string
  /** open_department_ids, `od-…`; none by default. */
  readonly departments?: readonly string[]
}

export interface GroupDetails {
  readonly name?: string
  readonly members: readonly Person[]
  /** `chat` by default; in a `topic` group every message opens a topic. */
  readonly kind?: 'chat' | 'topic'
  /** What events call it; `group` by default, `topic_group` as some report. */
  readonly eventChatType?: 'group' | 'topic_group'
  /** The bot is not in it, until `addBot`. */
  readonly withoutBot?: boolean
}

export interface Rooms {
  person(details?: PersonDetails): Person
  /** Sends nothing. */
  p2p(person: Person): Chat
  group(details: GroupDetails): Chat
  /** Quietly: the bot is told nothing of people. */
  join(person: Person, chat: ChatRef): void
  addBot(chat: ChatRef, by?: Person): string
  removeBot(chat: ChatRef, by?: Person): string
  /** Every send is refused with this code: 230018 forbidden by the group, 230035 muted, 230053 stopped by the person,
   * 232009 dissolved; `undefined` allows again. */
  refuse(chat: ChatRef, code: number | undefined): void
}

export function createRooms(world: World): Rooms {
  let people = 0
  const moved = (room: ChatState, type: string, by: Person | undefined): string => {
    const operator = by ?? [...room.members.values()][0]
    return tell(world, `im.chat.member.bot.${type}_v1`, {
      chat_id: room.chat.id,
      ...(operator === undefined ? {} : { operator_id: userIds(operator) }),
      external: false,
      operator_tenant_key: TENANT_KEY,
      name: room.chat.name,
      i18n_names: { zh_cn: room.chat.name },
    })
  }
  return {
    person({ name, locale = 'zh_cn', departments = [] } = {}) {
      people += 1
      const person: Person = {
        id: world.ids.next('ou'),
        unionId: world.ids.next('on'),
        userId: `user${people}`,
        name: name ?? `Person ${people}`,
        locale,
        departments,
      }
      world.store.people.set(person.id, person)
      return person
    },
    p2p: (person) => openP2p(world, person).chat,
    group({ name = 'Lab', members, kind = 'chat', eventChatType = 'group', withoutBot = false }) {
      const chat: Chat = { id: world.ids.next('oc'), mode: kind === 'topic' ? 'topic' : 'group', name }
      world.store.chats.set(chat.id, {
        chat,
        members: new Map(members.map((person) => [person.id, person])),
        messages: [],
        eventChatType,
        botInside: !withoutBot,
        refusal: undefined,
      })
      return chat
    },
    join: (person, chat) => void chatIn(world, chat).members.set(person.id, person),
    addBot(chat, by) {
      const room = chatIn(world, chat)
      room.botInside = true
      return moved(room, 'added', by)
    },
    removeBot(chat, by) {
      const room = chatIn(world, chat)
      room.botInside = false
      return moved(room, 'deleted', by)
    },
    refuse(chat, code) {
      chatIn(world, chat).refusal = code
    },
  }
}
