// What became of a call whose answer never came? Read from the socket's own code, wherever a client hides it.
import { fieldsOf, readString } from './read.ts'

export interface TransportFailure {
  /** `ECONNRESET` and the like, where one is told. */
  readonly code?: string
  readonly outcome: 'not-sent' | 'unknown'
}

export function transportFailure(error: unknown): TransportFailure {
  const code = transportCode(error)
  if (code === undefined) return { outcome: 'unknown' }
  return { code, outcome: NEVER_SENT.has(code) ? 'not-sent' : 'unknown' }
}

/** Failures before a byte went out: the same again cannot make a second message. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** `fetch` hides the socket's code one or two causes deep. */
function transportCode(error: unknown): string | undefined {
  let current: unknown = error
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
    const code = readString(fieldsOf(current)['code'])
    if (code !== undefined && /^[A-Z_]+$/.test(code)) return code
    const { cause, errors } = current as { cause?: unknown; errors?: unknown }
    current = cause ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined)
  }
  return undefined
}
