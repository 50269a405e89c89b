// What is known of the servers we are in? Their channels, threads and roles, as the gateway tells them.
//
// Read from the raw dispatches: a message names its channel by id alone, and whether that is a thread, and of what, is
// said elsewhere. Names and ids only; gone with the server.
import { fieldsOf, isFields, readAmount, readList, readString, type Fields } from '../common/read.ts'
import { newest } from './snowflake.ts'

export interface Channel {
  readonly id: string
  readonly type: number
  readonly name?: string
  /** Absent in direct messages. */
  readonly guildId?: string
  /** Of a thread: the channel it hangs on. Of a channel: its category. */
  readonly parentId?: string
  readonly lastMessageId?: string
}

export interface Guilds {
  /** Takes in what a dispatch tells. Call it before the dispatch is read as an event; `forget` after. */
  learn(type: string, data: unknown): void
  /** Drops what a dispatch says is gone. */
  forget(type: string, data: unknown): void
  /** A channel from the REST API. */
  add(channel: unknown): Channel | undefined
  channel(id: string): Channel | undefined
  channelsOf(guildId: string): readonly Channel[]
  isOwnRole(roleId: string, meId: string): boolean
  roleName(roleId: string): string | undefined
  /** 0 to 3, as far as it was told: the boost tier, by which larger files are taken. */
  tierOf(guildId: string): number | undefined
}

/** https://discord.com/developers/docs/resources/channel#channel-object-channel-types */
const DIRECT = 1
const GROUP_DIRECT = 3
const THREADS: ReadonlySet<number> = new Set([10, 11, 12])

export function isThread(type: number | undefined): boolean {
  return type !== undefined && THREADS.has(type)
}
export function isDirect(type: number): boolean {
  return type === DIRECT || type === GROUP_DIRECT
}

interface Role {
  readonly name: string
  readonly botId?: string
}
interface Guild {
  readonly channels: Map<string, Channel>
  readonly roles: Map<string, Role>
  tier?: number
}

/** Direct channels have no server to be gone with: the oldest goes. */
const MAX_DIRECT = 10_000

