// Where did something happen, and where is it answered? A channel, as the events and the outbox name it.
import type { ChatAddress, ChatId, EventBase, EventId, ThreadId } from '../../src/contract/event.ts'
import { readString, type Fields } from '../common/read.ts'
import { isThread } from './guilds.ts'
import { placeToJson, type InteractionPlace } from './place.ts'
import type { Reading } from './reading.ts'

/** A place to talk in. */
export interface Room {
  readonly channelId: string
  readonly direct: boolean
  readonly guildId?: string
  /** Of a thread: the channel it hangs on, where it is known. */
  readonly parentId?: string
}

export function roomOf(given: Fields, reading: Pick<Reading, 'channel'>): Room | undefined {
  const channelId = readString(given['channel_id'])
  if (channelId === undefined) return undefined
  const known = reading.channel(channelId)
  const guildId = readString(given['guild_id']) ?? known?.guildId
  const type = known?.type ?? given['channel_type']
  const parentId = known?.parentId ?? readString(given['parent_id'])
  const isSub = typeof type === 'number' && isThread(type)
  return {
    channelId,
    direct: guildId === undefined && type !== GROUP_DIRECT,
    ...(guildId === undefined ? {} : { guildId }),
    ...(isSub && parentId !== undefined ? { parentId } : {}),
  }
}

/** https://discord.com/developers/docs/resources/channel#channel-object-channel-types */
const GROUP_DIRECT = 3

/** Where an event happened and is answered. */
export function baseOf(
  room: Room,
  account: string,
  interaction?: InteractionPlace,
): Pick<EventBase, 'address' | 'chatKind' | 'replyTarget'> {
  const place = { ...room, ...(interaction === undefined ? {} : { interaction }) }
  return {
    address: addressOf(room, account),
    chatKind: room.direct ? 'direct' : 'group',
    replyTarget: { account, place: placeToJson(place) },
  }
}

export function addressOf({ channelId, parentId }: Room, account: string): ChatAddress {
  if (parentId === undefined) return { account, chatId: channelId as ChatId }
  return { account, chatId: parentId as ChatId, threadId: channelId as ThreadId }
}

/** By channel and message, so that a redelivered one has the same. */
export function eventId(...parts: readonly string[]): EventId {
  return parts.join(':') as EventId
}
