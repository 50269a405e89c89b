// With which token is Coze spoken to?

import { createPrivateKey, randomUUID } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { AssistantError } from '../contract/errors.ts'
import type { JsonObject } from '../contract/event.ts'
import type { LoginShelf } from '../contract/login.ts'
import type { Clock, Logger } from '../contract/runtime.ts'
import { asLoginError, untilAborted } from './auth-errors.ts'
import type { Auth } from './auth-kind.ts'
import { garbledFailure } from './errors.ts'
import type { Http } from './http.ts'
import { compact, toNumber, toText } from './json.ts'
import { createKeptAuth } from './kept-auth.ts'
import { createOAuthCalls, type OAuthApp } from './oauth.ts'

export type CozeLogin =
  /** `endsAtMs`: where its owner said so. */
  | { readonly kind: 'token'; readonly token: string; readonly endsAtMs?: number }
  /** A person's login (`bridge login`), with the place where its tokens are kept. */
  | ({ readonly kind: 'oauth'; readonly shelf: LoginShelf } & OAuthApp)
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

export interface AuthOptions {
  readonly login: CozeLogin
  readonly apiBase: string
  readonly http: Pick<Http, 'json'>
  readonly clock: Clock
  readonly log: Logger
}

const DEFAULT_DURATION_S = 900
/** Our own JWT is exchanged at once; an hour is what the official SDKs write. */
const JWT_LIFE_S = 3600
/** Renewed so long before its end, or a tenth of its life before, whichever is shorter. */
const RENEW_BEFORE_MS = 60_000
const MAX_SESSIONS = 1_000

export function createAuth(options: AuthOptions): Auth {
  const { login } = options
  if (login.kind === 'token') return createTokenAuth(login)
  if (login.kind === 'oauth') {
    return createKeptAuth({ ...options, ...login, calls: createOAuthCalls({ ...options, app: login }) })
  }
  return createJwtAuth({ ...options, login })
}

function createTokenAuth({ token, endsAtMs }: Extract<CozeLogin, { kind: 'token' }>): Auth {
  const standing = {
    state: 'good',
    renews: false,
    ...(endsAtMs === undefined ? {} : { endsAtMs }),
  } as const
  return {
    token: async () => token.trim(),
    forget: () => false,
    standing: async () => standing,
    settle: async () => undefined,
  }
}

type JwtLogin = Extract<CozeLogin, { kind: 'jwt' }>
interface Session {
  token?: { readonly value: string; readonly renewAtMs: number; readonly endsAtMs: number }
  renewal?: Promise<string>
}

function createJwtAuth({
  login,
  apiBase,
  http,
  clock,
}: Omit<AuthOptions, 'login'> & { readonly login: JwtLogin }): Auth {
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
        throw asLoginError(error, `POST ${path}`, signal)
      }
    },
    forget(userId, token) {
      const { session } = sessionOf(userId)
      if (session.token?.value === token) delete session.token
      return true
    },
    // The key itself does not run out.
    standing: async () => ({ state: 'good', renews: false }),
    settle: async () => undefined,
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
