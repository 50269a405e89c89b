// What happened to a chat or a message as a whole? Invited, opened, left, taken back. Pure and total, as inbound is.
import type { ChatEvent, ChatId, MessageId } from '../../src/contract/event.ts'
import { BOT_ADDED } from './push.ts'
import { fieldsOf, readString, type Fields } from '../common/read.ts'
import { eventId, readTime, whereOf, type Reading } from './where.ts'

export function readRecall(fields: Fields, { account, receivedAtMs }: Reading): ChatEvent | undefined {
  const messageId = readString(fields['message_id'])
  const chatId = readString(fields['chat_id'])
  if (messageId === undefined || chatId === undefined) return undefined
  return {
    kind: 'retracted',
    id: eventId(account, messageId, 'recalled'),
    address: { account, chatId: chatId as ChatId },
    messageId: messageId as MessageId,
    sentAtMs: readTime(fields['recall_time'], receivedAtMs),
  }
}

/** "Entered" comes each time a person opens the chat: it is a beginning only where nothing was said before. */
export function readJoin(type: string, fields: Fields, reading: Reading): ChatEvent | undefined {
  const { account } = reading
  const chatId = readString(fields['chat_id'])
  if (chatId === undefined) return undefined
  const direct = type !== BOT_ADDED
  const openId = readOpener(fields)
  if (direct && readString(fields['last_message_id']) !== undefined) return undefined
  if (direct && openId !== undefined && reading.directChatOf(openId) !== undefined) return undefined
  const { address, replyTarget } = whereOf(account, { chatId, direct })
  return {
    kind: 'joined',
    id: eventId(account, chatId, direct ? 'started' : `joined:${readString(fields['event_id']) ?? ''}`),
    how: direct ? 'started' : 'invited',
    address,
    replyTarget,
    sentAtMs: readTime(fields['create_time'], reading.receivedAtMs),
  }
}

/** Who opened a chat with us, in both events that tell of it. */
export function readOpener(fields: Fields): string | undefined {
  return (
    readString(fieldsOf(fields['operator_id'])['open_id']) ??
    readString(fieldsOf(fields['user'])['open_id']) ??
    readString(fieldsOf(fields['operator'])['open_id'])
  )
}

export function readLeave(fields: Fields, { account, receivedAtMs }: Reading): ChatEvent | undefined {
  const chatId = readString(fields['chat_id'])
  if (chatId === undefined) return undefined
  return {
    kind: 'gone',
    id: eventId(account, chatId, 'gone', readString(fields['event_id']) ?? ''),
    address: { account, chatId: chatId as ChatId },
    sentAtMs: readTime(fields['create_time'], receivedAtMs),
  }
}
