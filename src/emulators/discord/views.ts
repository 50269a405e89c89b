// How are messages, channels and guilds told to a reader? With fresh addresses, and without what it may not read.
import type { ChannelState, GuildState, MessageState } from './store.ts'
import {
  MESSAGE_TYPES,
  isJson,
  isThread,
  type Channel,
  type Json,
  type Member,
  type Message,
} from './types.ts'
import type { Viewer, World } from './world.ts'

/** A message as REST answers it. */
export function messageView(world: World, state: MessageState, viewer: Viewer = restViewer(world)): Json {
  const { message_reference: reference } = state.message
  const shown = { ...plainView(world, state, viewer), ...reactionsOf(world, state) }
  if (reference?.type !== 0) return shown
  const target = world.store.channels.get(reference.channel_id)?.messages.get(reference.message_id ?? '')
  // A thread's first line points at a message elsewhere; a deleted target is null.
  const referenced = target === undefined ? null : plainView(world, target, viewer)
  return { ...shown, referenced_message: referenced }
}

/** As the gateway tells it: with guild, member and kind of channel. */
export function messageEvent(world: World, state: MessageState, viewer: Viewer): Json {
  const { message } = state
  const { channel } = channelStateOf(world, message)
  const guild = world.store.guilds.get(channel.guild_id ?? '')
  const shown = messageView(world, state, viewer)
  if (guild === undefined) return { ...shown, channel_type: channel.type }
  const member = message.webhook_id === undefined ? guild.members.get(message.author.id) : undefined
  return {
    ...shown,
    guild_id: guild.id,
    channel_type: channel.type,
    ...(member === undefined ? {} : { member: bareMember(member) }),
    mentions: message.mentions.map((user) => {
      const mentioned = guild.members.get(user.id)
      return mentioned === undefined ? user : { ...user, member: bareMember(mentioned) }
    }),
  }
}

export function restViewer(world: World): Viewer {
  return { messageContent: world.behaviour.messageContentAllowed }
}

/** A channel as REST answers it and events carry it. */
export function channelView({ channel }: ChannelState): Channel {
  return channel
}

export function guildView(world: World, guild: GuildState): Json {
  const channels = [...world.store.channels.values()].filter(
    ({ channel, deleted }) => !deleted && channel.guild_id === guild.id,
  )
  const threads = channels.filter(
    ({ channel }) => isThread(channel) && channel.thread_metadata?.archived === false,
  )
  return {
    ...guildCore(guild),
    unavailable: false,
    large: false,
    joined_at: guild.joinedAt,
    member_count: guild.members.size,
    members: [...guild.members.values()],
    channels: channels.filter(({ channel }) => !isThread(channel)).map(channelView),
    threads: threads.map((state) => threadEvent(world, state)),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}

/** What REST answers for a guild too. */
export function guildCore(guild: GuildState): Json {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    features: [],
    roles: [...guild.roles.values()],
    emojis: [],
    stickers: [],
    application_id: null,
    region: 'us-west',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: guild.premiumTier,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    nsfw: false,
    nsfw_level: 0,
    incidents_data: null,
  }
}

/** A thread as events carry it: with the bot's own membership when it has joined. */
export function threadEvent(world: World, { channel, members }: ChannelState): Json {
  if (!members.has(world.me.id)) return { ...channel }
  return {
    ...channel,
    member: threadMember(channel.id, world.me.id, channel.thread_metadata?.create_timestamp),
  }
}

export function threadMember(threadId: string, userId: string, joinedAt: string | undefined): Json {
  const join_timestamp = joinedAt ?? '1970-01-01T00:00:00+00:00'
  return { id: threadId, user_id: userId, join_timestamp, flags: 0 }
}

export function bareMember({ user: _user, ...rest }: Member): Json {
  return rest
}

/** A message referred to has none. */
function reactionsOf(world: World, state: MessageState): Json {
  const reactions = [...state.reactions].map(([name, who]) => ({
    emoji: emojiOf(name),
    count: who.size,
    count_details: { burst: 0, normal: who.size },
    burst_colors: [],
    me: who.has(world.me.id),
    me_burst: false,
  }))
  return reactions.length === 0 ? {} : { reactions }
}

function plainView(world: World, state: MessageState, viewer: Viewer): Json {
  const { message } = state
  const attachments = message.attachments.map((attachment) => world.files.signed(attachment))
  const whole = {
    ...message,
    attachments,
    ...(message.message_snapshots === undefined
      ? {}
      : { message_snapshots: message.message_snapshots.map((snapshot) => signedSnapshot(world, snapshot)) }),
  }
  if (mayRead(world, state, viewer)) return whole
  const { poll: _poll, message_snapshots: snapshots, ...rest } = whole
  return {
    ...rest,
    content: '',
    embeds: [],
    attachments: [],
    components: [],
    ...(snapshots === undefined
      ? {}
      : {
          message_snapshots: snapshots.map((snapshot) => ({
            message: {
              ...(isJson(snapshot['message']) ? snapshot['message'] : {}),
              content: '',
              embeds: [],
              attachments: [],
              components: [],
            },
          })),
        }),
  }
}

/** The exceptions: own messages, direct ones, those that name the bot, and pinging replies to its ordinary messages. */
function mayRead(world: World, { message, namesBot }: MessageState, viewer: Viewer): boolean {
  if (viewer.messageContent || message.author.id === world.me.id || namesBot) return true
  if (channelStateOf(world, message).channel.guild_id === undefined) return true
  if (message.type !== MESSAGE_TYPES.reply || !message.mentions.some(({ id }) => id === world.me.id))
    return false
  const { message_reference: reference } = message
  const target = world.store.channels
    .get(reference?.channel_id ?? '')
    ?.messages.get(reference?.message_id ?? '')?.message
  return target?.author.id === world.me.id && target.interaction_metadata === undefined
}

function signedSnapshot(world: World, snapshot: Json): Json {
  const inner = snapshot['message']
  if (!isJson(inner)) return snapshot
  const files = (inner['attachments'] as Message['attachments'] | undefined) ?? []
  return { message: { ...inner, attachments: files.map((file) => world.files.signed(file)) } }
}

export function emojiOf(name: string): Json {
  const custom = /^(\w+):(\d+)$/.exec(name)
  return custom === null ? { id: null, name } : { id: custom[2], name: custom[1] }
}

function channelStateOf(world: World, { channel_id }: Message): ChannelState {
  const state = world.store.channels.get(channel_id)
  if (state === undefined) throw new Error(`there is no channel ${channel_id}`)
  return state
}
