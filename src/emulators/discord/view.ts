// What may tests read of the emulator's memory? Everything; they change nothing.
import type { Buckets } from './buckets.ts'
import { forgetBefore } from './forget.ts'
import type { Gateway, SessionView } from './gateway.ts'
import type {
  AmbiguousPost,
  ChannelState,
  DiscordCall,
  Download,
  Frame,
  GuildState,
  InteractionState,
} from './store.ts'
import type { Json } from './types.ts'
import type { World } from './world.ts'

/** What the emulated Discord holds: the evidence for tests. */
export interface DiscordStore {
  readonly channels: ReadonlyMap<string, ChannelState>
  readonly guilds: ReadonlyMap<string, GuildState>
  readonly interactions: ReadonlyMap<string, InteractionState>
  /** First answers to interactions that came too late (10062), and second ones (40060). */
  readonly lateAcks: number
  readonly doubleAcks: number
  /** `global` or a guild's id → commands. */
  readonly commands: ReadonlyMap<string, readonly Json[]>
  /** Every state ever shown, oldest first. */
  readonly frames: readonly Frame[]
  readonly calls: readonly DiscordCall[]
  readonly typing: readonly { readonly channelId: string; readonly atMs: number }[]
  /** Files fetched from their addresses, as far as each went. */
  readonly downloads: readonly Download[]
  /** Posts whose answer could not be handed over: whoever made them cannot know. */
  readonly ambiguousPosts: readonly AmbiguousPost[]
  /** Sessions the server remembers, attached or not. */
  readonly sessions: readonly SessionView[]
  /** New sessions, sessions taken up again, and those refused. */
  readonly identifies: number
  readonly resumes: number
  readonly refusedResumes: number
  /** A session is attached: READY was said and its socket is open. */
  readonly isReady: boolean
  /** 401, 403 and 429 answered in the last ten minutes, those with scope `shared` left out. */
  readonly invalidRequests: number
  /** Histories, files and records from before `ms` (wall clock) go; `ambiguousPosts` and the counters stay. */
  forgetBefore(ms: number): void
}

export function storeView(world: World, gateway: Gateway, buckets: Buckets): DiscordStore {
  const { store } = world
  return {
    forgetBefore: (ms) => forgetBefore(world, gateway, ms),
    channels: store.channels,
    guilds: store.guilds,
    interactions: store.interactions,
    commands: store.commands,
    frames: store.frames,
    calls: store.calls,
    typing: store.typing,
    downloads: store.downloads,
    ambiguousPosts: store.ambiguousPosts,
    get sessions() {
      return gateway.sessions
    },
    get lateAcks() {
      return store.refusedAcks.late
    },
    get doubleAcks() {
      return store.refusedAcks.double
    },
    get identifies() {
      return gateway.counts.identifies
    },
    get resumes() {
      return gateway.counts.resumes
    },
    get refusedResumes() {
      return gateway.counts.refusedResumes
    },
    get isReady() {
      return gateway.isReady
    },
    get invalidRequests() {
      return buckets.invalidCount
    },
  }
}
