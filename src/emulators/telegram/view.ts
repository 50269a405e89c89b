// What may tests read of the emulator's memory? Everything; and they may have it forget what is past.
import type { CallbackState, ChatState, Frame, Store, TelegramCall } from './store.ts'
import type { Post } from './posts.ts'
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
  /** Every call that left new messages in a chat, and whether its answer reached the bot. */
  readonly posts: readonly Post[]
  /** Those whose answer surely did not: the bot cannot know of them. */
  readonly ambiguousPosts: readonly Post[]
  /**
   * For runs of hours: entries, messages and files from before `atMs` (wall clock) are forgotten. People, chats, topics,
   * pending updates and what an open draft shows stay.
   */
  forgetBefore(atMs: number): void
}

export function storeView({ store, queue, files }: World): TelegramStore {
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
    posts: store.posts.items,
    get ambiguousPosts() {
      return store.posts.items.filter(({ answer }) => answer === 'lost')
    },
    forgetBefore(atMs) {
      store.forgetBefore(atMs)
      files.forgetBefore(atMs)
    },
  }
}
