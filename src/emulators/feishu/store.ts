// What does the emulated Feishu know? Chats, messages and cards now, every state ever shown, every call and ack.
import { createRecord } from '../common/record.ts'
import type { ShownButton } from './card-tree.ts'
import type { Click } from './click.ts'
import type { CardState, ChatState, Json, MessageState, Person } from './types.ts'

/** One state of one message as it appeared on screens. */
export interface Frame {
  /** `card`: the CardKit entity inside the message changed. */
  readonly kind: 'post' | 'edit' | 'card' | 'recall'
  readonly chatId: string
  readonly messageId: string
  readonly threadId?: string
  readonly cardId?: string
  readonly byBot: boolean
  readonly text: string
  /** Of a card that has any. */
  readonly buttons?: readonly ShownButton[]
  /** Nothing says any more that the message still grows: always, but for cards in streaming mode. */
  readonly final: boolean
  /** Wall clock. */
  readonly atMs: number
  /** `performance.now()` of the emulator's process. */
  readonly atPerfMs: number
}

/** One finished call of the bot. */
export interface FeishuCall {
  /** `message.create`, `cardElement.content`, … as in `routes.ts`; `unknown` for a path nobody serves. */
  readonly operation: string
  readonly method: string
  readonly path: string
  readonly query: Json
  readonly payload: Json
  readonly status: number
  /** The envelope's; 0 is success, -1 when no JSON was answered. */
  readonly code: number
  /** When to come again, where a limit was told. */
  readonly retryAfterMs?: number
  readonly chatId?: string
  /** When the whole request was here: wall clock and `performance.now()` of the emulator's process. */
  readonly atMs: number
  readonly receivedAtPerfMs: number
}

/** What a client said to one delivery of one event. */
export interface Ack {
  readonly eventId: string
  readonly eventType: string
  /** Of the IM message the event is about. */
  readonly messageId?: string
  /** 200, or 500 when the handler threw; the HTTP status in webhook mode. */
  readonly code: number
  /** What the handler returned, decoded. */
  readonly data: unknown
  readonly attempt: number
  /** After how long it came. */
  readonly afterMs: number
  /** Too late: the platform delivers again. */
  readonly late: boolean
  readonly atMs: number
}

/** A post that took effect, and whose answer could not be handed over: whoever made it cannot know. */
export interface AmbiguousPost {
  /** `message.create` or `message.reply`. */
  readonly operation: string
  readonly chatId: string
  readonly messageId: string
  /** Absent where it was sent without one. */
  readonly uuid?: string
  readonly atMs: number
}

export interface TokenState {
  readonly token: string
  readonly expiresAtMs: number
  revoked: boolean
}

export interface SlashCommand {
  readonly commandId: string
  readonly command: string
  readonly description: Json
  readonly icon: Json | undefined
  readonly updatedAtMs: number
}

/** A native progress bubble. */
export interface CotState {
  readonly id: string
  readonly messageId: string
  readonly chatId: string
  readonly events: Json[]
  /** Undefined while the spinner turns. */
  completed: string | undefined
}

export interface Store {
  readonly chats: Map<string, ChatState>
  readonly people: Map<string, Person>
  /** The p2p room of each person, by open_id. */
  readonly p2pRooms: Map<string, ChatState>
  readonly messages: Map<string, MessageState>
  readonly cards: Map<string, CardState>
  /** The root message of each thread. */
  readonly threads: Map<string, string>
  /** Which message a `uuid` made, and until when that counts. */
  readonly uuids: Map<string, { readonly messageId: string; readonly untilMs: number }>
  readonly tokens: TokenState[]
  readonly slashCommands: Map<string, SlashCommand>
  readonly cots: Map<string, CotState>
  readonly frames: readonly Frame[]
  readonly calls: readonly FeishuCall[]
  readonly acks: readonly Ack[]
  readonly clicks: readonly Click[]
  readonly ambiguousPosts: readonly AmbiguousPost[]
  addFrame(frame: Frame): void
  addCall(call: FeishuCall): void
  addAck(ack: Ack): void
  addClick(click: Click): void
  addAmbiguous(post: AmbiguousPost): void
  /** Records from before `ms`. */
  forgetBefore(ms: number): void
  onFrame(listener: (frame: Frame) => void): () => void
  /** Called after anything a condition could look at. */
  onChange(listener: () => void): () => void
  changed(): void
}

const ACKS_KEPT = 50_000
const CLICKS_KEPT = 50_000
const AMBIGUOUS_KEPT = 10_000

export function createStore(limits: { maxFrames: number; maxCalls: number }): Store {
  const frames = createRecord<Frame>(limits.maxFrames)
  const calls = createRecord<FeishuCall>(limits.maxCalls)
  const acks = createRecord<Ack>(ACKS_KEPT)
  const clicks = createRecord<Click>(CLICKS_KEPT)
  const ambiguous = createRecord<AmbiguousPost>(AMBIGUOUS_KEPT)
  const frameListeners = new Set<(frame: Frame) => void>()
  const changeListeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of changeListeners) listener()
  }
  const subscribe = <T>(listeners: Set<T>, listener: T): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    chats: new Map(),
    people: new Map(),
    p2pRooms: new Map(),
    messages: new Map(),
    cards: new Map(),
    threads: new Map(),
    uuids: new Map(),
    tokens: [],
    slashCommands: new Map(),
    cots: new Map(),
    frames: frames.items,
    calls: calls.items,
    acks: acks.items,
    clicks: clicks.items,
    ambiguousPosts: ambiguous.items,
    addFrame(frame) {
      frames.push(frame)
      for (const listener of frameListeners) listener(frame)
      changed()
    },
    addCall(call) {
      calls.push(call)
      changed()
    },
    addAck(ack) {
      acks.push(ack)
      changed()
    },
    addClick(click) {
      clicks.push(click)
      changed()
    },
    addAmbiguous(post) {
      ambiguous.push(post)
      changed()
    },
    forgetBefore(ms) {
      for (const record of [frames, calls, acks, clicks]) record.forgetBefore(ms)
    },
    onFrame: (listener) => subscribe(frameListeners, listener),
    onChange: (listener) => subscribe(changeListeners, listener),
    changed,
  }
}
