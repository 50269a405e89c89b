// How does the bot react to messages, and offer bubbles to tap after its own?
import { ApiError, invalidParam } from './errors.ts'
import { alive, messageOf, roomOf } from './messages.ts'
import { listOf, recordOf, stringOf, type Json, type Reaction } from './types.ts'
import { success, type Route, type World } from './world.ts'

const REACTIONS = '/open-apis/im/v1/messages/:message_id/reactions'
/** Spelled as the platform wants them; a part of its list. Feishu docs: emoji types for reactions. */
const EMOJIS =
  `Typing OK THUMBSUP DONE OnIt OneSecond THINKING Get GLANCE CheckMark CrossMark ERROR ThumbsDown
  SMILE HEART LGTM Yes No Alarm Fire Hundred JIAYI SALUTE Pin MeMeMe StatusInFlight`.split(/\s+/)
/** Feishu docs: push follow-up bubbles. */
const FOLLOW_UP_WITHIN_MS = 600_000
const MAX_FOLLOW_UPS = 3
const MAX_FOLLOW_UP_CHARS = 200

export const reactionRoutes: readonly Route[] = [
  {
    operation: 'reaction.create',
    method: 'POST',
    path: REACTIONS,
    run: (call, world) => {
      const message = alive(messageOf(world, call))
      const emoji = stringOf(recordOf(call.body['reaction_type'])['emoji_type']) ?? ''
      if (!EMOJIS.includes(emoji)) throw new ApiError(231001, 'Reaction type is invalid.')
      if (!roomOf(world, message).botInside) throw new ApiError(231002, 'No permission to react.')
      const reaction: Reaction = { id: world.ids.next('re'), emoji, byBot: true }
      message.reactions.set(reaction.id, reaction)
      world.store.changed()
      return success(restReaction(world, reaction))
    },
  },
  {
    operation: 'reaction.list',
    method: 'GET',
    path: REACTIONS,
    run: (call, world) => {
      const wanted = call.query['reaction_type']
      const all = [...messageOf(world, call).reactions.values()]
      const items = all.filter(({ emoji }) => wanted === undefined || emoji === wanted)
      return success({ items: items.map((reaction) => restReaction(world, reaction)), has_more: false })
    },
  },
  {
    operation: 'reaction.delete',
    method: 'DELETE',
    path: `${REACTIONS}/:reaction_id`,
    run: (call, world) => {
      const message = messageOf(world, call)
      const reaction = message.reactions.get(call.params['reaction_id'] ?? '')
      if (reaction === undefined) throw new ApiError(231007, 'The reaction does not exist.')
      if (!reaction.byBot) throw new ApiError(231002, 'No permission to delete the reaction of others.')
      message.reactions.delete(reaction.id)
      world.store.changed()
      return success(restReaction(world, reaction))
    },
  },
  {
    operation: 'message.pushFollowUp',
    method: 'POST',
    path: '/open-apis/im/v1/messages/:message_id/push_follow_up',
    run: (call, world) => {
      const message = alive(messageOf(world, call))
      const room = roomOf(world, message)
      const words = listOf(call.body['follow_ups']).map((item) => stringOf(recordOf(item)['content']) ?? '')
      if (words.length === 0 || words.length > MAX_FOLLOW_UPS)
        throw invalidParam('between 1 and 3 follow_ups')
      if (words.some((word) => word === '' || word.length > MAX_FOLLOW_UP_CHARS))
        throw invalidParam('a follow_up has 1 to 200 characters')
      if (room.chat.mode !== 'p2p') throw invalidParam('follow-ups are for p2p chats')
      if (!message.byBot || room.messages.at(-1) !== message)
        throw invalidParam("the message must be the bot's own and the newest")
      if (world.nowMs() - message.createdAtMs > FOLLOW_UP_WITHIN_MS)
        throw invalidParam('the message is too old')
      message.followUps = words
      world.store.changed()
      return success()
    },
  },
]

function restReaction(world: World, { id, emoji, byBot, personId }: Reaction): Json {
  return {
    reaction_id: id,
    operator: byBot
      ? { operator_id: world.behaviour.appId, operator_type: 'app' }
      : { operator_id: personId, operator_type: 'user' },
    action_time: String(world.nowMs()),
    reaction_type: { emoji_type: emoji },
  }
}
