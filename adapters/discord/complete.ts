// What does a message refer to that it did not bring along? The message somebody replied to, fetched.
// https://discord.com/developers/docs/resources/message#get-channel-message
import type { ChatEvent } from '../../src/contract/event.ts'
import { callAs, type DiscordApi } from './api.ts'
import { fieldsOf } from '../common/read.ts'
import { readPlace } from './place.ts'
import { quote } from './quote.ts'
import type { Reading } from './reading.ts'
import { segment } from './segment.ts'

export async function completeEvent(
  account: string,
  api: DiscordApi,
  event: ChatEvent,
  reading: Reading,
  signal: AbortSignal,
): Promise<ChatEvent> {
  if (event.kind !== 'message' || event.incomplete !== true) return event
  const { incomplete: _done, ...complete } = event
  const messageId = event.quoted?.messageId
  if (messageId === undefined) return complete
  const { channelId } = readPlace(event.replyTarget)
  const route = `/channels/${segment(channelId)}/messages/${segment(messageId)}` as const
  const replied = fieldsOf(await callAs(account, api, { method: 'GET', route }, signal))
  const quoted = { ...quote(replied, channelId, reading), messageId }
  return { ...complete, quoted, repliesToBot: event.repliesToBot || quoted.fromBot }
}
