// Which event is a push? Pure and total: any JSON gives an event of ours, or nothing.
// https://open.feishu.cn/document/server-docs/im-v1/message/events/receive
import type {
  Attachment,
  ChatEvent,
  CommandEvent,
  MessageEvent,
  MessageId,
  OptionValue,
  QuotedRef,
  Sender,
  SenderId,
} from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { readJoin, readLeave, readRecall } from './life.ts'
import { readMentions } from './mentions.ts'
import * as push from './push.ts'
import type { Push } from './push.ts'
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'
import { eventId, readTime, whereOf, type Reading } from './where.ts'
import { wordsOf, type WordsOf } from './words-of.ts'

export type { Reading } from './where.ts'

export function readPush({ type, fields }: Push, reading: Reading): ChatEvent | undefined {
  switch (type) {
    case push.MESSAGE:
      return readMessage(fields, reading)
    case push.CARD_ACTION:
      return readPress(fields, reading)
    case push.MENU:
      return readMenu(fields, reading)
    case push.RECALLED:
      return readRecall(fields, reading)
    case push.BOT_ADDED:
    case push.CHAT_ENTERED:
    case push.CHAT_CREATED:
      return readJoin(type, fields, reading)
    case push.BOT_REMOVED:
    case push.DISBANDED:
      return readLeave(fields, reading)
    default:
      return undefined
  }
}

function readMessage(fields: Fields, reading: Reading): ChatEvent | undefined {
  const { account, me } = reading
  const message = fieldsOf(fields['message'])
  const messageId = readString(message['message_id'])
  const chatId = readString(message['chat_id'])
  const type = readString(message['message_type']) ?? ''
  const sender = readSender(fieldsOf(fields['sender']), reading)
  if (messageId === undefined || chatId === undefined || sender === undefined || type === 'system') {
    return undefined
  }
  const mentions = readMentions(message['mentions'])
  const words = wordsOf({ messageId, type, content: message['content'], mentions }, me)
  const isForward = type === 'merge_forward'
  if (words.text === '' && words.attachments.length === 0 && !words.mentionsBot && !isForward)
    return undefined

  const direct = message['chat_type'] === 'p2p'
  const threadId = readThread(message, messageId, reading)
  const base = {
    // By message, not by event: a message may be delivered twice under two event ids. By account: two bots
    // mentioned in one message get the same message id.
    id: eventId(account, messageId),
    ...whereOf(account, {
      chatId,
      direct,
      replyTo: messageId,
      ...(threadId === undefined ? {} : { threadId }),
    }),
    sender,
    sentAtMs: readTime(message['create_time'], reading.receivedAtMs),
  }
  const reply = readReply(message, threadId, reading)
  if (words.command !== undefined) {
    const place = { direct, addressed: direct || words.mentionsBot || reply.toBot }
    const verdict = judgeCommand(words.command, words, place, reading)
    if (verdict === 'ignore') return undefined
    if (verdict !== 'text') return { ...base, ...verdict, messageId: messageId as MessageId }
  }
  return {
    ...base,
    kind: 'message',
    messageId: messageId as MessageId,
    text: words.text,
    mentionsBot: words.mentionsBot,
    repliesToBot: reply.toBot,
    ...(reply.quoted === undefined ? {} : { quoted: reply.quoted }),
    attachments: words.attachments,
    ...(isForward || reply.quoted !== undefined ? { incomplete: true } : {}),
  } satisfies MessageEvent
}

function judgeCommand(
  command: NonNullable<WordsOf['command']>,
  { attachments }: WordsOf,
  { direct, addressed }: { readonly direct: boolean; readonly addressed: boolean },
  { commands }: Reading,
): 'ignore' | 'text' | Pick<CommandEvent, 'kind' | 'name' | 'options' | 'rest'> {
  const spec = commands.find((one) => one.name === command.name && isGivenIn(one, direct))
  if (spec === undefined) {
    // A picture whose text begins with a slash is a picture; a bare unknown command in a group is another bot's.
    if (attachments.length > 0 && addressed) return 'text'
    if (!addressed) return 'ignore'
  }
  const options: Record<string, OptionValue> = {}
  const files: Attachment[] = [...attachments]
  for (const option of spec?.options ?? []) {
    const file = option.type === 'file' ? files.shift() : undefined
    if (file !== undefined) options[option.name] = file
  }
  return { kind: 'command', name: command.name, options, rest: command.rest }
}

/** A command that belongs elsewhere is as unknown as any other. */
function isGivenIn({ where }: CommandSpec, direct: boolean): boolean {
  return where === undefined || where.includes(direct ? 'direct' : 'group')
}

/** A reply in a topic may come with its root alone; in topic groups the root then stands for the thread. */
function readThread(message: Fields, messageId: string, reading: Reading): string | undefined {
  const rootId = readString(message['root_id']) ?? messageId
  const known = reading.threadOf(rootId) ?? readString(message['thread_id'])
  // In ordinary groups a root also stands on mere quotes.
  return known ?? (message['chat_type'] === 'topic_group' ? rootId : undefined)
}

