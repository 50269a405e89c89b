// How do the bytes of an answer leave: at once, in pieces, slowly, or not all of them?
import type { ServerResponse } from 'node:http'
import type { Fault } from './faults.ts'

export interface ByteWriter {
  write(text: string): void
  /** The end, after all that was written has left. */
  end(): void
  /** The connection breaks after all that was written has left. */
  cut(): void
}

/** @param onLimit told when `cutAfterBytes` have been written: the rest is not wanted. */
export function byteWriter(response: ServerResponse, fault: Fault, onLimit: () => void): ByteWriter {
  const { splitBytes, cutAfterBytes, drip } = fault
  const plain = splitBytes === undefined && cutAfterBytes === undefined && drip === undefined
  let left = cutAfterBytes ?? Infinity
  // Pieces go out one per turn of the event loop, or slower: written together they would arrive together.
  const pieces: Buffer[] = []
  let moving = false
  let whenEmpty: (() => void) | undefined

  function move(): void {
    const piece = pieces.shift()
    if (piece === undefined || response.destroyed) {
      moving = false
      whenEmpty?.()
      return
    }
    moving = true
    response.write(piece)
    if (drip === undefined) setImmediate(move)
    else setTimeout(move, drip.everyMs)
  }

  function afterAll(act: () => void): void {
    if (moving) whenEmpty = act
    else act()
  }

  return {
    write(text) {
      if (plain) {
        response.write(text)
        return
      }
      const all = Buffer.from(text)
      const buffer = all.subarray(0, left)
      left -= buffer.length
      const size = drip?.bytes ?? splitBytes ?? Math.max(1, buffer.length)
      for (let at = 0; at < buffer.length; at += size) pieces.push(buffer.subarray(at, at + size))
      if (!moving) move()
      if (left === 0) onLimit()
    },
    end: () => afterAll(() => response.end()),
    cut: () =>
      afterAll(() => {
        // An empty write whose callback comes when everything before it was handed to the kernel.
        response.write('', () => response.destroy())
      }),
  }
}

/** A whole body at once, as far as the fault lets it. */
export function sendText(response: ServerResponse, fault: Fault, text: string): void {
  const { splitBytes, cutAfterBytes, drip } = fault
  if (splitBytes === undefined && cutAfterBytes === undefined && drip === undefined) {
    response.end(text)
    return
  }
  const isCut = (cutAfterBytes ?? Infinity) < Buffer.byteLength(text)
  const bytes = byteWriter(response, fault, () => undefined)
  bytes.write(text)
  if (isCut) bytes.cut()
  else bytes.end()
}
