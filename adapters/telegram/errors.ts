// What does a failed Bot API call mean for us? The one place where Telegram's codes and words are read.
//
// `description` is unstable text, so it is matched on fragments and only where `error_code` says too little.
// https://core.telegram.org/bots/api#making-requests
import { GrammyError, HttpError } from 'grammy'
import {
  PlatformError,
  type PlatformErrorFacts,
  type PlatformFailureKind,
} from '../../src/contract/errors.ts'
import { fieldsOf, readId } from '../common/read.ts'
import { transportFailure } from '../common/transport.ts'

/** An edit that changes nothing: for us a success. */
export function isNotModified(error: unknown): boolean {
  return error instanceof GrammyError && /message is not modified/i.test(error.description)
}

/** `getFile` hands out nothing so large. */
export function isTooBig(error: unknown): error is PlatformError {
  return error instanceof PlatformError && error.kind === 'rejected' && /file is too big/i.test(error.message)
}

/** The chat takes no drafts, or the server knows none: post and edit instead. */
export function refusesDrafts(error: unknown): boolean {
  if (!(error instanceof PlatformError)) return false
  return error.kind === 'unsupported' || /TEXTDRAFT_PEER_INVALID/i.test(error.message)
}

/**
 * Any failure of a call, as a `PlatformError` without a secret in message, cause or stack.
 * `signal` is the one the call was given: when it is aborted, we ended the call ourselves.
 */
export function toPlatformError(
  account: string,
  method: string,
  error: unknown,
  signal?: AbortSignal,
): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof GrammyError) return fromAnswer(account, method, error)
  if (signal?.aborted === true) {
    return new PlatformError(account, 'cancelled', `${method}: cancelled`, { outcome: 'unknown' })
  }
  return fromTransport(account, method, error)
}

/** A server that names a longer wait has lost its mind. */
const LONGEST_WAIT_MS = 24 * 3_600_000

/** Tokens look like 123456:ABC-def_1; they also stand in every address. */
export function redact(text: string): string {
  return text.replace(/bot\d+:[\w-]+/gi, 'bot<token>').replace(/\b\d{5,}:[\w-]{20,}/g, '<token>')
}

function fromAnswer(account: string, method: string, error: GrammyError): PlatformError {
  const { code, parameters } = answerOf(error)
  const description = redact(error.description)
  const fail = (kind: PlatformFailureKind, facts: PlatformErrorFacts = {}): PlatformError =>
    new PlatformError(account, kind, `${method}: ${code} ${description}`, { code, ...facts })

  const movedTo = readId(parameters['migrate_to_chat_id'])
  if (movedTo !== undefined) return fail('gone', { movedTo })
  if (code === 429) {
    const seconds = parameters['retry_after']
    const isTime = typeof seconds === 'number' && seconds >= 0
    return fail('rate-limited', isTime ? { retryAfterMs: Math.min(seconds * 1_000, LONGEST_WAIT_MS) } : {})
  }
  if (code === 401 || code === 403) return fail('denied')
  if (code === 404) return fail('unsupported')
  // Another shard or another poller: nothing happened, the same again may go through.
  if (code === 421 || code === 409) return fail('unavailable')
  if (code >= 500 || code < 400) return fail('unavailable', { outcome: 'unknown' })
  return fail(kindOfBadRequest(description))
}

function kindOfBadRequest(description: string): PlatformFailureKind {
  // No files of this kind here; words are welcome.
  if (
    /not enough rights to send (?!text )|CHAT_SEND_(?!PLAIN)\w+_FORBIDDEN|VOICE_MESSAGES_FORBIDDEN/i.test(
      description,
    )
  ) {
    return 'rejected'
  }
  if (
    /message to (edit|delete) not found|message can't be edited|MESSAGE_ID_INVALID|message thread not found|TOPIC_DELETED|file_id or the file is temporarily unavailable/i.test(
      description,
    )
  ) {
    return 'gone'
  }
  if (
    /chat not found|PEER_ID_INVALID|not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|TOPIC_CLOSED|bot was|bot is not a member|user is deactivated/i.test(
      description,
    )
  ) {
    return 'denied'
  }
  return 'rejected'
}

/** grammY's types promise more than independent servers keep: both fields may be missing. */
function answerOf(error: GrammyError): { code: number; parameters: Readonly<Record<string, unknown>> } {
  const given: unknown = error.error_code
  const parameters: unknown = error.parameters
  return { code: typeof given === 'number' ? given : 500, parameters: fieldsOf(parameters) }
}

function fromTransport(account: string, method: string, error: unknown): PlatformError {
  const inner: unknown = error instanceof HttpError ? error.error : error
  const { code, outcome } = transportFailure(inner)
  const what = code ?? redact(inner instanceof Error ? inner.message : 'no answer')
  // The original error is not kept as cause: request errors carry the address, and with it the token.
  return new PlatformError(account, 'unavailable', `${method}: ${what}`, {
    outcome,
    ...(code === undefined ? {} : { code }),
  })
}
