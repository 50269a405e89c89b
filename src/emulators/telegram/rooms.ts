// Which chats are there, and what becomes of them? Opened, topics made, the bot blocked, kicked, promoted, moved.
import { botMember, memberShape } from './chats.ts'
import { chatOf, deliver } from './people.ts'
import { putMessage } from './posting.ts'
import type { ChatState, MemberStatus } from './store.ts'
import { addTopic, plainUser, removeTopic } from './topics.ts'
import type { Chat, ChatType, User } from './types.ts'
import { seconds, type World } from './world.ts'
import type { Person } from './wording.ts'

export interface PersonDetails {
  readonly id?: number
  readonly firstName?: string
  readonly username?: string
  readonly languageCode?: string
}

export interface GroupDetails {
  readonly title?: string
  /** The first one owns it. */
  readonly members: readonly Person[]
  readonly forum?: boolean
  /** `supergroup` by default. */
  readonly type?: 'group' | 'supergroup' | 'channel'
  readonly username?: string
  readonly id?: number
  readonly botIsAdmin?: boolean
  /** Tells the bot with `my_chat_member` that it was added; quiet by default. */
  readonly announce?: boolean
}

export interface Topic {
  readonly chatId: number
  readonly threadId: number
  readonly name: string
}

type ChatRef = number | { readonly id: number }

export interface Rooms {
  person(details?: PersonDetails): Person
  /** Opened by the person, so that the bot may write; sends nothing. */
  privateChat(person: Person): Chat
  group(details: GroupDetails): Chat
  topic(chat: ChatRef, name: string, by?: Person): Topic
  closeTopic(topic: Topic): void
  deleteTopic(topic: Topic): void
  join(person: Person, chat: ChatRef): void
  leave(person: Person, chat: ChatRef): void
  /** Makes somebody there an administrator, or a plain member again; the bot is told if it is one and asked for that. */
  promote(person: Person, chat: ChatRef, status?: 'administrator' | 'member'): void
  block(person: Person): void
  unblock(person: Person): void
  /** The bot is thrown out by the owner. */
  kick(chat: ChatRef): void
  addBot(chat: ChatRef, options?: { readonly asAdmin?: boolean }): void
  /** The bot may read but not write. */
  mute(chat: ChatRef, muted?: boolean): void
  /** The group becomes a supergroup under a new id. */
  migrate(chat: ChatRef): Chat
}

