// What does the emulated Telegram know? Chats and their messages now, every state ever shown, every call.
import { createHistory, type History } from './history.ts'
import type { Post } from './posts.ts'
import type {
  Chat,
  ChatType,
  CommandList,
  Entity,
  ForceReply,
  InlineKeyboard,
  Json,
  Message,
  User,
} from './types.ts'

/** One state of one message as it appeared on screens. */
export interface Frame {
  readonly kind: 'post' | 'edit' | 'draft' | 'delete'
  readonly chatId: number
  readonly threadId?: number
  /** Of a message; a draft has `draftId` instead. */
  readonly messageId?: number
  readonly draftId?: number
  readonly byBot: boolean
  readonly fromId?: number
  readonly text: string
  readonly entities: readonly Entity[]
  readonly markup?: InlineKeyboard
  /** Wall clock. */
  readonly atMs: number
  /** `performance.now()` of the emulator's process. */
  readonly atPerfMs: number
}

/** One finished call of the bot. */
export interface TelegramCall {
  readonly method: string
  readonly payload: Json
  readonly status: number
  readonly chatId?: number
  /** When the whole request was here: wall clock and `performance.now()` of the emulator's process. */
  readonly atMs: number
  readonly receivedAtPerfMs: number
}

/** One download of a file's bytes, as it went. */
export interface Download {
  /** As `getFile` answers it outside of `--local` mode. */
  readonly path: string
  readonly sentBytes: number
  /** The whole file went out, as it is. */
  readonly whole: boolean
  readonly atMs: number
}

export type MemberStatus = 'creator' | 'administrator' | 'member' | 'left' | 'kicked'

export interface MemberState {
  readonly user: User
  readonly status: MemberStatus
  readonly title?: string
}

export interface TopicState {
  readonly threadId: number
  readonly name: string
  readonly iconColor: number
  readonly closed: boolean
}

export interface DraftState {
  readonly draftId: number
  readonly threadId: number | undefined
  readonly text: string
  readonly entities: readonly Entity[]
  readonly canStop: boolean
  readonly keepOnStop: boolean
  readonly timer: NodeJS.Timeout
}

/** One chat as the server holds it. */
export interface ChatState {
  chat: Chat
  readonly messages: Map<number, Message>
  readonly members: Map<number, MemberState>
  readonly topics: Map<number, TopicState>
  readonly drafts: Map<string, DraftState>
  readonly stoppedDrafts: Set<string>
  readonly reactions: Map<number, Map<number, readonly Json[]>>
  readonly pinned: Set<number>
  botStatus: MemberStatus
  /** The private chat was opened by the person; a bot cannot begin one. */
  started: boolean
  blocked: boolean
  botMuted: boolean
  migratedTo: number | undefined
  lastMessageId: number
  /** Bare commands reach a privacy-mode bot that spoke last. */
  botSpokeLast: boolean
  /** What stands below the text field after a `reply_markup` that is no inline keyboard. */
  replyKeyboard: Json | undefined
  /** Messages sent with a `reply_markup` that is no inline keyboard: they can never be edited. */
  readonly uneditable: Set<number>
  /** By message. */
  readonly forceReplies: Map<number, ForceReply>
}

/** A button press waiting for `answerCallbackQuery`. */
export interface CallbackState {
  readonly id: string
  readonly personId: number
  readonly data: string
  readonly pressedAtMs: number
  readonly expiresAtMs: number
  readonly answeredAtMs?: number
  /** Answers that came too late, or after the first. */
  readonly refused: number
  readonly answer?: { readonly text: string; readonly showAlert: boolean; readonly url?: string }
}

export interface Store {
  readonly chats: ReadonlyMap<number, ChatState>
  readonly users: Map<number, User>
  readonly callbacks: Map<string, CallbackState>
  /** By scope and language. */
  readonly commandLists: Map<string, CommandList>
  readonly frames: readonly Frame[]
  readonly calls: readonly TelegramCall[]
  readonly actions: readonly {
    readonly chatId: number
    readonly threadId?: number
    readonly action: string
    readonly atMs: number
  }[]
  readonly downloads: readonly Download[]
  readonly posts: History<Post>
  addChat(chat: Chat): ChatState
  nextMessageId(state: ChatState): number
  addFrame(frame: Frame): void
  addCall(call: TelegramCall): void
  addAction(chatId: number, threadId: number | undefined, action: string, atMs: number): void
  addDownload(download: Download): void
  onFrame(listener: (frame: Frame) => void): () => void
  /** Called after anything a condition could look at: a frame, a finished call, a confirmed update. */
  onChange(listener: () => void): () => void
  changed(): void
  /** What happened before (wall clock, ms), and messages from before it: as if there had been nothing. People and chats stay. */
  forgetBefore(atMs: number): void
}

