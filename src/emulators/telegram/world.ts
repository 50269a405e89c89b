// What does every part of the emulator share?
import type { Args } from './args.ts'
import type { FileStore } from './files.ts'
import type { FormattedText, User } from './types.ts'
import type { Store } from './store.ts'
import type { UpdateQueue } from './updates.ts'

/** The settings that change what the emulated Telegram does. */
export interface Behaviour {
  readonly privacyMode: boolean
  readonly mentionsPassPrivacy: boolean
  readonly privateTopics: boolean
  readonly callbackLivesMs: number
  readonly draftLivesMs: number
  /** Infinity on a server without a cap. */
  readonly maxDownloadBytes: number
  readonly maxUploadBytes: number
  readonly linksLiveMs: number
  /** Where a `--local` server keeps this bot's files; absent on all others. */
  readonly localFolder?: string
}

export interface World {
  readonly me: User & { readonly username: string }
  readonly store: Store
  readonly queue: UpdateQueue
  readonly files: FileStore
  readonly behaviour: Behaviour
  readonly nowMs: () => number
}

/** One Bot API method: checks, takes effect, and gives its `result`. */
export type Method = (args: Args, world: World, signal: AbortSignal) => unknown

export type Methods = Readonly<Record<string, Method>>

/** Bot API times are whole seconds. */
export function seconds(world: World): number {
  return Math.floor(world.nowMs() / 1000)
}

export function knownUser(world: World): (id: number) => User | undefined {
  return (id) => world.store.users.get(id)
}

export const NO_TEXT: FormattedText = { text: '', entities: [] }
