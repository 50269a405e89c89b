// What does a message reply to? The message it hangs on, or a part of it.
import type { MessageId, QuotedRef } from '../../src/contract/event.ts'
import { readAttachments } from './media.ts'
import { fieldsOf, isFields, readId, readString, type Fields } from '../common/read.ts'
import { nameOf } from './sender.ts'
import { wordsOf, type Self } from './words-of.ts'

/** Every message in a topic "replies" to the message that opened the topic; that is not a reply. */
function repliedTo(message: Fields): Fields | undefined {
  const replied = message['reply_to_message']
  if (!isFields(replied) || isFields(replied['forum_topic_created'])) return undefined
  const isRoot =
    message['is_topic_message'] === true && replied['message_id'] === message['message_thread_id']
  return isRoot ? undefined : replied
}

export function isReplyToBot(message: Fields, me: Self): boolean {
  const replied = repliedTo(message)
  return replied !== undefined && fieldsOf(replied['from'])['id'] === me.id
}

export function readQuoted(message: Fields, me: Self): QuotedRef | undefined {
  const replied = repliedTo(message)
  const external = message['external_reply']
  const source = replied ?? (isFields(external) ? external : undefined)
  if (source === undefined) return undefined
  const origin = fieldsOf(source['origin'])
  const from = fieldsOf(source['from'] ?? origin['sender_user'])
  const words = wordsOf(source, me)
  const text = readString(fieldsOf(message['quote'])['text']) ?? readString(words.text)
  const attachments = [source, ...words.media].flatMap(readAttachments)
  const messageId = replied === undefined ? undefined : readId(replied['message_id'])
  const chatName = fieldsOf(source['sender_chat'] ?? origin['sender_chat'] ?? origin['chat'])['title']
  const senderName = readString(chatName) ?? nameOf(from) ?? readString(origin['sender_user_name'])
  return {
    fromBot: from['id'] === me.id,
    ...(messageId === undefined ? {} : { messageId: messageId as MessageId }),
    ...(senderName === undefined ? {} : { senderName }),
    ...(text === undefined ? {} : { text }),
    ...(attachments.length === 0 ? {} : { attachments }),
  }
}
