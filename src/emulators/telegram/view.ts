// What may tests read of the emulator's memory? Everything; they change nothing.
import type { CallbackState, ChatState, Frame, Store, TelegramCall } from './store.ts'
import type { CommandList } from './types.ts'
import type { World } from './world.ts'

/** What the emulated Telegram holds: the evidence for tests. */
export interface TelegramStore {
  readonly chats: ReadonlyMap<number, ChatState>
  /** Every state ever shown, oldest first. */
  readonly frames: readonly Frame[]
  readonly calls: readonly TelegramCall[]
  readonly actions: Store['actions']
  /** Of files' bytes, as they ended. */
  readonly downloads: Store['downloads']
  readonly callbacks: ReadonlyMap<string, CallbackState>
  /** Every list `setMyCommands` left, in the order they came. */
  readonly commandLists: readonly CommandList[]
  readonly pendingUpdates: number
  readonly confirmedUpdateId: number
  readonly allowedUpdates: readonly string[] | undefined
  /** A poll is parked: the bot is listening. */
  readonly isPolled: boolean
}

export function storeView({ store, queue }: World): TelegramStore {
  return {
    chats: store.chats,
    frames: store.frames,
    calls: store.calls,
    actions: store.actions,
    downloads: store.downloads,
    callbacks: store.callbacks,
    get commandLists() {
      return [...store.commandLists.values()]
    },
    get pendingUpdates() {
      return queue.pendingCount
    },
    get confirmedUpdateId() {
      return queue.confirmedUpdateId
    },
    get allowedUpdates() {
      return queue.allowed
    },
    get isPolled() {
      return queue.isPolled
    },
  }
}