export function createGuilds(): Guilds {
  const guilds = new Map<string, Guild>()
  const direct = new Map<string, Channel>()
  const guildOfChannel = new Map<string, string>()
  const guildOfRole = new Map<string, string>()

  return {
    learn(type, data) {
      const given = fieldsOf(data)
      const guildId = readString(given['guild_id'])
      switch (type) {
        case 'GUILD_CREATE':
          addGuild(given)
          return
        case 'GUILD_UPDATE':
          learnTier(readString(given['id']), given)
          return
        case 'CHANNEL_CREATE':
        case 'CHANNEL_UPDATE':
        case 'THREAD_CREATE':
        case 'THREAD_UPDATE':
          addChannel(given, guildId)
          return
        case 'THREAD_LIST_SYNC':
          for (const thread of readList(given['threads'])) addChannel(fieldsOf(thread), guildId)
          return
        case 'GUILD_ROLE_CREATE':
        case 'GUILD_ROLE_UPDATE':
          if (guildId !== undefined) addRole(guildId, given['role'])
          return
        case 'MESSAGE_CREATE':
          learnFromMessage(given)
      }
    },
    forget(type, data) {
      const given = fieldsOf(data)
      const id = readString(given['id'])
      const guildId = readString(given['guild_id'])
      if (type === 'GUILD_DELETE' && id !== undefined && given['unavailable'] !== true) dropGuild(id)
      if ((type === 'CHANNEL_DELETE' || type === 'THREAD_DELETE') && id !== undefined) dropChannel(id)
      if (type === 'GUILD_ROLE_DELETE' && guildId !== undefined) {
        guilds.get(guildId)?.roles.delete(readString(given['role_id']) ?? '')
      }
    },
    add: (channel) => addChannel(fieldsOf(channel), undefined),
    channel: find,
    channelsOf: (guildId) => [...(guilds.get(guildId)?.channels.values() ?? [])],
    isOwnRole: (roleId, meId) => roleOf(roleId)?.botId === meId,
    roleName: (roleId) => roleOf(roleId)?.name,
    tierOf: (guildId) => guilds.get(guildId)?.tier,
  }

  function find(id: string): Channel | undefined {
    const guildId = guildOfChannel.get(id)
    return guildId === undefined ? direct.get(id) : guilds.get(guildId)?.channels.get(id)
  }

  function roleOf(id: string): Role | undefined {
    return guilds.get(guildOfRole.get(id) ?? '')?.roles.get(id)
  }

  function addGuild(given: Fields): void {
    const id = readString(given['id'])
    if (id === undefined || given['unavailable'] === true) return
    dropGuild(id)
    learnTier(id, given)
    for (const role of readList(given['roles'])) addRole(id, role)
    for (const channel of [...readList(given['channels']), ...readList(given['threads'])]) {
      addChannel(fieldsOf(channel), id)
    }
  }

  function learnTier(id: string | undefined, given: Fields): void {
    const tier = readAmount(given['premium_tier'])
    if (id !== undefined && tier !== undefined) guildWith(id).tier = tier
  }

  function guildWith(id: string): Guild {
    const known = guilds.get(id)
    if (known !== undefined) return known
    const made: Guild = { channels: new Map(), roles: new Map() }
    guilds.set(id, made)
    return made
  }

  function addRole(guildId: string, value: unknown): void {
    const given = fieldsOf(value)
    const id = readString(given['id'])
    if (id === undefined) return
    const botId = readString(fieldsOf(given['tags'])['bot_id'])
    const role = { name: roleName(given), ...(botId === undefined ? {} : { botId }) }
    guildWith(guildId).roles.set(id, role)
    guildOfRole.set(id, guildId)
  }

  function addChannel(given: Fields, ofGuild: string | undefined): Channel | undefined {
    const channel = readChannel(given, ofGuild)
    if (channel === undefined) return undefined
    if (channel.guildId === undefined) {
      direct.delete(channel.id)
      direct.set(channel.id, channel)
      if (direct.size > MAX_DIRECT) direct.delete(direct.keys().next().value ?? '')
    } else {
      guildWith(channel.guildId).channels.set(channel.id, channel)
      guildOfChannel.set(channel.id, channel.guildId)
    }
    return channel
  }

  /** A direct channel is told by its first message alone; a channel's newest message moves on. */
  function learnFromMessage(message: Fields): void {
    const channelId = readString(message['channel_id'])
    const messageId = readString(message['id'])
    if (channelId === undefined || messageId === undefined) return
    const known = find(channelId)
    const guildId = readString(message['guild_id'])
    if (known !== undefined) {
      const lastMessageId = newest(known.lastMessageId, messageId)
      addChannel({ ...toFields(known), last_message_id: lastMessageId }, known.guildId)
    } else if (guildId === undefined) {
      const type = readAmount(message['channel_type']) ?? DIRECT
      addChannel({ id: channelId, type, last_message_id: messageId }, undefined)
    }
  }

  function dropGuild(id: string): void {
    const guild = guilds.get(id)
    if (guild === undefined) return
    for (const channelId of guild.channels.keys()) guildOfChannel.delete(channelId)
    for (const roleId of guild.roles.keys()) guildOfRole.delete(roleId)
    guilds.delete(id)
  }

  function dropChannel(id: string): void {
    guilds.get(guildOfChannel.get(id) ?? '')?.channels.delete(id)
    guildOfChannel.delete(id)
    direct.delete(id)
  }
}

function readChannel(given: Fields, ofGuild: string | undefined): Channel | undefined {
  const id = readString(given['id'])
  if (id === undefined) return undefined
  const guildId = readString(given['guild_id']) ?? ofGuild
  const name = readString(given['name'])
  const parentId = readString(given['parent_id'])
  const lastMessageId = readString(given['last_message_id'])
  return {
    id,
    type: readAmount(given['type']) ?? (guildId === undefined ? DIRECT : 0),
    ...(name === undefined ? {} : { name }),
    ...(guildId === undefined ? {} : { guildId }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(lastMessageId === undefined ? {} : { lastMessageId }),
  }
}

function toFields(channel: Channel): Fields {
  const { id, type, name, guildId, parentId } = channel
  return { id, type, name, guild_id: guildId, parent_id: parentId }
}

function roleName(role: unknown): string {
  return (isFields(role) ? readString(role['name']) : undefined) ?? ''
}
