// How do bytes and refusals look on the long connection?
import type { Duplex } from 'node:stream'
import type { RawData } from 'ws'

/** As the real gateway: the reason stands in headers. */
export function refuse(socket: Duplex, code: number, msg: string): void {
  socket.end(
    `HTTP/1.1 403 Forbidden\r\nHandshake-Status: ${code === 1000040350 ? 514 : code}\r\nHandshake-Msg: ${msg}\r\nHandshake-Autherrcode: ${code}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}

/** Of one event. */
export function inPieces(bytes: Buffer, pieces: number): readonly Buffer[] {
  const size = Math.ceil(bytes.length / pieces)
  return Array.from({ length: pieces }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

export function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data
}
