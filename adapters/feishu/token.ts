// How is the app's token kept? For one account alone; one request serves all who wait for it.
//
// The SDK's own cache is shared by the whole process under the app id, and each cold call of it asks for itself.
import type { Client } from '@larksuiteoapi/node-sdk'
import type { Clock } from '../../src/contract/runtime.ts'
import { fieldsOf, readAmount, readString } from '../common/read.ts'

export interface Tokens {
  /** What the SDK's client asks before it requests a token, and tells afterwards. */
  readonly cache: Client['cache']
  /** Runs `request` once for all who ask meanwhile. */
  share(request: () => Promise<unknown>): Promise<unknown>
  /** The server no longer takes this `Authorization` header: the next call fetches another token. */
  refused(authorization: unknown): void
}

/** The SDK renews three minutes early; a short-lived token is used for half its time. */
const RENEW_EARLY_MS = 180_000

export function createTokens(clock: Clock): Tokens {
  let token: string | undefined
  let goodUntilMs = 0
  let asking: Promise<unknown> | undefined

  return {
    cache: {
      get: async () => (token !== undefined && clock.elapsed() < goodUntilMs ? token : undefined),
      // What is told here was seen in `share`, with its lifetime by our clock.
      set: async () => true,
    },
    share(request) {
      asking ??= request()
        .then(remember)
        .finally(() => {
          asking = undefined
        })
      return asking
    },
    refused(authorization) {
      if (authorization === `Bearer ${token ?? ''}`) token = undefined
    },
  }

  /** https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal */
  function remember(answer: unknown): unknown {
    const lifeMs = (readAmount(fieldsOf(answer)['expire']) ?? 0) * 1_000
    token = readString(fieldsOf(answer)['tenant_access_token'])
    goodUntilMs = clock.elapsed() + Math.max(lifeMs / 2, lifeMs - RENEW_EARLY_MS)
    return answer
  }
}
