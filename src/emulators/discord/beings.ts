// What are new users, members and roles made of?
import type { Member, Role, User } from './types.ts'

export function userNamed(id: string, name: string, bot: boolean): User {
  return {
    id,
    username: name.toLowerCase().replace(/[^\p{L}\p{N}_.]+/gu, '_'),
    global_name: name,
    discriminator: bot ? '0001' : '0',
    avatar: null,
    ...(bot ? { bot } : {}),
    public_flags: 0,
    flags: 0,
    primary_guild: null,
  }
}

export function memberOf(user: User, joinedAt: string, roles: readonly string[] = []): Member {
  return {
    user,
    nick: null,
    avatar: null,
    banner: null,
    roles,
    joined_at: joinedAt,
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  }
}

export function roleOf(
  id: string,
  name: string,
  permissions: bigint,
  rest: { readonly position: number; readonly tags?: { readonly bot_id: string } },
): Role {
  return {
    id,
    name,
    permissions: String(permissions),
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: rest.tags !== undefined,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
    ...rest,
  }
}
