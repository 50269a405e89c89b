// How is the HTTP server opened and closed?

import { createAdaptorServer } from '@hono/node-server'
import { createApp } from './app.ts'
import type { ServerParts } from './app.ts'

export interface ServerOptions extends ServerParts {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  /** How long the headers and the whole of a request may take to come, and how often that is looked after. */
  readonly times?: { readonly headersMs: number; readonly requestMs: number; readonly checkEveryMs: number }
}

export interface RunningServer {
  /** Without a slash at its end. */
  readonly url: string
  readonly port: number
  /** Takes no new request, lets those under way end for a moment, and cuts what is left. May be called again. */
  close(): Promise<void>
}

/** The server cannot listen. `message` is meant for the owner's terminal. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly remedy: string

  constructor(problem: string, remedy: string, cause: unknown) {
    super(`${problem}\n    → ${remedy}`, { cause })
    this.remedy = remedy
  }
}

/** Rejects with `ServerError` when the address cannot be had. Called once, by the roof. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, times = TIMES } = options
  const app = createApp(options)
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    // The rest of the process keeps the Response it knows: hono's own is slower for everybody else.
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: times.headersMs,
      requestTimeout: times.requestMs,
      connectionsCheckingInterval: times.checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
  })
  if ('maxConnections' in server) server.maxConnections = MAX_CONNECTIONS
  // A connection on which nothing moves, also where the other side does not read its answer.
  if ('setTimeout' in server) server.setTimeout(SILENCE_MS)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => reject(toServerError(error, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  let closing: Promise<void> | undefined
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: () => (closing ??= close()),
  }

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    if ('closeIdleConnections' in server) server.closeIdleConnections()
    const grace = AbortSignal.timeout(GRACE_MS)
    grace.addEventListener('abort', () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
    await closed
  }
}

/** Whoever sends a request drop by drop holds a connection no longer than this. Webhooks come in one piece. */
const TIMES = { headersMs: 10_000, requestMs: 20_000, checkEveryMs: 2_000 } as const
const KEEP_ALIVE_MS = 15_000
const MAX_HEADER_BYTES = 16_384
const SILENCE_MS = 60_000
/** Each may hold a body of a megabyte. */
const MAX_CONNECTIONS = 256

/** Health checks keep their connections open for ever. */
const GRACE_MS = 1_000

function toServerError(error: Error, host: string, port: number): ServerError {
  const code = 'code' in error ? String(error.code) : error.message
  if (code === 'EADDRINUSE') {
    return new ServerError(
      `Port ${port} on ${host} is in use, perhaps by another bridge.`,
      'End that one, or choose another port: BRIDGE_PORT, or server.port in the configuration (0 = any free one).',
      error,
    )
  }
  if (code === 'EACCES') {
    return new ServerError(
      `Port ${port} needs more rights than this process has.`,
      'Choose one above 1023: BRIDGE_PORT, or server.port in the configuration.',
      error,
    )
  }
  return new ServerError(
    `The server cannot listen on ${host}:${port} (${code}).`,
    'Choose an address of this machine: BRIDGE_HOST, or server.host in the configuration.',
    error,
  )
}
