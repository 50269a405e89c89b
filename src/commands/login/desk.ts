// What does a login need, from the first address to the kept tokens? For `bridge login` and for `bridge init`.

import { realClock } from '../../clock.ts'
import type { LoginShelf } from '../../contract/login.ts'
import {
  createCozeClient,
  createHttp,
  createOAuthCalls,
  getMe,
  type OAuthApp,
  type OAuthTokens,
} from '../../coze/index.ts'
import { createLogger } from '../../logging.ts'
import type { Say } from '../cli-words.ts'
import { loginByBrowser } from './by-browser.ts'
import { loginByDevice } from './by-device.ts'

export interface LoginWish {
  readonly apiBase: string
  readonly app: OAuthApp
  readonly flow: 'device' | 'pkce'
  readonly redirectPort: number
}

export interface LoginDesk {
  readonly say: Say
  readonly env: Readonly<Record<string, string | undefined>>
  /** A line for the person. */
  tell(line: string): void
  /** Over the last one, where that can be. */
  progress(line: string): void
}

/** Asks the person to log in, and waits. Rejects with `LoginRefused`, `AssistantError`, or the signal's reason. */
export async function logIn(wish: LoginWish, desk: LoginDesk, signal: AbortSignal): Promise<OAuthTokens> {
  const { apiBase, app } = wish
  const { say } = desk
  const http = createHttp({ apiBase, clock: realClock, proxyEnv: desk.env })
  const calls = createOAuthCalls({ app, http, clock: realClock })
  try {
    if (wish.flow === 'pkce') {
      const show = ({ address, redirectUri }: { address: string; redirectUri: string }): void => {
        desk.tell(say('login.openBrowser', { address, redirectUri }))
        desk.progress(say('login.waiting'))
      }
      return await loginByBrowser({ app, apiBase, port: wish.redirectPort, calls, say, show }, signal)
    }
    return await loginByDevice(
      {
        calls,
        clock: realClock,
        say,
        show: ({ address, userCode }) => desk.tell(say('login.openDevice', { address, code: userCode })),
        progress: (leftMs) => desk.progress(say('login.waitingLeft', { left: minutes(leftMs) })),
      },
      signal,
    )
  } finally {
    await http.close()
  }
}

/** The account's name; undefined where Coze does not say. */
export async function nameOfAccount(
  apiBase: string,
  accessToken: string,
  env: LoginDesk['env'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const log = createLogger({ level: 'silent', pretty: false, secrets: [], write: () => undefined })
  const login = { kind: 'token', token: accessToken } as const
  const client = createCozeClient({ apiBase, login, clock: realClock, log, proxyEnv: env })
  try {
    const { name, id } = await getMe(client, signal)
    return name || id || undefined
  } catch {
    return undefined
  } finally {
    await client.close()
  }
}

/** In the place of whatever was there: a person's new login always counts. */
export async function keepLogin(shelf: LoginShelf, tokens: OAuthTokens): Promise<void> {
  for (;;) {
    const before = await shelf.read()
    if (await shelf.put({ ...tokens, generation: (before?.generation ?? 0) + 1 })) return
  }
}

function minutes(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
