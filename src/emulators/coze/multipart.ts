// How is an uploaded form read without holding a large file in memory?
import { createHash } from 'node:crypto'

export interface MultipartForm {
  readonly fields: Readonly<Record<string, string>>
  readonly files: readonly UploadedFile[]
}

export interface UploadedFile {
  readonly field: string
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
  readonly sha256: string
  /** Only where the file is below 8 MB. */
  readonly bytes: Buffer | undefined
}

const KEPT_BYTES = 8 * 1024 * 1024

/**
 * Reads `multipart/form-data` (RFC 7578) from `body`, piece by piece. Answers `undefined` where the type names no
 * boundary or the form is cut short.
 */
export async function readMultipart(
  body: AsyncIterable<unknown>,
  contentType: string,
): Promise<MultipartForm | undefined> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const name = boundary?.[1] ?? boundary?.[2]
  if (name === undefined) return undefined
  const mark = Buffer.from(`\r\n--${name}`)
  const fields: Record<string, string> = {}
  const files: UploadedFile[] = []
  // The first boundary has no line break before it: one is put there, so that all look alike.
  let rest: Buffer = Buffer.from('\r\n')
  let part: PartSink | undefined
  let isOver = false

  for await (const piece of body) {
    if (isOver || !Buffer.isBuffer(piece)) continue
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    for (;;) {
      const at = rest.indexOf(mark)
      if (at < 0) {
        // A boundary may straddle two pieces: its length stays behind.
        const safe = Math.max(0, rest.length - mark.length)
        part?.take(rest.subarray(0, safe))
        if (part !== undefined) rest = rest.subarray(safe)
        break
      }
      const after = rest.subarray(at + mark.length)
      const isEnd = after.length >= 2 && after.toString('latin1', 0, 2) === '--'
      const headEnd = after.indexOf('\r\n\r\n')
      if (!isEnd && headEnd < 0) {
        if (part !== undefined) {
          part.take(rest.subarray(0, at))
          part.close()
          part = undefined
        }
        rest = rest.subarray(at)
        break
      }
      part?.take(rest.subarray(0, at))
      part?.close()
      part = undefined
      if (isEnd) {
        isOver = true
        rest = Buffer.alloc(0)
        break
      }
      part = openPart(after.toString('utf8', 0, headEnd), fields, files)
      rest = after.subarray(headEnd + 4)
    }
  }
  return isOver ? { fields, files } : undefined
}

interface PartSink {
  take(bytes: Buffer): void
  close(): void
}

function openPart(head: string, fields: Record<string, string>, files: UploadedFile[]): PartSink {
  const field = /[\s;]name="([^"]*)"/i.exec(head)?.[1] ?? ''
  const fileName = fileNameOf(head)
  const mimeType = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1]?.trim() ?? 'application/octet-stream'
  const hash = createHash('sha256')
  let kept: Buffer[] = []
  let sizeBytes = 0
  return {
    take(bytes) {
      if (bytes.length === 0) return
      sizeBytes += bytes.length
      hash.update(bytes)
      if (sizeBytes < KEPT_BYTES) kept.push(Buffer.from(bytes))
      else kept = []
    },
    close() {
      if (fileName === undefined) {
        fields[field] = Buffer.concat(kept).toString('utf8')
        return
      }
      const bytes = sizeBytes < KEPT_BYTES ? Buffer.concat(kept) : undefined
      files.push({ field, name: fileName, mimeType, sizeBytes, sha256: hash.digest('hex'), bytes })
    },
  }
}

function fileNameOf(head: string): string | undefined {
  const extended = /filename\*=UTF-8''([^\s;]+)/i.exec(head)?.[1]
  if (extended !== undefined) return decodeURIComponent(extended)
  return /filename="([^"]*)"/i.exec(head)?.[1]
}
