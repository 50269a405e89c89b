// Which event is an update? Pure and total: any JSON gives an event of ours, or nothing.
// https://core.telegram.org/bots/api#update
import type {
  ChatAddress,
  ChatEvent,
  ChatId,
  EventBase,
  EventId,
  MessageEvent,
  MessageId,
  ThreadId,
} from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { inOrderOfPosting } from './albums.ts'
import { judgeCommand } from './command.ts'
import { readAttachments } from './media.ts'
import { placeToJson } from './place.ts'
import { fieldsOf, isFields, readId, readString, readWhole, type Fields } from '../common/read.ts'
import { isReplyToBot, readQuoted } from './quoted.ts'
import { readPerson, readSender } from './sender.ts'
import { wordsOf, type Self } from './words-of.ts'

/** What an update is read with. */
export interface Reading {
  readonly account: string
  readonly me: Self
  readonly commands: readonly CommandSpec[]
  readonly allowBots: boolean
  /** A button press carries no time of its own. */
  readonly receivedAtMs: number
  /** What the Stop button under a draft stands for. */
  readonly stopToken?: (chatId: number, draftId: number) => string | undefined
}

/** `album`: the other items of the album whose caption is the command in `update`. */
export function readUpdate(
  update: unknown,
  reading: Reading,
  album: readonly unknown[] = [],
): ChatEvent | undefined {
  const { message, callback_query: press, my_chat_member: membership, ...other } = fieldsOf(update)
  if (isFields(message)) return readMessage(message, reading, inOrderOfPosting([update, ...album]))
  if (isFields(press)) return readPress(press, reading)
  if (isFields(membership)) return readMembership(membership, reading)
  const stopped = other['stopped_message_generation']
  return isFields(stopped) ? readStop(stopped, reading) : undefined
}

/** A date above this is in milliseconds: some Bot API servers send those. As seconds it would be the year 5138. */
const LARGEST_SECONDS = 100_000_000_000

function readMessage(message: Fields, reading: Reading, items: readonly Fields[]): ChatEvent | undefined {
  const moved = readMove(message, reading)
  if (moved !== undefined) return moved
  const chat = readChat(message, reading.account)
  const messageId = readId(message['message_id'])
  const sender = readSender(message, reading)
  if (chat === undefined || messageId === undefined || sender === undefined) return undefined

  const words = wordsOf(message, reading.me)
  const attachments = [...items, ...words.media].flatMap(readAttachments)
  if (words.text === '' && attachments.length === 0 && !words.mentionsBot) return undefined

  const base: EventBase = {
    id: eventId(reading.account, String(chat.id), messageId),
    address: chat.address,
    chatKind: chat.direct ? 'direct' : 'group',
    sender,
    replyTarget: chat.replyTarget,
    sentAtMs: readTime(message['date'], reading.receivedAtMs),
  }
  const repliesToBot = isReplyToBot(message, reading.me)
  const quoted = readQuoted(message, reading.me)
  if (words.command !== undefined) {
    const facts = { words, direct: chat.direct, repliesToBot, attachments, quoted }
    const verdict = judgeCommand(words.command, facts, reading.commands)
    if (verdict === 'ignore') return undefined
    if (verdict !== 'text') return { ...base, ...verdict, messageId: messageId as MessageId }
  }
  const album = readString(message['media_group_id'])
  return {
    ...base,
    kind: 'message',
    messageId: messageId as MessageId,
    text: words.text,
    mentionsBot: words.mentionsBot,
    repliesToBot,
    ...(quoted === undefined ? {} : { quoted }),
    attachments:
      album === undefined ? attachments : attachments.map((file) => ({ ...file, order: Number(messageId) })),
    ...(album === undefined ? {} : { groupKey: `${chat.id}:${album}` }),
  } satisfies MessageEvent
}

function readPress(press: Fields, reading: Reading): ChatEvent | undefined {
  const message = fieldsOf(press['message'])
  const chat = readChat(message, reading.account)
  const id = readString(press['id'])
  const token = readString(press['data'])
  const sender = readPerson(fieldsOf(press['from']))
  if (chat === undefined || id === undefined || token === undefined || sender === undefined) return undefined
  const messageId = readId(message['message_id'])
  return {
    kind: 'action',
    id: eventId(reading.account, 'press', id),
    address: chat.address,
    chatKind: chat.direct ? 'direct' : 'group',
    sender,
    replyTarget: chat.replyTarget,
    sentAtMs: reading.receivedAtMs,
    token,
    ...(messageId === undefined ? {} : { messageId: messageId as MessageId }),
  }
}

