// Which people, guilds, channels and threads are there, and what becomes of them?
import { memberOf, roleOf, userNamed } from './beings.ts'
import { directChannelOf, tellChannelUpdate } from './channels.ts'
import { ALLOWS_ALL } from './mentions.ts'
import { bitsOf, BOT_BITS, EVERYONE_BITS, type Permission } from './permissions.ts'
import { postMessage, scopeOf } from './posting.ts'
import type { ChannelState, GuildState } from './store.ts'
import { addThread, threadFromMessage } from './threads.ts'
import { CHANNEL_TYPES, isThread, type Channel, type ChannelType, type User } from './types.ts'
import { guildCore, guildView } from './views.ts'
import { timestamp, type World } from './world.ts'

export interface Person {
  readonly id: string
  readonly user: User
}

export interface Guild {
  readonly id: string
  readonly name: string
  /** The managed role with the bot's own name. */
  readonly botRoleId: string
}

export type ChannelRef = string | { readonly id: string }
export interface MessageRef {
  readonly channelId: string
  readonly messageId: string
}

export interface Rooms {
  person(details: { readonly name: string; readonly locale?: string; readonly bot?: boolean }): Person
  /** The first member owns it. The bot is in it, with a managed role of its own. */
  guild(details: {
    readonly name?: string
    readonly members: readonly Person[]
    /** Its boost tier, 0 to 3; 0 by default. From the second on larger files are taken. */
    readonly premiumTier?: number
  }): Guild
  /** Its boost tier changes. */
  boost(guild: { readonly id: string }, premiumTier: number): void
  textChannel(guild: { readonly id: string }, name: string): Channel
  forum(guild: { readonly id: string }, name?: string, options?: { readonly requireTag?: boolean }): Channel
  /** A public thread without a message. */
  thread(channel: ChannelRef, name: string, by?: Person): Channel
  /** A thread on a message: it has the message's id. */
  threadOn(message: MessageRef, name: string, by: Person): Channel
  /** A post in a forum: a thread whose first message has its id. */
  forumPost(forum: ChannelRef, name: string, text: string, by: Person): Channel
  directChannel(person: Person): Channel
  channel(channel: ChannelRef): Channel
  join(person: Person, guild: { readonly id: string }): void
  archive(thread: ChannelRef, options?: { readonly locked?: boolean }): void
  unarchive(thread: ChannelRef): void
  deleteChannel(channel: ChannelRef): void
  /** Takes rights from the bot in a channel, by an overwrite for it; `allow` gives them back. */
  deny(channel: ChannelRef, ...permissions: readonly Permission[]): void
  allow(channel: ChannelRef, ...permissions: readonly Permission[]): void
  /** Refuses direct messages of the bot: 50007. */
  refuseDirect(person: Person, refuses?: boolean): void
  /** The bot is thrown out. */
  kick(guild: { readonly id: string }): void
}

