// How does somebody log in with a browser on this machine? Coze sends it back to an address that only this machine has.

import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { beginBrowserLogin, type OAuthApp, type OAuthCalls, type OAuthTokens } from '../../coze/index.ts'
import type { Say } from '../cli-words.ts'
import { LoginRefused } from './refusal.ts'

export interface BrowserLoginWorld {
  readonly app: OAuthApp
  readonly apiBase: string
  /** 0: any free one, for apps that take any. */
  readonly port: number
  readonly calls: Pick<OAuthCalls, 'byCode'>
  readonly say: Say
  show(addresses: { readonly address: string; readonly redirectUri: string }): void
}

/** How long somebody may take over it. Our choice. */
const WITHIN_MS = 600_000
const PATH = '/callback'

/** Rejects with `LoginRefused`, with `AssistantError` where Coze cannot be asked, or with the signal's reason. */
export async function loginByBrowser(world: BrowserLoginWorld, signal: AbortSignal): Promise<OAuthTokens> {
  const { app, apiBase, calls, say } = world
  const server = createServer()
  const port = await listening(server, world.port, say)
  try {
    const redirectUri = `http://127.0.0.1:${port}${PATH}`
    const begun = beginBrowserLogin(app, apiBase, redirectUri)
    const late = AbortSignal.timeout(WITHIN_MS)
    const code = sentBack(server, begun.state, port, say, AbortSignal.any([signal, late]))
    world.show({ address: begun.address, redirectUri })
    const got = await code.catch((error: unknown) => {
      throw late.aborted ? new LoginRefused(say('login.expired'), { cause: error }) : error
    })
    return await calls.byCode({ code: got, redirectUri, verifier: begun.verifier }, signal)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function listening(server: Server, port: number, say: Say): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    throw new LoginRefused(say('login.portTaken', { port }), { cause: error })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** The code a browser comes back with. Whoever does not know the state is somebody else, and is not listened to. */
function sentBack(
  server: Server,
  state: string,
  port: number,
  say: Say,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    server.on('request', (request, response) => {
      const query = queryOf(request, port)
      if (query?.get('state') !== state) {
        answer(response, 404, '')
        return
      }
      const code = query.get('code') ?? ''
      if (code !== '') {
        answer(response, 200, say('login.pageDone'))
        resolve(code)
      } else {
        answer(response, 200, say('login.pageDenied'))
        reject(new LoginRefused(say('login.denied')))
      }
    })
  })
}

function queryOf(request: IncomingMessage, port: number): URLSearchParams | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1')
  const isOurs =
    request.method === 'GET' && url?.pathname === PATH && hosts.includes(request.headers.host ?? '')
  return isOurs ? url.searchParams : undefined
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  })
  response.end(text)
}
