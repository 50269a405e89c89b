// What does a failed call to Discord mean for us? The one place where Discord's codes are read.
//
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import {
  PlatformError,
  type PlatformErrorFacts,
  type PlatformFailureKind,
} from '../../src/contract/errors.ts'
import { transportFailure } from '../common/transport.ts'

export interface RateLimitFacts {
  /** It holds for the whole bot, or for this machine's address. */
  readonly isGlobal: boolean
  readonly scope?: string
  readonly code?: number
  readonly retryAfterMs?: number
}

/** HTTP 429, whatever its cause. Thrown by api.ts beneath discord.js; leaves the adapter as a `PlatformError`. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError'
  readonly facts: RateLimitFacts

  constructor(facts: RateLimitFacts) {
    super('429')
    this.facts = facts
  }
}

/** HTTP 403 with a page instead of JSON: the wall before Discord takes nothing from this address for now. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError'
}

/** Such a wall stands for an hour or more; asked once a minute it does not grow. https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans */
const BLOCKED_PAUSE_MS = 60_000

/** Codes of failures whose remedy is told by more than their kind. */
export const codes = {
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  requestTooLarge: 40_005,
  alreadyAnswered: 40_060,
  missingPermissions: 50_013,
  webhookTokenExpired: 50_027,
  fileTooLarge: 50_045,
  threadArchived: 50_083,
  /** SEND_VOICE_MESSAGES is missing. */
  noVoiceHere: 50_173,
  noHistory: 160_002,
  threadExists: 160_004,
} as const

/** The interaction can be written to no more: its 15 minutes are over, or it was never answered. */
export function isInteractionOver(error: unknown): error is PlatformError {
  if (!(error instanceof PlatformError)) return false
  const { code } = error
  return (
    code === codes.unknownWebhook || code === codes.unknownInteraction || code === codes.webhookTokenExpired
  )
}

/** The login was not taken: a wrong token, or a server that hiccups. Not an interaction that is over. */
export function isUnauthorized(error: unknown): error is PlatformError & { readonly code: 401 } {
  return error instanceof PlatformError && error.kind === 'denied' && error.code === 401
}

/**
 * Any failure of a call, as a `PlatformError` without a secret in message, cause or stack. `what`: what was called,
 * without tokens (`nameOf`). `signal` is the one the call was given: when it is aborted, we ended the call ourselves.
 */
export function toPlatformError(
  account: string,
  what: string,
  error: unknown,
  signal?: AbortSignal,
): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof TooManyRequestsError) return fromLimit(account, what, error.facts)
  if (error instanceof RateLimitError) {
    return fromLimit(account, what, { isGlobal: error.global, retryAfterMs: error.timeToReset })
  }
  if (error instanceof BlockedError) {
    return new PlatformError(account, 'rate-limited', `${what}: 403 without a word of Discord's`, {
      retryAfterMs: BLOCKED_PAUSE_MS,
      budgetKey: account,
      code: 403,
    })
  }
  if (error instanceof DiscordAPIError) return fromAnswer(account, what, error)
  if (error instanceof HTTPError) return fromStatus(account, what, error.status)
  if (signal?.aborted === true) {
    return new PlatformError(account, 'cancelled', `${what}: cancelled`, { outcome: 'unknown' })
  }
  return fromTransport(account, what, error)
}

/** Bot tokens have three parts between dots; interaction tokens are long and stand in addresses. */
export function redact(text: string): string {
  return text
    .replace(/\b[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}/g, '<token>')
    .replace(/\/(webhooks|interactions)\/(\d+)\/[^/?\s]+/g, '/$1/$2/<token>')
    .replace(/[\w-]{60,}/g, '<token>')
}

function fromLimit(account: string, what: string, facts: RateLimitFacts): PlatformError {
  const { code, isGlobal, retryAfterMs, scope } = facts
  const whose = isGlobal ? 'global' : (scope ?? 'bucket')
  return new PlatformError(
    account,
    'rate-limited',
    `${what}: 429 ${whose}${code === undefined ? '' : ` ${code}`}`,
    {
      code: code ?? 429,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      // Otherwise it is the narrowest budget's: a channel's, or an interaction's.
      ...(isGlobal ? { budgetKey: account } : {}),
    },
  )
}

/** A 4xx. The message repeats parts of what was sent only as paths (`content[BASE_TYPE_MAX_LENGTH]`). */
function fromAnswer(account: string, what: string, error: DiscordAPIError): PlatformError {
  const code = codeOf(error)
  const { status } = error
  const described = redact(error.message.replace(/\s+/g, ' ')).slice(0, 300)
  const facts: PlatformErrorFacts = { code: code ?? status }
  const kind = (code === undefined ? undefined : KIND_OF_CODE.get(code)) ?? kindOfStatus(status)
  const outcome = kind === 'unavailable' && status !== 400 ? { outcome: 'unknown' as const } : {}
  return new PlatformError(account, kind, `${what}: ${status} ${code ?? ''} ${described}`, {
    ...facts,
    ...outcome,
  })
}

/** 0 is the code of "no particular reason"; OAuth failures bring words instead. */
function codeOf({ code }: DiscordAPIError): number | undefined {
  const given: unknown = code
  return typeof given === 'number' && given !== 0 ? given : undefined
}

const KIND_OF_CODE: ReadonlyMap<number, PlatformFailureKind> = new Map<number, PlatformFailureKind>([
  ...these('gone', [
    10_008, // unknown message: deleted under us
    codes.unknownWebhook,
    codes.unknownInteraction,
    codes.webhookTokenExpired,
    50_005, // a message of another author: posted by a bot we no longer are
  ]),
  ...these('denied', [
    10_003, // unknown channel: a new message would have nowhere to go either
    10_004, // unknown guild
    40_001, // unauthorized
    40_002, // the account must be verified
    40_058, // a forum takes threads only
    50_001, // missing access
    50_007, // the person takes no direct messages
    50_008, // a channel without text
    50_009, // the channel's verification level is too high
    codes.missingPermissions,
    50_014, // invalid token
    50_278, // no server in common with the person
    codes.threadArchived,
    codes.noHistory,
    160_005, // the thread is locked
    200_002, // the server's automod put the bot out
  ]),
  ...these('rate-limited', [
    20_016, // slow mode
    20_022, // announcements
    20_028, // the channel's write limit
    30_046, // edits of messages older than an hour
    40_003, // direct messages opened too fast
    40_062, // the service itself is limited
  ]),
  ...these('unavailable', [130_000]), // overloaded
  ...these('unsupported', [20_001, 40_041]),
])

function these(
  kind: PlatformFailureKind,
  all: readonly number[],
): readonly (readonly [number, PlatformFailureKind])[] {
  return all.map((code) => [code, kind] as const)
}

function kindOfStatus(status: number): PlatformFailureKind {
  if (status === 401 || status === 403) return 'denied'
  if (status === 404 || status === 405) return 'unsupported'
  if (status === 408 || status === 409 || status >= 500) return 'unavailable'
  return 'rejected'
}

function fromStatus(account: string, what: string, status: number): PlatformError {
  return new PlatformError(account, 'unavailable', `${what}: HTTP ${status}`, {
    outcome: 'unknown',
    code: status,
  })
}

function fromTransport(account: string, what: string, error: unknown): PlatformError {
  const { code, outcome } = transportFailure(error)
  const reason = code ?? redact(error instanceof Error ? error.message : 'no answer').slice(0, 300)
  // The original error is not kept as cause: request errors carry the address and what was sent.
  return new PlatformError(account, 'unavailable', `${what}: ${reason}`, {
    outcome,
    ...(code === undefined ? {} : { code }),
  })
}
