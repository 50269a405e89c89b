// What does a failed call mean for us? The one place where Feishu's answers become kinds of ours.
import { PlatformError, type PlatformErrorFacts } from '../../src/contract/errors.ts'
import { transportFailure } from '../common/transport.ts'
import {
  CARD_CONTENT,
  isFreshCardWords,
  isLockedCardWords,
  kindOfCode,
  limitBytesOf,
  PICTURE_CODES,
  SEQUENCE_BEHIND,
  STREAMING_OVER_CODES,
} from './codes.ts'

/** What the server said to one call: an HTTP status from 400 on, or a `code` other than 0 at any status. */
export class FeishuAnswerError extends Error {
  override readonly name = 'FeishuAnswerError'
  readonly status: number
  /** Absent where the answer was none of Feishu's. */
  readonly code: number | undefined
  /** The server's words, as they came. */
  readonly words: string
  readonly retryAfterMs: number | undefined

  constructor(
    status: number,
    facts: { readonly code?: number; readonly words?: string; readonly retryAfterMs?: number },
  ) {
    super(`HTTP ${status}, code ${facts.code ?? 'none'}`)
    this.status = status
    this.code = facts.code
    this.words = facts.words ?? ''
    this.retryAfterMs = facts.retryAfterMs
  }
}

/** The card no longer streams (ten minutes, or closed): its text is changed as a whole card, or goes elsewhere. */
export function isStreamingClosed(error: unknown): boolean {
  return error instanceof PlatformError && STREAMING_OVER_CODES.has(Number(error.code))
}

/** The sequence is not above the card's last one: a higher one goes through. */
export function isSequenceBehind(error: unknown): boolean {
  return error instanceof PlatformError && error.code === SEQUENCE_BEHIND
}

/** "cardid is invalid", for a card made a moment ago: the same post again goes through. */
export function isFreshCard(error: unknown): boolean {
  return error instanceof PlatformError && error.code === CARD_CONTENT && isFreshCardWords(error.message)
}

/** A press on the card is being answered. */
export function isLockedCard(error: unknown): boolean {
  return error instanceof PlatformError && error.code === CARD_CONTENT && isLockedCardWords(error.message)
}

/** The inner code of a refused card: 11310 too many tables or elements, 200570 an image, 200861 an old tag. */
export function subCodeOf(error: unknown): number | undefined {
  if (!(error instanceof PlatformError) || error.code !== CARD_CONTENT) return undefined
  const found = /ErrCode:\s*(\d+)/.exec(error.message)?.[1]
  return found === undefined ? undefined : Number(found)
}

/**
 * A card is refused for the key of a picture in it: 200570, as a code or within 230099; 230017, a key of another app;
 * or by words that name it. Feishu docs: CardKit and "Send message", error tables.
 */
export function isPictureRefused(error: unknown): boolean {
  if (!(error instanceof PlatformError) || error.kind !== 'rejected') return false
  const code = subCodeOf(error) ?? Number(error.code)
  return PICTURE_CODES.has(code) || /\b(?:image|img)[ _]?keys?\b/i.test(error.message)
}

/**
 * Any failure of a call, as a `PlatformError` without a secret in message, cause or stack; `code` is Feishu's own.
 * `what`: method and path template. `signal` is the one the call was given: when it is aborted, we ended it ourselves.
 */
export function toPlatformError(
  account: string,
  what: string,
  error: unknown,
  signal?: AbortSignal,
): PlatformError {
  if (error instanceof PlatformError) return error
  if (error instanceof FeishuAnswerError) return fromAnswer(account, what, error)
  if (signal?.aborted === true) {
    return new PlatformError(account, 'cancelled', `${what}: cancelled`, { outcome: 'unknown' })
  }
  return fromTransport(account, what, error)
}

/** Tokens, tickets and secrets, wherever a library may have put them. */
export function redact(text: string): string {
  return text
    .replace(/\b(access_key|ticket|device_id)=[^&\s"']+/gi, '$1=<secret>')
    .replace(/("?app_?secret"?\s*[:=]\s*"?)[^"&\s,}]+/gi, '$1<secret>')
    .replace(/\bBearer\s+[\w.~+/-]+=*/gi, 'Bearer <token>')
    .replace(/\b[tuac]-[\w.-]{10,}/g, '<token>')
}

/** Enough for their support; the rest could quote what was sent. */
const MAX_WORDS_CHARS = 300

function fromAnswer(account: string, what: string, error: FeishuAnswerError): PlatformError {
  const { code, status } = error
  const words = redact(error.words).slice(0, MAX_WORDS_CHARS).toWellFormed()
  const message = `${what}: HTTP ${status}${code === undefined ? '' : `, ${code}`} ${words}`.trimEnd()
  const facts: PlatformErrorFacts = { code: code ?? status }
  const kind = (code === undefined ? undefined : kindOfCode(code, what, error.words)) ?? kindOfStatus(status)
  switch (kind) {
    case 'rate-limited': {
      const wait = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }
      return new PlatformError(account, kind, message, { ...facts, ...wait })
    }
    case 'busy':
      return new PlatformError(account, 'unavailable', message, facts)
    case 'broken':
      return new PlatformError(account, 'unavailable', message, { ...facts, outcome: 'unknown' })
    case 'rejected': {
      const limitBytes = code === undefined ? undefined : limitBytesOf(code, what)
      const limit = limitBytes === undefined ? {} : { limitBytes }
      return new PlatformError(account, kind, message, { ...facts, ...limit })
    }
    case 'gone':
    case 'denied':
    case 'unsupported':
      return new PlatformError(account, kind, message, facts)
  }
}

/** Business errors come with 400, or with 200. A 200 that is no JSON of Feishu's is somebody in between. */
function kindOfStatus(status: number): 'rate-limited' | 'denied' | 'unsupported' | 'rejected' | 'broken' {
  if (status === 429) return 'rate-limited'
  if (status === 401 || status === 403) return 'denied'
  if (status === 404) return 'unsupported'
  return status >= 500 ? 'broken' : 'rejected'
}

function fromTransport(account: string, what: string, error: unknown): PlatformError {
  const { code, outcome } = transportFailure(error)
  const reason = code ?? redact(error instanceof Error ? error.message : 'no answer')
  // The original error is not kept as cause: it may carry headers, and with them the token.
  return new PlatformError(account, 'unavailable', `${what}: ${reason}`, {
    outcome,
    ...(code === undefined ? {} : { code }),
  })
}
