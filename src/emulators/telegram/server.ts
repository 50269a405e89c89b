// What does the emulator speak? HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`, with faults on demand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failureBody, successBody, type Api, type TelegramExchange } from './api.ts'
import { argsOf, readArgs, type ReadCall } from './args.ts'
import { fileAt, sendFileBytes } from './downloads.ts'
import { ApiError } from './errors.ts'
import { errorOf, type Fault, type Faults } from './faults.ts'
import type { Posts, PostWatch } from './posts.ts'
import type { Json } from './types.ts'
import type { World } from './world.ts'

export interface ServerParts {
  readonly token: string
  readonly api: Api
  readonly faults: Faults
  readonly world: World
  readonly finished: (exchange: TelegramExchange) => void
  readonly posts: Posts
}

/** All uploads of a call together; the real server refuses more with 413. */
const MIN_BODY_LIMIT_BYTES = 60 << 20
const BOT_PATH = /^\/bot([^/]*)\/(?:test\/)?([^/]+)\/?$/
const FILE_PATH = /^\/file\/bot([^/]*)\/(?:test\/)?(.+)$/

export async function listen(
  parts: ServerParts,
  port: number,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    answer(parts, request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${address.port}`, server }
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  parts.posts.heardFrom(request.socket)
  const url = new URL(request.url ?? '/', 'http://emulator')
  const path = decodeURIComponent(url.pathname)
  const file = FILE_PATH.exec(path)
  if (file !== null) {
    request.resume()
    await answerFile(parts, file[1] ?? '', file[2] ?? '', response)
    return
  }
  const bot = BOT_PATH.exec(path)
  if (bot === null) {
    request.resume()
    send(response, failureBody(new ApiError(404, 'Not Found')))
    return
  }
  const limitBytes = Math.max(MIN_BODY_LIMIT_BYTES, parts.world.behaviour.maxUploadBytes + (1 << 20))
  const body = await readBody(request, limitBytes)
  const refusal =
    body === undefined
      ? new ApiError(413, 'Request Entity Too Large')
      : tokenRefusal(parts.token, bot[1] ?? '')
  if (refusal !== undefined || body === undefined) {
    send(response, failureBody(refusal))
    return
  }
  await answerCall(parts, bot[2] ?? '', { url, body, type: request.headers['content-type'] ?? '' }, response)
}

async function answerCall(
  { api, faults, world, finished, posts }: ServerParts,
  method: string,
  request: { readonly url: URL; readonly body: Buffer; readonly type: string },
  response: ServerResponse,
): Promise<void> {
  const received = { atMs: world.nowMs(), receivedAtPerfMs: performance.now() }
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  let call: ReadCall = { args: argsOf({}), encoding: 'none' }
  let fault: Fault | undefined
  let post: PostWatch | undefined
  let outcome: { readonly status: number; readonly body: Json }
  try {
    call = readArgs(request.url.searchParams, request.type, request.body)
    fault = faults.next({ method, payload: call.args.payload }, received.atMs)
    if (fault?.do === 'slow' && fault.storing !== 'after') await pause(fault.delayMs, gone.signal)
    const error = fault === undefined ? undefined : errorOf(fault)
    const executes =
      fault === undefined || leavesCallsAlone(fault) || ('storing' in fault && fault.storing === 'after')
    if (executes) {
      const result = await api.run(method, call.args, gone.signal)
      post = posts.watch({ method, result })
      outcome = { status: 200, body: successBody(result) }
    } else {
      outcome = failureBody(error ?? new ApiError(502, 'Bad Gateway'))
    }
    if (fault?.do === 'slow' && fault.storing === 'after') await pause(fault.delayMs, gone.signal)
    if (error !== undefined) outcome = failureBody(error)
  } catch (error) {
    outcome = failureBody(error)
  }
  const status = fault?.do === 'html' ? (fault.status ?? 502) : outcome.status
  finished({
    method,
    payload: call.args.payload,
    encoding: call.encoding,
    status,
    response: outcome.body,
    ...received,
  })
  const isTold = fault === undefined || leavesCallsAlone(fault)
  if (response.destroyed || !isTold) post?.lost()
  else watchAnswer(response, post)
  if (response.destroyed) return
  if (fault?.do === 'drop') {
    response.socket?.destroy()
  } else if (fault?.do === 'html') {
    response.writeHead(status, { 'content-type': 'text/html' })
    response.end('<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>')
  } else if (fault?.do === 'garbage') {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"ok":true,"result":{"message_id":')
  } else {
    send(response, outcome)
  }
}

function watchAnswer(response: ServerResponse, post: PostWatch | undefined): void {
  if (post === undefined) return
  const { socket } = response
  response.once('finish', () => post.handedOver(socket))
  response.once('close', () => {
    if (!response.writableFinished) post.lost()
  })
}

/** Such a fault hits downloads, or only delays. */
function leavesCallsAlone(fault: Fault): boolean {
  return fault.do === 'slow' || fault.do === 'cut' || fault.do === 'wrong-length'
}

async function answerFile(
  parts: ServerParts,
  token: string,
  path: string,
  response: ServerResponse,
): Promise<void> {
  const fault = parts.faults.next({ method: 'file', payload: { file_path: path } }, parts.world.nowMs())
  const file = token === parts.token ? fileAt(parts.world, path) : undefined
  if (fault?.do === 'slow') {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    await pause(fault.delayMs, gone.signal)
  } else if (fault?.do === 'drop') {
    response.socket?.destroy()
    return
  } else if (fault !== undefined && fault.do !== 'cut' && fault.do !== 'wrong-length') {
    send(response, failureBody(errorOf(fault) ?? new ApiError(502, 'Bad Gateway')))
    return
  }
  if (file === undefined) send(response, failureBody(new ApiError(404, 'Not Found')))
  else await sendFileBytes(parts.world, file, fault, response)
}

function send(
  response: ServerResponse,
  { status, body }: { readonly status: number; readonly body: Json },
): void {
  const text = JSON.stringify(body)
  const parameters = body['parameters']
  const retryAfter =
    typeof parameters === 'object' && parameters !== null && 'retry_after' in parameters
      ? parameters.retry_after
      : undefined
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(typeof retryAfter === 'number' ? { 'retry-after': String(retryAfter) } : {}),
  })
  response.end(text)
}

function tokenRefusal(expected: string, token: string): ApiError | undefined {
  if (token === expected) return undefined
  return new ApiError(
    401,
    /^\d+:[\w-]+$/.test(token) ? 'Unauthorized' : 'Unauthorized: invalid token specified',
  )
}

/** The whole body, or undefined when it is larger than any call may be. */
function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let sizeBytes = 0
    request.on('data', (bytes: Buffer) => {
      sizeBytes += bytes.length
      if (sizeBytes <= limitBytes) pieces.push(bytes)
    })
    request.once('end', () => {
      const whole = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
      resolve(sizeBytes > limitBytes ? undefined : whole)
    })
    request.once('error', reject)
  })
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
