// Where is a reply written to? What `ReplyTarget.place` holds for Discord, written by inbound and read by the outbox.
import type { JsonObject, ReplyTarget } from '../../src/contract/event.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { fieldsOf, readString, readWhole } from '../common/read.ts'

export interface Place {
  /** Of a thread: the thread's own channel. */
  readonly channelId: string
  readonly direct: boolean
  readonly guildId?: string
  /** The channel a thread hangs on; absent outside threads. */
  readonly parentId?: string
  /** What waits for its answer: a command, a press, a sent form. */
  readonly interaction?: InteractionPlace
}
export interface InteractionPlace {
  readonly id: string
  /** A secret: whoever has it may answer. */
  readonly token: string
  readonly applicationId: string
  /** Milliseconds since 1970: from then on the reply is a message of the channel. */
  readonly untilMs: number
  /** It came from a message's component: the reply is a message of the channel, unless only the person shall see it. */
  readonly onMessage?: true
  /** Only the person brought us along: the channel itself cannot be written to. */
  readonly away?: true
  /** How large a file the answer may bring. */
  readonly maxFileBytes?: number
}

export function placeToJson(place: Place): JsonObject {
  const { interaction } = place
  return {
    channelId: place.channelId,
    direct: place.direct,
    ...(place.guildId === undefined ? {} : { guildId: place.guildId }),
    ...(place.parentId === undefined ? {} : { parentId: place.parentId }),
    ...(interaction === undefined ? {} : { interaction: { ...interaction } }),
  }
}

export function readPlace(target: ReplyTarget): Place {
  const { place } = target
  const channelId = readString(place['channelId'])
  if (channelId === undefined) {
    throw new PlatformError(target.account, 'rejected', 'reply target names no channel')
  }
  const guildId = readString(place['guildId'])
  const parentId = readString(place['parentId'])
  const interaction = readInteraction(place['interaction'])
  return {
    channelId,
    direct: place['direct'] === true,
    ...(guildId === undefined ? {} : { guildId }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(interaction === undefined ? {} : { interaction }),
  }
}

function readInteraction(value: unknown): InteractionPlace | undefined {
  const given = fieldsOf(value)
  const id = readString(given['id'])
  const token = readString(given['token'])
  const applicationId = readString(given['applicationId'])
  const untilMs = readWhole(given['untilMs'])
  const maxFileBytes = readWhole(given['maxFileBytes'])
  if (id === undefined || token === undefined || applicationId === undefined || untilMs === undefined) {
    return undefined
  }
  return {
    id,
    token,
    applicationId,
    untilMs,
    ...(given['onMessage'] === true ? { onMessage: true } : {}),
    ...(given['away'] === true ? { away: true } : {}),
    ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
  }
}
