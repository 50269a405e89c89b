// What kind of failure is this answer, this broken connection?

import { AssistantError } from '../contract/errors.ts'
import type { Failure, FailureKind, Outcome } from '../contract/errors.ts'
import { familyOf, ruleOf } from './codes.ts'
import { isObject, toNumber, toObject, toText } from './json.ts'

/** An answer that says no, in whichever layer it says so. */
export interface Refusal {
  /** What was called, without ids that are secrets: `POST /v3/chat`. */
  readonly what: string
  readonly httpStatus?: number
  readonly code?: number
  readonly msg?: string
  /** OAuth's word for it. */
  readonly reason?: string
  readonly logid?: string
  readonly debugUrl?: string
  readonly retryAfterMs?: number
}

/** Codes first, then the status: Coze answers most errors with status 200. */
export function refusalToFailure(refusal: Refusal): Failure {
  const { what, httpStatus, code, msg, reason, logid, debugUrl, retryAfterMs } = refusal
  // 4000 is also what an unknown path gets, together with 404: there the status says more.
  const rule =
    code === undefined || (code === 4000 && isTelling(httpStatus))
      ? undefined
      : (ruleOf(code) ?? familyOf(code))
  const byStatus = httpStatus !== undefined && isTelling(httpStatus) ? statusKind(httpStatus) : undefined
  const kind = rule?.kind ?? byStatus ?? 'garbled'
  // Who says when to come back has turned it away at the door.
  const isTurnedAway = httpStatus === 503 && retryAfterMs !== undefined
  const begun = rule === undefined ? (httpStatus ?? 0) >= 500 && !isTurnedAway : rule.mayHaveBegun === true
  const waitMs = retryAfterMs ?? rule?.retryAfterMs
  const words = [
    httpStatus !== undefined && httpStatus !== 200 ? `HTTP ${httpStatus}` : '',
    code === undefined ? '' : `code ${code}`,
    rule === undefined ? '' : `(${rule.meaning})`,
    msg === undefined || msg === '' ? '' : `"${scrub(msg)}"`,
  ].filter((word) => word !== '')
  return {
    kind,
    detail: `${what}: ${words.join(' ') || 'an error without a code'}`,
    outcome: begun ? 'unknown' : 'not-sent',
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(logid === undefined || logid === '' ? {} : { logid }),
    ...(debugUrl === undefined || debugUrl === '' ? {} : { debugUrl }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  }
}

function isTelling(httpStatus: number | undefined): boolean {
  return httpStatus !== undefined && httpStatus >= 400
}

function statusKind(httpStatus: number): FailureKind {
  if (httpStatus === 401 || httpStatus === 403) return 'denied'
  if (httpStatus === 404 || httpStatus === 405 || httpStatus === 501) return 'unsupported'
  if (httpStatus === 429) return 'rate-limited'
  if (httpStatus === 408 || httpStatus >= 500) return 'unavailable'
  return 'rejected'
}

/** What an error body says: `{code,msg,detail}`, OAuth's `{error_code,error_message,error}`, the older `{error:{logid}}`. */
export function readErrorBody(
  body: unknown,
): Pick<Refusal, 'code' | 'msg' | 'reason' | 'logid' | 'debugUrl'> {
  if (!isObject(body)) return {}
  const code = toNumber(body['code'])
  const oauth = toText(body['error_code']) || toText(body['error'])
  const msg = toText(body['msg']) || toText(body['error_message']) || toText(body['message']) || oauth
  const logid =
    toText(toObject(body['detail'])['logid']) ||
    toText(toObject(body['error'])['logid']) ||
    toText(body['logid'])
  const debugUrl = toText(body['debug_url'])
  return {
    ...(code === undefined ? {} : { code }),
    ...(debugUrl === '' ? {} : { debugUrl }),
    ...(oauth === '' ? {} : { reason: oauth.slice(0, 60) }),
    msg: oauth && oauth !== msg ? `${oauth}: ${msg}` : msg,
    logid,
  }
}

/** A call that got no answer. Only an error of the connect phase is surely without effect. */
export function transportFailure(what: string, error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted) return cancelledFailure(what, 'unknown')
  const code = errorCode(error)
  if (isConnectError(error)) {
    return { kind: 'unavailable', detail: `${what}: could not connect (${code})`, outcome: 'not-sent' }
  }
  if (UNWRITABLE.has(code)) {
    const detail = `${what}: cannot be sent like this, check the address and the token (${code})`
    return { kind: 'misconfigured', detail, outcome: 'not-sent' }
  }
  return { kind: 'lost', detail: `${what}: the connection broke (${code})`, outcome: 'unknown' }
}

/** `cancelled`: we ended it ourselves. */
export function cancelledFailure(what: string, outcome: Outcome): Failure {
  return { kind: 'cancelled', detail: `${what}: ended by us`, outcome }
}

/** The other side answered in a language we do not know. */
export function garbledFailure(what: string, why: string, logid?: string): Failure {
  const known = logid === undefined || logid === '' ? {} : { logid }
  return { kind: 'garbled', detail: `${what}: ${why}`, outcome: 'unknown', ...known }
}

export function unsupportedFailure(what: string): Failure {
  return { kind: 'unsupported', detail: `${what}: this deployment does not have it`, outcome: 'not-sent' }
}

/** Whatever was thrown, as a failure. An unknown error is a defect of ours: reported, not retried. */
export function failureOf(error: unknown, what: string, signal: AbortSignal): Failure {
  if (error instanceof AssistantError) return error.failure
  if (signal.aborted) return cancelledFailure(what, 'unknown')
  const because =
    error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no error was thrown'
  return garbledFailure(what, scrub(because))
}

/** An address that is none, a token with a line break in it. */
const UNWRITABLE = new Set(['UND_ERR_INVALID_ARG', 'ERR_INVALID_URL', 'ERR_INVALID_CHAR'])
const CONNECT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_PRX_TLS',
])

function isConnectError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isConnectError)
  const syscall = toText(toObject(error)['syscall'])
  const code = errorCode(error)
  const isTls = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/.test(code)
  return syscall === 'connect' || syscall === 'getaddrinfo' || CONNECT_CODES.has(code) || isTls
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const code = toText(toObject(error)['code'])
  if (code !== '') return code
  return error.cause instanceof Error ? errorCode(error.cause) : error.name
}

/** Tokens that Coze hands out, JWTs, bearer headers. Coze docs: personal access tokens; OAuth. */
const SECRETS = /\b(?:pat|sat|czu|czs|cztei)_[\w-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bBearer\s+\S+/gi

/** Words of the other side, fit for a log: no token, not too long. */
export function scrub(words: string): string {
  return words.replace(SECRETS, '***').slice(0, 300)
}
