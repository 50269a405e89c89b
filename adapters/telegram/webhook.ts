// How does Telegram hand us updates itself? One call each, believed for its secret, answered only when stored.
//
// Telegram signs no time, so there is no replay window to check: a call told twice is the same event and does nothing.
// https://core.telegram.org/bots/api#setwebhook
import { createHash, timingSafeEqual } from 'node:crypto'
import type { RawRequest, RawResponse } from '../../src/contract/platform.ts'
import type { Logger } from '../../src/contract/runtime.ts'
import { parseJson } from './json.ts'
import { isFields } from '../common/read.ts'

export interface WebhookParts {
  readonly secret: string
  readonly log: Logger
  /** Absent until we know who we are, and after stop: Telegram offers the update again. */
  offer(): ((update: unknown) => Promise<void>) | undefined
}

/** Updates are a few kB; a rich message may have 32,768 characters. */
const MAX_BODY_BYTES = 1 << 20
/** Telegram keeps to `Retry-After`. */
const TRY_AGAIN_SOON: Readonly<Record<string, string>> = { 'retry-after': '2' }

export function createWebhookHandler(parts: WebhookParts): (request: RawRequest) => Promise<RawResponse> {
  return async (request) => {
    if (request.method !== 'POST') return { status: 405 }
    if (!isSame(request.headers['x-telegram-bot-api-secret-token'] ?? '', parts.secret))
      return { status: 401 }
    if (request.body.byteLength > MAX_BODY_BYTES) return { status: 413 }
    const update = parse(request.body)
    if (update === undefined) return { status: 400 }
    const offer = parts.offer()
    if (offer === undefined) return { status: 503, headers: TRY_AGAIN_SOON }
    try {
      await offer(update)
      return { status: 200 }
    } catch {
      parts.log.warn({}, 'an update could not be stored; Telegram offers it again')
      return { status: 500, headers: TRY_AGAIN_SOON }
    }
  }
}

/** Hashed first: lengths are compared in constant time too. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}

function parse(body: Uint8Array): unknown {
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
