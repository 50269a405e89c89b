// Who is asking, and may they?
import type { Call } from './call.ts'
import { Refusal, wrongToken } from './refusal.ts'
import type { Token, World } from './world.ts'

/** How a family of routes says that a token is no good. Seen on api.coze.cn; the rest is HTTP 401 with 4100. */
export type AuthStyle = 'chat' | 'conversation' | 'other'

/** The token of a request, with its permissions checked. Throws the refusal of the route's family. */
export function authorize(
  world: World,
  call: Call,
  style: AuthStyle,
  ...permissions: readonly string[]
): Token {
  const token = findToken(world, call.authorization)
  if (token === undefined) {
    if (style === 'chat') throw wrongToken()
    if (style === 'conversation') throw new Refusal(700012006, 'access token invalid', 401)
    throw new Refusal(4100, 'authentication is invalid', 401)
  }
  for (const permission of permissions) {
    if (token.permissions !== undefined && !token.permissions.includes(permission))
      throw new Refusal(4101, `The token does not have the permission ${permission} for this resource.`)
  }
  return token
}

/** The live token of an `Authorization` header, if it is one. */
export function findToken(world: World, authorization: string | undefined): Token | undefined {
  const value = /^Bearer\s+(\S+)$/.exec(authorization ?? '')?.[1]
  const token = value === undefined ? undefined : world.tokens.get(value)
  if (token === undefined || token.expired) return undefined
  return token.expiresAtS !== undefined && token.expiresAtS <= world.nowS() ? undefined : token
}

/** The account behind a request's token, if it is a live one. */
export function ownerOf(world: World, authorization: string | undefined): string | undefined {
  return findToken(world, authorization)?.owner
}
