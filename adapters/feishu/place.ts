// Where is a reply written to? What `ReplyTarget.place` holds for Feishu, written by inbound and read by the outbox.
import type { JsonObject, ReplyTarget } from '../../src/contract/event.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { readString } from '../common/read.ts'

/** At least one of `chatId` and `openId` is there. */
export interface Place {
  /** `oc_…` */
  readonly chatId?: string
  /** `ou_…`: the person's own chat with the bot, while its chat id is not known (menu events name none). */
  readonly openId?: string
  /** `om_…`: the message that asked. Inside a thread only a reply to it lands in the thread. */
  readonly replyTo?: string
  /** `omt_…`, or the root's `om_…` where a topic group names no thread. */
  readonly threadId?: string
  readonly direct: boolean
}

export function placeToJson(place: Place): JsonObject {
  return {
    ...(place.chatId === undefined ? {} : { chatId: place.chatId }),
    ...(place.openId === undefined ? {} : { openId: place.openId }),
    ...(place.replyTo === undefined ? {} : { replyTo: place.replyTo }),
    ...(place.threadId === undefined ? {} : { threadId: place.threadId }),
    direct: place.direct,
  }
}

export function readPlace(target: ReplyTarget): Place {
  const chatId = readString(target.place['chatId'])
  const openId = readString(target.place['openId'])
  const replyTo = readString(target.place['replyTo'])
  const threadId = readString(target.place['threadId'])
  if (chatId === undefined && openId === undefined) {
    throw new PlatformError(target.account, 'rejected', 'reply target names no chat')
  }
  return {
    ...(chatId === undefined ? {} : { chatId }),
    ...(openId === undefined ? {} : { openId }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(threadId === undefined ? {} : { threadId }),
    direct: target.place['direct'] === true,
  }
}