/**
 * Stop under a draft. Nobody is named: drafts are in private chats only, where the chat is the person. Some servers send
 * the id as text. https://core.telegram.org/bots/api#messagegenerationstopped
 */
function readStop(stopped: Fields, reading: Reading): ChatEvent | undefined {
  const topic = stopped['message_thread_id'] === undefined ? {} : { is_topic_message: true }
  const chat = readChat({ ...stopped, ...topic }, reading.account)
  const sender = readPerson(fieldsOf(stopped['chat']))
  const given = stopped['draft_id']
  const draftId = readWhole(typeof given === 'string' ? Number(given) : given)
  if (chat === undefined || sender === undefined || draftId === undefined || !chat.direct) return undefined
  const token = reading.stopToken?.(chat.id, draftId)
  if (token === undefined) return undefined
  return {
    kind: 'action',
    id: eventId(reading.account, 'stop', String(chat.id), String(draftId)),
    address: chat.address,
    chatKind: 'direct',
    sender,
    replyTarget: chat.replyTarget,
    sentAtMs: reading.receivedAtMs,
    token,
  }
}

const STATUS_IN_CHAT: ReadonlySet<unknown> = new Set(['creator', 'administrator', 'member', 'restricted'])
const STATUS_OUT: ReadonlySet<unknown> = new Set(['left', 'kicked'])

function readMembership(membership: Fields, reading: Reading): ChatEvent | undefined {
  const chat = readChat(membership, reading.account)
  if (chat === undefined) return undefined
  const status = fieldsOf(membership['new_chat_member'])['status']
  const before = fieldsOf(membership['old_chat_member'])['status']
  const base = {
    id: eventId(
      reading.account,
      String(chat.id),
      'me',
      String(readWhole(membership['date'])),
      readString(status) ?? '',
    ),
    sentAtMs: readTime(membership['date'], reading.receivedAtMs),
    address: chat.address,
  }
  if (STATUS_OUT.has(status)) return { ...base, kind: 'gone' }
  if (!STATUS_IN_CHAT.has(status) || STATUS_IN_CHAT.has(before)) return undefined
  return { ...base, kind: 'joined', how: chat.direct ? 'started' : 'invited', replyTarget: chat.replyTarget }
}

/** Told twice, in the old chat and in the new one; both give the same event. */
function readMove(message: Fields, { account, receivedAtMs }: Reading): ChatEvent | undefined {
  const here = readId(fieldsOf(message['chat'])['id'])
  const to = readId(message['migrate_to_chat_id'])
  const from = readId(message['migrate_from_chat_id'])
  if (here === undefined || (to === undefined && from === undefined)) return undefined
  const [oldId, newId] = to === undefined ? [from ?? here, here] : [here, to]
  return {
    kind: 'moved',
    id: eventId(account, oldId, 'moved', newId),
    from: { account, chatId: oldId as ChatId },
    to: { account, chatId: newId as ChatId },
    sentAtMs: readTime(message['date'], receivedAtMs),
  }
}

interface ChatFacts {
  readonly id: number
  readonly direct: boolean
  readonly address: ChatAddress
  readonly replyTarget: EventBase['replyTarget']
}

function readChat(message: Fields, account: string): ChatFacts | undefined {
  const chat = fieldsOf(message['chat'])
  const id = readWhole(chat['id'])
  const type = chat['type']
  if (id === undefined || id === 0 || type === 'channel') return undefined
  const direct = type === 'private' || (type !== 'group' && type !== 'supergroup' && id > 0)
  // Outside topics a thread id is only a reply chain; sending it back fails.
  const threadId = message['is_topic_message'] === true ? readWhole(message['message_thread_id']) : undefined
  const general = chat['is_forum'] === true && threadId === undefined
  const place = { chatId: id, direct, general, ...(threadId === undefined ? {} : { threadId }) }
  return {
    id,
    direct,
    address: {
      account,
      chatId: String(id) as ChatId,
      ...(threadId === undefined ? {} : { threadId: String(threadId) as ThreadId }),
    },
    replyTarget: { account, place: placeToJson(place) },
  }
}

/** By chat and message, not by update: after an idle week update ids begin anywhere. */
function eventId(...parts: readonly string[]): EventId {
  return parts.join(':') as EventId
}

function readTime(date: unknown, otherwiseMs: number): number {
  const given = readWhole(date)
  if (given === undefined || given <= 0) return otherwiseMs
  return given > LARGEST_SECONDS ? given : given * 1_000
}
