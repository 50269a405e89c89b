// Where can one person be written to alone? Their direct channel, opened once and remembered.
// https://discord.com/developers/docs/resources/user#create-dm
//
// A bot is never told of its direct channels (READY lists none, and there is no call that does): each is learned from its
// first message, from a command in it, or here, and from then on it is caught up after an outage. The very first message of
// somebody new, written while no session was held, is found when they write again, or when their channel is opened here.
import { PlatformError } from '../../src/contract/errors.ts'
import type { ReplyTarget, SenderId } from '../../src/contract/event.ts'
import { callAs, type DiscordApi } from './api.ts'
import { placeToJson } from './place.ts'
import { fieldsOf, readString } from '../common/read.ts'

export interface DirectParts {
  readonly account: string
  readonly api: DiscordApi
  /** A direct channel and the newest message in it, if any. */
  opened(channelId: string, lastMessageId: string | undefined): void
}

const MAX_KEPT = 5_000

/** Rejects with `denied` where the person takes no messages of ours, `rate-limited` where too many were opened. */
export function createDirect(
  parts: DirectParts,
): (person: SenderId, signal: AbortSignal) => Promise<ReplyTarget> {
  const { account, api } = parts
  const channels = new Map<string, string>()

  return async (person, signal) => {
    const channelId = channels.get(person) ?? (await open(person, signal))
    return { account, place: placeToJson({ channelId, direct: true }) }
  }

  async function open(person: string, signal: AbortSignal): Promise<string> {
    const call = { method: 'POST', route: '/users/@me/channels', body: { recipient_id: person } } as const
    const channel = fieldsOf(await callAs(account, api, call, signal))
    const id = readString(channel['id'])
    if (id === undefined) {
      throw new PlatformError(account, 'unavailable', 'POST /users/@me/channels: the answer has no id')
    }
    channels.set(person, id)
    if (channels.size > MAX_KEPT) channels.delete(channels.keys().next().value ?? '')
    parts.opened(id, readString(channel['last_message_id']))
    return id
  }
}
