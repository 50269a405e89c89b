// How does one HTTP request become one answer?
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { ownerOf } from './auth.ts'
import type { Call, Reply, Route } from './call.ts'
import type { Fault } from './faults.ts'
import { readBody } from './intake.ts'
import type { Body } from './intake.ts'
import { parseJson } from './json.ts'
import { Refusal, StudioStreamRefusal, WorkflowRefusal } from './refusal.ts'
import { respond } from './respond.ts'
import { framings } from './sse.ts'
import { authFailure } from './studio.ts'
import { accountOf } from './workflow-files.ts'
import type { World } from './world.ts'

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
  const { authorization } = request.headers
  const arrival = UPLOADS.test(url.pathname)
    ? world.uploads.arrive(accountOf(ownerOf(world, authorization) ?? ''))
    : undefined
  let body: Body
  try {
    body = await readBody(world, request, url.pathname, fault)
  } catch (error) {
    arrival?.left('broken')
    throw error
  }
  arrival?.left('whole')
  const form = body.kind === 'form' ? body.form : undefined
  const call: Call = {
    method,
    path: url.pathname,
    params: {},
    query: Object.fromEntries(url.searchParams),
    authorization,
    cookie: request.headers.cookie,
    body: body.kind !== 'text' || body.text === '' ? undefined : parseJson(body.text),
    form,
    isTooFast: arrival?.isTooMany === true,
    host: request.headers.host ?? '',
    fault,
    logId: world.ids.logId(),
    receivedAtPerfMs: performance.now(),
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
    owner: ownerOf(world, authorization),
  })
  const reply = faultReply(fault) ?? (body.kind === 'too-large' ? tooLarge : await handle(world, table, call))
  if (fault.headersDelayMs !== undefined) await pause(world, fault.headersDelayMs)
  if (fault.hang === true) return
  if (fault.resetAfterStored === true) {
    if (reply.kind === 'stream') reply.open(undefined)
    request.socket.resetAndDestroy()
    return
  }
  respond(world, call, requestBody, reply, response)
}

/** What the rate of uploads is counted over. */
const UPLOADS = /^\/v1\/files\/upload$/

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

function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => world.ticker.after(ms, resolve))
}
