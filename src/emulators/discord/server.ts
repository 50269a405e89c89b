// What does the emulator speak? HTTP under `/api/v10`, attachments beside it, and the gateway by upgrade; faults on demand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Api, ApiCall, Outcome } from './api.ts'
import { answerFile, isFilePath } from './downloads.ts'
import type { FaultTable } from './faults.ts'
import type { Answer } from './errors.ts'
import type { Gateway } from './gateway.ts'
import type { World } from './world.ts'

export interface ServerParts {
  readonly api: Api
  readonly faults: FaultTable
  readonly gateway: Gateway
  readonly world: World
}

export interface Listening {
  /** `127.0.0.1:P` */
  readonly host: string
  /** Cuts all connections, and each new one at once, until the returned function is called. Its port stays its own. */
  offline(): () => void
  close(): Promise<void>
}

/** Above the 25 MiB a request may have, so that the refusal is Discord's own. */
const MAX_BODY_BYTES = 60 << 20
const INVALID_VERSION = 4012

export async function listen(parts: ServerParts, port: number): Promise<Listening> {
  const closing = new AbortController()
  const server = createServer((request, response) => {
    answer(parts, request, response, closing.signal).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => upgrade(parts, sockets, request, socket, head))
  let isOffline = false
  server.on('connection', (socket) => {
    if (isOffline) socket.resetAndDestroy()
  })
  await start(server, port)
  const address = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${address.port}`,
    offline() {
      isOffline = true
      parts.gateway.cut()
      server.closeAllConnections()
      return () => {
        isOffline = false
      }
    },
    async close() {
      closing.abort()
      await stop(parts, server)
    },
  }
}

function upgrade(
  { gateway }: ServerParts,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => undefined)
  const refusal = gateway.state.refusal()
  if (refusal === 0) {
    socket.destroy()
  } else if (refusal !== undefined) {
    socket.end(`HTTP/1.1 ${refusal} Emulated\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  } else {
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const version = new URL(request.url ?? '/', 'http://emulator').searchParams.get('v') ?? '10'
      if (version === '9' || version === '10') gateway.accept(opened)
      else opened.close(INVALID_VERSION, 'Invalid API version.')
    })
  }
}

async function answer(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator')
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, closing])
  if (isFilePath(url.pathname)) {
    await answerFile(parts, request, url, response, signal)
    return
  }
  const bytes = await readBytes(request)
  const call: ApiCall = {
    method: request.method ?? 'GET',
    url,
    contentType: request.headers['content-type'] ?? '',
    authorization: request.headers.authorization,
    bytes,
  }
  const outcome = await parts.api.run(call, signal)
  noteIfUnheard(parts.world, outcome, response)
  if (response.destroyed) return
  if (outcome.do === 'drop') response.socket?.destroy()
  else if (outcome.do === 'garbage')
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1","content":')
  else if (outcome.do === 'html') {
    response.writeHead(outcome.status, { 'content-type': 'text/html; charset=UTF-8', ...outcome.headers })
    response.end(`<html><head><title>${outcome.status}</title></head><body><h1>cloudflare</h1></body></html>`)
  } else send(response, outcome.answer)
  outcome.sent?.()
}

/** A post whose answer nobody heard: broken off, or not the answer it should have been. */
function noteIfUnheard({ nowMs, store }: World, outcome: Outcome, response: ServerResponse): void {
  const { posted } = outcome
  if (posted === undefined) return
  const note = (): void => store.addAmbiguous({ ...posted, atMs: nowMs() })
  if (outcome.do !== 'send' || outcome.answer.status !== 200 || response.destroyed) note()
  else
    response.once('close', () => {
      if (!response.writableFinished) note()
    })
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, headers).end()
    return
  }
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

/** The whole body, or nothing of it when it is larger than any call may be: then the lengths are refused. */
function readBytes(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let sizeBytes = 0
    request.on('data', (bytes: Buffer) => {
      sizeBytes += bytes.length
      if (sizeBytes <= MAX_BODY_BYTES) pieces.push(bytes)
    })
    request.once('end', () => resolve(sizeBytes > MAX_BODY_BYTES ? undefined : Buffer.concat(pieces)))
    request.once('error', reject)
  })
}

async function start(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

async function stop({ gateway }: ServerParts, server: Server): Promise<void> {
  gateway.cut()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
