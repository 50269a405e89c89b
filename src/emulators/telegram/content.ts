// What is in a file? Bytes that are held, or a recipe from which they are made again each time, so that size costs nothing.
import { createHash } from 'node:crypto'
import { seededBytes } from '../common/bytes.ts'

export interface FileContent {
  readonly sizeBytes: number
  /** The bytes themselves, where they are held. */
  readonly bytes: Buffer | undefined
  /** Of held bytes, in hex. */
  readonly sha256: string | undefined
  /** From the beginning each time. */
  open(): AsyncIterable<Uint8Array>
}

const PIECE_BYTES = 65_536

export function heldContent(bytes: Uint8Array): FileContent {
  const held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let sha256: string | undefined
  return {
    sizeBytes: held.length,
    bytes: held,
    get sha256() {
      sha256 ??= createHash('sha256').update(held).digest('hex')
      return sha256
    },
    async *open() {
      for (let at = 0; at < held.length; at += PIECE_BYTES)
        yield await Promise.resolve(held.subarray(at, at + PIECE_BYTES))
    },
  }
}

/** `head`, then as many bytes that follow from the seed as are missing to `sizeBytes`. */
export function madeContent(
  sizeBytes: number,
  seed: number | string = 0,
  head: Uint8Array = new Uint8Array(),
): FileContent {
  const begin = head.subarray(0, sizeBytes)
  return {
    sizeBytes,
    bytes: undefined,
    sha256: undefined,
    async *open() {
      if (begin.length > 0) yield begin
      yield* seededBytes(seed, sizeBytes - begin.length)
    },
  }
}
