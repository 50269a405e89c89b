// Who wrote it? A person, a chat that people write as, or nobody who is ever answered.
import type { Sender, SenderId } from '../../src/contract/event.ts'
import { fieldsOf, readId, readString, readWhole, type Fields } from '../common/read.ts'

/** Senders that stand for a chat. https://core.telegram.org/bots/api#message (`from`, `sender_chat`) */
const ANONYMOUS_ADMIN = 1_087_968_824
const CHANNEL_SENDER = 136_817_688
/** Nothing for those who are never answered: ourselves, channels' own posts, other bots. */
export function readSender(
  message: Fields,
  { me, allowBots }: { readonly me: { readonly id: number }; readonly allowBots: boolean },
): Sender | undefined {
  if (message['is_automatic_forward'] === true || message['sender_business_bot'] !== undefined)
    return undefined
  const from = fieldsOf(message['from'])
  const fromId = readWhole(from['id'])
  const chat = fieldsOf(message['sender_chat'])
  const chatId = readId(chat['id'])
  if (
    chatId !== undefined &&
    (fromId === undefined || fromId === ANONYMOUS_ADMIN || fromId === CHANNEL_SENDER)
  ) {
    const name = readString(chat['title']) ?? readString(message['author_signature'])
    return { id: chatId as SenderId, isBot: false, ...(name === undefined ? {} : { name }) }
  }
  if (fromId === me.id || (from['is_bot'] === true && !allowBots)) return undefined
  return readPerson(from)
}

export function readPerson(from: Fields): Sender | undefined {
  const id = readId(from['id'])
  if (id === undefined) return undefined
  const name = nameOf(from)
  const locale = readString(from['language_code'])
  return {
    id: id as SenderId,
    isBot: from['is_bot'] === true,
    ...(name === undefined ? {} : { name }),
    ...(locale === undefined ? {} : { locale }),
  }
}

export function nameOf(person: Fields): string | undefined {
  const names = [person['first_name'], person['last_name']].flatMap((part) => readString(part) ?? [])
  return readString(names.join(' ')) ?? readString(person['username'])
}
