// What are a file's bytes? Given ones, or ones made while they are read: a large file is nowhere whole.
import { createHash } from 'node:crypto'
import { seededBytes, sha256Of } from '../common/bytes.ts'

/** Pseudo-random bytes of any size, as `seededBytes(seed, sizeBytes)` gives them. */
export interface SeededBytes {
  readonly seed: number | string
  readonly sizeBytes: number
}
export type SentBytes = Uint8Array | string | SeededBytes

export interface Content {
  readonly sizeBytes: number
  /** Absent where they are made while they are read. */
  readonly bytes?: Buffer
  open(): AsyncIterable<Buffer>
  /** Of given bytes, lower-case hex. */
  readonly sha256?: string
  /** Of any; reads a made file once through. */
  hash(): Promise<string>
}

export function contentOf(sent: SentBytes): Content {
  if (typeof sent === 'string') return held(Buffer.from(sent))
  return sent instanceof Uint8Array ? held(Buffer.from(sent)) : made(sent)
}

function held(bytes: Buffer): Content {
  let known: string | undefined
  const sha256 = (): string => (known ??= createHash('sha256').update(bytes).digest('hex'))
  return {
    sizeBytes: bytes.length,
    bytes,
    async *open() {
      yield await Promise.resolve(bytes)
    },
    get sha256() {
      return sha256()
    },
    hash: () => Promise.resolve(sha256()),
  }
}

function made({ seed, sizeBytes }: SeededBytes): Content {
  return {
    sizeBytes,
    open: () => seededBytes(seed, sizeBytes),
    hash: () => sha256Of(seededBytes(seed, sizeBytes)),
  }
}
