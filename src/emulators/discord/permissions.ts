// What may the bot do in a channel? Roles and overwrites added up as Discord does.
import { refusals, type ApiError } from './errors.ts'
import type { ChannelState, GuildState } from './store.ts'
import { isThread, type Channel } from './types.ts'
import type { World } from './world.ts'

/** Bits by name. https://docs.discord.com/developers/topics/permissions */
const BITS = {
  ADD_REACTIONS: 6,
  VIEW_CHANNEL: 10,
  SEND_MESSAGES: 11,
  MANAGE_MESSAGES: 13,
  EMBED_LINKS: 14,
  ATTACH_FILES: 15,
  READ_MESSAGE_HISTORY: 16,
  MENTION_EVERYONE: 17,
  MANAGE_CHANNELS: 4,
  USE_APPLICATION_COMMANDS: 31,
  MANAGE_THREADS: 34,
  CREATE_PUBLIC_THREADS: 35,
  CREATE_PRIVATE_THREADS: 36,
  SEND_MESSAGES_IN_THREADS: 38,
  SEND_VOICE_MESSAGES: 46,
} as const

export type Permission = keyof typeof BITS

export function bitsOf(names: readonly Permission[]): bigint {
  return names.reduce((sum, name) => sum | (1n << BigInt(BITS[name])), 0n)
}

const EVERYONE: readonly Permission[] = [
  'ADD_REACTIONS',
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'USE_APPLICATION_COMMANDS',
  'CREATE_PUBLIC_THREADS',
  'SEND_MESSAGES_IN_THREADS',
  'SEND_VOICE_MESSAGES',
]
export const EVERYONE_BITS = bitsOf(EVERYONE)
/** What an invite usually asks for. */
export const BOT_BITS = bitsOf([...EVERYONE, 'MANAGE_THREADS', 'CREATE_PRIVATE_THREADS'])

export function botPermissions(world: World, channel: Channel): bigint {
  const guild = world.store.guilds.get(channel.guild_id ?? '')
  if (guild === undefined) return BOT_BITS
  const rolesOfBot = guild.members.get(world.me.id)?.roles ?? []
  const base = [guild.id, ...rolesOfBot].reduce(
    (sum, id) => sum | BigInt(guild.roles.get(id)?.permissions ?? '0'),
    0n,
  )
  const place = isThread(channel) ? world.store.channels.get(channel.parent_id ?? '')?.channel : channel
  const overwrites = place?.permission_overwrites ?? []
  const steps = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === 0 && id !== guild.id && rolesOfBot.includes(id)),
    overwrites.filter(({ id, type }) => type === 1 && id === world.me.id),
  ]
  return steps.reduce((allowed, step) => {
    const deny = step.reduce((sum, overwrite) => sum | BigInt(overwrite.deny), 0n)
    const allow = step.reduce((sum, overwrite) => sum | BigInt(overwrite.allow), 0n)
    return (allowed & ~deny) | allow
  }, base)
}

export function botMay(world: World, channel: Channel, ...names: readonly Permission[]): boolean {
  const bits = bitsOf(names)
  return (botPermissions(world, channel) & bits) === bits
}

/** A channel the bot can see, or 10003, or 50001. */
export function channelFor(world: World, id: string | undefined): ChannelState {
  const state = world.store.channels.get(id ?? '')
  if (state === undefined || state.deleted) throw refusals.unknownChannel()
  const guild = world.store.guilds.get(state.channel.guild_id ?? '')
  if (guild?.joined === false) throw refusals.missingAccess()
  if (!botMay(world, state.channel, 'VIEW_CHANNEL')) throw refusals.missingAccess()
  return state
}

export function guildFor(world: World, id: string | undefined): GuildState {
  const guild = world.store.guilds.get(id ?? '')
  if (guild === undefined) throw refusals.unknownGuild()
  if (!guild.joined) throw refusals.missingAccess()
  return guild
}

export function demand(
  world: World,
  channel: Channel,
  name: Permission,
  refusal: () => ApiError = refusals.missingPermissions,
): void {
  if (!botMay(world, channel, name)) throw refusal()
}
