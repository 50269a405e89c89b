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
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'
import { readPerson } from './inbound.ts'
import { readFile } from './media.ts'
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

/** A button's answer would be written over the message it stands on: such replies are messages of their own. */
function placeOf(given: Fields, asked: Asked, reading: Reading): InteractionPlace | undefined {
  const applicationId = readString(given['application_id'])
  if (asked.onMessage || applicationId === undefined) return undefined
  const { id, token } = asked
  return { id, token, applicationId, untilMs: (timeOf(id) ?? reading.receivedAtMs) + TOKEN_LIVES_MS }
}

function channelIdOf(given: Fields): string | undefined {
  return readString(given['channel_id']) ?? readString(fieldsOf(given['channel'])['id'])
}

/** The interaction brings its channel along, thread or not, also of servers we are not in. */
function roomOfInteraction(given: Fields, channelId: string, reading: Reading): Room | undefined {
  const { guild_id: ofChannel, type, parent_id } = fieldsOf(given['channel'])
  return roomOf(
    { channel_id: channelId, guild_id: given['guild_id'] ?? ofChannel, channel_type: type, parent_id },
    reading,
  )
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

function resolvedFile(data: Fields, id: unknown, channelId: string): OptionValue | undefined {
  const files = fieldsOf(fieldsOf(data['resolved'])['attachments'])
  return typeof id === 'string' ? readFile(files[id], { channelId }) : undefined
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
  }
}

/** A select has no fields: what was chosen goes under `values`. */
function valuesOfSelect(data: Fields): Readonly<Record<string, OptionValue>> | undefined {
  if (!Array.isArray(data['values'])) return undefined
  return { values: stringsOf(data['values']) }
}

/** Labels and rows hold the fields one level down. https://discord.com/developers/docs/components/reference */
function valuesOfForm(data: Fields, channelId: string): Readonly<Record<string, OptionValue>> {
  const values: Record<string, OptionValue> = {}
  for (const row of readList(data['components']).map(fieldsOf)) {
    for (const field of [row['component'], ...readList(row['components'])].map(fieldsOf)) {
      const name = readString(field['custom_id'])
      const value = valueOfField(field, data, channelId)
      if (name !== undefined && value !== undefined) values[name] = value
    }
  }
  return values
}

const FILE_UPLOAD = 19

/** One chosen value is that value; several are a list; a file is the file. */
function valueOfField(field: Fields, data: Fields, channelId: string): OptionValue | undefined {
  const { type, value } = field
  if (typeof value === 'string' || typeof value === 'boolean') return value
  const chosen = stringsOf(field['values'])
  if (type === FILE_UPLOAD) return resolvedFile(data, chosen[0], channelId)
  return chosen.length === 1 ? chosen[0] : chosen.length === 0 ? undefined : chosen
}

function stringsOf(value: unknown): readonly string[] {
  return readList(value).filter((item) => typeof item === 'string')
}
