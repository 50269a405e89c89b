// What do people do? They write, edit, react, stop a draft, block the bot and delete messages.
import { present } from '../common/bounded.ts'
import { stopDraftIn } from './drafts.ts'
import { removeMessage } from './messages.ts'
import { putMessage, showMessage, type Content } from './posting.ts'
import { reachesBot } from './privacy.ts'
import type { ChatState } from './store.ts'
import type { Json, Message } from './types.ts'
import { authorOf, contentOf, extraOf, wordsWith, type Person, type SayOptions } from './wording.ts'
import { seconds, type World } from './world.ts'

export interface SentMessage {
  readonly chatId: number
  readonly messageId: number
  readonly threadId?: number
  readonly message: Message
  /** Undefined when the bot is not told: privacy mode, not a member, a type it did not allow. */
  readonly updateId: number | undefined
}

type ChatRef = number | { readonly id: number }
type MessageRef = { readonly chatId: number; readonly messageId: number }

/** Messages that stand in the chat, and of which the bot hears when it is told. */
export interface SentAlbum {
  /** As they stand in the chat. */
  readonly messages: readonly SentMessage[]
  /** Tells the bot of the next `count`, or of all that are left. */
  deliver(count?: number): readonly (number | undefined)[]
}

export interface People {
  /** Writes; with a file, `text` is the caption. */
  say(person: Person, chat: ChatRef, text: string, options?: SayOptions): SentMessage
  /** Writes several; the bot hears of them by `deliver`, in `order` (indexes; as they stand when left out). */
  hold(
    person: Person,
    chat: ChatRef,
    items: readonly { readonly text: string; readonly options: SayOptions }[],
    order?: readonly number[],
  ): SentAlbum
  /** Passes a message on to a chat, as clients do: its words and files, and where they come from. */
  forward(person: Person, message: MessageRef, to: ChatRef, options?: SayOptions): SentMessage
  edit(person: Person, message: MessageRef, text: string): SentMessage
  /** Presses Stop under a draft. */
  stopDraft(
    person: Person,
    draftId: number,
    options?: { readonly threadId?: number; readonly idAsText?: boolean },
  ): number | undefined
  react(person: Person, message: MessageRef, emoji: string | undefined): number | undefined
  deleteMessage(message: MessageRef): void
}

export function createPeople(world: World): People {
  const tell = (state: ChatState, message: Message): number | undefined =>
    deliver(world, state, message, state.chat.type === 'channel' ? 'channel_post' : 'message')
  return {
    say(person, chat, text, options = {}) {
      const state = chatOf(world, chat)
      const message = write(world, state, person, contentOf(world, text, options), options)
      return sent(message, tell(state, message))
    },
    hold(person, chat, items, order = items.map((_, index) => index)) {
      const state = chatOf(world, chat)
      const written = items.map(({ text, options }) =>
        write(world, state, person, contentOf(world, text, options), options),
      )
      const owed = order.flatMap((index) => written[index] ?? [])
      return {
        messages: written.map((message) => sent(message, undefined)),
        deliver: (count = owed.length) => owed.splice(0, count).map((message) => tell(state, message)),
      }
    },
    forward(person, { chatId, messageId }, to, options = {}) {
      const original = shownMessage(chatOf(world, chatId), messageId)
      const state = chatOf(world, to)
      const content = { ...passedOn(original), forward_origin: originOf(original) }
      const message = write(world, state, person, content, options)
      return sent(message, tell(state, message))
    },
    edit(_person, { chatId, messageId }, text) {
      const state = chatOf(world, chatId)
      const before = shownMessage(state, messageId)
      const words = wordsWith(text, [])
      const after: Message =
        before.text === undefined
          ? { ...before, caption: words.text, caption_entities: words.entities }
          : { ...before, text: words.text, entities: words.entities }
      if ((before.text ?? before.caption) === words.text) return sent(before, undefined)
      const message = { ...after, edit_date: seconds(world) }
      state.messages.set(messageId, message)
      showMessage(world, 'edit', message)
      const type = state.chat.type === 'channel' ? 'edited_channel_post' : 'edited_message'
      return sent(message, deliver(world, state, message, type))
    },
    stopDraft(person, draftId, { threadId, idAsText = false } = {}) {
      const state = chatOf(world, person)
      stopDraftIn(world, state, draftId, threadId)
      return world.queue.enqueue('stopped_message_generation', {
        chat: state.chat,
        ...present({ message_thread_id: threadId }),
        draft_id: idAsText ? String(draftId) : draftId,
      })
    },
    react(person, { chatId, messageId }, emoji) {
      const state = chatOf(world, chatId)
      const byUser =
        state.reactions.get(shownMessage(state, messageId).message_id) ?? new Map<number, readonly Json[]>()
      const before = byUser.get(person.id) ?? []
      const after = emoji === undefined ? [] : [{ type: 'emoji', emoji }]
      byUser.set(person.id, after)
      state.reactions.set(messageId, byUser)
      world.store.changed()
      return world.queue.enqueue('message_reaction', {
        chat: state.chat,
        message_id: messageId,
        user: person.user,
        date: seconds(world),
        old_reaction: before,
        new_reaction: after,
      })
    },
    deleteMessage({ chatId, messageId }) {
      const state = chatOf(world, chatId)
      removeMessage(world, state, shownMessage(state, messageId))
    },
  }
}

