// How are files handed out? Streamed as fast as they are read, under addresses that end; late, slowly or in part on demand.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Content } from './content.ts'
import type { Fault, FaultTable } from './faults.ts'
import { pause } from './pause.ts'
import type { World } from './world.ts'

export function isFilePath(pathname: string): boolean {
  return pathname.startsWith('/attachments/') || pathname.startsWith('/stickers/')
}

/** Over when everything is sent, or nobody listens any more. */
export async function answerFile(
  { faults, world }: { readonly faults: FaultTable; readonly world: World },
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  request.resume()
  const path = decodeURIComponent(url.pathname)
  const call = { route: 'attachment', method: 'GET', channelId: path.split('/')[2], payload: { path } }
  const fault = faults.next(call, world.nowMs())
  if (fault?.do === 'slow') await pause(fault.delayMs, signal)
  else if (fault?.do === 'hang') await pause(undefined, signal)
  if (response.destroyed) return
  if (fault?.do === 'drop') {
    response.socket?.destroy()
    return
  }
  const { authorization, cookie } = request.headers
  const broughtCredentials = authorization !== undefined || cookie !== undefined
  const note = (status: number, sentBytes: number, isWhole: boolean): void =>
    world.store.addDownload({ atMs: world.nowMs(), path, status, sentBytes, isWhole, broughtCredentials })
  const file = world.files.atAddress(path, url.searchParams)
  const refusal = statusOf(fault)
  if (refusal !== undefined || file === undefined || file === 'expired') {
    const status = refusal ?? 404
    response.writeHead(status, { 'content-type': 'text/plain' })
    response.end('This content is no longer available.')
    note(status, 0, false)
    return
  }
  const { content, contentType } = file
  response.writeHead(200, { 'content-type': contentType, 'content-length': content.sizeBytes })
  const sentBytes = await sendContent(content, response, fault, signal)
  const isWhole = sentBytes === content.sizeBytes
  if (isWhole) response.end()
  else response.destroy()
  note(200, sentBytes, isWhole)
}

function statusOf(fault: Fault | undefined): number | undefined {
  if (fault?.do === 'error') return fault.status
  return fault?.do === 'html' ? (fault.status ?? 403) : undefined
}

/** The largest piece written at once. */
const PIECE_BYTES = 65_536

/** Resolves with how many bytes went out. */
async function sendContent(
  content: Content,
  response: ServerResponse,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<number> {
  const cutAt = fault?.do === 'cut' ? fault.afterBytes : Infinity
  let sentBytes = 0
  for await (const piece of piecesOf(content)) {
    if (fault?.do === 'trickle') await pause(fault.everyMs, signal)
    if (response.destroyed || signal.aborted) return sentBytes
    const part = piece.subarray(0, cutAt - sentBytes)
    const isTaken = response.write(part)
    sentBytes += part.length
    if (sentBytes >= cutAt || !isTaken) await drained(response, signal)
    if (sentBytes >= cutAt) return sentBytes
  }
  return sentBytes
}

async function* piecesOf(content: Content): AsyncGenerator<Buffer> {
  for await (const bytes of content.open())
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

/** Until what was written is on its way, or nobody takes it any more. */
async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return
  await once(response, 'drain', { signal }).catch(() => undefined)
}