const ACTIONS_KEPT = 10_000
const CALLBACKS_KEPT = 10_000
const DOWNLOADS_KEPT = 10_000

export function createStore(limits: { maxFrames: number; maxCalls: number }): Store {
  const chats = new Map<number, ChatState>()
  const frames = createHistory<Frame>(limits.maxFrames)
  const calls = createHistory<TelegramCall>(limits.maxCalls)
  const actions = createHistory<Store['actions'][number]>(ACTIONS_KEPT)
  const downloads = createHistory<Download>(DOWNLOADS_KEPT)
  const posts = createHistory<Post>(limits.maxCalls)
  const frameListeners = new Set<(frame: Frame) => void>()
  const changeListeners = new Set<() => void>()
  const callbacks = new Map<string, CallbackState>()
  // Private chats and basic groups share one numbering per account; supergroups and channels have their own.
  let sharedMessageId = 0

  const changed = (): void => {
    if (callbacks.size > CALLBACKS_KEPT) callbacks.delete(callbacks.keys().next().value ?? '')
    for (const listener of changeListeners) listener()
  }
  const subscribe = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    chats,
    users: new Map(),
    callbacks,
    commandLists: new Map(),
    frames: frames.items,
    calls: calls.items,
    actions: actions.items,
    downloads: downloads.items,
    posts,
    addChat(chat) {
      const state = emptyChat(chat)
      chats.set(chat.id, state)
      return state
    },
    nextMessageId(state) {
      if (hasOwnNumbering(state.chat.type)) {
        state.lastMessageId += 1
        return state.lastMessageId
      }
      sharedMessageId += 1
      return sharedMessageId
    },
    addFrame(frame) {
      frames.push(frame)
      for (const listener of frameListeners) listener(frame)
      changed()
    },
    addCall(call) {
      calls.push(call)
      changed()
    },
    addAction(chatId, threadId, action, atMs) {
      actions.push({ chatId, ...(threadId === undefined ? {} : { threadId }), action, atMs })
      changed()
    },
    addDownload(download) {
      downloads.push(download)
      changed()
    },
    onFrame: (listener) => subscribe(frameListeners, listener),
    onChange: (listener) => subscribe(changeListeners, listener),
    changed,
    forgetBefore(atMs) {
      const isOld = (entry: { readonly atMs: number }): boolean => entry.atMs < atMs
      for (const history of [frames, calls, actions, downloads, posts]) history.forget(isOld)
      for (const [id, { pressedAtMs }] of callbacks) if (pressedAtMs < atMs) callbacks.delete(id)
      for (const chat of chats.values()) forgetMessages(chat, atMs)
    },
  }
}

/** Messages are dated in whole seconds. What opened a topic stays with it. */
function forgetMessages(chat: ChatState, beforeMs: number): void {
  for (const [id, { date }] of chat.messages) {
    if ((date + 1) * 1000 > beforeMs || chat.topics.has(id)) continue
    for (const held of [chat.messages, chat.reactions, chat.pinned, chat.uneditable, chat.forceReplies]) {
      held.delete(id)
    }
  }
  chat.stoppedDrafts.clear()
}

/** The words of a message, whatever carries them. */
export function wordsOf(message: Message): FormattedWords {
  if (message.text !== undefined) return { text: message.text, entities: message.entities ?? [] }
  if (message.caption !== undefined)
    return { text: message.caption, entities: message.caption_entities ?? [] }
  return {
    text: message.rich_message === undefined ? '' : flatten(message.rich_message['blocks']),
    entities: [],
  }
}

interface FormattedWords {
  readonly text: string
  readonly entities: readonly Entity[]
}

/** The text inside rich blocks: strings, arrays and objects with `text`, `blocks`, `items`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const isBlocks = items.some(
      (item) => typeof item === 'object' && item !== null && 'type' in item && item.type === 'paragraph',
    )
    return items.map(flatten).join(isBlocks ? '\n\n' : '')
  }
  if (typeof value !== 'object' || value === null) return ''
  const parts: readonly unknown[] = ['text' in value ? value.text : '', 'blocks' in value ? value.blocks : '']
  return parts.map(flatten).join('')
}

function hasOwnNumbering(type: ChatType): boolean {
  return type === 'supergroup' || type === 'channel'
}

function emptyChat(chat: Chat): ChatState {
  return {
    chat,
    messages: new Map(),
    members: new Map(),
    topics: new Map(),
    drafts: new Map(),
    stoppedDrafts: new Set(),
    reactions: new Map(),
    pinned: new Set(),
    botStatus: 'member',
    started: false,
    blocked: false,
    botMuted: false,
    migratedTo: undefined,
    lastMessageId: 0,
    botSpokeLast: false,
    replyKeyboard: undefined,
    uneditable: new Set(),
    forceReplies: new Map(),
  }
}
