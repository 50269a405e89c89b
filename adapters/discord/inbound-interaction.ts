// Which event is an interaction? Pure and total: a command, a pressed button, a sent form, or nothing.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
import type {
  ActionEvent,
  ChatEvent,
  CommandEvent,
  EventBase,
  MessageId,
  OptionValue,
} from '../../src/contract/event.ts'
import { fieldsOf, isFields, readAmount, readList, readString, type Fields } from '../common/read.ts'
import { resolvedFile, valuesOfForm, valuesOfSelect } from './form-values.ts'
import { readPerson } from './inbound.ts'
import type { InteractionPlace } from './place.ts'
import { namesOf, type Reading } from './reading.ts'
import { baseOf, eventId, roomOf, type Room } from './room.ts'
import { timeOf } from './snowflake.ts'
import { wordsOf } from './words-of.ts'

export const PING = 1
const COMMAND = 2
const COMPONENT = 3
export const AUTOCOMPLETE = 4
const FORM_SENT = 5

/** What an answer to an interaction needs to know of it. */
export interface Asked {
  readonly id: string
  /** A secret: whoever has it may answer. */
  readonly token: string
  readonly kind: 'command' | 'component' | 'form' | 'suggestions'
  /** It came from a message's component, which is there to be updated. */
  readonly onMessage: boolean
  readonly locale?: string
  readonly channelId: string
}

export function readAsked(interaction: unknown): Asked | undefined {
  const given = fieldsOf(interaction)
  const id = readString(given['id'])
  const token = readString(given['token'])
  const kind = KINDS.get(given['type'])
  const channelId = channelIdOf(given)
  if (id === undefined || token === undefined || kind === undefined || channelId === undefined)
    return undefined
  const locale = readString(given['locale'])
  return {
    id,
    token,
    kind,
    channelId,
    onMessage: kind === 'component' || isFields(given['message']),
    ...(locale === undefined ? {} : { locale }),
  }
}

const KINDS: ReadonlyMap<unknown, Asked['kind']> = new Map([
  [COMMAND, 'command'],
  [COMPONENT, 'component'],
  [FORM_SENT, 'form'],
  [AUTOCOMPLETE, 'suggestions'],
] as const)

/** Discord keeps the token for 15 minutes; the reply leaves it a little before. */
const TOKEN_LIVES_MS = 14.5 * 60_000

export function readInteraction(interaction: unknown, reading: Reading): ChatEvent | undefined {
  const given = fieldsOf(interaction)
  const asked = readAsked(given)
  const room = asked === undefined ? undefined : roomOfInteraction(given, asked.channelId, reading)
  const member = fieldsOf(given['member'])
  const user = fieldsOf(given['user'] ?? member['user'])
  if (asked === undefined || asked.kind === 'suggestions' || room === undefined) return undefined
  const sender = readPerson(user, member, reading, asked.locale)
  if (sender === undefined || (sender.isBot && !reading.allowBots)) return undefined
  const base: EventBase = {
    id: eventId(reading.account, 'interaction', asked.id),
    ...baseOf(room, reading.account, placeOf(given, asked, reading)),
    sender,
    sentAtMs: timeOf(asked.id) ?? reading.receivedAtMs,
  }
  const data = fieldsOf(given['data'])
  return asked.kind === 'command'
    ? readCommand(data, base, room, reading)
    : readAction(given, data, base, asked)
}

function placeOf(given: Fields, asked: Asked, reading: Reading): InteractionPlace | undefined {
  const applicationId = readString(given['application_id'])
  if (applicationId === undefined) return undefined
  const { id, token } = asked
  const maxFileBytes = readAmount(given['attachment_size_limit'])
  return {
    id,
    token,
    applicationId,
    untilMs: (timeOf(id) ?? reading.receivedAtMs) + TOKEN_LIVES_MS,
    ...(asked.onMessage ? { onMessage: true } : {}),
    ...(isAway(given) ? { away: true } : {}),
    ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
  }
}

/** https://discord.com/developers/docs/resources/application#application-object-application-integration-types */
const GUILD_INSTALL = '0'
/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-context-types */
const BOT_DM = 1
const AMONG_PEOPLE = 2

