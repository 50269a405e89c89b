// Where and when did it happen? What all readers of pushes share: what they read with, addresses, ids, times.
import type { ChatAddress, ChatId, EventBase, EventId, ThreadId } from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { Self } from './mentions.ts'
import { placeToJson, type Place } from './place.ts'
import { readString } from '../common/read.ts'

/** What a push is read with. */
export interface Reading {
  readonly account: string
  /** Absent until bot/v3/info went through: then nothing in a group counts as said to us. */
  readonly me: Self | undefined
  readonly commands: readonly CommandSpec[]
  readonly allowBots: boolean
  readonly receivedAtMs: number
  /** Whether a message is one we posted, as far as is remembered. */
  isOwn(messageId: string): boolean
  /** The person's own chat with us, where it is known. */
  directChatOf(openId: string): string | undefined
  /** What the thread that hangs on a message is called: replies in a topic may name their root alone. */
  threadOf(rootId: string): string | undefined
}

export function whereOf(
  account: string,
  place: Place,
): Pick<EventBase, 'address' | 'chatKind' | 'replyTarget'> {
  const address: ChatAddress = {
    account,
    // Where only the person is known, their id stands for the chat until the chat's own is learned.
    chatId: (place.chatId ?? place.openId ?? '') as ChatId,
    ...(place.threadId === undefined ? {} : { threadId: place.threadId as ThreadId }),
  }
  return {
    address,
    chatKind: place.direct ? 'direct' : 'group',
    replyTarget: { account, place: placeToJson(place) },
  }
}

export function eventId(...parts: readonly string[]): EventId {
  return parts.join(':') as EventId
}

/** Milliseconds as text for messages, microseconds for card callbacks, seconds for menus. */
export function readTime(value: unknown, otherwiseMs: number): number {
  const given = typeof value === 'number' ? value : Number(readString(value) ?? Number.NaN)
  if (!Number.isFinite(given) || given <= 0) return otherwiseMs
  if (given >= 1e14) return Math.floor(given / 1_000)
  return given < 1e11 ? given * 1_000 : given
}
