// Which event is an update? Pure and total: any JSON gives an event of ours, or nothing.
// https://core.telegram.org/bots/api#update
import type {
  Attachment,
  ChatAddress,
  ChatEvent,
  ChatId,
  CommandEvent,
  EventBase,
  EventId,
  MessageEvent,
  MessageId,
  OptionValue,
  QuotedRef,
  Sender,
  SenderId,
  ThreadId,
} from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { readAttachments } from './media.ts'
import { placeToJson } from './place.ts'
import { fieldsOf, isFields, readId, readString, readWhole, type Fields } from '../common/read.ts'
import { wordsOf, type Self, type WordsOf } from './words-of.ts'

/** What an update is read with. */
export interface Reading {
  readonly account: string
  readonly me: Self
  readonly commands: readonly CommandSpec[]
  readonly allowBots: boolean
  /** A button press carries no time of its own. */
  readonly receivedAtMs: number
}

export function readUpdate(update: unknown, reading: Reading): ChatEvent | undefined {
  const { message, callback_query: press, my_chat_member: membership } = fieldsOf(update)
  if (isFields(message)) return readMessage(message, reading)
  if (isFields(press)) return readPress(press, reading)
  if (isFields(membership)) return readMembership(membership, reading)
  return undefined
}

/** Senders that stand for a chat. https://core.telegram.org/bots/api#message (`from`, `sender_chat`) */
const ANONYMOUS_ADMIN = 1_087_968_824
const CHANNEL_SENDER = 136_817_688
/** A date above this is in milliseconds: some Bot API servers send those. As seconds it would be the year 5138. */
const LARGEST_SECONDS = 100_000_000_000

function readMessage(message: Fields, reading: Reading): ChatEvent | undefined {
  const moved = readMove(message, reading)
  if (moved !== undefined) return moved
  const chat = readChat(message, reading.account)
  const messageId = readId(message['message_id'])
  const sender = readSender(message, reading)
  if (chat === undefined || messageId === undefined || sender === undefined) return undefined

  const words = wordsOf(message, reading.me)
  const attachments = [message, ...words.media].flatMap(readAttachments)
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
  if (words.command !== undefined) {
    const verdict = judgeCommand(words.command, { message, words, chat, repliesToBot, attachments }, reading)
    if (verdict === 'ignore') return undefined
    if (verdict !== 'text') return { ...base, ...verdict, messageId: messageId as MessageId }
  }
  const quoted = readQuoted(message, reading.me)
  const album = readString(message['media_group_id'])
  return {
    ...base,
    kind: 'message',
    messageId: messageId as MessageId,
    text: words.text,
    mentionsBot: words.mentionsBot,
    repliesToBot,
    ...(quoted === undefined ? {} : { quoted }),
    attachments,
    ...(album === undefined ? {} : { groupKey: `${chat.id}:${album}` }),
  } satisfies MessageEvent
}

interface CommandFacts {
  readonly message: Fields
  readonly words: WordsOf
  readonly chat: ChatFacts
  readonly repliesToBot: boolean
  readonly attachments: readonly Attachment[]
}

function judgeCommand(
  command: NonNullable<WordsOf['command']>,
  facts: CommandFacts,
  { commands }: Reading,
): 'ignore' | 'text' | Pick<CommandEvent, 'kind' | 'name' | 'options' | 'rest'> {
  if (command.target === 'other') return 'ignore'
  const spec = commands.find(({ name }) => name === command.name)
  const addressed = facts.chat.direct || facts.words.mentionsBot || facts.repliesToBot
  if (spec === undefined) {
    // A photo whose caption begins with a slash is a photo; a bare unknown command in a group is another bot's.
    if (facts.attachments.length > 0 && addressed) return 'text'
    if (!addressed) return 'ignore'
  }
  const options: Record<string, OptionValue> = {}
  const files = [...facts.attachments]
  for (const option of spec?.options ?? []) {
    const file = option.type === 'file' ? files.shift() : undefined
    if (file !== undefined) options[option.name] = file
  }
  return { kind: 'command', name: command.name, options, rest: command.rest }
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
      String(status),
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

/** Nothing for those who are never answered: ourselves, channels' own posts, other bots. */
function readSender(message: Fields, { me, allowBots }: Reading): Sender | undefined {
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

function readPerson(from: Fields): Sender | undefined {
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

function nameOf(person: Fields): string | undefined {
  const names = [person['first_name'], person['last_name']].flatMap((part) => readString(part) ?? [])
  return readString(names.join(' ')) ?? readString(person['username'])
}

/** Every message in a topic "replies" to the message that opened the topic; that is not a reply. */
function repliedTo(message: Fields): Fields | undefined {
  const replied = message['reply_to_message']
  if (!isFields(replied) || isFields(replied['forum_topic_created'])) return undefined
  const isRoot =
    message['is_topic_message'] === true && replied['message_id'] === message['message_thread_id']
  return isRoot ? undefined : replied
}

function isReplyToBot(message: Fields, me: Self): boolean {
  const replied = repliedTo(message)
  return replied !== undefined && fieldsOf(replied['from'])['id'] === me.id
}

function readQuoted(message: Fields, me: Self): QuotedRef | undefined {
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

/** By chat and message, not by update: after an idle week update ids begin anywhere. */
function eventId(...parts: readonly string[]): EventId {
  return parts.join(':') as EventId
}

function readTime(date: unknown, otherwiseMs: number): number {
  const given = readWhole(date)
  if (given === undefined || given <= 0) return otherwiseMs
  return given > LARGEST_SECONDS ? given : given * 1_000
}