/** Whether the channel itself cannot be written to: only the person brought us along, or we may not speak there. */
function isAway(given: Fields): boolean {
  if (given['context'] === BOT_DM) return false
  if (given['context'] === AMONG_PEOPLE) return true
  const owners = Object.keys(fieldsOf(given['authorizing_integration_owners']))
  return (owners.length > 0 && !owners.includes(GUILD_INSTALL)) || mayNotSpeak(given)
}

/** https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags */
const ADMINISTRATOR = 1n << 3n
const VIEW_CHANNEL = 1n << 10n
/** In channels, in threads. */
const SEND_MESSAGES = (1n << 11n) | (1n << 38n)

/** Servers that tell nothing, or nothing but 0, do not know. */
function mayNotSpeak({ app_permissions: told }: Fields): boolean {
  const bits = typeof told === 'string' && /^\d{1,20}$/.test(told) ? BigInt(told) : 0n
  if (bits === 0n || (bits & ADMINISTRATOR) !== 0n) return false
  return (bits & VIEW_CHANNEL) === 0n || (bits & SEND_MESSAGES) === 0n
}

function channelIdOf(given: Fields): string | undefined {
  return readString(given['channel_id']) ?? readString(fieldsOf(given['channel'])['id'])
}

/** The interaction brings its channel along, thread or not, also of servers we are not in. */
function roomOfInteraction(given: Fields, channelId: string, reading: Reading): Room | undefined {
  const { guild_id: ofChannel, type, parent_id } = fieldsOf(given['channel'])
  const room = roomOf(
    { channel_id: channelId, guild_id: given['guild_id'] ?? ofChannel, channel_type: type, parent_id },
    reading,
  )
  // A chat of two people who called us in is not between one of them and us.
  return room === undefined || given['context'] !== AMONG_PEOPLE ? room : { ...room, direct: false }
}

const CHAT_INPUT = 1
const ON_MESSAGE = 3
const SUBCOMMANDS: ReadonlySet<unknown> = new Set([1, 2])
const ATTACHMENT_OPTION = 11

function readCommand(data: Fields, base: EventBase, room: Room, reading: Reading): CommandEvent | undefined {
  const name = readString(data['name'])?.toLowerCase()
  const type = data['type'] ?? CHAT_INPUT
  if (name === undefined || (type !== CHAT_INPUT && type !== ON_MESSAGE)) return undefined
  const options: Record<string, OptionValue> = {}
  readOptions(data['options'], data, room, options)
  return {
    ...base,
    kind: 'command',
    name,
    options,
    rest: type === ON_MESSAGE ? wordsOfTarget(data, reading) : '',
    opensForm: true,
  }
}

/** Options of subcommands stand one level deeper; their names are unique within the command we publish. */
function readOptions(list: unknown, data: Fields, room: Room, into: Record<string, OptionValue>): void {
  for (const item of readList(list)) {
    const option = fieldsOf(item)
    const name = readString(option['name'])
    if (name === undefined) continue
    if (SUBCOMMANDS.has(option['type'])) {
      for (const inner of readList(option['options'])) readOptions([inner], data, room, into)
      continue
    }
    const value = readOption(option, data, room)
    if (value !== undefined) into[name] = value
  }
}

function readOption(option: Fields, data: Fields, room: Room): OptionValue | undefined {
  const { type, value } = option
  if (type === ATTACHMENT_OPTION) return resolvedFile(data, value, room.channelId)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined
}

/** A command of a message's own menu: what is asked about is that message. */
function wordsOfTarget(data: Fields, reading: Reading): string {
  const id = readString(data['target_id'])
  if (id === undefined) return ''
  const messages = fieldsOf(fieldsOf(data['resolved'])['messages'])
  return wordsOf(fieldsOf(messages[id]), namesOf(reading)).text
}

function readAction(given: Fields, data: Fields, base: EventBase, asked: Asked): ActionEvent | undefined {
  const token = readString(data['custom_id'])
  if (token === undefined) return undefined
  const messageId = readString(fieldsOf(given['message'])['id'])
  const values = asked.kind === 'form' ? valuesOfForm(data, asked.channelId) : valuesOfSelect(data)
  return {
    ...base,
    kind: 'action',
    token,
    ...(values === undefined ? {} : { values }),
    ...(messageId === undefined ? {} : { messageId: messageId as MessageId }),
    // A form cannot follow upon a form.
    ...(asked.kind === 'component' ? { opensForm: true } : {}),
  }
}
