// Which files may come with a message? Ten, none too large for its server; and what a voice message must be.
// https://docs.discord.com/developers/reference#uploading-files
import type { Call } from './call.ts'
import { refusals, type Problem } from './errors.ts'
import { isJson, listOf, MESSAGE_FLAGS, type Json } from './types.ts'
import type { World } from './world.ts'

export const MAX_FILES = 10
const MIB = 1 << 20
const MAX_REQUEST_BYTES = 25 * MIB
/** Of one file, by boost tier; below the second it is what everybody may send. */
const BOOSTED_BYTES: readonly number[] = [0, 0, 50 * MIB, 100 * MIB]
/** https://docs.discord.com/developers/resources/message#attachment-object; the waveform's by Discord's OpenAPI document. */
const LENGTHS = { description: 1_024, title: 1_024, filename: 1_024, waveform: 400 } as const

/** How large one file of the bot's may be in a server, or in direct messages. */
export function maxFileBytes(world: World, guildId: string | undefined): number {
  const tier = world.store.guilds.get(guildId ?? '')?.premiumTier ?? 0
  return Math.max(world.behaviour.maxFileBytes, BOOSTED_BYTES[tier] ?? 0)
}

/** What is told of the files beside them. */
export function attachmentProblems(value: unknown): readonly Problem[] {
  return listOf(value).flatMap((entry, n) => {
    if (!isJson(entry)) return []
    return Object.entries(LENGTHS).flatMap(([field, max]) => {
      const text = entry[field]
      if (typeof text !== 'string' || text.length <= max) return []
      const message = `Must be ${max} or fewer in length.`
      return [{ path: `attachments.${n}.${field}`, code: 'BASE_TYPE_MAX_LENGTH', message }]
    })
  })
}

export function demandFewAndSmall(
  { files }: Pick<Call, 'files'>,
  world: World,
  guildId: string | undefined,
): void {
  if (files.length > MAX_FILES) throw refusals.tooManyAttachments()
  const sum = files.reduce((total, { bytes }) => total + bytes.length, 0)
  const most = maxFileBytes(world, guildId)
  if (sum > MAX_REQUEST_BYTES || files.some(({ bytes }) => bytes.length > most))
    throw refusals.entityTooLarge()
}

/** One sound, with its length and its picture, and nothing beside it. https://docs.discord.com/developers/resources/message#voice-messages */
export function demandVoice({ body, files }: Pick<Call, 'body' | 'files'>): void {
  const isBlank = typeof body['content'] !== 'string' || body['content'].trim() === ''
  const lists = ['embeds', 'components', 'sticker_ids'].map((name) => listOf(body[name]))
  if (!isBlank || lists.some((list) => list.length > 0) || isJson(body['poll']))
    throw refusals.voiceWithWords()
  const [file] = files
  if (files.length !== 1 || file === undefined || !isSound(file)) throw refusals.voiceWithoutSound()
  const told = listOf(body['attachments'])
    .filter(isJson)
    .find((entry) => String(entry['id']) === file.index)
  const { duration_secs: seconds, waveform } = told ?? {}
  if (typeof seconds !== 'number' || seconds <= 0 || !isWaveform(waveform))
    throw refusals.voiceWithoutLength()
}

export function isVoice(flags: unknown): boolean {
  return typeof flags === 'number' && (flags & MESSAGE_FLAGS.voiceMessage) !== 0
}

/** By its type, or its name: libraries do not know each kind by its bytes. */
function isSound({ mimeType, name }: Call['files'][number]): boolean {
  return mimeType.startsWith('audio/') || /\.(?:ogg|oga|opus|mp3|m4a|wav)$/i.test(name)
}

/** Length and picture of a sound are those of a voice message alone. */
export function detailsFor(details: Json, voice: boolean): Json {
  const { duration_secs: _seconds, waveform: _waveform, ...rest } = details
  return voice ? details : rest
}

const MAX_POINTS = 256

function isWaveform(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[\w+/]+={0,2}$/.test(value)) return false
  const { length } = Buffer.from(value, 'base64')
  return length > 0 && length <= MAX_POINTS
}