/** In a thread `parent_id` is always the root: worth quoting once, and no sign of an answer unless the root is ours. */
function readReply(
  message: Fields,
  threadId: string | undefined,
  { isOwn }: Reading,
): { readonly toBot: boolean; readonly quoted?: QuotedRef } {
  const parentId = readString(message['parent_id'])
  if (parentId === undefined) return { toBot: false }
  const toBot = isOwn(parentId)
  if (threadId !== undefined && message['chat_type'] === 'topic_group') return { toBot }
  return { toBot, quoted: { messageId: parentId as MessageId, fromBot: toBot } }
}

function readPress(fields: Fields, reading: Reading): ChatEvent | undefined {
  const action = fieldsOf(fields['action'])
  const context = fieldsOf(fields['context'])
  const value = fieldsOf(action['value'])
  const token = readString(value['token'])
  const chatId = readString(context['open_chat_id'])
  const messageId = readString(context['open_message_id'])
  const openId = readString(fieldsOf(fields['operator'])['open_id'])
  const id = readString(fields['event_id'])
  if (token === undefined || chatId === undefined || openId === undefined || id === undefined)
    return undefined
  const direct = value['direct'] === true || reading.directChatOf(openId) === chatId
  const threadId = readString(value['threadId'])
  const replyTo = messageId === undefined ? {} : { replyTo: messageId }
  const values = readValues(action)
  return {
    kind: 'action',
    id: eventId(reading.account, 'press', id),
    ...whereOf(reading.account, {
      chatId,
      direct,
      ...replyTo,
      ...(threadId === undefined ? {} : { threadId }),
    }),
    sender: { id: openId as SenderId, isBot: false },
    sentAtMs: readTime(fields['create_time'], reading.receivedAtMs),
    token,
    ...(values === undefined ? {} : { values }),
    ...(messageId === undefined ? {} : { messageId: messageId as MessageId }),
  }
}

function readValues(action: Fields): Readonly<Record<string, OptionValue>> | undefined {
  if (!isFields(action['form_value'])) return undefined
  const values: Record<string, OptionValue> = {}
  for (const [name, value] of Object.entries(action['form_value'])) {
    // A field left empty comes as no words, or not at all: both say nothing.
    const given = Array.isArray(value) ? readList(value).flatMap((item) => readString(item) ?? []) : value
    if (typeof given === 'number' || typeof given === 'boolean') values[name] = given
    else if (Array.isArray(given) && given.length > 0) values[name] = given
    else if (typeof given === 'string' && given.trim() !== '') values[name] = given
  }
  return values
}

/** A menu event names a person and no chat: it belongs to their own chat with us. */
function readMenu(fields: Fields, reading: Reading): ChatEvent | undefined {
  const { account } = reading
  const operator = fieldsOf(fields['operator'])
  const openId = readString(fieldsOf(operator['operator_id'])['open_id'])
  const id = readString(fields['event_id'])
  const { name, rest } = menuCommand(fields)
  const isKnown = reading.commands.some((spec) => spec.name === name && isGivenIn(spec, true))
  if (openId === undefined || id === undefined || !isKnown) {
    return undefined
  }
  const chatId = reading.directChatOf(openId)
  const senderName = readString(operator['operator_name'])
  return {
    kind: 'command',
    id: eventId(account, 'menu', id),
    ...whereOf(account, { openId, direct: true, ...(chatId === undefined ? {} : { chatId }) }),
    sender: {
      id: openId as SenderId,
      isBot: false,
      ...(senderName === undefined ? {} : { name: senderName }),
    },
    sentAtMs: readTime(fields['timestamp'], reading.receivedAtMs),
    name,
    options: {},
    rest,
  }
}

/** The command an entry of the console's menu names with its event key, with or without a slash; options may follow. */
export function menuCommand(fields: Fields): { readonly name: string; readonly rest: string } {
  const key = (readString(fields['event_key']) ?? '').trim().replace(/^[/／]/, '')
  const [name = ''] = /^\S*/.exec(key) ?? []
  return { name: name.toLowerCase(), rest: key.slice(name.length).trim() }
}

/** Nothing for those who are never answered: ourselves, and other bots. */
function readSender(sender: Fields, { me, allowBots }: Reading): Sender | undefined {
  const ids = fieldsOf(sender['sender_id'])
  const id = readString(ids['open_id']) ?? readString(ids['user_id']) ?? readString(ids['union_id'])
  const type = readString(sender['sender_type'])
  const isBot = type === 'bot' || type === 'app'
  if (id === undefined || id === me?.openId || (isBot && (!allowBots || me === undefined))) return undefined
  return { id: id as SenderId, isBot }
}
