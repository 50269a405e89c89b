// Which messages is the bot told of? Membership, and privacy mode in groups.
import type { ChatState } from './store.ts'
import { wordsOf } from './store.ts'
import type { Entity, Message } from './types.ts'
import type { World } from './world.ts'

/** https://core.telegram.org/bots/features#privacy-mode */
export function reachesBot(world: World, state: ChatState, message: Message): boolean {
  const { type } = state.chat
  if (type === 'private') return !state.blocked
  if (state.botStatus === 'left' || state.botStatus === 'kicked' || state.migratedTo !== undefined)
    return false
  if (type === 'channel' || !world.behaviour.privacyMode || state.botStatus === 'administrator') return true
  if (isService(message) || message.via_bot?.id === world.me.id) return true
  if (message.reply_to_message?.from?.id === world.me.id && !isTopicRoot(message)) return true
  const { text, entities } = wordsOf(message)
  return entities.some((entity) => isForBot(world, state, text, entity))
}

function isForBot(world: World, state: ChatState, text: string, entity: Entity): boolean {
  const name = `@${world.me.username.toLowerCase()}`
  const words = text.slice(entity.offset, entity.offset + entity.length).toLowerCase()
  if (entity.type === 'bot_command')
    return words.endsWith(name) || (!words.includes('@') && state.botSpokeLast)
  if (!world.behaviour.mentionsPassPrivacy) return false
  return entity.type === 'mention'
    ? words === name
    : entity.type === 'text_mention' && entity.user?.id === world.me.id
}

function isTopicRoot(message: Message): boolean {
  return (
    message.is_topic_message === true && message.reply_to_message?.message_id === message.message_thread_id
  )
}

function isService(message: Message): boolean {
  return [
    message.new_chat_members,
    message.left_chat_member,
    message.pinned_message,
    message.migrate_to_chat_id,
    message.migrate_from_chat_id,
    message.forum_topic_created,
    message.forum_topic_edited,
    message.forum_topic_closed,
    message.forum_topic_reopened,
  ].some((field) => field !== undefined)
}
