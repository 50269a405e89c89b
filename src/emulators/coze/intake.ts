// How does a request's body come in: whole, slowly, held at a gate, or broken off?
import type { IncomingMessage } from 'node:http'
import type { Fault } from './faults.ts'
import { readMultipart } from './multipart.ts'
import type { MultipartForm } from './multipart.ts'
import type { World } from './world.ts'

export type Body =
  | { readonly kind: 'form'; readonly form: MultipartForm | undefined }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }

/** JSON bodies above it are refused (Coze docs: workflow APIs take 20 MB, others 15 MB). */
const maxTextBytes = (path: string): number => (/^\/v1\/workflows?\//.test(path) ? 20 : 15) * 1024 * 1024

/** Rejects when the client left before the end, or the fault broke the connection. */
export async function readBody(
  world: World,
  request: IncomingMessage,
  path: string,
  fault: Fault,
): Promise<Body> {
  const pieces = isPlain(fault) ? request : troubled(world, request, fault)
  const contentType = request.headers['content-type'] ?? ''
  if (contentType.startsWith('multipart/form-data'))
    return { kind: 'form', form: await readMultipart(pieces, contentType) }
  const kept: Buffer[] = []
  const maxBytes = maxTextBytes(path)
  let sizeBytes = 0
  for await (const piece of pieces) {
    if (!Buffer.isBuffer(piece)) continue
    sizeBytes += piece.length
    if (sizeBytes <= maxBytes) kept.push(piece)
  }
  if (sizeBytes > maxBytes) return { kind: 'too-large' }
  return { kind: 'text', text: Buffer.concat(kept).toString('utf8') }
}

function isPlain(fault: Fault): boolean {
  return (
    fault.breakAfterBytes === undefined && fault.holdBody === undefined && fault.readBytesPerS === undefined
  )
}

async function* troubled(
  world: World,
  request: IncomingMessage,
  fault: Fault,
): AsyncGenerator<Buffer, void, void> {
  const { breakAfterBytes = Infinity, holdBody, readBytesPerS } = fault
  let sizeBytes = 0
  let isHeld = holdBody === undefined
  for await (const piece of request as AsyncIterable<unknown>) {
    if (!Buffer.isBuffer(piece)) continue
    sizeBytes += piece.length
    if (sizeBytes >= breakAfterBytes) {
      request.socket.resetAndDestroy()
      throw new Error('the connection was broken as asked')
    }
    if (!isHeld && holdBody !== undefined && sizeBytes >= (holdBody.afterBytes ?? 0)) {
      isHeld = true
      await held(world, request, holdBody.gate)
    }
    if (readBytesPerS !== undefined) await waited(world, (piece.length * 1000) / readBytesPerS)
    yield piece
  }
}

/** Until the gate opens; rejects when the client goes away meanwhile. */
function held(world: World, request: IncomingMessage, gate: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      takeBack()
      reject(new Error('the client left at the gate'))
    }
    const takeBack = world.gates.at(gate)(() => {
      request.off('close', leave)
      resolve()
    })
    request.once('close', leave)
  })
}

function waited(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => world.ticker.after(ms, resolve))
}
