// How does Discord hand us interactions over HTTP? Signed calls, believed for their signature, answered in the response.
// https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import type { RawRequest, RawResponse } from '../../src/contract/platform.ts'
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { isFields } from '../common/read.ts'
import { callbackTypes, type Callback } from './ack.ts'
import { PING } from './inbound-interaction.ts'

export interface WebhookParts {
  /** 64 hexadecimal digits, from the developer portal. */
  readonly publicKey: string
  readonly clock: Clock
  readonly log: Logger
  /** Absent before the start and after the stop. */
  interact(): ((interaction: unknown) => Promise<Callback | undefined>) | undefined
}

/** Interactions are a few kB; resolved messages make them longer. */
const MAX_BODY_BYTES = 1 << 20
/** A call that was overheard is worth nothing later. */
const MAX_AGE_MS = 300_000
const JSON_ANSWER = { 'content-type': 'application/json' }

export function createWebhookHandler(parts: WebhookParts): (request: RawRequest) => Promise<RawResponse> {
  const key = keyOf(parts.publicKey)
  return async (request) => {
    if (request.method !== 'POST') return { status: 405 }
    if (request.body.byteLength > MAX_BODY_BYTES) return { status: 413 }
    // Discord sends wrong signatures on purpose, and takes the address away where they are not refused.
    if (!isFresh(request, parts.clock) || !isSigned(request, key)) return { status: 401 }
    const interaction = parse(request.body)
    if (interaction === undefined) return { status: 400 }
    // The portal asks this before anything runs.
    if (interaction['type'] === PING) return answer({ type: callbackTypes.pong })
    const interact = parts.interact()
    if (interact === undefined) return { status: 503 }
    try {
      const callback = await interact(interaction)
      // Not one of Discord's, or one that came already: nothing happens.
      return callback === undefined ? { status: 400 } : answer(callback)
    } catch (error) {
      parts.log.error({}, 'an interaction could not be answered', error)
      return { status: 500 }
    }
  }
}

function answer(callback: Callback): RawResponse {
  return { status: 200, headers: JSON_ANSWER, body: JSON.stringify(callback) }
}

function isFresh({ headers }: RawRequest, clock: Clock): boolean {
  const timestamp = headers['x-signature-timestamp'] ?? ''
  return /^\d{1,12}$/.test(timestamp) && Math.abs(clock.now() - Number(timestamp) * 1_000) <= MAX_AGE_MS
}

/** Over the very bytes: the timestamp, and the body as it came. */
function isSigned({ headers, body }: RawRequest, key: KeyObject): boolean {
  const signature = headers['x-signature-ed25519'] ?? ''
  if (!/^[\da-f]{128}$/i.test(signature)) return false
  const signed = Buffer.concat([Buffer.from(headers['x-signature-timestamp'] ?? ''), body])
  try {
    return verify(null, signed, key, Buffer.from(signature, 'hex'))
  } catch {
    return false
  }
}

function keyOf(publicKey: string): KeyObject {
  const x = Buffer.from(publicKey, 'hex').toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
