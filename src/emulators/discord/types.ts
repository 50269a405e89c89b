// What do Discord's objects look like on the wire, as far as the emulator makes or reads them?

export type Json = Readonly<Record<string, unknown>>

export interface User {
  readonly id: string
  readonly username: string
  readonly global_name: string | null
  readonly discriminator: string
  readonly avatar: string | null
  readonly bot?: boolean
  readonly public_flags: number
  readonly flags: number
  readonly primary_guild: null
}

export interface Role {
  readonly id: string
  readonly name: string
  readonly permissions: string
  readonly position: number
  readonly color: number
  readonly colors: Json
  readonly hoist: boolean
  readonly managed: boolean
  readonly mentionable: boolean
  readonly icon: null
  readonly unicode_emoji: null
  readonly flags: number
  readonly tags?: { readonly bot_id: string }
}

export interface Member {
  readonly user: User
  readonly nick: string | null
  readonly avatar: null
  readonly banner: null
  readonly roles: readonly string[]
  readonly joined_at: string
  readonly premium_since: null
  readonly communication_disabled_until: null
  readonly deaf: boolean
  readonly mute: boolean
  readonly pending: boolean
  readonly flags: number
}

export interface Overwrite {
  readonly id: string
  /** 0 a role, 1 a member. */
  readonly type: 0 | 1
  readonly allow: string
  readonly deny: string
}

/** 0 text, 1 direct, 5 announcement, 11 and 12 threads, 15 forum. */
export type ChannelType = 0 | 1 | 5 | 10 | 11 | 12 | 15 | 16

export interface Channel {
  readonly id: string
  readonly type: ChannelType
  readonly flags: number
  readonly last_message_id: string | null
  readonly guild_id?: string
  readonly name?: string
  readonly topic?: string | null
  readonly position?: number
  readonly nsfw?: boolean
  readonly parent_id?: string | null
  readonly rate_limit_per_user?: number
  readonly permission_overwrites?: readonly Overwrite[]
  readonly recipients?: readonly User[]
  readonly owner_id?: string
  readonly thread_metadata?: ThreadMetadata
  readonly message_count?: number
  readonly member_count?: number
  readonly total_message_sent?: number
  readonly applied_tags?: readonly string[]
  readonly available_tags?: readonly Json[]
}

export interface ThreadMetadata {
  readonly archived: boolean
  readonly locked: boolean
  readonly archive_timestamp: string
  readonly auto_archive_duration: number
  readonly create_timestamp: string
  readonly invitable?: boolean
}

export interface Attachment {
  readonly id: string
  readonly filename: string
  readonly size: number
  readonly url: string
  readonly proxy_url: string
  readonly content_type?: string
  readonly description?: string
  readonly title?: string
  readonly ephemeral?: boolean
  readonly duration_secs?: number
  readonly waveform?: string
  readonly flags?: number
  readonly width?: number
  readonly height?: number
}

export interface MessageReference {
  /** 0 a reply, 1 a forward. */
  readonly type: number
  readonly channel_id: string
  readonly message_id?: string
  readonly guild_id?: string
}

export interface Message {
  readonly id: string
  readonly channel_id: string
  readonly type: number
  readonly author: User
  readonly content: string
  readonly timestamp: string
  readonly edited_timestamp: string | null
  readonly tts: boolean
  readonly mention_everyone: boolean
  readonly mentions: readonly User[]
  readonly mention_roles: readonly string[]
  readonly attachments: readonly Attachment[]
  readonly embeds: readonly Json[]
  readonly components: readonly Json[]
  readonly pinned: boolean
  readonly flags: number
  readonly nonce?: string | number
  readonly webhook_id?: string
  readonly application_id?: string
  readonly message_reference?: MessageReference
  readonly message_snapshots?: readonly Json[]
  readonly interaction_metadata?: Json
  readonly thread?: Channel
  readonly sticker_items?: readonly Json[]
  readonly poll?: Json
}

/** Message flags the emulator knows. https://docs.discord.com/developers/resources/message#message-object-message-flags */
export const MESSAGE_FLAGS = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  voiceMessage: 1 << 13,
  hasSnapshot: 1 << 14,
  componentsV2: 1 << 15,
} as const

export const MESSAGE_TYPES = {
  default: 0,
  threadCreated: 18,
  reply: 19,
  chatInputCommand: 20,
  threadStarter: 21,
} as const

export const CHANNEL_TYPES = { text: 0, direct: 1, publicThread: 11, privateThread: 12, forum: 15 } as const

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

export function isThread(channel: { readonly type: number }): boolean {
  return channel.type === 10 || channel.type === 11 || channel.type === 12
}
