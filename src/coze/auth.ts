// With which token is Coze spoken to?

import { createPrivateKey, randomUUID } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { AssistantError } from '../contract/errors.ts'
import type { Failure } from '../contract/errors.ts'
import type { JsonObject } from '../contract/event.ts'
import type { Clock } from '../contract/runtime.ts'
import { cancelledFailure, failureOf, garbledFailure } from './errors.ts'
import type { Http } from './http.ts'
import { compact, toNumber, toText } from './json.ts'

export type CozeLogin =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'jwt'
      /** Id of the OAuth app of type "service". */
      readonly clientId: string
      /** Fingerprint of the public key, as the console shows it. */
      readonly keyId: string
      /** PEM, PKCS#8 or PKCS#1. */
      readonly privateKey: string
      /** A token of its own, and so conversations of their own, for each person. Default false. */
      readonly sessionPerUser?: boolean
      /** How long a token lives. Default 900, at most 86399. Coze docs: OAuth JWT. */
      readonly durationSeconds?: number
      /** For the tokens of an enterprise account. */
      readonly accountId?: string
      /** Narrows what the token may do. */
      readonly scope?: JsonObject
    }

export interface Auth {
  /** A valid token. `userId` matters only with `sessionPerUser`. Throws `AssistantError`. */
  token(userId: string | undefined, signal: AbortSignal): Promise<string>
  /** Coze refused this token: forget it. True when another one may be had. */
  forget(userId: string | undefined, token: string): boolean
}

export interface AuthOptions {
  readonly login: CozeLogin
  readonly apiBase: string
  readonly http: Pick<Http, 'json'>
  readonly clock: Clock
}

const DEFAULT_DURATION_S = 900
/** Our own JWT is exchanged at once; an hour is what the official SDKs write. */
const JWT_LIFE_S = 3600
/** Renewed so long before its end, or a tenth of its life before, whichever is shorter. */
const RENEW_BEFORE_MS = 60_000
const MAX_SESSIONS = 1_000

export function createAuth(options: AuthOptions): Auth {
  const { login } = options
  if (login.kind === 'token') return { token: async () => login.token.trim(), forget: () => false }
  return createJwtAuth({ ...options, login })
}

type JwtLogin = Extract<CozeLogin, { kind: 'jwt' }>
interface Session {
  token?: { readonly value: string; readonly renewAtMs: number; readonly endsAtMs: number }
  renewal?: Promise<string>
}

function createJwtAuth({ login, apiBase, http, clock }: AuthOptions & { readonly login: JwtLogin }): Auth {
  const key = readKey(login.privateKey)
  const audience = new URL(apiBase).host
  const path =
    login.accountId === undefined
      ? '/api/permission/oauth2/token'
      : `/api/permission/oauth2/account/${encodeURIComponent(login.accountId)}/token`
  /** Least recently used first. */
  const sessions = new Map<string, Session>()

  function sessionOf(userId: string | undefined): { readonly name: string; readonly session: Session } {
    const name = login.sessionPerUser === true ? (userId ?? '') : ''
    const session = sessions.get(name) ?? {}
    sessions.delete(name)
    sessions.set(name, session)
    for (const oldest of sessions.keys()) {
      if (sessions.size <= MAX_SESSIONS) break
      sessions.delete(oldest)
    }
    return { name, session }
  }

  async function exchange(name: string): Promise<NonNullable<Session['token']>> {
    const nowMs = clock.now()
    const assertion = await sign(login, key, audience, name, nowMs)
    const { body, logid } = await http.json(
      {
        method: 'POST',
        path,
        token: assertion,
        json: compact({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          duration_seconds: login.durationSeconds ?? DEFAULT_DURATION_S,
          scope: login.scope,
        }),
      },
      // Nobody's signal: all who wait share it. The transport's own limits end it.
      new AbortController().signal,
    )
    const value = toText(body['access_token'])
    const endsAtS = toNumber(body['expires_in'])
    if (value === '' || endsAtS === undefined) {
      throw new AssistantError(garbledFailure(`POST ${path}`, 'no token in the answer', logid))
    }
    // `expires_in` is a point in time, in Unix seconds, despite its name.
    const endsAtMs = endsAtS * 1000
    const early = Math.min(RENEW_BEFORE_MS, Math.max(0, (endsAtMs - nowMs) / 10))
    return { value, endsAtMs, renewAtMs: endsAtMs - early }
  }

  /** One exchange for all who wait; it does not end when one of them gives up. */
  function renew(name: string, session: Session): Promise<string> {
    session.renewal ??= exchange(name)
      .then((token) => {
        session.token = token
        return token.value
      })
      .finally(() => {
        delete session.renewal
      })
    return session.renewal
  }

  return {
    async token(userId, signal) {
      const { name, session } = sessionOf(userId)
      const { token } = session
      if (token !== undefined && clock.now() < token.renewAtMs) return token.value
      try {
        return await untilAborted(renew(name, session), signal)
      } catch (error) {
        // The old one may still be good for a moment.
        if (
          !signal.aborted &&
          token !== undefined &&
          session.token === token &&
          clock.now() < token.endsAtMs
        ) {
          return token.value
        }
        throw asLoginError(error, path, signal)
      }
    },
    forget(userId, token) {
      const { session } = sessionOf(userId)
      if (session.token?.value === token) delete session.token
      return true
    },
  }
}

function readKey(pem: string): KeyObject {
  // From an environment variable the line breaks often come as \n in letters.
  return createPrivateKey(pem.includes('\\n') ? pem.replaceAll('\\n', '\n') : pem)
}

/** Coze docs: OAuth JWT. `aud` is the host alone; a JWT is good for one exchange, hence `jti`. */
function sign(login: JwtLogin, key: KeyObject, aud: string, session: string, nowMs: number): Promise<string> {
  const iat = Math.floor(nowMs / 1000)
  const claims = session === '' ? {} : { session_name: session }
  return new SignJWT({ ...claims, iss: login.clientId, aud, iat, exp: iat + JWT_LIFE_S, jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: login.keyId })
    .sign(key)
}

/** What the token endpoint refuses, only the owner can mend. */
function asLoginError(error: unknown, path: string, signal: AbortSignal): AssistantError {
  const failure = failureOf(error, `POST ${path}`, signal)
  const isRefused =
    failure.kind === 'rejected' || failure.kind === 'garbled' || failure.kind === 'unsupported'
  // A lost exchange has no effect that matters: the next one is a new token.
  const kind: Failure['kind'] = isRefused ? 'denied' : failure.kind === 'lost' ? 'unavailable' : failure.kind
  return new AssistantError({ ...failure, kind, outcome: 'not-sent' }, error)
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(new AssistantError(cancelledFailure('login', 'not-sent')))
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}