/** Puts a person's message where it belongs. */
function write(
  world: World,
  state: ChatState,
  person: Person,
  content: Content,
  options: SayOptions,
): Message {
  if (state.chat.type === 'private') state.started = true
  const replyId = typeof options.replyTo === 'number' ? options.replyTo : options.replyTo?.messageId
  const replyTo = replyId === undefined ? undefined : state.messages.get(replyId)
  if (replyId !== undefined && replyTo === undefined)
    throw new Error(`chat ${state.chat.id} shows no message ${replyId}`)
  if (options.threadId !== undefined && !state.topics.has(options.threadId)) {
    throw new Error(`chat ${state.chat.id} has no topic ${options.threadId}`)
  }
  const topicId =
    options.threadId ?? (replyTo?.is_topic_message === true ? replyTo.message_thread_id : undefined)
  const quote =
    options.quote === undefined ? undefined : { text: options.quote, position: 0, is_manual: true as const }
  return putMessage(
    world,
    { chat: state, topicId, replyTo, quote },
    { ...authorOf(person, state.chat, options), ...content, ...extraOf(options) },
  )
}

/** Words and files; neither place nor buttons go along. */
function passedOn(message: Message): Content {
  const {
    message_id: _id,
    message_thread_id: _thread,
    is_topic_message: _topic,
    from: _from,
    sender_chat: _chat,
    author_signature: _signature,
    date: _date,
    chat: _in,
    reply_to_message: _reply,
    quote: _quote,
    edit_date: _edited,
    media_group_id: _album,
    reply_markup: _markup,
    forward_origin: _origin,
    ...content
  } = message
  return content
}

function originOf({ date, forward_origin: first, from, sender_chat: chat }: Message): Json {
  if (first !== undefined) return first
  if (chat !== undefined) return { type: 'chat', date, sender_chat: chat }
  return { type: 'user', date, sender_user: from }
}

/** The chat a handle, a person or an id stands for. */
export function chatOf(world: World, ref: ChatRef): ChatState {
  const id = typeof ref === 'number' ? ref : ref.id
  const state = world.store.chats.get(id)
  if (state === undefined)
    throw new Error(`there is no chat ${id}; open it with privateChat() or group() first`)
  return state
}

/** Tells the bot, if it is told such things. */
export function deliver(world: World, state: ChatState, message: Message, type: string): number | undefined {
  return reachesBot(world, state, message) ? world.queue.enqueue(type, message) : undefined
}

function shownMessage(state: ChatState, messageId: number): Message {
  const message = state.messages.get(messageId)
  if (message === undefined) throw new Error(`chat ${state.chat.id} shows no message ${messageId}`)
  return message
}

function sent(message: Message, updateId: number | undefined): SentMessage {
  return {
    chatId: message.chat.id,
    messageId: message.message_id,
    ...present({ threadId: message.is_topic_message === true ? message.message_thread_id : undefined }),
    message,
    updateId,
  }
}