export function createRooms(world: World): Rooms {
  let people = 41
  let groups = 1000
  const rooms: Rooms = {
    person({ id, firstName, username, languageCode = 'en' } = {}) {
      do people += 1
      while (world.store.users.has(people))
      const userId = id ?? people
      const user: User = {
        id: userId,
        is_bot: false,
        first_name: firstName ?? `Person ${userId}`,
        ...(username === undefined ? {} : { username }),
        language_code: languageCode,
      }
      world.store.users.set(userId, user)
      return { id: userId, user }
    },
    privateChat({ id, user }) {
      const known = world.store.chats.get(id)
      const { first_name, username } = user
      const chat: Chat = { id, type: 'private', first_name, ...(username === undefined ? {} : { username }) }
      const state = known ?? world.store.addChat(chat)
      state.started = true
      state.members.set(id, { user, status: 'member' })
      return state.chat
    },
    group(details) {
      const { type = 'supergroup', title = 'Lab', members, forum = false, botIsAdmin = false } = details
      groups += 1
      const id = details.id ?? idFor(type, groups)
      const state = world.store.addChat({
        id,
        type,
        title,
        ...(details.username === undefined ? {} : { username: details.username }),
        ...(forum ? { is_forum: true as const } : {}),
      })
      members.forEach(({ user }, i) =>
        state.members.set(user.id, { user, status: i === 0 ? 'creator' : 'member' }),
      )
      state.botStatus = details.announce === true ? 'left' : botIsAdmin ? 'administrator' : 'member'
      if (details.announce === true) rooms.addBot(state.chat, { asAdmin: botIsAdmin })
      return state.chat
    },
    topic(chat, name, by) {
      const state = chatOf(world, chat)
      const allowed =
        state.chat.type === 'private' ? world.behaviour.privateTopics : state.chat.is_forum === true
      if (!allowed)
        throw new Error('no topics here: make the group with forum: true, or start with privateTopics: true')
      const { threadId } = addTopic(world, state, name, by?.user ?? ownerOf(state))
      const message = state.messages.get(threadId)
      if (message !== undefined) deliver(world, state, message, 'message')
      return { chatId: state.chat.id, threadId, name }
    },
    closeTopic({ chatId, threadId }) {
      const state = chatOf(world, chatId)
      const topic = state.topics.get(threadId)
      if (topic !== undefined) state.topics.set(threadId, { ...topic, closed: true })
    },
    deleteTopic: ({ chatId, threadId }) => {
      removeTopic(chatOf(world, chatId), threadId)
    },
    join(person, chat) {
      const state = chatOf(world, chat)
      state.members.set(person.id, { user: person.user, status: 'member' })
      const content = { from: plainUser(person.user), new_chat_members: [plainUser(person.user)] }
      deliver(world, state, putMessage(world, inMain(state), content), 'message')
    },
    leave(person, chat) {
      const state = chatOf(world, chat)
      state.members.set(person.id, { user: person.user, status: 'left' })
      const content = { from: plainUser(person.user), left_chat_member: plainUser(person.user) }
      deliver(world, state, putMessage(world, inMain(state), content), 'message')
    },
    promote(person, chat, status = 'administrator') {
      const state = chatOf(world, chat)
      const before = state.members.get(person.id) ?? { user: person.user, status: 'left' as const }
      const after = { ...before, status }
      state.members.set(person.id, after)
      if (state.botStatus !== 'administrator') return
      world.queue.enqueue('chat_member', {
        chat: state.chat,
        from: plainUser(ownerOf(state)),
        date: seconds(world),
        old_chat_member: memberShape(before),
        new_chat_member: memberShape(after),
      })
    },
    block(person) {
      const state = chatOf(world, person)
      changeBot(world, state, person.user, 'kicked')
      state.blocked = true
    },
    unblock(person) {
      const state = chatOf(world, person)
      changeBot(world, state, person.user, 'member')
      state.blocked = false
    },
    kick: (chat) => {
      const state = chatOf(world, chat)
      changeBot(world, state, ownerOf(state), 'kicked')
    },
    addBot: (chat, { asAdmin = false } = {}) => {
      const state = chatOf(world, chat)
      changeBot(world, state, ownerOf(state), asAdmin ? 'administrator' : 'member')
    },
    mute: (chat, muted = true) => {
      chatOf(world, chat).botMuted = muted
    },
    migrate(chat) {
      const old = chatOf(world, chat)
      groups += 1
      const { title = 'Lab' } = old.chat
      const state = world.store.addChat({ id: idFor('supergroup', groups), type: 'supergroup', title })
      for (const [id, member] of old.members) state.members.set(id, member)
      state.botStatus = old.botStatus
      const from = plainUser(ownerOf(old))
      const leaving = putMessage(world, inMain(old), { from, migrate_to_chat_id: state.chat.id })
      deliver(world, old, leaving, 'message')
      old.migratedTo = state.chat.id
      const arriving = putMessage(world, inMain(state), { from, migrate_from_chat_id: old.chat.id })
      deliver(world, state, arriving, 'message')
      return state.chat
    },
  }
  return rooms
}

function inMain(chat: ChatState): { chat: ChatState; topicId: undefined; replyTo: undefined } {
  return { chat, topicId: undefined, replyTo: undefined }
}

/** The bot's place in a chat changes, and it is told. */
function changeBot(world: World, state: ChatState, by: User, status: MemberStatus): void {
  const before = botMember(world, state)
  state.botStatus = status
  world.queue.enqueue('my_chat_member', {
    chat: state.chat,
    from: plainUser(by),
    date: seconds(world),
    old_chat_member: before,
    new_chat_member: botMember(world, state),
  })
}

function ownerOf(state: ChatState): User {
  const first = [...state.members.values()][0]
  if (first === undefined) throw new Error(`chat ${state.chat.id} has no members`)
  return first.user
}

/** Basic groups are negative, supergroups and channels begin with -100. */
function idFor(type: ChatType, count: number): number {
  return type === 'group' ? -count : -1_001_000_000_000 - count
}
