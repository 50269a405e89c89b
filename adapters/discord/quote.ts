// What does a message refer to? The one it replies to, and what was forwarded with it.
// https://discord.com/developers/docs/resources/message#message-reference-types
import type { Attachment, MessageId, QuotedRef } from '../../src/contract/event.ts'
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'
import { readAttachments, readPreviews } from './media.ts'
import { namesOf, type Reading } from './reading.ts'
import { nameOf, wordsOf, type Names, type WordsOf } from './words-of.ts'

/** What was forwarded: the words and files of the snapshots; they name no author. */
export function readForwarded(
  message: Fields,
  channelId: string,
  names: Names,
): { readonly text: string; readonly attachments: readonly Attachment[] } {
  const id = readString(message['id'])
  const where = { channelId, ...(id === undefined ? {} : { messageId: id }) }
  const shots = readList(message['message_snapshots']).map((shot) => fieldsOf(fieldsOf(shot)['message']))
  return {
    text: shots
      .map((shot) => wordsOf(shot, names).text)
      .filter((text) => text !== '')
      .join('\n\n'),
    attachments: shots.flatMap((shot) => [...readAttachments(shot, where), ...readPreviews(shot, where)]),
  }
}

/** A reply whose message the server did not send along (absent), rather than one that was deleted (null). */
export function isUnfetched(message: Fields): boolean {
  return message['referenced_message'] === undefined
}

/** A reference of this type is a forward: the snapshots carry it. */
const FORWARD = 1

export function readQuoted(
  message: Fields,
  channelId: string,
  words: WordsOf,
  reading: Reading,
): QuotedRef | undefined {
  const reference = fieldsOf(message['message_reference'])
  const replied = message['referenced_message']
  if (reference['type'] === FORWARD || replied === null) return undefined
  if (isFields(replied)) return quote(replied, channelId, reading)
  const messageId = readString(reference['message_id'])
  if (messageId === undefined) return undefined
  return { messageId: messageId as MessageId, fromBot: words.pingsBot || reading.isOurs(messageId) }
}

/** A message as what somebody answered to. */
export function quote(replied: Fields, channel: string, reading: Reading): QuotedRef {
  const id = readString(replied['id'])
  // What a thread hangs on stands outside it.
  const channelId = readString(replied['channel_id']) ?? channel
  const author = fieldsOf(replied['author'])
  const names = namesOf(reading)
  const forwarded = readForwarded(replied, channelId, names)
  const text = [wordsOf(replied, names).text, forwarded.text].filter((part) => part !== '').join('\n\n')
  const where = { channelId, ...(id === undefined ? {} : { messageId: id }) }
  const attachments = [
    ...readAttachments(replied, where),
    ...readPreviews(replied, where),
    ...forwarded.attachments,
  ]
  const senderName = nameOf(author, replied['member'])
  return {
    fromBot: author['id'] === reading.meId,
    ...(id === undefined ? {} : { messageId: id as MessageId }),
    ...(senderName === undefined ? {} : { senderName }),
    ...(text === '' ? {} : { text }),
    ...(attachments.length === 0 ? {} : { attachments }),
  }
}
