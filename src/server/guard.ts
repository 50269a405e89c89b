// Who may ask for what is not for everybody? Whoever has the admin token.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'

/**
 * Lets a request with `Authorization: Bearer <token>` through; any other gets 401, or 403 where no token is configured.
 */
export function adminsOnly(token: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (token === undefined) return c.text(NO_TOKEN, 403)
    if (!isAdmin(c, token)) {
      c.header('WWW-Authenticate', 'Bearer realm="bridge"')
      return c.text('This needs the admin token, as "Authorization: Bearer <token>".\n', 401)
    }
    return next()
  }
}

const NO_TOKEN =
  'This is closed, because no admin token is configured: set BRIDGE_ADMIN_TOKEN, or server.adminToken in the configuration, and send it as "Authorization: Bearer <token>".\n'

/** Hashed first, so that neither time nor length tells anything of the token. */
export function isAdmin(c: Context, token: string | undefined): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
  return token !== undefined && given !== undefined && isToken(given, token)
}

export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(hashOf(given), hashOf(token))
}

function hashOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

/** What a stranger may read of a reason: its words, without addresses, ids or anything that could be a key. */
export function withoutIds(reason: string): string {
  return reason.replace(/[^\s()[\]{}"'<>,;]+/g, (word) => (isWord(word) ? word : '…'))
}

/** No address, no number long enough to be an id, nothing too long to be read. */
function isWord(word: string): boolean {
  const digits = word.replace(/\D/g, '').length
  return (
    word.length <= LONGEST_WORD && digits < DIGITS_OF_AN_ID && !word.includes('://') && !word.includes('@')
  )
}
const LONGEST_WORD = 24
const DIGITS_OF_AN_ID = 5
