// What does the bot get of an interaction? All that discord.js needs, and where it came from.
// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
import { maxFileBytes } from './file-rules.ts'
import { botPermissions, EVERYONE_BITS } from './permissions.ts'
import type { Person } from './rooms.ts'
import type { ChannelState } from './store.ts'
import type { Json } from './types.ts'
import { messageEvent } from './views.ts'
import type { World } from './world.ts'

export interface NewInteraction {
  readonly type: number
  readonly data: Json
  readonly commandName?: string
  readonly sourceMessageId?: string
}

export function payloadOf(
  world: World,
  person: Person,
  state: ChannelState,
  {
    id,
    token,
    type,
    data,
    sourceMessageId,
  }: NewInteraction & { readonly id: string; readonly token: string },
): Json {
  const { channel } = state
  const guild = world.store.guilds.get(channel.guild_id ?? '')
  const member = guild?.members.get(person.id)
  const source = state.messages.get(sourceMessageId ?? '')
  const permissions = String(botPermissions(world, channel))
  return {
    id,
    application_id: world.applicationId,
    type,
    token,
    version: 1,
    data,
    channel: guild === undefined ? { ...channel } : { ...channel, permissions: String(EVERYONE_BITS) },
    channel_id: channel.id,
    ...(guild === undefined || member === undefined
      ? { user: person.user }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: { ...member, permissions: String(EVERYONE_BITS) },
        }),
    app_permissions: permissions,
    locale: world.store.locales.get(person.id) ?? 'en-US',
    entitlements: [],
    entitlement_sku_ids: [],
    // In a guild the bot is not in, a person brought it along.
    authorizing_integration_owners: guild?.joined === false ? { '1': person.id } : { '0': guild?.id ?? '0' },
    context: guild === undefined ? 1 : 0,
    attachment_size_limit: maxFileBytes(world, channel.guild_id),
    ...(source === undefined ? {} : { message: messageEvent(world, source, { messageContent: true }) }),
  }
}
