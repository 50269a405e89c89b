// Whose text field does a ForceReply open, and what do they write there?
// https://core.telegram.org/bots/api#forcereply
import { chatOf, type People, type SentMessage } from './people.ts'
import { shownMessage, type ShownMessage } from './screen.ts'
import { wordsOf, type ChatState } from './store.ts'
import type { Message } from './types.ts'
import type { Person, SayOptions } from './wording.ts'
import type { World } from './world.ts'

type ChatRef = number | { readonly id: number }
type MessageRef = { readonly chatId: number; readonly messageId: number }

export interface ForcedReplies {
  /** The message this person's text field is opened for; their next message there closes it. */
  forcedReply(person: Person, chat: ChatRef, threadId?: number): ShownMessage | undefined
  /** Writes into the field that this message opened. Throws where it opened none for them. */
  replyTo(
    person: Person,
    message: MessageRef,
    text: string,
    options?: Omit<SayOptions, 'replyTo'>,
  ): SentMessage
}

export function createForcedReplies(world: World, say: People['say']): ForcedReplies {
  return {
    forcedReply(person, chat, threadId) {
      const state = chatOf(world, chat)
      const here = [...state.messages.values()].filter((message) => topicOf(message) === threadId)
      const last = here.findLast(
        (message) => message.from?.id === person.id || opensFor(state, message, person),
      )
      return last === undefined || last.from?.id === person.id ? undefined : shownMessage(world, state, last)
    },
    replyTo(person, { chatId, messageId }, text, options = {}) {
      const state = chatOf(world, chatId)
      const message = state.messages.get(messageId)
      if (message === undefined || !opensFor(state, message, person)) {
        throw new Error(`message ${messageId} in chat ${chatId} opens no reply for ${person.user.first_name}`)
      }
      return say(person, chatId, text, { ...options, replyTo: messageId })
    },
  }
}

/** `selective`: those mentioned in the text, and whoever wrote the message it replies to. */
function opensFor(state: ChatState, message: Message, { id, user }: Person): boolean {
  const forced = state.forceReplies.get(message.message_id)
  if (forced === undefined) return false
  if (!forced.selective || state.chat.type === 'private') return true
  if (message.reply_to_message?.from?.id === id) return true
  const { text, entities } = wordsOf(message)
  return entities.some(({ type, offset, length, user: named }) => {
    if (type === 'text_mention') return named?.id === id
    const name = text.slice(offset + 1, offset + length).toLowerCase()
    return type === 'mention' && user.username !== undefined && name === user.username.toLowerCase()
  })
}

function topicOf(message: Message): number | undefined {
  return message.is_topic_message === true ? message.message_thread_id : undefined
}
