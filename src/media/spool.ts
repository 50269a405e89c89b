// Where do the bytes of a file wait until they have been sent? Small ones in memory, larger ones in a file without a name.

import { randomUUID } from 'node:crypto'
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { HEAD_BYTES } from './head.ts'

/** The stream is longer than this file may be. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
}
/** All files together would be more than the spool holds. Later there may be room. */
export class SpoolFullError extends Error {
  override readonly name = 'SpoolFullError'
}

export interface Spool {
  /**
   * Reads the stream to its end. Throws `TooLargeError`, `SpoolFullError`, the signal's reason, what the stream throws, what
   * the disk says; then nothing is kept, and the stream is ended. Whoever gets a file releases it.
   */
  keep(
    stream: AsyncIterable<Uint8Array>,
    opts: { readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<Kept>
  /** Releases all files. */
  close(): Promise<void>
}

export interface Kept {
  readonly sizeBytes: number
  /** The first 64 KiB. */
  readonly head: Uint8Array
  /** The bytes, from the beginning, as often as asked and several times at once; an error once it is released. */
  open(): AsyncIterable<Uint8Array>
  /** May be called again. */
  release(): Promise<void>
}

export interface SpoolOptions {
  /** For temporary files; made when it is first needed. They have no name there: a killed process leaves nothing. */
  readonly dir: string
  /** Up to this size a file stays in memory. Default 256 KiB. */
  readonly memoryBytes?: number
  /** Of all files, in memory and on disk. Default 1 GiB. */
  readonly totalBytes?: number
}

const MEMORY_BYTES = 262_144
const TOTAL_BYTES = 1_073_741_824
/** Of all files that are in memory: beyond it, small ones go to the disk as well. */
const ALL_MEMORY_BYTES = 16_777_216
const READ_BYTES = 65_536

export function createSpool(options: SpoolOptions): Spool {
  const { dir, memoryBytes = MEMORY_BYTES, totalBytes = TOTAL_BYTES } = options
  const kept = new Set<Kept>()
  let usedBytes = 0
  let inMemoryBytes = 0
  let isClosed = false

  return {
    async keep(stream, { maxBytes, signal }) {
      signal.throwIfAborted()
      const file = createDraft()
      const iterator = stream[Symbol.asyncIterator]()
      try {
        for (;;) {
          const next = await withSignal(iterator.next(), signal)
          if (next.done === true) break
          if (file.sizeBytes + next.value.byteLength > maxBytes)
            throw new TooLargeError('the file is too large')
          await file.add(next.value)
        }
        const entry = await file.keep()
        if (isClosed) throw new SpoolFullError('the spool is closed')
        return entry
      } catch (error) {
        // Not awaited: a stream that hangs would hold us here.
        void Promise.resolve(iterator.return?.()).catch(() => undefined)
        await file.drop()
        throw error
      }
    },
    async close() {
      isClosed = true
      await Promise.all([...kept].map((each) => each.release()))
    },
  }

  /** A file as it grows: in memory, and on disk from the piece that made it too large for that. */
  function createDraft() {
    let pieces: Uint8Array[] = []
    let handle: FileHandle | undefined
    let sizeBytes = 0
    let isReleased = false

    return {
      get sizeBytes() {
        return sizeBytes
      },
      async add(piece: Uint8Array): Promise<void> {
        if (isClosed || usedBytes + piece.byteLength > totalBytes)
          throw new SpoolFullError('the spool is full')
        usedBytes += piece.byteLength
        const from = sizeBytes
        sizeBytes += piece.byteLength
        const isSmall = sizeBytes <= memoryBytes && inMemoryBytes + piece.byteLength <= ALL_MEMORY_BYTES
        if (handle === undefined && isSmall) {
          inMemoryBytes += piece.byteLength
          pieces.push(piece)
          return
        }
        if (handle === undefined) {
          handle = await openUnnamed(dir)
          const begun = Buffer.concat(pieces)
          pieces = []
          inMemoryBytes -= begun.byteLength
          await writeAll(handle, begun, 0)
        }
        await writeAll(handle, piece, from)
      },
      drop,
      async keep(): Promise<Kept> {
        const whole = Buffer.concat(pieces)
        pieces = [whole]
        const file = handle
        const head = file === undefined ? whole.subarray(0, HEAD_BYTES) : await readAt(file, 0, HEAD_BYTES)
        const entry: Kept = {
          sizeBytes,
          head,
          open: file === undefined ? () => inMemory(() => pieces[0]) : () => onDisk(file, () => isReleased),
          async release() {
            kept.delete(entry)
            await drop()
          },
        }
        kept.add(entry)
        return entry
      },
    }

    async function drop(): Promise<void> {
      if (isReleased) return
      isReleased = true
      usedBytes -= sizeBytes
      if (handle === undefined) inMemoryBytes -= sizeBytes
      pieces = []
      await handle?.close()
    }
  }
}

/** Read and written through its handle only: nobody else can open it, and the system frees it with its last handle. */
async function openUnnamed(dir: string): Promise<FileHandle> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, `spool-${randomUUID()}`)
  const handle = await open(path, 'wx+', 0o600)
  try {
    await unlink(path)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, from: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) {
    at += (await handle.write(bytes, at, bytes.byteLength - at, from + at)).bytesWritten
  }
}

async function readAt(handle: FileHandle, from: number, bytes: number): Promise<Uint8Array> {
  // Of its own each time: a reader may hold on to it.
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(bytes), 0, bytes, from)
  return buffer.subarray(0, bytesRead)
}

async function* inMemory(bytes: () => Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  const whole = bytes()
  if (whole === undefined) throw new Error('the file was released')
  if (whole.byteLength > 0) yield whole
}

async function* onDisk(handle: FileHandle, isReleased: () => boolean): AsyncGenerator<Uint8Array> {
  for (let at = 0; ;) {
    if (isReleased()) throw new Error('the file was released')
    const piece = await readAt(handle, at, READ_BYTES)
    if (piece.byteLength === 0) return
    at += piece.byteLength
    yield piece
  }
}

async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const done = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', fail, { once: true, signal: done.signal })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    done.abort()
  }
}
