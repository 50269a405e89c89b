// How are downloaded bytes read to their end? As many as were told, and never waited for without end.
import type { PlatformError } from '../../src/contract/errors.ts'
import type { Clock } from '../../src/contract/runtime.ts'

export interface ReadingParts {
  readonly clock: Clock
  /** Makes what is thrown when it breaks off. */
  failed(error: unknown): PlatformError
}

/** A connection that says nothing for so long is taken for dead. Ours; a reader that is slow itself is waited for. */
const SILENT_MS = 60_000

/** Whoever stops reading ends the download. `sizeBytes` undefined: up to its end, wherever that is. */
export async function* readExactly(
  body: ReadableStream<Uint8Array>,
  sizeBytes: number | undefined,
  { clock, failed }: ReadingParts,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  let readBytes = 0
  try {
    for (;;) {
      const piece = await next(reader, clock).catch((error: unknown) => {
        throw failed(error)
      })
      if (piece === undefined) break
      readBytes += piece.byteLength
      if (sizeBytes !== undefined && readBytes > sizeBytes) break
      yield piece
    }
    if (sizeBytes !== undefined && readBytes !== sizeBytes) {
      throw failed(new Error(`${readBytes} bytes came, ${sizeBytes} were told`))
    }
  } finally {
    // Of a body read to its end nothing is left to cancel; of a broken one its own error was told already.
    await reader.cancel().catch(() => undefined)
  }
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  clock: Clock,
): Promise<Uint8Array | undefined> {
  const came = new AbortController()
  const silence = clock.sleep(SILENT_MS, came.signal).then(
    () => {
      throw new Error(`nothing came for ${SILENT_MS} ms`)
    },
    () => undefined,
  )
  const piece = reader.read()
  try {
    await Promise.race([silence, piece])
    return (await piece).value
  } finally {
    came.abort()
  }
}
