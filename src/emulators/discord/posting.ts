// How does a message come to be, change and go? Written down, shown, and told to the gateway.
import { componentTexts } from './components.ts'
import { namedIn, pingedBy, type AllowedMentions } from './mentions.ts'
import { botMay } from './permissions.ts'
import type { ChannelState, Frame, MessageState } from './store.ts'
import { MESSAGE_FLAGS, isThread, type Message, type User } from './types.ts'
import { messageEvent, threadEvent } from './views.ts'
import { timestamp, type World } from './world.ts'

export interface NewMessage {
  readonly author: User
  readonly type?: number
  readonly content: string
  readonly allowed: AllowedMentions
  /** The message answered, and whether that pings its author. */
  readonly replyTo?: MessageState
  readonly fields?: Partial<Message>
  readonly onlyFor?: string
  /** Its id: a forum post's first message has that of its thread. */
  readonly id?: string
}

export function postMessage(world: World, state: ChannelState, post: NewMessage): MessageState {
  const { author, content, fields = {}, replyTo, allowed } = post
  const guild = world.store.guilds.get(state.channel.guild_id ?? '')
  const components = fields.components ?? []
  const named = namedIn([content, ...componentTexts(components)].join('\n'))
  const pinged = pingedBy(named, mayPingAll(world, state, author, allowed), {
    hasUser: (id) => world.store.users.has(id),
    guild,
  })
  const repliedId = replyTo !== undefined && allowed.repliedUser ? replyTo.message.author.id : undefined
  const users = [...new Set([...pinged.users, ...(repliedId === undefined ? [] : [repliedId])])]
  const id = post.id ?? world.ids.next()
  const message: Message = {
    id,
    channel_id: state.channel.id,
    type: post.type ?? (replyTo === undefined ? 0 : 19),
    author,
    content,
    timestamp: timestamp(world),
    edited_timestamp: null,
    tts: false,
    mention_everyone: pinged.everyone,
    mentions: usersOf(world, users),
    mention_roles: pinged.roles,
    attachments: [],
    embeds: [],
    components: [],
    pinned: false,
    flags: 0,
    ...(replyTo === undefined ? {} : { message_reference: referenceTo(state, replyTo) }),
    ...fields,
  }
  const silent = ((fields.flags ?? 0) & MESSAGE_FLAGS.suppressNotifications) !== 0
  const posted: MessageState = {
    message,
    // A silent message shows a badge but makes nobody look; a person is not told of their own words.
    pinged: silent
      ? { users: [], roles: [], everyone: false }
      : { ...pinged, users: users.filter((user) => user !== author.id) },
    namesBot: pinged.users.includes(world.me.id),
    reactions: new Map(),
    ...(post.onlyFor === undefined ? {} : { onlyFor: post.onlyFor }),
  }
  state.messages.set(id, posted)
  state.channel = { ...state.channel, last_message_id: id, ...countsAfter(state) }
  if (isThread(state.channel)) {
    state.members.add(author.id)
    wake(world, state)
  }
  show(world, 'post', message)
  tell(world, state, 'MESSAGE_CREATE', posted)
  return posted
}

/** Puts what changed; words are looked at again for mentions, but nobody is notified. */
export function changeMessage(
  world: World,
  state: ChannelState,
  shown: MessageState,
  change: Partial<Message>,
  options: { readonly allowed?: AllowedMentions; readonly quiet?: boolean } = {},
): void {
  const { allowed, quiet = false } = options
  const after = { ...shown.message, ...change }
  if (allowed !== undefined) {
    const named = namedIn([after.content, ...componentTexts(after.components)].join('\n'))
    const guild = world.store.guilds.get(state.channel.guild_id ?? '')
    const hasUser = (id: string): boolean => world.store.users.has(id)
    const pinged = pingedBy(named, mayPingAll(world, state, after.author, allowed), { hasUser, guild })
    shown.namesBot = pinged.users.includes(world.me.id)
    const replied = allowed.repliedUser ? repliedAuthor(world, after) : undefined
    const ids = [...new Set([...pinged.users, ...(replied === undefined ? [] : [replied])])]
    shown.message = {
      ...after,
      mentions: usersOf(world, ids),
      mention_roles: pinged.roles,
      mention_everyone: pinged.everyone,
      edited_timestamp: timestamp(world),
    }
  } else {
    shown.message = after
  }
  if (!quiet) show(world, 'edit', shown.message)
  tell(world, state, 'MESSAGE_UPDATE', shown)
}

