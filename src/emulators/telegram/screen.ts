// What does a person see in a chat right now?
import { present } from '../common/bounded.ts'
import { fileOn, glanceAt, type ShownFile } from './shown-file.ts'
import { wordsOf, type ChatState, type DraftState } from './store.ts'
import type { Entity, ForceReply, InlineKeyboard, Message, User } from './types.ts'
import type { World } from './world.ts'

export interface ShownMessage {
  readonly chatId: number
  readonly messageId: number
  /** The topic. */
  readonly threadId?: number
  readonly from?: User
  readonly byBot: boolean
  /** Text, caption, or the words of a rich message. */
  readonly text: string
  readonly entities: readonly Entity[]
  /** The message it replies to; a topic's root does not count. */
  readonly replyTo?: number
  readonly quote?: string
  readonly markup?: InlineKeyboard
  /** `callback_data` of its buttons, in reading order. */
  readonly buttons: readonly { readonly text: string; readonly data?: string; readonly url?: string }[]
  /** It opens the text field of those it is meant for. */
  readonly forceReply?: ForceReply
  readonly edited: boolean
  readonly reactions: readonly string[]
  /** Its file, if it carries one. */
  readonly file?: ShownFile
  /** What one sees of it at a glance: `🖼 caption`, `🎤 0:03`, or its text. */
  readonly glance: string
  /** The message as on the wire: files, places, service fields. */
  readonly message: Message
}

export interface ShownDraft {
  readonly chatId: number
  readonly draftId: number
  readonly threadId?: number
  readonly text: string
  readonly entities: readonly Entity[]
  readonly canStop: boolean
}

/** In order; of one topic when `threadId` is given. Service messages have an empty text. */
export function messagesOn(world: World, state: ChatState, threadId?: number): readonly ShownMessage[] {
  return [...state.messages.values()]
    .filter((message) => threadId === undefined || topicOf(message) === threadId)
    .map((message) => shownMessage(world, state, message))
}

export function draftsOn(state: ChatState, threadId?: number): readonly ShownDraft[] {
  return [...state.drafts.values()]
    .filter((draft) => threadId === undefined || draft.threadId === threadId)
    .map((draft) => shownDraft(state, draft))
}

/** The screen as lines, for a failed wait. */
export function picture(world: World): string {
  const lines: string[] = []
  for (const state of world.store.chats.values()) {
    lines.push(`${state.chat.type} ${state.chat.id} ${state.chat.title ?? state.chat.first_name ?? ''}`)
    for (const message of messagesOn(world, state).slice(-12)) {
      const who = message.byBot ? 'bot' : (message.from?.first_name ?? 'somebody')
      lines.push(
        `  #${message.messageId}${message.edited ? ' (edited)' : ''} ${who}: ${clipped(message.glance)}`,
      )
    }
    for (const draft of draftsOn(state)) lines.push(`  draft ${draft.draftId}: ${clipped(draft.text)}`)
  }
  const calls = world.store.calls.slice(-12).map(({ method, status }) => `${method} ${status}`)
  return [...lines, `last calls: ${calls.join(', ')}`, `updates waiting: ${world.queue.pendingCount}`].join(
    '\n',
  )
}

export function shownMessage(world: World, state: ChatState, message: Message): ShownMessage {
  const { text, entities } = wordsOf(message)
  const root = message.reply_to_message?.message_id
  const file = fileOn(world, message)
  return {
    chatId: state.chat.id,
    messageId: message.message_id,
    ...present({
      threadId: topicOf(message),
      from: message.from,
      replyTo: root === topicOf(message) ? undefined : root,
      quote: message.quote?.text,
      markup: message.reply_markup,
      forceReply: state.forceReplies.get(message.message_id),
      file,
    }),
    glance: glanceAt(file, text),
    byBot: message.from?.id === world.me.id,
    text,
    entities,
    buttons: (message.reply_markup?.inline_keyboard ?? []).flat().map((button) => ({
      text: String(button['text']),
      ...present({ data: stringOf(button['callback_data']), url: stringOf(button['url']) }),
    })),
    edited: message.edit_date !== undefined,
    reactions: [...(state.reactions.get(message.message_id)?.values() ?? [])]
      .flat()
      .map(({ emoji }) => String(emoji)),
    message,
  }
}

function shownDraft(state: ChatState, draft: DraftState): ShownDraft {
  const { draftId, threadId, text, entities, canStop } = draft
  return { chatId: state.chat.id, draftId, ...present({ threadId }), text, entities, canStop }
}

function topicOf(message: Message): number | undefined {
  return message.is_topic_message === true ? message.message_thread_id : undefined
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function clipped(text: string): string {
  const line = text.replaceAll('\n', '⏎')
  return line.length > 160 ? `${line.slice(0, 100)} … ${line.slice(-50)} (${line.length})` : line
}
