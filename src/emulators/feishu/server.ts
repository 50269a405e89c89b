// What does the emulator speak? HTTP with the platform's envelopes and log ids, WebSocket upgrades, faults on demand.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkToken, endpointData, revokeTokens } from './auth.ts'
import { ApiError } from './errors.ts'
import { handOut, untilAborted } from './hand-out.ts'
import { errorOf, takesEffect, type Fault, type Faults } from './faults.ts'
import { readCall, type Router } from './router.ts'
import { refuse } from './socket-wire.ts'
import type { FeishuCall } from './store.ts'
import { recordOf, stringOf, type Json } from './types.ts'
import { noteWhenLost } from './lost-answer.ts'
import type { Call, Outcome, Route, World } from './world.ts'

export interface ServerParts {
  readonly world: World
  readonly router: Router
  readonly faults: Faults
  /** How business errors travel. */
  readonly errorsAs: 'http400' | 'http200'
  readonly finished: (call: FeishuCall) => void
  /** The emulator closes: what hangs ends. */
  readonly closing: AbortSignal
}

interface Answer {
  readonly status: number
  readonly code: number
  readonly outcome: Outcome
  readonly headers: Readonly<Record<string, string>>
}

const MAX_BODY_BYTES = 60 << 20
const UNKNOWN: Pick<Route, 'operation'> = { operation: 'unknown' }

