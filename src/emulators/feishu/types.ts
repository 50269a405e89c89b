// Which things does the emulated Feishu deal in? People, chats, messages, cards; plain, as its store holds them.

export type Json = Readonly<Record<string, unknown>>

/** Somebody with an account. `id` is the open_id. */
export interface Person {
  readonly id: string
  readonly unionId: string
  readonly userId: string
  readonly name: string
  readonly locale: string
  /** open_department_ids. */
  readonly departments?: readonly string[]
}

/** A room. `group`: a group chat whose messages stand in one stream; `topic`: every message opens a topic. */
export interface Chat {
  /** `oc_…` */
  readonly id: string
  readonly mode: 'p2p' | 'group' | 'topic'
  readonly name: string
}

export interface Mention {
  /** `@_user_1`, as in the text. */
  readonly key: string
  readonly openId: string
  readonly unionId: string
  readonly name: string
  readonly isBot: boolean
}

export interface Reaction {
  readonly id: string
  readonly emoji: string
  readonly byBot: boolean
  /** The person's open_id; absent for the bot. */
  readonly personId?: string
}

/** One message as the server holds it. */
export interface MessageState {
  readonly id: string
  readonly chatId: string
  readonly byBot: boolean
  /** open_id of a person, app_id of the bot. */
  readonly senderId: string
  readonly rootId?: string
  readonly parentId?: string
  /** The root gets it when somebody answers in a thread. */
  threadId: string | undefined
  msgType: string
  /** The JSON string. */
  content: string
  readonly mentions: readonly Mention[]
  readonly createdAtMs: number
  updatedAtMs: number
  recalled: boolean
  editedCount: number
  /** A CardKit entity stands in this message. */
  readonly cardId?: string
  readonly reactions: Map<string, Reaction>
  /** Presses on its card that the app has not answered yet. */
  callbacksRunning: number
  followUps: readonly string[]
  /** A child of a merged forward names it. */
  readonly upperId?: string
}

/** One accepted or refused operation on a card, in the order of arrival. */
export interface CardOperation {
  readonly operation: string
  readonly sequence: number
  readonly uuid?: string
  /** 0 when accepted, else the refusal. */
  readonly code: number
  readonly atMs: number
  /** What a person could read afterwards. */
  readonly text: string
  readonly streaming: boolean
}

/** One CardKit entity. */
export interface CardState {
  readonly id: string
  readonly createdAtMs: number
  card: Json
  messageId: string | undefined
  /** The highest accepted one. */
  sequence: number
  /** `timed-out`: the ten minutes are over and nobody was told yet; `expired`: told with 200850. */
  streaming: 'off' | 'on' | 'timed-out' | 'expired'
  streamingSinceMs: number
  /** Presses that the app has not answered yet. */
  callbacksRunning: number
  /** What each uuid did, to tell a repetition from a conflict. */
  readonly uuids: Map<string, string>
  readonly history: CardOperation[]
}

export interface ChatState {
  readonly chat: Chat
  readonly members: Map<string, Person>
  readonly messages: MessageState[]
  /** What events call the room; `topic_group` appears in some code bases. */
  readonly eventChatType: 'p2p' | 'group' | 'topic_group'
  botInside: boolean
  /** Refusal of every send: muted, blocked, dissolved. */
  refusal: number | undefined
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The object inside a JSON string, or undefined when it is none. */
export function readJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
