// How does Discord say no? A status, a numbered code, a message, and for form bodies a tree of what is wrong where.
import type { Json } from './types.ts'

export class ApiError extends Error {
  readonly status: number
  readonly code: number
  readonly details: Json

  constructor(status: number, code: number, message: string, details: Json = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** The refusals the emulator gives, with Discord's own codes. https://docs.discord.com/developers/topics/opcodes-and-status-codes */
export const refusals = {
  unauthorized: () => new ApiError(401, 0, '401: Unauthorized'),
  noRoute: () => new ApiError(404, 0, '404: Not Found'),
  noMethod: () => new ApiError(405, 0, '405: Method Not Allowed'),
  badJson: () => new ApiError(400, 50109, 'The request body contains invalid JSON.'),
  unknownChannel: () => new ApiError(404, 10003, 'Unknown Channel'),
  unknownGuild: () => new ApiError(404, 10004, 'Unknown Guild'),
  unknownMember: () => new ApiError(404, 10007, 'Unknown Member'),
  unknownMessage: () => new ApiError(404, 10008, 'Unknown Message'),
  unknownUser: () => new ApiError(404, 10013, 'Unknown User'),
  unknownEmoji: () => new ApiError(400, 10014, 'Unknown Emoji'),
  unknownWebhook: () => new ApiError(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new ApiError(404, 10062, 'Unknown interaction'),
  unknownCommand: () => new ApiError(404, 10063, 'Unknown application command'),
  tooManyReactions: () => new ApiError(400, 30010, 'Maximum number of reactions reached (20)'),
  tooManyAttachments: () =>
    new ApiError(400, 30015, 'Maximum number of attachments in a message reached (10)'),
  tooManyCommands: () => new ApiError(400, 30032, 'Maximum number of application commands reached (100)'),
  entityTooLarge: () => new ApiError(413, 40005, 'Request entity too large'),
  forumWithoutThread: () => new ApiError(400, 40058, 'Cannot message this channel until thread is created'),
  alreadyAcknowledged: () => new ApiError(400, 40060, 'Interaction has already been acknowledged.'),
  tooManyFollowUps: () =>
    new ApiError(400, 40094, 'Maximum number of follow-up messages reached for this interaction (5)'),
  tagRequired: () => new ApiError(400, 40067, 'A tag is required to create a forum post in this channel'),
  missingAccess: () => new ApiError(403, 50001, 'Missing Access'),
  notYours: () => new ApiError(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new ApiError(400, 50006, 'Cannot send an empty message'),
  refusesMessages: () => new ApiError(403, 50007, 'Cannot send messages to this user'),
  notText: () => new ApiError(400, 50008, 'Cannot send messages in a non-text channel'),
  missingPermissions: () => new ApiError(403, 50013, 'Missing Permissions'),
  wrongChannelType: () => new ApiError(400, 50024, 'Cannot execute action on this channel type'),
  invalidWebhookToken: () => new ApiError(401, 50027, 'Invalid Webhook Token'),
  voiceWithWords: () => new ApiError(400, 50159, 'Voice messages do not support additional content.'),
  voiceWithoutSound: () => new ApiError(400, 50160, 'Voice messages must have a single audio attachment.'),
  voiceWithoutLength: () => new ApiError(400, 50161, 'Voice messages must have supporting metadata.'),
  voiceStaysAsItIs: () => new ApiError(400, 50162, 'Voice messages cannot be edited.'),
  noVoiceHere: () => new ApiError(403, 50173, 'You cannot send voice messages in this channel.'),
  archivedThread: () => new ApiError(400, 50083, 'Thread is archived'),
  needsHistory: () => new ApiError(400, 160002, 'Cannot reply without permission to read message history'),
  threadExists: () => new ApiError(400, 160004, 'A thread has already been created for this message'),
  lockedThread: () => new ApiError(400, 160005, 'Thread is locked'),
} as const

export interface Problem {
  /** `embeds.0.title` */
  readonly path: string
  readonly code: string
  readonly message: string
}

/** 400/50035 with the nested `errors` form. */
export function invalidForm(problems: readonly Problem[]): ApiError {
  const errors: Record<string, unknown> = {}
  for (const { path, code, message } of problems) {
    let at = errors
    for (const key of path === '' ? [] : path.split('.')) {
      const next = at[key] ?? {}
      at[key] = next
      at = next as Record<string, unknown>
    }
    at['_errors'] = [...((at['_errors'] as readonly Json[] | undefined) ?? []), { code, message }]
  }
  return new ApiError(400, 50035, 'Invalid Form Body', { errors })
}

/** Refuses when there is any problem. */
export function refuseIf(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalidForm(problems)
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What is no ApiError is a fault of the emulator and says so. */
export function answerOf(error: unknown): Answer {
  const known = error instanceof ApiError ? error : new ApiError(500, 0, `emulator: ${String(error)}`)
  return { status: known.status, body: { message: known.message, code: known.code, ...known.details } }
}