export async function listen(
  parts: ServerParts,
  port: number,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    answer(parts, request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const fault = parts.faults.next(
      { operation: 'upgrade', path: request.url ?? '/', query: {}, payload: {} },
      parts.world.nowMs(),
    )
    if (fault === undefined) parts.world.sockets.upgrade(request, socket, head)
    else if (fault.do === 'error') refuse(socket, fault.code, fault.msg ?? 'refused')
    else if (fault.do !== 'hang') socket.destroy()
    else {
      // Never answered; it ends with its client, or with the emulator.
      socket.on('end', () => socket.destroy())
      socket.resume()
      parts.closing.addEventListener('abort', () => socket.destroy(), { once: true })
    }
    if (fault !== undefined) parts.world.store.changed()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${address.port}`, server }
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, router, faults } = parts
  const url = new URL(request.url ?? '/', 'http://emulator')
  const method = request.method ?? 'GET'
  const path = url.pathname.replace(/^\/\/+/, '/')
  const raw = await readBody(request)
  const received = { atMs: world.nowMs(), receivedAtPerfMs: performance.now() }
  const found = router.find(method, path)
  const { operation } = found?.route ?? UNKNOWN
  const call =
    raw === undefined
      ? undefined
      : readCall(found?.params ?? {}, url.searchParams, request.headers['content-type'] ?? '', raw)
  const { query = {}, body: payload = {} } = call ?? {}
  const fault = faults.next({ operation, path, query, payload }, received.atMs)
  const gone = goneSignal(response, parts.closing)
  if (fault?.do === 'slow') await pause(fault.delayMs, gone)
  if (fault?.do === 'invalid-token') revokeTokens(world)
  const done = outcomeOf(parts, { route: found?.route, call, fault, request })
  const status = fault?.do === 'html' ? (fault.status ?? 502) : done.status
  const broken = fault !== undefined && ['html', 'garbage', 'drop', 'hang'].includes(fault.do)
  const chatId = chatOf(world, found?.params ?? {}, payload)
  parts.finished({
    operation,
    method,
    path,
    query,
    payload,
    status,
    code: broken ? -1 : done.code,
    ...(chatId === undefined ? {} : { chatId }),
    ...retryAfter(done.headers),
    ...received,
  })
  noteWhenLost(world, { operation, payload, done, broken, response })
  if (fault?.do === 'hang') await untilAborted(gone)
  if (response.destroyed) return
  if (fault?.do === 'drop' || fault?.do === 'hang') response.socket?.destroy()
  else if (fault?.do === 'html') {
    response.writeHead(status, { 'content-type': 'text/html' })
    response.end('<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>')
  } else if (fault?.do === 'garbage') {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end('{"code":0,"msg":"success","data":{"message_id":')
  } else if ('file' in done.outcome) {
    const { behaviour, files, store } = world
    await handOut(response, {
      ...done.outcome,
      ways: behaviour.downloads,
      range: request.headers.range,
      fault,
      headers: { 'x-tt-logid': logId(), ...done.headers },
      gone,
      nowMs: world.nowMs(),
      pause,
      addDownload: files.addDownload,
      changed: store.changed,
    })
  } else send(response, done, done.outcome.json)
}

function outcomeOf(
  parts: ServerParts,
  {
    route,
    call,
    fault,
    request,
  }: {
    readonly route: Route | undefined
    readonly call: Call | undefined
    readonly fault: Fault | undefined
    readonly request: IncomingMessage
  },
): Answer {
  const { world } = parts
  try {
    if (route === undefined) throw new ApiError(99991201, 'The request URL does not exist.', { status: 404 })
    if (call === undefined) throw new ApiError(9499, 'Invalid parameter type in json or body too large')
    if (fault?.do === 'ignore') return answered({ json: { code: 0, msg: 'success', data: {} } })
    const refusal = fault === undefined ? undefined : errorOf(fault, route.operation)
    if (refusal !== undefined && !takesEffect(fault)) throw refusal
    if (route.token !== false) checkToken(world, request.headers.authorization)
    if (!takesEffect(fault)) return answered({ json: { code: 0, msg: 'success', data: {} } })
    world.limiter.takeCall(route.operation)
    const outcome = route.run(call, world)
    if (refusal !== undefined) throw refusal
    return answered(outcome)
  } catch (error) {
    return refused(parts, route, error)
  }
}

function answered(outcome: Outcome): Answer {
  const code = 'json' in outcome ? Number(outcome.json['code']) : 0
  return { status: 200, code, outcome, headers: {} }
}

/** What is no ApiError is a fault of the emulator and says so. */
function refused({ world, errorsAs }: ServerParts, route: Route | undefined, error: unknown): Answer {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(2200, `internal error: ${String(error)}`, { status: 500 })
  const { code, message: msg, details, headers } = known
  const status = known.status === 400 && errorsAs === 'http200' ? 200 : known.status
  const json = {
    code,
    msg,
    error: { log_id: logId(), troubleshooter: 'https://open.feishu.cn/search', ...details },
    ...(route?.operation === 'endpoint' ? { data: endpointData(world, '') } : {}),
  }
  return { status, code, outcome: { json }, headers }
}

function send(response: ServerResponse, { status, headers }: Answer, json: Json): void {
  const bytes = Buffer.from(JSON.stringify(json))
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'x-tt-logid': logId(),
    ...headers,
  })
  response.end(bytes)
}

function retryAfter(headers: Answer['headers']): Pick<FeishuCall, 'retryAfterMs'> {
  const seconds = headers['x-ogw-ratelimit-reset']
  return seconds === undefined ? {} : { retryAfterMs: Number(seconds) * 1_000 }
}

/** Which room a call is about, for those who count calls per room. */
function chatOf(
  { store }: World,
  params: Readonly<Record<string, string>>,
  payload: Readonly<Record<string, unknown>>,
): string | undefined {
  const receiver = stringOf(recordOf(payload)['receive_id'])
  if (receiver?.startsWith('oc_') === true) return receiver
  const messageId = params['message_id'] ?? store.cards.get(params['card_id'] ?? '')?.messageId
  return store.messages.get(messageId ?? '')?.chatId
}

function logId(): string {
  return `2026${randomBytes(14).toString('hex').toUpperCase()}`
}

/** The whole body, or undefined when it is larger than any call may be. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
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

function goneSignal(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return AbortSignal.any([gone.signal, closing])
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
