// Which event is a dispatch? Pure and total: any JSON gives events of ours, or none. Interactions: inbound-interaction.ts.
// https://discord.com/developers/docs/events/gateway-events
import type {
  Attachment,
  ChatEvent,
  CommandEvent,
  LifeEvent,
  MessageEvent,
  MessageId,
  OptionValue,
  Sender,
  SenderId,
} from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'
import { isThread } from './guilds.ts'
import { readAttachments } from './media.ts'
import { isUnfetched, readForwarded, readQuoted } from './quote.ts'
import { namesOf, type Reading } from './reading.ts'
import { addressOf, baseOf, eventId, roomOf, type Room } from './room.ts'
import { timeOf } from './snowflake.ts'
import { nameOf, wordsOf } from './words-of.ts'

export function readDispatch(type: string, data: unknown, reading: Reading): readonly ChatEvent[] {
  const given = fieldsOf(data)
  switch (type) {
    case 'MESSAGE_CREATE':
      return readMessage(given, reading)
    case 'MESSAGE_DELETE':
      return readRetraction(given, given['id'], reading)
    case 'MESSAGE_DELETE_BULK':
      return readList(given['ids']).flatMap((id) => readRetraction(given, id, reading))
    case 'THREAD_DELETE':
    case 'CHANNEL_DELETE':
      return readGone(given, reading)
    case 'GUILD_DELETE':
      return readExpulsion(given, reading)
    default:
      return []
  }
}

/** 0 and 19: what people say, and their replies. https://discord.com/developers/docs/resources/message#message-object-message-types */
const TALK: ReadonlySet<unknown> = new Set([undefined, 0, 19])

function readMessage(message: Fields, reading: Reading): readonly ChatEvent[] {
  const id = readString(message['id'])
  const room = roomOf(message, reading)
  const sender = readAuthor(message, reading)
  if (id === undefined || room === undefined || sender === undefined || !TALK.has(message['type'])) return []

  const names = namesOf(reading)
  const words = wordsOf(message, names)
  const forwarded = readForwarded(message, room.channelId, names)
  const text = [words.text, forwarded.text].filter((part) => part !== '').join('\n\n')
  const attachments = [
    ...readAttachments(message, { channelId: room.channelId, messageId: id }),
    ...forwarded.attachments,
  ]
  if (text === '' && attachments.length === 0 && !words.mentionsBot) return []

  const base = {
    id: eventId(reading.account, room.channelId, id),
    ...baseOf(room, reading.account),
    sender,
    sentAtMs: timestampOf(message['timestamp']) ?? timeOf(id) ?? reading.receivedAtMs,
  }
  const quoted = readQuoted(message, room.channelId, words, reading)
  const repliesToBot = quoted?.fromBot === true
  const isAddressed = room.direct || words.mentionsBot || repliesToBot
  const command = isAddressed ? readTypedCommand(text, attachments, reading.commands) : undefined
  if (command !== undefined) return [{ ...base, ...command, messageId: id as MessageId }]
  return [
    {
      ...base,
      kind: 'message',
      messageId: id as MessageId,
      text,
      mentionsBot: words.mentionsBot,
      repliesToBot,
      ...(quoted === undefined ? {} : { quoted }),
      attachments,
      ...(quoted !== undefined && isUnfetched(message) ? { incomplete: true as const } : {}),
    } satisfies MessageEvent,
  ]
}

/** `/help me please` as plain text: for those who type it without the menu. */
function readTypedCommand(
  text: string,
  attachments: readonly Attachment[],
  commands: readonly CommandSpec[],
): Pick<CommandEvent, 'kind' | 'name' | 'options' | 'rest'> | undefined {
  const [, given, rest = ''] = /^\/([\w-]{1,32})(?:\s+([\s\S]*))?$/.exec(text) ?? []
  const spec = commands.find(({ name }) => name === given?.toLowerCase())
  if (spec === undefined) return undefined
  const options: Record<string, OptionValue> = {}
  const files = [...attachments]
  for (const option of spec.options) {
    const file = option.type === 'file' ? files.shift() : undefined
    if (file !== undefined) options[option.name] = file
  }
  return { kind: 'command', name: spec.name, options, rest: rest.trim() }
}

/** Nothing for those who are never answered: ourselves, webhooks, other bots. */
function readAuthor(message: Fields, reading: Reading): Sender | undefined {
  const author = fieldsOf(message['author'])
  if (readString(message['webhook_id']) !== undefined || author['id'] === reading.meId) return undefined
  if ((author['bot'] === true || author['system'] === true) && !reading.allowBots) return undefined
  return readPerson(author, message['member'], reading)
}

/** `locale`: known of interactions only. */
export function readPerson(
  user: Fields,
  member: unknown,
  reading: Reading,
  locale?: string,
): Sender | undefined {
  const id = readString(user['id'])
  if (id === undefined) return undefined
  const name = nameOf(user, member)
  // Access rules may name a role by its id or by its name.
  const roles = readList(fieldsOf(member)['roles']).flatMap((role) => {
    const roleId = readString(role)
    return roleId === undefined
      ? []
      : [roleId, reading.roleName(roleId)].flatMap((key) => readString(key) ?? [])
  })
  return {
    id: id as SenderId,
    isBot: user['bot'] === true,
    ...(name === undefined ? {} : { name }),
    ...(locale === undefined ? {} : { locale }),
    ...(roles.length === 0 ? {} : { roles }),
  }
}

function readRetraction(given: Fields, messageId: unknown, reading: Reading): readonly LifeEvent[] {
  const id = readString(messageId)
  const room = roomOf(given, reading)
  if (id === undefined || room === undefined || reading.isOurs(id)) return []
  return [
    {
      kind: 'retracted',
      id: eventId(reading.account, room.channelId, id, 'retracted'),
      address: addressOf(room, reading.account),
      messageId: id as MessageId,
      sentAtMs: reading.receivedAtMs,
    },
  ]
}

function readGone(channel: Fields, reading: Reading): readonly LifeEvent[] {
  const room = roomOf({ ...channel, channel_id: channel['id'], channel_type: channel['type'] }, reading)
  return room === undefined ? [] : [goneFrom(room, reading)]
}

/** Without `unavailable` we were put out; with it the server has an outage. */
function readExpulsion(guild: Fields, reading: Reading): readonly LifeEvent[] {
  const guildId = readString(guild['id'])
  if (guildId === undefined || guild['unavailable'] === true) return []
  return reading
    .channelsOf(guildId)
    .filter(({ type }) => TEXT_CHANNELS.has(type) || isThread(type))
    .flatMap(({ id }) => roomOf({ channel_id: id, guild_id: guildId }, reading) ?? [])
    .map((room) => goneFrom(room, reading))
}

/** Text and announcement channels, and the forums that hold threads. */
const TEXT_CHANNELS: ReadonlySet<number> = new Set([0, 2, 5, 13, 15, 16])

function goneFrom(room: Room, { account, receivedAtMs }: Reading): LifeEvent {
  return {
    kind: 'gone',
    id: eventId(account, room.channelId, 'gone', String(receivedAtMs)),
    address: addressOf(room, account),
    sentAtMs: receivedAtMs,
  }
}

export function timestampOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}