export function createRooms(world: World): Rooms {
  const { store, ids, me } = world
  const stateOf = (ref: ChannelRef): ChannelState => channelOf(world, ref)
  const overwrite = (ref: ChannelRef, names: readonly Permission[], kind: 'allow' | 'deny'): void => {
    const state = stateOf(ref)
    const before = state.channel.permission_overwrites ?? []
    const mine = before.find(({ id, type }) => type === 1 && id === me.id)
    const bits = bitsOf(names)
    const deny = BigInt(mine?.deny ?? '0')
    const after = {
      id: me.id,
      type: 1 as const,
      allow: '0',
      deny: String(kind === 'deny' ? deny | bits : deny & ~bits),
    }
    state.channel = {
      ...state.channel,
      permission_overwrites: [...before.filter((other) => other !== mine), after],
    }
    tellChannelUpdate(world, state)
  }
  const addChannel = (
    guild: { readonly id: string },
    type: ChannelType,
    name: string,
    flags = 0,
  ): Channel => {
    const state = store.addChannel({
      id: ids.next(),
      type,
      flags,
      last_message_id: null,
      guild_id: guild.id,
      name,
      topic: null,
      nsfw: false,
      parent_id: null,
      position: store.channels.size,
      rate_limit_per_user: 0,
      permission_overwrites: [],
      ...(type === CHANNEL_TYPES.forum ? { available_tags: [] } : {}),
    })
    world.dispatch('CHANNEL_CREATE', scopeOf(state), () => ({ ...state.channel }))
    return state.channel
  }
  const setArchived = (ref: ChannelRef, archived: boolean, locked: boolean): void => {
    const state = stateOf(ref)
    const { thread_metadata: metadata } = state.channel
    if (metadata === undefined) throw new Error(`${state.channel.id} is no thread`)
    const changed = { ...metadata, archived, locked, archive_timestamp: timestamp(world) }
    state.channel = { ...state.channel, thread_metadata: changed }
    tellChannelUpdate(world, state)
  }
  return {
    person({ name, locale = 'en-US', bot = false }) {
      const user = userNamed(ids.next(), name, bot)
      store.users.set(user.id, user)
      store.locales.set(user.id, locale)
      return { id: user.id, user }
    },
    guild({ name = 'Lab', members, premiumTier = 0 }) {
      const id = ids.next()
      const now = timestamp(world)
      const botRole = roleOf(ids.next(), me.username, BOT_BITS, { position: 1, tags: { bot_id: me.id } })
      const everyone = roleOf(id, '@everyone', EVERYONE_BITS, { position: 0 })
      const state: GuildState = {
        id,
        name,
        ownerId: members[0]?.id ?? me.id,
        joinedAt: now,
        roles: new Map([everyone, botRole].map((role) => [role.id, role])),
        members: new Map(members.map(({ user }) => [user.id, memberOf(user, now)])),
        botRoleId: botRole.id,
        joined: true,
        premiumTier,
      }
      state.members.set(me.id, memberOf(me, now, [botRole.id]))
      store.guilds.set(id, state)
      world.dispatch('GUILD_CREATE', { guildId: id }, () => guildView(world, state))
      return { id, name, botRoleId: botRole.id }
    },
    boost({ id }, premiumTier) {
      const guild = guildOf(world, id)
      guild.premiumTier = premiumTier
      world.dispatch('GUILD_UPDATE', { guildId: id }, () => guildCore(guild))
    },
    textChannel: (guild, name) => addChannel(guild, CHANNEL_TYPES.text, name),
    forum: (guild, name = 'forum', { requireTag = false } = {}) =>
      addChannel(guild, CHANNEL_TYPES.forum, name, requireTag ? 1 << 4 : 0),
    thread(ref, name, by) {
      const parent = stateOf(ref)
      const owner =
        by?.user ?? store.users.get(store.guilds.get(parent.channel.guild_id ?? '')?.ownerId ?? '')
      return addThread(world, { parent, name, by: owner ?? me }).channel
    },
    threadOn({ channelId, messageId }, name, by) {
      const parent = stateOf(channelId)
      const shown = parent.messages.get(messageId)
      if (shown === undefined) throw new Error(`channel ${channelId} shows no message ${messageId}`)
      return threadFromMessage(world, parent, shown, { name, by: by.user }).channel
    },
    forumPost(ref, name, text, by) {
      const made = addThread(world, { parent: stateOf(ref), name, by: by.user })
      postMessage(world, made, { id: made.channel.id, author: by.user, content: text, allowed: ALLOWS_ALL })
      return made.channel
    },
    directChannel: ({ user }) => directChannelOf(world, user).channel,
    channel: (ref) => stateOf(ref).channel,
    join({ user }, { id }) {
      const guild = guildOf(world, id)
      const member = memberOf(user, timestamp(world))
      guild.members.set(user.id, member)
      world.dispatch('GUILD_MEMBER_ADD', { guildId: id }, () => ({ ...member, guild_id: id }))
    },
    archive: (ref, { locked = false } = {}) => setArchived(ref, true, locked),
    unarchive: (ref) => setArchived(ref, false, false),
    deleteChannel(ref) {
      const state = stateOf(ref)
      state.deleted = true
      const { id, guild_id, parent_id, type } = state.channel
      if (isThread(state.channel))
        world.dispatch('THREAD_DELETE', scopeOf(state), () => ({ id, guild_id, parent_id, type }))
      else world.dispatch('CHANNEL_DELETE', scopeOf(state), () => ({ ...state.channel }))
    },
    deny: (ref, ...permissions) => overwrite(ref, permissions, 'deny'),
    allow: (ref, ...permissions) => overwrite(ref, permissions, 'allow'),
    refuseDirect({ id }, refuses = true) {
      if (refuses) store.refusesDms.add(id)
      else store.refusesDms.delete(id)
    },
    kick({ id }) {
      guildOf(world, id).joined = false
      world.dispatch('GUILD_DELETE', { guildId: id }, () => ({ id }))
    },
  }
}

/** The channel a handle or an id stands for. */
export function channelOf(world: World, ref: ChannelRef): ChannelState {
  const id = typeof ref === 'string' ? ref : ref.id
  const state = world.store.channels.get(id)
  if (state === undefined) throw new Error(`there is no channel ${id}`)
  return state
}

function guildOf(world: World, id: string): GuildState {
  const guild = world.store.guilds.get(id)
  if (guild === undefined) throw new Error(`there is no guild ${id}`)
  return guild
}
