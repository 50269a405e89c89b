// How are the page's requests read and answered? JSON with a bound, and headers that let nothing else in.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PageAnswer } from './protocol.ts'

/** Nothing of another origin is loaded, nothing is kept, nothing is told to others. */
export const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export function refuse(
  response: ServerResponse,
  status: number,
  because: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  const refusal: PageAnswer = { ok: false, because }
  answer(response, status, refusal)
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** Undefined when it is larger than allowed; the rest of it is thrown away. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let sizeBytes = 0
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      request.resume()
      resolve(undefined)
      return
    }
    request.on('data', (piece: Buffer) => {
      sizeBytes += piece.length
      if (sizeBytes <= maxBytes) pieces.push(piece)
      else resolve(undefined)
    })
    request.once('end', () => resolve(Buffer.concat(pieces)))
    request.once('error', reject)
    request.once('close', () => resolve(undefined))
  })
}
