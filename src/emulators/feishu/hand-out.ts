// How does a file leave? With its length or in chunks, whole or from some byte on, slowly or broken off where a test wants it.
import type { ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'
import type { Download, StoredFile } from './files.ts'

/** How downloads are answered. */
export interface DownloadWays {
  /** Without `content-length`. */
  readonly chunked: boolean
  /** `Range` is answered with a part and the whole size. */
  readonly ranges: boolean
}

export interface HandOut {
  readonly file: StoredFile
  readonly mimeType: string
  readonly ways: DownloadWays
  /** The request's header. */
  readonly range: string | undefined
  readonly fault: Fault | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly gone: AbortSignal
  readonly nowMs: number
  pause(ms: number, signal: AbortSignal): Promise<void>
  addDownload(download: Download): void
  changed(): void
}

export async function handOut(response: ServerResponse, parts: HandOut): Promise<void> {
  const { file, mimeType, ways, fault, gone } = parts
  const { sizeBytes } = file
  const part = ways.ranges ? partOf(parts.range, sizeBytes) : undefined
  if (part === 'outside') {
    response.writeHead(416, { 'content-range': `bytes */${sizeBytes}`, ...parts.headers })
    response.end()
    return
  }
  const { from, to } = part ?? { from: 0, to: sizeBytes }
  const download: Download = {
    key: file.key,
    name: file.name,
    atMs: parts.nowMs,
    sizeBytes,
    ...(parts.range === undefined ? {} : { range: parts.range }),
    sentBytes: 0,
    state: 'running',
  }
  parts.addDownload(download)
  response.writeHead(part === undefined ? 200 : 206, {
    'content-type': mimeType,
    // As on the platform: raw UTF-8, which Node's clients read as latin-1.
    'content-disposition': Buffer.from(`attachment; filename="${file.name}"`).toString('latin1'),
    ...(ways.chunked ? {} : { 'content-length': to - from }),
    ...(part === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${sizeBytes}` }),
    ...(ways.ranges ? { 'accept-ranges': 'bytes' } : {}),
    ...parts.headers,
  })
  const limit = fault?.do === 'break' || fault?.do === 'stall' ? fault.afterBytes : Infinity
  for await (const piece of file.read(from, to)) {
    const bytes = piece.subarray(0, Math.max(0, limit - download.sentBytes))
    response.write(bytes)
    download.sentBytes += bytes.length
    if (bytes.length < piece.length) {
      if (fault?.do === 'stall') await untilAborted(gone)
      break
    }
    if (fault?.do === 'trickle') await parts.pause((bytes.length * 1_000) / fault.bytesPerSecond, gone)
    if (response.writableNeedDrain) await drained(response, gone)
    if (gone.aborted || response.destroyed) break
  }
  download.state = download.sentBytes === to - from ? 'whole' : 'cut'
  if (download.state === 'whole') response.end()
  // What was written leaves before the connection breaks.
  else setImmediate(() => response.destroy())
  parts.changed()
}

/** RFC 9110, 14.1.2: one range of bytes; anything else is answered whole. */
function partOf(
  range: string | undefined,
  sizeBytes: number,
): { readonly from: number; readonly to: number } | 'outside' | undefined {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? '')
  if (asked === null || (asked[1] === '' && asked[2] === '')) return undefined
  const [, first = '', last = ''] = asked
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const to = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  return from >= to ? 'outside' : { from, to }
}

async function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go)
      gone.removeEventListener('abort', go)
      resolve()
    }
    response.once('drain', go)
    gone.addEventListener('abort', go, { once: true })
  })
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
