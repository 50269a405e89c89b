// Where is a reply written to? What `ReplyTarget.place` holds for Telegram, written by inbound and read by the outbox.
import type { JsonObject, ReplyTarget, SenderId } from '../../src/contract/event.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { readWhole } from '../common/read.ts'

export interface Place {
  readonly chatId: number
  /** A topic, in a forum or in a private chat. Never a mere reply thread: the server refuses those. */
  readonly threadId?: number
  readonly direct: boolean
  /** The General topic of a forum: posts name no thread there, chat actions name thread 1. */
  readonly general: boolean
}

export function placeToJson(place: Place): JsonObject {
  return {
    chatId: place.chatId,
    ...(place.threadId === undefined ? {} : { threadId: place.threadId }),
    direct: place.direct,
    ...(place.general ? { general: true } : {}),
  }
}

/** A person's private chat has the person's id. Throws `rejected` for who is no person (a group writes as itself). */
export function directTarget(account: string, person: SenderId): ReplyTarget {
  const chatId = /^\d+$/.test(person) ? readWhole(Number(person)) : undefined
  if (chatId === undefined || chatId === 0) {
    throw new PlatformError(account, 'rejected', 'openDirect: this id is no person’s')
  }
  return { account, place: placeToJson({ chatId, direct: true, general: false }) }
}

export function readPlace(target: ReplyTarget): Place {
  const chatId = readWhole(target.place['chatId'])
  if (chatId === undefined) {
    throw new PlatformError(target.account, 'rejected', 'reply target names no chat')
  }
  const threadId = readWhole(target.place['threadId'])
  return {
    chatId,
    ...(threadId === undefined ? {} : { threadId }),
    direct: target.place['direct'] === true,
    general: target.place['general'] === true,
  }
}
