// How is an uploaded form read without holding a large file in memory?
import { createHash } from 'node:crypto'

export interface MultipartForm {
  readonly fields: Readonly<Record<string, string>>
  readonly files: readonly UploadedFile[]
  /** The last boundary never came, or a part's head made no sense. */
  readonly isBroken: boolean
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
/** Smaller pieces are gathered first: a search and a hash for every few bytes would cost more than the bytes. */
const SMALL_PIECE_BYTES = 16_384
const GATHERED_BYTES = 65_536
const MAX_HEAD_BYTES = 65_536
const HEAD_END = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

/**
 * Reads `multipart/form-data` (RFC 7578) from `body`, piece by piece; what it holds of a file does not grow with the file.
 * Answers `undefined` where the type names no boundary.
 */
export async function readMultipart(
  body: AsyncIterable<unknown>,
  contentType: string,
): Promise<MultipartForm | undefined> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const name = boundary?.[1] ?? boundary?.[2]
  if (name === undefined) return undefined
  const form = createFormReader(Buffer.from(`\r\n--${name}`))
  const gathered = Buffer.allocUnsafe(GATHERED_BYTES)
  let fill = 0
  const flush = (): void => {
    if (fill > 0) form.take(gathered.subarray(0, fill))
    fill = 0
  }
  for await (const piece of body) {
    if (!Buffer.isBuffer(piece)) continue
    if (fill + piece.length > GATHERED_BYTES || piece.length > SMALL_PIECE_BYTES) flush()
    if (piece.length > SMALL_PIECE_BYTES) form.take(piece)
    else fill += piece.copy(gathered, fill)
  }
  flush()
  return form.end()
}

interface FormReader {
  /** `piece` may be used again by the caller afterwards. */
  take(piece: Buffer): void
  end(): MultipartForm
}

/**
 * 1. In a part (or before the first), everything up to the boundary goes to the part; as many bytes as a boundary may
 *    straddle stay behind for the next piece.
 * 2. After a boundary, bytes are gathered until the part's head is whole, or `--` says that the form is over.
 */
function createFormReader(mark: Buffer): FormReader {
  const fields: Record<string, string> = {}
  const files: UploadedFile[] = []
  const overlap = mark.length - 1
  // The first boundary has no line break before it: one is put there, so that all look alike.
  let tail: Buffer = Buffer.from('\r\n')
  let head: Buffer = NOTHING
  let part: PartSink | undefined
  let reads: 'body' | 'head' | 'nothing' = 'body'
  let isBroken = false

  /** Answers what is left after the boundary, or nothing where none ended in this piece. */
  function takeBody(piece: Buffer): Buffer | undefined {
    if (tail.length > 0) {
      const window = Buffer.concat([tail, piece.subarray(0, overlap)])
      const straddling = window.indexOf(mark)
      if (straddling >= 0) {
        const after = piece.subarray(straddling + mark.length - tail.length)
        part?.take(tail.subarray(0, straddling))
        return after
      }
      if (piece.length < overlap) {
        const safe = Math.max(0, window.length - overlap)
        part?.take(window.subarray(0, safe))
        tail = window.subarray(safe)
        return undefined
      }
      part?.take(tail)
    }
    const at = piece.indexOf(mark)
    const safe = at >= 0 ? at : Math.max(0, piece.length - overlap)
    part?.take(piece.subarray(0, safe))
    if (at >= 0) return piece.subarray(at + mark.length)
    tail = Buffer.from(piece.subarray(safe))
    return undefined
  }

  /** Answers what is left after the head of a part, or nothing where it is not whole yet, or where the form is over. */
  function takeHead(piece: Buffer): Buffer | undefined {
    head = Buffer.concat([head, piece])
    if (head.toString('latin1', 0, 2) === '--') {
      reads = 'nothing'
      return undefined
    }
    const headEnd = head.indexOf(HEAD_END)
    if (headEnd < 0) {
      isBroken = head.length > MAX_HEAD_BYTES
      if (isBroken) reads = 'nothing'
      return undefined
    }
    part = openPart(head.toString('utf8', 0, headEnd), fields, files)
    return head.subarray(headEnd + HEAD_END.length)
  }

  return {
    take(piece) {
      let left: Buffer | undefined = piece
      while (left !== undefined && reads !== 'nothing') {
        if (reads === 'body') {
          left = takeBody(left)
          if (left === undefined) return
          part?.close()
          part = undefined
          tail = NOTHING
          head = NOTHING
          reads = 'head'
        } else {
          left = takeHead(left)
          if (left !== undefined) reads = 'body'
        }
      }
    },
    end: () => ({ fields, files, isBroken: isBroken || reads !== 'nothing' }),
  }
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
      else if (kept.length > 0) kept = []
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

/** Names as RFC 7578 has them (raw, in quotes), with the escapes browsers and SDKs use, or as RFC 5987 has them. */
function fileNameOf(head: string): string | undefined {
  const extended = /filename\*=UTF-8''([^\s;]+)/i.exec(head)?.[1]
  if (extended !== undefined) return decoded(extended)
  const quoted = /filename="((?:\\.|[^"\\])*)"/i.exec(head)?.[1]
  return quoted?.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