export function removeMessage(world: World, state: ChannelState, shown: MessageState): void {
  const { id, channel_id } = shown.message
  state.messages.delete(id)
  show(world, 'delete', shown.message)
  if (shown.onlyFor !== undefined || !botMay(world, state.channel, 'VIEW_CHANNEL')) return
  const scope = scopeOf(state)
  world.dispatch('MESSAGE_DELETE', scope, () => ({ id, channel_id, ...guildIdOf(state) }))
}

/** A message in an archived thread wakes it. */
function wake(world: World, state: ChannelState): void {
  const { thread_metadata: metadata } = state.channel
  if (metadata?.archived !== true) return
  state.channel = {
    ...state.channel,
    thread_metadata: { ...metadata, archived: false, archive_timestamp: timestamp(world) },
  }
  world.dispatch('THREAD_UPDATE', scopeOf(state), () => threadEvent(world, state))
}

export function scopeOf({ channel }: ChannelState): { guildId?: string } {
  return channel.guild_id === undefined ? {} : { guildId: channel.guild_id }
}

export function guildIdOf({ channel }: ChannelState): { guild_id?: string } {
  return channel.guild_id === undefined ? {} : { guild_id: channel.guild_id }
}

function tell(world: World, state: ChannelState, event: string, shown: MessageState): void {
  if (shown.onlyFor !== undefined || !isVisible(world, state)) return
  // What it was when it happened: a later change is told by its own event.
  const then = { ...shown, reactions: new Map(shown.reactions) }
  world.dispatch(event, scopeOf(state), (viewer) => messageEvent(world, then, viewer))
}

function isVisible(world: World, state: ChannelState): boolean {
  const guild = world.store.guilds.get(state.channel.guild_id ?? '')
  if (guild?.joined === false) return false
  return botMay(world, state.channel, 'VIEW_CHANNEL')
}

/** Only a bot that may mention everyone does. */
function mayPingAll(
  world: World,
  state: ChannelState,
  author: User,
  allowed: AllowedMentions,
): AllowedMentions {
  if (author.id !== world.me.id || botMay(world, state.channel, 'MENTION_EVERYONE')) return allowed
  return { ...allowed, everyone: false }
}

function repliedAuthor(world: World, { type, message_reference: reference }: Message): string | undefined {
  if (type !== 19 || reference === undefined) return undefined
  return world.store.channels.get(reference.channel_id)?.messages.get(reference.message_id ?? '')?.message
    .author.id
}

function referenceTo(
  state: ChannelState,
  { message }: MessageState,
): NonNullable<Message['message_reference']> {
  return { type: 0, channel_id: message.channel_id, message_id: message.id, ...guildIdOf(state) }
}

function usersOf(world: World, ids: readonly string[]): readonly User[] {
  return ids.flatMap((id) => world.store.users.get(id) ?? [])
}

function countsAfter({ channel }: ChannelState): Partial<ChannelState['channel']> {
  if (!isThread(channel)) return {}
  const { message_count: count = 0, total_message_sent: total = 0 } = channel
  return { message_count: count + 1, total_message_sent: total + 1 }
}

/** Writes down that a message now looks like this. */
function show(world: World, kind: Frame['kind'], message: Message): void {
  world.store.addFrame({
    kind,
    channelId: message.channel_id,
    messageId: message.id,
    byBot: message.author.id === world.me.id,
    authorId: message.author.id,
    text: textOf(message),
    atMs: world.nowMs(),
    atPerfMs: performance.now(),
  })
}

/** What it says: its content, or the words of its components. */
export function textOf({ content, components }: Pick<Message, 'content' | 'components'>): string {
  return content === '' ? componentTexts(components).join('\n') : content
}
