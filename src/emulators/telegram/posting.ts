// How does a new message come to stand in a chat? Numbered, dated, put in its topic, shown.
import type { Args } from './args.ts'
import { present } from '../common/bounded.ts'
import { clearDrafts } from './drafts.ts'
import { readMarkup } from './markup.ts'
import type { Place } from './places.ts'
import { wordsOf, type ChatState, type Frame } from './store.ts'
import type { Message, User } from './types.ts'
import { seconds, type World } from './world.ts'

/** What a message says, beside where it stands. */
export type Content = Partial<Omit<Message, 'date' | 'chat'>>

/** Puts a message of anybody into a chat and shows it. */
export function putMessage(
  world: World,
  place: Omit<Place, 'quote'> & Partial<Pick<Place, 'quote'>>,
  content: Content,
): Message {
  const { chat, topicId, replyTo, quote } = place
  const message: Message = {
    message_id: content.message_id ?? world.store.nextMessageId(chat),
    date: seconds(world),
    chat: chat.chat,
    ...threadOf(chat, topicId, replyTo),
    ...present({ reply_to_message: replyTarget(chat, topicId, replyTo), quote }),
    ...content,
  }
  chat.messages.set(message.message_id, message)
  if (message.from?.is_bot === true) chat.botSpokeLast = message.from.id === world.me.id
  showMessage(world, 'post', message)
  return message
}

/** Puts a message of the bot into a chat: drafts there end, a reply keyboard is remembered. */
export function postAsBot(world: World, place: Place, args: Args, content: Content): Message {
  const { chat } = place
  const { inline, other, forceReply } = readMarkup(args, chat.chat.type === 'channel' ? 'inline' : undefined)
  if (other !== undefined) chat.replyKeyboard = other['remove_keyboard'] === true ? undefined : other
  clearDrafts(chat, place.topicId)
  const message_id = world.store.nextMessageId(chat)
  if (other !== undefined) chat.uneditable.add(message_id)
  if (forceReply !== undefined) chat.forceReplies.set(message_id, forceReply)
  return putMessage(world, place, {
    message_id,
    ...present({
      ...authorIn(world.me, chat),
      has_protected_content: args.flag('protect_content') ? (true as const) : undefined,
      reply_markup: inline,
    }),
    ...content,
  })
}

/** Records a state of a message as shown now. */
export function showMessage(world: World, kind: Frame['kind'], message: Message): void {
  const { text, entities } = wordsOf(message)
  world.store.addFrame({
    kind,
    chatId: message.chat.id,
    ...present({
      threadId: message.is_topic_message === true ? message.message_thread_id : undefined,
      fromId: message.from?.id,
      markup: message.reply_markup,
    }),
    messageId: message.message_id,
    byBot:
      message.from?.id === world.me.id || (message.from === undefined && message.chat.type === 'channel'),
    text: kind === 'delete' ? '' : text,
    entities: kind === 'delete' ? [] : entities,
    atMs: world.nowMs(),
    atPerfMs: performance.now(),
  })
}

function authorIn(me: User, { chat }: ChatState): { from?: User; sender_chat?: Message['chat'] } {
  const { id, is_bot, first_name, username } = me
  return chat.type === 'channel'
    ? { sender_chat: chat }
    : { from: { id, is_bot, first_name, ...present({ username }) } }
}

/** Topics are marked; a reply thread in a supergroup without topics only carries its root's id. */
function threadOf(chat: ChatState, topicId: number | undefined, replyTo: Message | undefined): Content {
  if (topicId !== undefined) return { message_thread_id: topicId, is_topic_message: true }
  if (chat.chat.type !== 'supergroup' || replyTo === undefined) return {}
  return { message_thread_id: replyTo.message_thread_id ?? replyTo.message_id }
}

/** One level deep. In a forum's topic every message replies, at least, to the one that created the topic. */
function replyTarget(
  chat: ChatState,
  topicId: number | undefined,
  replyTo: Message | undefined,
): Message | undefined {
  const root =
    topicId !== undefined && chat.chat.type === 'supergroup' ? chat.messages.get(topicId) : undefined
  const target = replyTo ?? root
  if (target?.reply_to_message === undefined) return target
  const { reply_to_message: _, ...flat } = target
  return flat
}
