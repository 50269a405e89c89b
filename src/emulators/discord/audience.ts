// Which session is told of an event? By its intents and its shard.
// https://docs.discord.com/developers/events/gateway#list-of-intents
import { isOfShard, type Shard } from './sharding.ts'
import type { Scope } from './world.ts'

export const INTENTS = { guilds: 1, members: 2, content: 1 << 15 } as const

/** Intent of an event: in a guild, and in a direct message. */
const INTENT_OF: readonly (readonly [RegExp, number, number])[] = [
  [/^(GUILD_(CREATE|UPDATE|DELETE|ROLE_)|CHANNEL_|THREAD_)/, 1, 0],
  [/^GUILD_MEMBER/, 2, 0],
  [/^MESSAGE_REACTION/, 1 << 10, 1 << 13],
  [/^MESSAGE_/, 1 << 9, 1 << 12],
  [/^TYPING/, 1 << 11, 1 << 14],
]

export function isTold(
  { intents, shard }: { readonly intents: number; readonly shard: Shard },
  event: string,
  { guildId }: Scope,
): boolean {
  if (!isOfShard(shard, guildId)) return false
  const rule = INTENT_OF.find(([pattern]) => pattern.test(event))
  if (rule === undefined) return true
  const needed = guildId === undefined ? rule[2] : rule[1]
  return needed === 0 || (intents & needed) !== 0
}
