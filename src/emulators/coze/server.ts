// How does one HTTP request become one answer?
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { ownerOf } from './auth.ts'
import type { Call, Reply, Route } from './call.ts'
import type { Fault } from './faults.ts'
import { parseJson } from './json.ts'
import type { JsonObject } from './json.ts'
import { readMultipart } from './multipart.ts'
import type { CozeExchange } from './options.ts'
import { Refusal, StudioStreamRefusal, WorkflowRefusal } from './refusal.ts'
import { reshape, reshapes } from './reshape.ts'
import { framings, openEventStream } from './sse.ts'
import { authFailure, studioHeaders } from './studio.ts'
import type { World } from './world.ts'

/** JSON bodies above it are refused (Coze docs: workflow APIs take 20 MB, others 15 MB). */
const maxBodyBytes = (path: string): number => (/^\/v1\/workflows?\//.test(path) ? 20 : 15) * 1024 * 1024

/** Routes tried in order; the first whose method and path match. */
export function createCozeServer(world: World, routes: readonly Route[]): Server {
  const table = routes.map((route) => ({ route, match: pathMatcher(route.path) }))
  return createServer((request, response) => {
    serve(world, table, request, response).catch(() => response.destroy())
  })
}

type Table = readonly {
  readonly route: Route
  readonly match: (path: string) => Record<string, string> | undefined
}[]

async function serve(
  world: World,
  table: Table,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? 'GET'
  const url = new URL(request.url ?? '/', 'http://emulator')
  const fault = world.faults.take(method, url.pathname)
  if (fault.refuse === true) {
    request.socket.destroy()
    return
  }
  const contentType = request.headers['content-type'] ?? ''
  const isForm = contentType.startsWith('multipart/form-data')
  const form = isForm ? await readMultipart(request, contentType) : undefined
  const text = isForm ? '' : await readText(request, maxBodyBytes(url.pathname))
  const call: Call = {
    method,
    path: url.pathname,
    params: {},
    query: Object.fromEntries(url.searchParams),
    authorization: request.headers.authorization,
    body: text === undefined || text === '' ? undefined : parseJson(text),
    form,
    host: request.headers.host ?? '',
    fault,
    logId: world.ids.logId(),
  }
  const requestBody =
    form === undefined
      ? call.body
      : { fields: form.fields, files: form.files.map(({ bytes: _bytes, ...file }) => file) }
  world.store.addRequest({
    atMs: world.options.nowMs(),
    method,
    path: call.path,
    query: call.query,
    body: requestBody,
    owner: ownerOf(world, call.authorization),
  })
  const reply = faultReply(fault) ?? (text === undefined ? tooLarge : await handle(world, table, call))
  if (fault.headersDelayMs !== undefined) await pause(world, fault.headersDelayMs)
  if (fault.hang === true) return
  if (fault.resetAfterStored === true) {
    if (reply.kind === 'stream') reply.open(undefined)
    request.socket.resetAndDestroy()
    return
  }
  write(world, call, requestBody, reply, response)
}

/** The gateway's real answer is not documented. */
const tooLarge: Reply = {
  kind: 'json',
  status: 413,
  body: { code: 4000, msg: 'Request parameter error: the body is too large' },
}

/** An answer that the fault gives instead of the server. */
function faultReply(fault: Fault): Reply | undefined {
  if (fault.hang === true) return { kind: 'text', status: 200, text: '' }
  if (fault.code !== undefined)
    return { kind: 'json', status: fault.status ?? 200, body: { code: fault.code, msg: fault.msg ?? '' } }
  if (fault.status === undefined) return undefined
  return { kind: 'text', status: fault.status, text: fault.body ?? '' }
}

async function handle(world: World, table: Table, call: Call): Promise<Reply> {
  const isStudio = world.options.flavor === 'studio'
  try {
    const { totalCalls } = world.options.limits
    if (totalCalls !== undefined && world.store.counts.requests > totalCalls)
      throw new Refusal(4028, 'Your free quota has been used up. Please upgrade to a paid plan to continue')
    for (const { route, match } of table) {
      const params =
        route.method === call.method && (!isStudio || route.studio) ? match(call.path) : undefined
      if (params === undefined) continue
      if (isStudio && route.isOpen !== true && ownerOf(world, call.authorization) === undefined)
        return { kind: 'json', status: 200, body: authFailure(call.authorization) }
      return await route.handle(world, { ...call, params })
    }
    return {
      kind: 'json',
      status: 404,
      body: { code: 4000, msg: `${call.method} ${call.path} is not known` },
    }
  } catch (error) {
    if (error instanceof StudioStreamRefusal) {
      const data = JSON.stringify({ code: error.code, msg: error.message })
      return {
        kind: 'stream',
        framing: framings.chat,
        open(stream) {
          stream?.send('error', data)
          stream?.end()
        },
      }
    }
    if (error instanceof Refusal) return refusalReply(isStudio, call, error)
    const msg = error instanceof Error ? error.message : 'internal error'
    return { kind: 'json', status: 500, body: { code: 5000, msg } }
  }
}

/** Studio answers bad requests with HTTP 400, and a failed retrieve with plain text. */
function refusalReply(isStudio: boolean, call: Call, refusal: Refusal): Reply {
  if (!isStudio)
    return { kind: 'json', status: refusal.status, body: { code: refusal.code, msg: refusal.message } }
  if (refusal instanceof WorkflowRefusal)
    return { kind: 'json', status: 200, body: { code: refusal.code, msg: refusal.message } }
  if (call.path === '/v3/chat/retrieve') return { kind: 'text', status: 500, text: refusal.message }
  return { kind: 'json', status: 400, body: { code: 400, msg: refusal.message } }
}

function write(world: World, call: Call, requestBody: unknown, reply: Reply, response: ServerResponse): void {
  const { observe, flavor } = world.options
  const { fault } = call
  const idHeaders = flavor === 'studio' ? studioHeaders(call.logId) : { 'x-tt-logid': call.logId }
  const headers: Record<string, string> = { ...idHeaders, ...fault.headers }

  function observed(
    status: number,
    contentType: string,
    body: unknown,
    events?: CozeExchange['events'],
  ): void {
    const { method, path, query } = call
    observe?.({ method, path, query, requestBody, status, contentType, responseBody: body, events })
  }

  switch (reply.kind) {
    case 'json': {
      const whole: JsonObject =
        flavor === 'studio' || 'access_token' in reply.body || 'error_code' in reply.body
          ? reply.body
          : { ...reply.body, detail: { logid: call.logId } }
      const body = reshapes(fault) ? reshape(whole, fault) : whole
      response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      response.end(JSON.stringify(body))
      observed(reply.status, 'application/json', body)
      return
    }
    case 'text': {
      const contentType = fault.contentType ?? 'text/plain'
      response.writeHead(reply.status, { 'content-type': contentType, ...headers })
      response.end(reply.text)
      observed(reply.status, contentType, undefined)
      return
    }
    case 'cut':
      response.destroy()
      return
    case 'bytes':
      response.writeHead(200, { 'content-type': reply.contentType, ...headers })
      response.end(reply.bytes)
      observed(200, reply.contentType, undefined)
      return
    case 'stream': {
      const events: { event: string; data: unknown }[] = []
      const stream = openEventStream(response, {
        framing: reply.framing,
        fault,
        headers,
        onEvent:
          observe === undefined
            ? undefined
            : (event, data) => events.push({ event, data: parseJson(data) ?? data }),
        onClose: () => observed(200, 'text/event-stream', undefined, events),
      })
      reply.open(stream)
    }
  }
}

function pathMatcher(pattern: string): (path: string) => Record<string, string> | undefined {
  const names: string[] = []
  const source = pattern.replace(/:([a-z_]+)/g, (_all, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const regex = new RegExp(`^${source}$`)
  return (path) => {
    if (names.length === 0) return path === pattern ? {} : undefined
    const found = regex.exec(path)
    if (found === null) return undefined
    return Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? '')]))
  }
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue
    sizeBytes += piece.length
    if (sizeBytes <= maxBytes) pieces.push(piece)
  }
  return sizeBytes > maxBytes ? undefined : Buffer.concat(pieces).toString('utf8')
}

function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => world.ticker.after(ms, resolve))
}
