// Where does a call write to, and may it? Chats, topics, reply targets, with the exact refusals.
import { isObject, type Args } from './args.ts'
import { badRequest, forbidden } from './errors.ts'
import type { ChatState } from './store.ts'
import { wordsOf } from './store.ts'
import type { Message } from './types.ts'
import type { World } from './world.ts'

/** A place a message can stand in, checked. */
export interface Place {
  readonly chat: ChatState
  /** The topic, in a forum or a private chat with topics. */
  readonly topicId: number | undefined
  readonly replyTo: Message | undefined
  readonly quote: { readonly text: string; readonly position: number; readonly is_manual: true } | undefined
}

/** The General topic: named in chat actions, never in sends. */
export const GENERAL_TOPIC = 1

/** The chat `chat_id` names, whatever its state. */
export function findChat(world: World, args: Args, field = 'chat_id'): ChatState {
  const text = args.text(field)
  if (text === undefined || text === '') throw badRequest('chat_id is empty')
  const byName = text.startsWith('@')
    ? [...world.store.chats.values()].find(
        ({ chat }) => chat.type !== 'private' && chat.username?.toLowerCase() === text.slice(1).toLowerCase(),
      )
    : world.store.chats.get(Number(text))
  if (byName !== undefined) return byName
  const user = world.store.users.get(Number(text))
  const met =
    user !== undefined && [...world.store.chats.values()].some(({ members }) => members.has(user.id))
  if (met) throw forbidden("bot can't initiate conversation with a user")
  throw badRequest('chat not found')
}

/** The chat, once the bot may write there. */
export function writableChat(world: World, args: Args): ChatState {
  const state = findChat(world, args)
  mayWrite(state)
  return state
}

export function mayWrite(state: ChatState): void {
  if (state.migratedTo !== undefined) {
    throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: state.migratedTo })
  }
  const { type } = state.chat
  if (type === 'private') {
    if (!state.started) throw forbidden("bot can't initiate conversation with a user")
    if (state.blocked) throw forbidden('bot was blocked by the user')
    return
  }
  const room = type === 'group' ? 'group chat' : type === 'supergroup' ? 'supergroup chat' : 'channel chat'
  if (state.botStatus === 'kicked') throw forbidden(`bot was kicked from the ${room}`)
  if (state.botStatus === 'left') throw forbidden(`bot is not a member of the ${room}`)
  if (state.botMuted) throw badRequest('not enough rights to send text messages to the chat')
}

/** Where a send goes: chat, topic, reply target. */
export function findPlace(world: World, args: Args): Place {
  const chat = writableChat(world, args)
  const { replyTo, quote } = readReply(world, chat, args)
  const asked = args.integer('message_thread_id')
  const named = asked === undefined || asked === 0 ? undefined : asked
  if (named !== undefined) checkTopic(world, chat, named)
  const inherited = replyTo?.is_topic_message === true ? replyTo.message_thread_id : undefined
  return { chat, topicId: named ?? inherited, replyTo, quote }
}

/** `message_thread_id` must be a living topic; General is not one to sends, and reply threads are none. */
export function checkTopic(world: World, state: ChatState, threadId: number): void {
  const hasTopics =
    state.chat.is_forum === true || (state.chat.type === 'private' && world.behaviour.privateTopics)
  const topic = hasTopics ? state.topics.get(threadId) : undefined
  if (topic === undefined) throw badRequest('message thread not found')
  if (topic.closed && state.botStatus !== 'administrator') throw badRequest('TOPIC_CLOSED')
}

function readReply(world: World, chat: ChatState, args: Args): Pick<Place, 'replyTo' | 'quote'> {
  const none = { replyTo: undefined, quote: undefined }
  const given = args.json('reply_parameters')
  const legacyId = args.integer('reply_to_message_id')
  if (given !== undefined && !isObject(given)) throw badRequest("can't parse reply parameters JSON object")
  const parameters = given ?? {
    message_id: legacyId,
    allow_sending_without_reply: args.flag('allow_sending_without_reply'),
  }
  const messageId = Number(parameters['message_id'] ?? 0)
  if (messageId === 0) return none
  const otherId = parameters['chat_id'] === undefined ? chat.chat.id : Number(parameters['chat_id'])
  const replyTo = world.store.chats.get(otherId)?.messages.get(messageId)
  if (replyTo === undefined) {
    if (parameters['allow_sending_without_reply'] === true) return none
    throw badRequest('message to be replied not found')
  }
  if (otherId !== chat.chat.id) return none
  const quote = parameters['quote']
  if (typeof quote !== 'string' || quote === '') return { replyTo, quote: undefined }
  const position = wordsOf(replyTo).text.indexOf(quote)
  if (position < 0) throw badRequest('QUOTE_TEXT_INVALID')
  return { replyTo, quote: { text: quote, position, is_manual: true } }
}
