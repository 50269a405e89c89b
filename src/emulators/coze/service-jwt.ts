// Is the JWT of a service right?
import { verify } from 'node:crypto'
import type { Call } from './call.ts'
import { objectOf, parseJson, textOf } from './json.ts'
import type { ServiceAppSpec } from './options.ts'
import type { World } from './world.ts'

export interface CheckedJwt {
  readonly app: ServiceAppSpec
  readonly sessionName: string | undefined
}

/** What Coze verifies of a service JWT; the sentence says what was wrong. */
export function checkJwt(world: World, call: Call): CheckedJwt | string {
  const jwt = /^Bearer\s+(\S+)$/.exec(call.authorization ?? '')?.[1] ?? ''
  const [head = '', payload = '', signature = ''] = jwt.split('.')
  const header = objectOf(decode(head))
  const claims = objectOf(decode(payload))
  if (header['alg'] !== 'RS256') return 'alg must be RS256'
  const app = world.options.oauthApps[textOf(claims['iss']) ?? '']
  if (app === undefined || !('keyId' in app)) return 'iss is not a known app'
  if (header['kid'] !== app.keyId) return 'kid is not a known key'
  const signed = Buffer.from(`${head}.${payload}`)
  if (!verify('RSA-SHA256', signed, app.publicKeyPem, Buffer.from(signature, 'base64url')))
    return 'the signature does not match'
  // The host only, without a scheme: either site's, or the emulator's own address.
  const hosts = ['api.coze.cn', 'api.coze.com', call.host, call.host.split(':')[0]]
  if (!hosts.includes(textOf(claims['aud']))) return 'aud is not this host'
  const [issuedAt, expires] = [claims['iat'], claims['exp']]
  if (typeof issuedAt !== 'number' || typeof expires !== 'number' || expires <= issuedAt)
    return 'exp must follow iat'
  if (expires <= world.nowS()) return 'the JWT has expired'
  const jti = textOf(claims['jti'])
  if (jti === undefined) return 'jti is required'
  for (const [old, untilS] of world.usedJtis) if (untilS < world.nowS()) world.usedJtis.delete(old)
  if (world.usedJtis.has(jti)) return 'the JWT was used before'
  world.usedJtis.set(jti, expires)
  return { app, sessionName: textOf(claims['session_name']) }
}

function decode(part: string): unknown {
  return parseJson(Buffer.from(part, 'base64url').toString('utf8'))
}
