// How does Feishu hand us events itself? One call each: decrypted, believed for signature and token, answered when stored.
// https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import type { RawRequest, RawResponse } from '../../src/contract/platform.ts'
import type { Clock, Logger, Words } from '../../src/contract/runtime.ts'
import { unstoredAnswer } from './callback-answer.ts'
import type { Intake } from './intake.ts'
import { CARD_ACTION, readEnvelope } from './push.ts'
import { fieldsOf, isFields, readString, type Fields } from '../common/read.ts'
import type { FeishuSettings } from './settings.ts'

export interface WebhookParts {
  readonly settings: Pick<FeishuSettings, 'appId' | 'encryptKey' | 'verificationToken'>
  readonly clock: Clock
  readonly log: Logger
  readonly words: Words
  /** Absent before start and after stop: Feishu offers the event again. */
  offer(): Intake['offer'] | undefined
}

/** Messages have 150 kB at most; encrypting and escaping make them longer. */
const MAX_BODY_BYTES = 2 << 20
/** Beyond it a signed request is an old one, sent once more by somebody else. */
const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000

/** Never throws. A refused request never gets a 200: Feishu would take it for delivered. */
export function createWebhookHandler(parts: WebhookParts): (request: RawRequest) => Promise<RawResponse> {
  const { appId, encryptKey, verificationToken } = parts.settings
  const key = encryptKey === undefined ? undefined : sha256(encryptKey)

  return async (request) => {
    if (request.method !== 'POST') return { status: 405 }
    if (request.body.byteLength > MAX_BODY_BYTES) return { status: 413 }
    const sent = parse(Buffer.from(request.body))
    if (sent === undefined) return { status: 400 }
    const body = key === undefined ? sent : open(sent, key)
    if (body === undefined) return refuse('it is not encrypted with our key')
    const token = readString(fieldsOf(body['header'])['token']) ?? readString(body['token'])
    if (verificationToken !== undefined && !isSame(token ?? '', verificationToken)) {
      return refuse('its verification token is not ours')
    }
    // The console's check of the address is the one request without a signature.
    if (body['type'] === 'url_verification') return answer({ challenge: readString(body['challenge']) ?? '' })
    if (encryptKey !== undefined) {
      const fault = faultOfSignature(request, encryptKey)
      if (fault !== undefined) return refuse(fault)
    }
    if ((appIn(body) ?? appId) !== appId) return refuse('it is for another app')
    return take(body)
  }

  async function take(body: Fields): Promise<RawResponse> {
    const push = readEnvelope(body)
    if (push === undefined) return { status: 400 }
    const offer = parts.offer()
    // Presses are not offered again.
    if (offer === undefined && push.type === CARD_ACTION)
      return answer(unstoredAnswer(parts.words, 'refused'))
    if (offer === undefined) return { status: 503 }
    try {
      return answer((await offer(push)) ?? {})
    } catch {
      parts.log.warn({ type: push.type }, 'an event could not be stored in time; Feishu offers it again')
      return { status: 500 }
    }
  }

  /** Signed are the bytes as they came: the same JSON written otherwise has another signature. */
  function faultOfSignature({ headers, body }: RawRequest, secret: string): string | undefined {
    const timestamp = headers['x-lark-request-timestamp'] ?? ''
    const nonce = headers['x-lark-request-nonce'] ?? ''
    const expected = createHash('sha256').update(`${timestamp}${nonce}${secret}`).update(body).digest('hex')
    if (!isSame((headers['x-lark-signature'] ?? '').toLowerCase(), expected)) return 'its signature is wrong'
    const differenceMs = Math.abs(parts.clock.now() - Number(timestamp) * 1_000)
    return differenceMs <= MAX_CLOCK_DIFFERENCE_MS ? undefined : 'it is too old, or a clock goes wrong'
  }

  function refuse(because: string): RawResponse {
    parts.log.warn({ because }, 'a webhook request is refused')
    return { status: 401 }
  }
}

/** Version 2 has it in the header, version 1 in the event. */
function appIn({ header, event }: Fields): string | undefined {
  return isFields(header) ? readString(header['app_id']) : readString(fieldsOf(event)['app_id'])
}

function answer(body: unknown): RawResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

/** `{"encrypt": base64(iv, AES-256-CBC)}`. Undefined for anything else: with a key set, nothing comes in the open. */
function open(sent: Fields, key: Buffer): Fields | undefined {
  const encrypted = Buffer.from(readString(sent['encrypt']) ?? '', 'base64')
  if (encrypted.length < 32) return undefined
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, encrypted.subarray(0, 16))
    return parse(Buffer.concat([decipher.update(encrypted.subarray(16)), decipher.final()]))
  } catch {
    return undefined
  }
}

function parse(body: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Hashed first: lengths are compared in constant time too. */
function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(sha256(given), sha256(secret))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
