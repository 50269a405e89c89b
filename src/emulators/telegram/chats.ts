// What can a bot ask about chats and members, and pin or leave?
import { badRequest } from './errors.ts'
import { findChat, writableChat } from './places.ts'
import { putMessage } from './posting.ts'
import type { ChatState, MemberState } from './store.ts'
import { plainUser } from './topics.ts'
import type { Json } from './types.ts'
import type { Methods, World } from './world.ts'

export const chatMethods: Methods = {
  getMe: (_args, world) => meOf(world),
  getChat: (args, world) => {
    const state = findChat(world, args)
    return {
      ...state.chat,
      accent_color_id: 0,
      max_reaction_count: 11,
      accepted_gift_types: {
        unlimited_gifts: false,
        limited_gifts: false,
        unique_gifts: false,
        premium_subscription: false,
        gifts_from_channels: false,
      },
    }
  },
  getChatMember: (args, world) => {
    const state = findChat(world, args)
    const userId = args.integer('user_id') ?? 0
    if (userId === world.me.id) return botMember(world, state)
    const member = state.members.get(userId)
    if (member !== undefined) return memberShape(member)
    const user = world.store.users.get(userId)
    if (user === undefined) throw badRequest('member not found')
    return memberShape({ user, status: 'left' })
  },
  getChatAdministrators: (args, world) => {
    const state = findChat(world, args)
    if (state.chat.type === 'private') throw badRequest('there are no administrators in the private chat')
    const people = [...state.members.values()].filter(
      ({ status }) => status === 'creator' || status === 'administrator',
    )
    return [
      ...people.map(memberShape),
      ...(state.botStatus === 'administrator' ? [botMember(world, state)] : []),
    ]
  },
  getChatMemberCount: (args, world) => findChat(world, args).members.size + 1,
  leaveChat: (args, world) => {
    writableChat(world, args).botStatus = 'left'
    return true
  },
  pinChatMessage: (args, world) => {
    const chat = writableChat(world, args)
    const message = chat.messages.get(args.integer('message_id') ?? 0)
    if (message === undefined) throw badRequest('message to pin not found')
    if (chat.chat.type !== 'private' && chat.botStatus !== 'administrator') {
      throw badRequest('not enough rights to manage pinned messages in the chat')
    }
    chat.pinned.add(message.message_id)
    const { reply_to_message: _, ...flat } = message
    putMessage(
      world,
      { chat, topicId: undefined, replyTo: undefined },
      { from: plainUser(world.me), pinned_message: flat },
    )
    return true
  },
  unpinChatMessage: (args, world) => {
    const chat = writableChat(world, args)
    const messageId = args.integer('message_id') ?? [...chat.pinned].at(-1)
    if (messageId === undefined || !chat.pinned.delete(messageId))
      throw badRequest('message to unpin not found')
    return true
  },
}

/** A ChatMember as answered by the API. */
export function memberShape({ user, status, title }: MemberState): Json {
  const base = { user: plainUser(user), status }
  const named = title === undefined ? {} : { custom_title: title }
  switch (status) {
    case 'creator':
      return { ...base, ...named, is_anonymous: false }
    case 'administrator':
      return { ...base, ...named, ...ADMIN_RIGHTS }
    case 'kicked':
      return { ...base, until_date: 0 }
    case 'member':
    case 'left':
      return base
  }
}

export function botMember(world: World, state: ChatState): Json {
  return memberShape({ user: world.me, status: state.botStatus })
}

const ADMIN_RIGHTS = {
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_change_info: true,
  can_invite_users: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_pin_messages: true,
  can_manage_topics: true,
}

function meOf(world: World): Json {
  return {
    ...world.me,
    can_join_groups: true,
    can_read_all_group_messages: !world.behaviour.privacyMode,
    supports_guest_queries: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: world.behaviour.privateTopics,
    allows_users_to_create_topics: world.behaviour.privateTopics,
    can_manage_bots: false,
    supports_join_request_queries: false,
  }
}
