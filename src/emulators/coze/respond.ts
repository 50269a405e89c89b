// How is a reply written to the wire, and who is told of it?
import type { ServerResponse } from 'node:http'
import { sendText } from './bytes.ts'
import type { Call, Reply } from './call.ts'
import { parseJson } from './json.ts'
import type { JsonObject } from './json.ts'
import type { CozeExchange } from './options.ts'
import { reshape, reshapes } from './reshape.ts'
import { openEventStream } from './sse.ts'
import { studioHeaders } from './studio.ts'
import type { World } from './world.ts'

export function respond(
  world: World,
  call: Call,
  requestBody: unknown,
  reply: Reply,
  response: ServerResponse,
): void {
  const { observe, observeCall, observeEvent, flavor } = world.options
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

  const begun = (status: number, code?: unknown): void => {
    const { method, path, receivedAtPerfMs } = call
    const told = typeof code === 'number' ? { code } : {}
    observeCall?.({ method, path, status, requestBody, receivedAtPerfMs, ...told })
  }

  switch (reply.kind) {
    case 'json': {
      const whole: JsonObject =
        flavor === 'studio' || 'access_token' in reply.body || 'error_code' in reply.body
          ? reply.body
          : { ...reply.body, detail: { logid: call.logId } }
      const body = reshapes(fault) ? reshape(whole, fault) : whole
      response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      sendText(response, fault, JSON.stringify(body))
      begun(reply.status, reply.body['code'])
      observed(reply.status, 'application/json', body)
      return
    }
    case 'text': {
      const contentType = fault.contentType ?? 'text/plain'
      response.writeHead(reply.status, { 'content-type': contentType, ...headers })
      sendText(response, fault, reply.text)
      begun(reply.status)
      observed(reply.status, contentType, undefined)
      return
    }
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers })
      sendText(response, fault, reply.html)
      observed(200, 'text/html', undefined)
      return
    case 'redirect':
      response.writeHead(302, { location: reply.to, ...headers })
      response.end()
      observed(302, '', undefined)
      return
    case 'cut':
      response.destroy()
      return
    case 'bytes': {
      const length = reply.hidesLength === true ? {} : { 'content-length': String(reply.sizeBytes) }
      response.writeHead(200, { 'content-type': reply.contentType, ...length, ...headers })
      sendBytes(reply.open(), response, fault.cutAfterBytes).catch(() => response.destroy())
      begun(200)
      observed(200, reply.contentType, undefined)
      return
    }
    case 'stream': {
      const events: { event: string; data: unknown }[] = []
      const stream = openEventStream(response, {
        framing: reply.framing,
        fault,
        headers,
        onEvent(event, data) {
          observeEvent?.({ path: call.path, event, data })
          if (observe !== undefined) events.push({ event, data: parseJson(data) ?? data })
        },
        onClose: () => observed(200, 'text/event-stream', undefined, events),
      })
      begun(200)
      reply.open(stream)
    }
  }
}

async function sendBytes(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  response: ServerResponse,
  cutAfterBytes = Infinity,
): Promise<void> {
  let left = cutAfterBytes
  for await (const chunk of chunks) {
    if (response.destroyed) return
    const piece = chunk.subarray(0, left)
    left -= piece.length
    if (piece.length > 0 && !response.write(piece)) await drained(response)
    if (left <= 0) {
      response.write('', () => response.destroy())
      return
    }
  }
  response.end()
}

/** Also when nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
