// What does the body of a message say, and is it allowed? One reading for channels, threads, replies and interactions.
import type { Call } from './call.ts'
import { completedComponents, completedEmbed } from './completed.ts'
import { componentProblems } from './component-rules.ts'
import { embedProblems } from './embeds.ts'
import { refusals, refuseIf, type Problem } from './errors.ts'
import {
  attachmentProblems,
  demandFewAndSmall,
  demandVoice,
  detailsFor,
  isVoice,
  MAX_FILES,
} from './file-rules.ts'
import { readAllowed, type AllowedMentions } from './mentions.ts'
import { isJson, listOf, MESSAGE_FLAGS, type Attachment, type Json, type Message } from './types.ts'
import type { World } from './world.ts'

export interface ReadMessage {
  /** Undefined: not mentioned. `null` in the body empties it. */
  readonly content: string | undefined
  readonly embeds: readonly Json[] | undefined
  readonly components: readonly Json[] | undefined
  readonly attachments: readonly Attachment[] | undefined
  readonly flags: number | undefined
  readonly allowed: AllowedMentions
}

const MAX_CONTENT = 2000
const SETTABLE =
  MESSAGE_FLAGS.suppressEmbeds |
  MESSAGE_FLAGS.suppressNotifications |
  MESSAGE_FLAGS.voiceMessage |
  MESSAGE_FLAGS.componentsV2

export interface Reading {
  readonly channelId: string
  readonly fallback: AllowedMentions
  /** What is there already, for an edit. */
  readonly before?: Message
  readonly mayBeEphemeral?: boolean
  readonly ephemeral?: boolean
}

export function readMessage(call: Pick<Call, 'body' | 'files'>, world: World, reading: Reading): ReadMessage {
  const { body, files } = call
  const { before } = reading
  const flags = flagsOf(body['flags'], reading)
  const isV2 = (((flags ?? 0) | (before?.flags ?? 0)) & MESSAGE_FLAGS.componentsV2) !== 0
  const { allowed, problems: mentionProblems } = readAllowed(body['allowed_mentions'], reading.fallback)
  const names = [
    ...files.map(({ name }) => name),
    ...(before?.attachments ?? []).map(({ filename }) => filename),
  ]
  refuseIf([
    ...contentProblems(body['content']),
    ...embedProblems(body['embeds']),
    ...flagProblems(body['flags']),
    ...componentProblems(body['components'], isV2, names),
    ...mentionProblems,
    ...nonceProblems(body['nonce']),
    ...attachmentProblems(body['attachments']),
    ...(isV2 ? legacyProblems(body, before) : []),
  ])
  demandFewAndSmall(call, world, world.store.channels.get(reading.channelId)?.channel.guild_id)
  if (before === undefined && isVoice(flags)) demandVoice(call)
  const attachments = attachmentsOf(call, world, reading, before === undefined && isVoice(flags))
  const inMessage = attachments ?? before?.attachments ?? []
  return {
    content: contentOf(body['content']),
    embeds: 'embeds' in body ? listOf(body['embeds']).filter(isJson).map(completedEmbed) : undefined,
    components:
      'components' in body ? completedComponents(world, listOf(body['components']), inMessage) : undefined,
    attachments,
    flags,
    allowed,
  }
}

/** Nothing to show at all. */
export function isEmpty(shown: {
  readonly content?: string | undefined
  readonly embeds?: readonly Json[] | undefined
  readonly components?: readonly Json[] | undefined
  readonly attachments?: readonly Attachment[] | undefined
}): boolean {
  const lists = [shown.embeds, shown.components, shown.attachments]
  return (shown.content ?? '') === '' && lists.every((list) => list === undefined || list.length === 0)
}

function contentOf(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return value === null ? '' : textFrom(value).trim()
}

function contentProblems(value: unknown): readonly Problem[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'object')
    return [
      problem('content', 'STRING_TYPE_CONVERT', `Could not interpret "${JSON.stringify(value)}" as string.`),
    ]
  return textFrom(value).trim().length > MAX_CONTENT
    ? [problem('content', 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_CONTENT} or fewer in length.`)]
    : []
}

function flagsOf(value: unknown, { mayBeEphemeral = false }: Reading): number | undefined {
  if (typeof value !== 'number') return undefined
  return value & (mayBeEphemeral ? SETTABLE | MESSAGE_FLAGS.ephemeral : SETTABLE)
}

function flagProblems(value: unknown): readonly Problem[] {
  if (value === undefined || value === null || (typeof value === 'number' && Number.isInteger(value)))
    return []
  return [problem('flags', 'NUMBER_TYPE_COERCE', `Value "${JSON.stringify(value)}" is not int.`)]
}

function nonceProblems(nonce: unknown): readonly Problem[] {
  if (nonce === undefined || nonce === null || typeof nonce === 'number') return []
  if (typeof nonce === 'string' && nonce.length <= 25) return []
  return [problem('nonce', 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')]
}

/** With the V2 flag there are no words outside components; turning a message into V2 must empty them. */
function legacyProblems(body: Json, before: Message | undefined): readonly Problem[] {
  const content = 'content' in body ? (body['content'] ?? '') : (before?.content ?? '')
  const embeds = 'embeds' in body ? listOf(body['embeds']) : (before?.embeds ?? [])
  const refused = (field: string): Problem =>
    problem(
      field,
      'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    )
  return [
    ...(content === '' ? [] : [refused('content')]),
    ...(embeds.length === 0 ? [] : [refused('embeds')]),
    ...(isJson(body['poll']) ? [refused('poll')] : []),
    ...(listOf(body['sticker_ids']).length > 0 ? [refused('sticker_ids')] : []),
  ]
}

/** An edit keeps what it lists, or everything when it does not speak of attachments. */
function attachmentsOf(
  { body, files }: Pick<Call, 'body' | 'files'>,
  world: World,
  { channelId, before, ephemeral = false }: Reading,
  voice: boolean,
): readonly Attachment[] | undefined {
  const told = listOf(body['attachments']).filter(isJson)
  const kept = (before?.attachments ?? []).filter(
    ({ id }) => !('attachments' in body) || told.some((entry) => String(entry['id']) === id),
  )
  const added = files.map((file) => {
    const details = told.find((entry) => String(entry['id']) === file.index) ?? {}
    const filename = typeof details['filename'] === 'string' ? details['filename'] : file.name
    const stored = { filename: safeName(filename), bytes: file.bytes, contentType: file.mimeType }
    return world.files.add(channelId, stored, { ...detailsFor(details, voice), ephemeral })
  })
  const all = [...kept, ...added]
  if (all.length > MAX_FILES) throw refusals.tooManyAttachments()
  return before === undefined || 'attachments' in body || added.length > 0 ? all : undefined
}

/** Discord replaces what cannot stand in an address. */
function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '_')
}

function problem(path: string, code: string, message: string): Problem {
  return { path, code, message }
}

/** Numbers and booleans are taken as their words. */
function textFrom(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
