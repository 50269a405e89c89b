// What may tests read of the emulator's memory? Everything; they change nothing.
import type { Click } from './click.ts'
import type { Download } from './files.ts'
import { forgetBefore } from './forget.ts'
import type { Connected } from './sockets.ts'
import type { Ack, AmbiguousPost, CotState, FeishuCall, Frame, SlashCommand, TokenState } from './store.ts'
import type { CardState, ChatState, MessageState } from './types.ts'
import type { World } from './world.ts'

/** What the emulated Feishu holds: the evidence for tests. */
export interface FeishuStore {
  readonly chats: ReadonlyMap<string, ChatState>
  readonly messages: ReadonlyMap<string, MessageState>
  /** With the full history of operations and sequences. */
  readonly cards: ReadonlyMap<string, CardState>
  /** Every state ever shown, oldest first. */
  readonly frames: readonly Frame[]
  readonly calls: readonly FeishuCall[]
  readonly acks: readonly Ack[]
  /** Presses of buttons and forms sent, oldest first, each with what came back. */
  readonly clicks: readonly Click[]
  /** Presses answered after three seconds, or never. */
  readonly lateCallbacks: number
  /** Of one message's event: every answer to every delivery. */
  acksOf(messageId: string): readonly Ack[]
  readonly tokens: readonly TokenState[]
  readonly slashCommands: ReadonlyMap<string, SlashCommand>
  readonly cots: ReadonlyMap<string, CotState>
  readonly pendingEvents: number
  /** Answers with a file's bytes in them, oldest first. */
  readonly downloads: readonly Download[]
  /** Posts that took effect and whose answer could not be handed over. */
  readonly ambiguousPosts: readonly AmbiguousPost[]
  /** Every long connection, oldest first: a process that is frozen is one that is pushed to and never acknowledges. */
  readonly connections: readonly Connected[]
  /**
   * Messages, cards, files and records from before `ms` (wall clock) go; people, rooms, the first messages of threads, what
   * is not acknowledged yet and `ambiguousPosts` stay.
   */
  forgetBefore(ms: number): void
  /** A client holds a sound long connection. */
  readonly isConnected: boolean
}

export function storeView(world: World): FeishuStore {
  const { store, deliveries, files, sockets } = world
  return {
    forgetBefore: (ms) => forgetBefore(world, ms),
    ambiguousPosts: store.ambiguousPosts,
    connections: sockets.history,
    chats: store.chats,
    messages: store.messages,
    cards: store.cards,
    frames: store.frames,
    calls: store.calls,
    acks: store.acks,
    clicks: store.clicks,
    get lateCallbacks() {
      return store.clicks.filter(({ late }) => late).length
    },
    acksOf: (messageId) => store.acks.filter((ack) => ack.messageId === messageId),
    tokens: store.tokens,
    slashCommands: store.slashCommands,
    cots: store.cots,
    get pendingEvents() {
      return deliveries.pending().length
    },
    downloads: files.downloads,
    get isConnected() {
      return sockets.isConnected
    },
  }
}
