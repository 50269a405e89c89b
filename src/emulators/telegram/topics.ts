// How are topics made, renamed, closed and deleted, by the bot or by people?
import type { Args } from './args.ts'
import { badRequest } from './errors.ts'
import { writableChat } from './places.ts'
import { putMessage, type Content } from './posting.ts'
import type { ChatState, TopicState } from './store.ts'
import type { Message, User } from './types.ts'
import type { Methods, World } from './world.ts'

/** https://core.telegram.org/bots/api#createforumtopic */
const NAME_LENGTH = 128
const ICON_COLOR = 7_322_096

export const topicMethods: Methods = {
  createForumTopic: (args, world) => {
    const state = forumOf(args, world)
    const topic = addTopic(world, state, readName(args) ?? '', world.me)
    return { message_thread_id: topic.threadId, name: topic.name, icon_color: topic.iconColor }
  },
  editForumTopic: (args, world) => {
    const { state, topic } = topicOf(args, world)
    const name = readName(args) ?? topic.name
    state.topics.set(topic.threadId, { ...topic, name })
    serviceMessage(world, state, topic.threadId, world.me, { forum_topic_edited: { name } })
    return true
  },
  closeForumTopic: (args, world) => setClosed(args, world, true),
  reopenForumTopic: (args, world) => setClosed(args, world, false),
  deleteForumTopic: (args, world) => {
    const { state, topic } = topicOf(args, world)
    removeTopic(state, topic.threadId)
    return true
  },
}

/** Its service message is the topic's id. */
export function addTopic(world: World, state: ChatState, name: string, by: User): TopicState {
  const { message } = serviceMessage(world, state, undefined, by, {
    forum_topic_created: { name, icon_color: ICON_COLOR },
  })
  const threadId = message.message_id
  state.messages.set(threadId, { ...message, message_thread_id: threadId, is_topic_message: true })
  const topic = { threadId, name, iconColor: ICON_COLOR, closed: false }
  state.topics.set(threadId, topic)
  return topic
}

/** With everything in it. */
export function removeTopic(state: ChatState, threadId: number): void {
  state.topics.delete(threadId)
  for (const [id, message] of state.messages) {
    if (message.is_topic_message === true && message.message_thread_id === threadId) state.messages.delete(id)
  }
}

function serviceMessage(
  world: World,
  chat: ChatState,
  topicId: number | undefined,
  from: User,
  content: Content,
): { readonly message: Message } {
  return {
    message: putMessage(world, { chat, topicId, replyTo: undefined }, { from: plainUser(from), ...content }),
  }
}

/** A user without the fields only `getMe` answers with. */
export function plainUser(user: User): User {
  const { id, is_bot, first_name, username, language_code } = user
  return {
    id,
    is_bot,
    first_name,
    ...(username === undefined ? {} : { username }),
    ...(language_code === undefined ? {} : { language_code }),
  }
}

function setClosed(args: Args, world: World, closed: boolean): true {
  const { state, topic } = topicOf(args, world)
  if (topic.closed === closed) throw badRequest('TOPIC_NOT_MODIFIED')
  state.topics.set(topic.threadId, { ...topic, closed })
  serviceMessage(
    world,
    state,
    topic.threadId,
    world.me,
    closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} },
  )
  return true
}

function forumOf(args: Args, world: World): ChatState {
  const state = writableChat(world, args)
  const isPrivate = state.chat.type === 'private'
  if (isPrivate ? !world.behaviour.privateTopics : state.chat.is_forum !== true)
    throw badRequest('the chat is not a forum')
  if (!isPrivate && state.botStatus !== 'administrator')
    throw badRequest('not enough rights to create a topic')
  return state
}

function topicOf(args: Args, world: World): { readonly state: ChatState; readonly topic: TopicState } {
  const state = forumOf(args, world)
  const topic = state.topics.get(args.integer('message_thread_id') ?? 0)
  if (topic === undefined) throw badRequest('message thread not found')
  return { state, topic }
}

function readName(args: Args): string | undefined {
  const name = args.text('name')?.trim()
  if (name === undefined) return undefined
  if (name === '' || name.length > NAME_LENGTH) throw badRequest('TOPIC_TITLE_EMPTY')
  return name
}
