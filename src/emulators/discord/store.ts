// What does the emulated Discord know? Guilds, channels and messages now, every state ever shown, every call.
import { createRecord } from '../common/record.ts'
import type { Channel, Json, Member, Message, Role, User } from './types.ts'

/** One state of one message as it appeared on screens. */
export interface Frame {
  readonly kind: 'post' | 'edit' | 'delete'
  readonly channelId: string
  readonly messageId: string
  readonly byBot: boolean
  readonly authorId: string
  readonly text: string
  /** Wall clock. */
  readonly atMs: number
  /** `performance.now()` of the emulator's process. */
  readonly atPerfMs: number
}

/** One finished call of the bot. */
export interface DiscordCall {
  readonly method: string
  /** The route's name: `createMessage`, `editMessage`, `typing`, `unknown`. */
  readonly route: string
  readonly path: string
  readonly payload: Json
  readonly status: number
  readonly channelId?: string
  /** When the whole request was here: wall clock and `performance.now()` of the emulator's process. */
  readonly atMs: number
  readonly receivedAtPerfMs: number
}

/** Who was really told, by a sound or a badge; decided when a message is created. */
export interface Pinged {
  readonly users: readonly string[]
  readonly roles: readonly string[]
  readonly everyone: boolean
}

export interface MessageState {
  message: Message
  readonly pinged: Pinged
  /** The bot is @mentioned in the words themselves. */
  namesBot: boolean
  /** Ephemeral: only this person sees it. */
  readonly onlyFor?: string
  /** emoji → who */
  readonly reactions: Map<string, Set<string>>
}

export interface ChannelState {
  channel: Channel
  readonly messages: Map<string, MessageState>
  /** Of a thread. */
  readonly members: Set<string>
  deleted: boolean
}

export interface GuildState {
  readonly id: string
  readonly name: string
  readonly ownerId: string
  readonly joinedAt: string
  readonly roles: Map<string, Role>
  readonly members: Map<string, Member>
  readonly botRoleId: string
  /** The bot is in it. */
  joined: boolean
  /** Its boost tier, 0 to 3. */
  premiumTier: number
}

/** What a bot did with an interaction: type and data of each callback. */
export interface Callback {
  readonly type: number
  readonly data: Json
  readonly atMs: number
}

export interface InteractionState {
  readonly id: string
  readonly token: string
  readonly type: number
  readonly atMs: number
  readonly channelId: string
  readonly guildId?: string
  readonly person: User
  readonly commandName?: string
  /** Of a button or select. */
  readonly sourceMessageId?: string
  callback: Callback | undefined
  originalId: string | undefined
  followUps: number
  /** Its token is over, whatever the clock says. */
  expired: boolean
  /** Of a form: somebody sent it. */
  sent: boolean
  /** Came by HTTP or through the gateway. */
  readonly payload: Json
}

/** A message that stands although whoever posted it never got the answer: the connection was gone, or a fault ate it. */
export interface AmbiguousPost {
  /** `createMessage` or `followUp`. */
  readonly route: string
  readonly channelId: string
  readonly messageId: string
  readonly atMs: number
}

/** A file somebody fetched. Kept in `store.downloads`, once it is over. */
export interface Download {
  readonly atMs: number
  /** As in the address, decoded: `/attachments/<channel>/<id>/<name>`, `/stickers/<id>.png`. */
  readonly path: string
  readonly status: number
  readonly sentBytes: number
  /** All of it was sent. */
  readonly isWhole: boolean
  /** It brought a token or a cookie along, which have no business there. */
  readonly broughtCredentials: boolean
}

export interface Store {
  readonly users: Map<string, User>
  /** Language of each person's client. */
  readonly locales: Map<string, string>
  readonly refusesDms: Set<string>
  readonly guilds: Map<string, GuildState>
  readonly channels: Map<string, ChannelState>
  readonly interactions: Map<string, InteractionState>
  /** First answers refused because they came too late, or because there was one already. */
  readonly refusedAcks: { late: number; double: number }
  /** `global` or a guild's id → commands. */
  readonly commands: Map<string, readonly Json[]>
  readonly frames: readonly Frame[]
  readonly calls: readonly DiscordCall[]
  readonly typing: readonly { readonly channelId: string; readonly atMs: number }[]
  readonly downloads: readonly Download[]
  readonly ambiguousPosts: readonly AmbiguousPost[]
  addChannel(channel: Channel): ChannelState
  addFrame(frame: Frame): void
  addCall(call: DiscordCall): void
  addTyping(channelId: string, atMs: number): void
  addInteraction(interaction: InteractionState): void
  addDownload(download: Download): void
  addAmbiguous(post: AmbiguousPost): void
  /** Records from before `ms`. */
  forgetBefore(ms: number): void
  onFrame(listener: (frame: Frame) => void): () => void
  /** Called after anything a condition could look at: a frame, a finished call, a gateway session. */
  onChange(listener: () => void): () => void
  changed(): void
}

const TYPING_KEPT = 10_000
const AMBIGUOUS_KEPT = 10_000
const DOWNLOADS_KEPT = 10_000
const INTERACTIONS_KEPT = 10_000

export function createStore(limits: { maxFrames: number; maxCalls: number }): Store {
  const frames = createRecord<Frame>(limits.maxFrames)
  const calls = createRecord<DiscordCall>(limits.maxCalls)
  const downloads = createRecord<Download>(DOWNLOADS_KEPT)
  const typing = createRecord<Store['typing'][number]>(TYPING_KEPT)
  const ambiguous = createRecord<AmbiguousPost>(AMBIGUOUS_KEPT)
  const channels = new Map<string, ChannelState>()
  const interactions = new Map<string, InteractionState>()
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
    users: new Map(),
    locales: new Map(),
    refusesDms: new Set(),
    guilds: new Map(),
    channels,
    interactions,
    refusedAcks: { late: 0, double: 0 },
    commands: new Map(),
    frames: frames.items,
    calls: calls.items,
    typing: typing.items,
    downloads: downloads.items,
    ambiguousPosts: ambiguous.items,
    addChannel(channel) {
      const state: ChannelState = { channel, messages: new Map(), members: new Set(), deleted: false }
      channels.set(channel.id, state)
      return state
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
    addTyping(channelId, atMs) {
      typing.push({ channelId, atMs })
      changed()
    },
    addDownload(download) {
      downloads.push(download)
      changed()
    },
    addAmbiguous(post) {
      ambiguous.push(post)
      changed()
    },
    forgetBefore(ms) {
      for (const record of [frames, calls, downloads, typing]) record.forgetBefore(ms)
    },
    addInteraction(interaction) {
      interactions.set(interaction.id, interaction)
      if (interactions.size > INTERACTIONS_KEPT) interactions.delete(interactions.keys().next().value ?? '')
      changed()
    },
    onFrame: (listener) => subscribe(frameListeners, listener),
    onChange: (listener) => subscribe(changeListeners, listener),
    changed,
  }
}
