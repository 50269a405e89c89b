// How are events pushed over HTTP? Encrypted and signed when there is a key, with the verification token always.
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { Answer, Delivery } from './deliveries.ts'
import type { Json } from './types.ts'

/** What the next pushes look like; every knob off by default. */
export interface WebhookKnobs {
  /** Signed with another key. */
  badSignature?: boolean
  /** The timestamp, and its signature, are this old. */
  staleByMs?: number
  /** The verification token is another app's. */
  wrongToken?: boolean
  /** Plain although there is a key. */
  unencrypted?: boolean
  /** Whitespace and escapes that `JSON.stringify(JSON.parse(…))` would not write. */
  oddlyWritten?: boolean
}

export interface Webhook {
  readonly url: string | undefined
  readonly knobs: WebhookKnobs
  set(url: string | undefined, knobs?: WebhookKnobs): void
  /** The address check: whether the challenge came back within a second. */
  verify(): Promise<boolean>
  /** False when there is no address. */
  push(delivery: Delivery): boolean
  close(): void
}

const CHALLENGE_WITHIN_MS = 1000

export function createWebhook(parts: {
  readonly encryptKey: string | undefined
  readonly verificationToken: string
  readonly ackWithinMs: number
  readonly onAnswer: (eventId: string, answer: Answer) => void
  readonly nowMs: () => number
}): Webhook {
  const closing = new AbortController()
  let url: string | undefined
  let knobs: WebhookKnobs = {}

  const post = async (to: string, body: Json, withinMs: number, signed: boolean): Promise<Response> => {
    const text = written(body)
    return fetch(to, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json; charset=utf-8', ...(signed ? signature(text) : {}) },
      body: text,
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(withinMs)]),
    })
  }
  const written = (body: Json): string => {
    const plain = JSON.stringify(body)
    const { encryptKey } = parts
    const inner =
      encryptKey === undefined || knobs.unencrypted === true
        ? plain
        : JSON.stringify({ encrypt: encrypted(encryptKey, plain) })
    return knobs.oddlyWritten === true ? inner.replace('{', '{ ').replaceAll('/', '\\/') : inner
  }
  /** hex(SHA-256(timestamp + nonce + encryptKey + body)); only with a key. */
  const signature = (text: string): Record<string, string> => {
    if (parts.encryptKey === undefined) return {}
    const timestamp = String(Math.floor((parts.nowMs() - (knobs.staleByMs ?? 0)) / 1000))
    const nonce = randomBytes(8).toString('hex')
    const key = knobs.badSignature === true ? 'another key' : parts.encryptKey
    return {
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': nonce,
      'x-lark-signature': createHash('sha256')
        .update(timestamp + nonce + key + text)
        .digest('hex'),
    }
  }
  const deliver = async (to: string, { eventId, body }: Delivery): Promise<void> => {
    const sent = knobs.wrongToken === true ? withToken(body, 'token of another app') : body
    const response = await post(to, sent, parts.ackWithinMs, true)
    const text = await response.text()
    parts.onAnswer(eventId, { code: response.status, data: readAnything(text) })
  }
  return {
    get url() {
      return url
    },
    get knobs() {
      return knobs
    },
    set(to, how = {}) {
      url = to
      knobs = how
    },
    async verify() {
      if (url === undefined) return false
      const challenge = randomBytes(12).toString('hex')
      const body = { challenge, token: parts.verificationToken, type: 'url_verification' }
      try {
        const response = await post(url, body, CHALLENGE_WITHIN_MS, false)
        const answer = readAnything(await response.text())
        return (
          response.status === 200 &&
          typeof answer === 'object' &&
          answer !== null &&
          'challenge' in answer &&
          answer.challenge === challenge
        )
      } catch {
        return false
      }
    },
    push(delivery) {
      if (url === undefined) return false
      // No answer is an answer that never comes: the schedule sees to it.
      deliver(url, delivery).catch(() => {})
      return true
    },
    close: () => closing.abort(),
  }
}

/** base64(iv16 ‖ AES-256-CBC), the key being SHA-256 of the encrypt key. */
export function encrypted(encryptKey: string, text: string): string {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}

function withToken(body: Json, token: string): Json {
  const { header } = body
  return typeof header === 'object' && header !== null
    ? { ...body, header: { ...header, token } }
    : { ...body, token }
}

function readAnything(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
