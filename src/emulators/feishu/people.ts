// What do people do? They write, forward, press buttons, open the bot's menu and its chat, react, recall messages.
import type { Click, ClickAnswer, Form, HowPressed } from './click.ts'
import { pressButton, repeatClick } from './clicks.ts'
import { tell, tellMessage, userIds } from './events.ts'
import { sendForm, type FormInput } from './forms.ts'
import { putMessage, recallMessage } from './posting.ts'
import { chatIn, messageIn, type ChatRef, type MessageRef } from './refs.ts'
import type { ChatState, MessageState, Person } from './types.ts'
import { keyOf, wordingOf, type ForwardedMessage, type SayOptions, type SentFile } from './wording.ts'
import { TENANT_KEY, type World } from './world.ts'

export interface SentMessage {
  readonly chatId: string
  readonly messageId: string
  readonly threadId?: string
  /** Undefined when the bot is not told: it is not in the room, or may not read there. */
  readonly eventId: string | undefined
}

export interface People {
  say(person: Person, chat: ChatRef, text: string, options?: SayOptions): SentMessage
  /** A key for content made by hand: nodes of a post, children of a forward. */
  fileKey(type: 'image' | 'file' | 'audio' | 'media' | 'sticker', file: SentFile): string
  /** The message's author takes it back. */
  recall(message: MessageRef): string | undefined
  /** Opens the chat with the bot. */
  enterChat(person: Person): string
  /** Opens it for the first time ever. */
  createChat(person: Person): string
  /** A menu entry that pushes an event. */
  pushMenu(person: Person, eventKey: string): string
  /**
   * Presses the button with that value, name or label. What came back: a toast, a new card, or why nothing did. A button
   * that stood there before the card was replaced answers so; one that never did rejects.
   */
  clickButton(
    person: Person,
    message: MessageRef,
    button: unknown,
    form?: Form,
    how?: HowPressed,
  ): Promise<ClickAnswer>
  /** Fills in the form of a message and sends it; see `sendForm`. */
  submitForm(person: Person, message: MessageRef, values: FormInput): Promise<ClickAnswer>
  /** A press of before once more, under the same event id. */
  repeatClick(click: Click): Promise<ClickAnswer>
  react(person: Person, message: MessageRef, emoji: string): string
  unreact(person: Person, message: MessageRef, emoji: string): string
}

export function createPeople(world: World): People {
  const reacted = (person: Person, { id }: MessageState, emoji: string, type: string): string =>
    tell(world, `im.message.reaction.${type}_v1`, {
      message_id: id,
      reaction_type: { emoji_type: emoji },
      operator_type: 'user',
      user_id: userIds(person),
      action_time: String(world.nowMs()),
    })
  return {
    say(person, chat, text, options = {}) {
      const room = chatIn(world, chat)
      const { msgType, content, mentions } = wordingOf(world, text, options)
      const parent = parentOf(world, room, options)
      const message = putMessage(world, room, {
        byBot: false,
        senderId: person.id,
        msgType,
        content: JSON.stringify(content),
        mentions,
        ...(parent === undefined ? {} : { parent }),
        inThread: options.thread !== undefined,
        ...(options.createdAtMs === undefined ? {} : { createdAtMs: options.createdAtMs }),
      })
      for (const child of options.forward ?? []) putChild(world, message, child)
      const from = { person, ...(options.asBot === true ? { senderType: 'bot' } : {}) }
      const eventId =
        options.quiet === true ? undefined : tellMessage(world, room, message, from, options.extra)
      return {
        chatId: room.chat.id,
        messageId: message.id,
        ...(message.threadId === undefined ? {} : { threadId: message.threadId }),
        eventId,
      }
    },
    fileKey: (type, file) => keyOf(world, type, file),
    recall(ref) {
      const message = messageIn(world, ref)
      recallMessage(world, message)
      if (message.byBot) return undefined
      return tell(world, 'im.message.recalled_v1', {
        message_id: message.id,
        chat_id: message.chatId,
        recall_time: String(world.nowMs()),
        recall_type: 'message_owner',
      })
    },
    enterChat(person) {
      const { chat, messages } = chatIn(world, person)
      const last = messages.at(-1)
      return tell(world, 'im.chat.access_event.bot_p2p_chat_entered_v1', {
        chat_id: chat.id,
        operator_id: userIds(person),
        ...(last === undefined
          ? {}
          : { last_message_id: last.id, last_message_create_time: String(last.createdAtMs) }),
      })
    },
    createChat(person) {
      const { chat } = chatIn(world, person)
      const { open_id, union_id, user_id } = userIds(person)
      return world.deliveries.enqueue({
        uuid: world.ids.next('ev'),
        ts: String(world.nowMs() / 1000),
        token: world.behaviour.verificationToken,
        type: 'event_callback',
        event: {
          type: 'p2p_chat_create',
          app_id: world.behaviour.appId,
          chat_id: chat.id,
          operator: { open_id, user_id },
          tenant_key: TENANT_KEY,
          user: { name: person.name, open_id, union_id, user_id },
        },
      })
    },
    pushMenu: (person, eventKey) =>
      tell(world, 'application.bot.menu_v6', {
        operator: { operator_name: person.name, operator_id: userIds(person) },
        event_key: eventKey,
        timestamp: Math.floor(world.nowMs() / 1000),
      }),
    clickButton: (person, ref, button, form, how) =>
      pressButton(world, person, messageIn(world, ref), button, form, how),
    submitForm: (person, ref, values) => sendForm(world, person, messageIn(world, ref), values),
    repeatClick: (click) => repeatClick(world, click),
    react(person, ref, emoji) {
      const message = messageIn(world, ref)
      const id = world.ids.next('re')
      message.reactions.set(id, { id, emoji, byBot: false, personId: person.id })
      world.store.changed()
      return reacted(person, message, emoji, 'created')
    },
    unreact(person, ref, emoji) {
      const message = messageIn(world, ref)
      for (const reaction of [...message.reactions.values()]) {
        if (reaction.personId === person.id && reaction.emoji === emoji) message.reactions.delete(reaction.id)
      }
      return reacted(person, message, emoji, 'deleted')
    },
  }
}

function parentOf(world: World, room: ChatState, { replyTo, thread }: SayOptions): MessageState | undefined {
  if (replyTo !== undefined) return messageIn(world, replyTo)
  if (thread === undefined || thread === true) return undefined
  const root = world.store.messages.get(world.store.threads.get(thread) ?? '')
  if (root?.chatId !== room.chat.id) throw new Error(`chat ${room.chat.id} has no thread ${thread}`)
  return root
}

/** Known to GET alone: no room shows it. */
function putChild(world: World, parent: MessageState, child: ForwardedMessage): void {
  const { from, text = '', ...carried } = child
  const { msgType, content } = wordingOf(world, text, carried)
  const id = world.ids.next('om')
  world.store.messages.set(id, {
    ...parent,
    id,
    senderId: from.id,
    msgType,
    content: JSON.stringify(content),
    mentions: [],
    reactions: new Map(),
    callbacksRunning: 0,
    upperId: parent.id,
  })
}
