// Whose login does this bridge go by, and where is it kept?

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { realClock } from './clock.ts'
import type { CozeSettings } from './config/settings.ts'
import type { KeptLogin, LoginShelf } from './contract/login.ts'
import type { CozeLogin, OAuthApp } from './coze/index.ts'
import { createLogger } from './logging.ts'
import { readAddress } from './store/address.ts'
import { createLoginShelf } from './store/logins.ts'
import { openStore, type Store } from './store/open.ts'
import { peekAtFile } from './store/sqlite-look.ts'

/** A login as configured, with what only the store knows of it. */
export function loginFrom({ apiBase, auth }: CozeSettings, store: Store): CozeLogin {
  if (auth.kind !== 'oauth') return auth
  return { kind: 'oauth', ...appFrom(auth), shelf: loginShelf(store, apiBase, auth.clientId) }
}

/** The same for every process and for `bridge login`. Another app, or another Coze, is another login. */
export function loginShelf(store: Store, apiBase: string, clientId: string): LoginShelf {
  const name = createHash('sha256').update(`${apiBase} ${clientId}`).digest('hex').slice(0, 24)
  return createLoginShelf(store, name)
}

/**
 * What is kept of the login, also while a running bridge has the store: a look, no more. Undefined: nothing, or it goes by
 * another login. Rejects where the store cannot be read.
 */
export async function peekLogin(
  { apiBase, auth }: CozeSettings,
  storeUrl: string,
  cwd: string,
): Promise<KeptLogin | undefined> {
  if (auth.kind !== 'oauth') return undefined
  const address = readAddress(storeUrl, cwd)
  if (address.kind === 'memory') return undefined
  if (address.kind === 'sqlite' && !existsSync(address.path)) return undefined
  const log = createLogger({ level: 'silent', pretty: false, secrets: [], write: () => undefined })
  const store =
    address.kind === 'sqlite'
      ? peekAtFile(address.path, address.where, realClock)
      : await openStore(storeUrl, { clock: realClock, log, baseDir: cwd })
  try {
    return await loginShelf(store, apiBase, auth.clientId).read()
  } finally {
    await store.close()
  }
}

export function appFrom(auth: Extract<CozeSettings['auth'], { kind: 'oauth' }>): OAuthApp {
  const { clientId, clientSecret, workspace } = auth
  return {
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(workspace === undefined ? {} : { workspaceId: workspace }),
  }
}
