// How is a multipart/form-data body read? By hand: ready-made parsers drop grammY's unquoted file names.

/** One uploaded file. */
export interface Upload {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Buffer
}

export interface MultipartBody {
  readonly fields: ReadonlyMap<string, string>
  readonly files: ReadonlyMap<string, Upload>
}

const HEADER_END = Buffer.from('\r\n\r\n')

/** The boundary of a content type, or undefined when it has none. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  return match?.[1] ?? match?.[2]
}

/** Parts with a file name are files, the others fields; in the order they came. */
export function readMultipart(body: Buffer, boundary: string): MultipartBody {
  const fields = new Map<string, string>()
  const files = new Map<string, Upload>()
  for (const { name, fileName, mimeType = 'application/octet-stream', bytes } of readParts(body, boundary)) {
    if (fileName === undefined) fields.set(name, bytes.toString('utf8'))
    else files.set(name, { name: fileName, mimeType, bytes: Buffer.from(bytes) })
  }
  return { fields, files }
}

export interface Part {
  readonly name: string
  readonly fileName?: string
  readonly mimeType?: string
  readonly bytes: Buffer
}

/** Splits on `--boundary`; each part is headers, an empty line, then bytes up to the last CRLF. */
export function readParts(body: Buffer, boundary: string): readonly Part[] {
  const parts: Part[] = []
  const mark = Buffer.from(`--${boundary}`)
  let at = body.indexOf(mark)
  while (at >= 0) {
    const start = at + mark.length
    const next = body.indexOf(mark, start)
    if (next < 0) break
    const part = readPart(body.subarray(start, next))
    if (part !== undefined) parts.push(part)
    at = next
  }
  return parts
}

function readPart(raw: Buffer): Part | undefined {
  const headerEnd = raw.indexOf(HEADER_END)
  if (headerEnd < 0) return undefined
  const headers = raw.subarray(0, headerEnd).toString('utf8')
  const bytes = raw.subarray(headerEnd + HEADER_END.length, raw.length - 2)
  const disposition = /content-disposition:([^\r\n]*)/i.exec(headers)?.[1] ?? ''
  const name = /[;\s]name="?([^";]*)"?/i.exec(disposition)?.[1]
  if (name === undefined) return undefined
  const fileName = fileNameOf(disposition)
  const mimeType = /content-type:\s*([^\r\n;]*)/i.exec(headers)?.[1]?.trim()
  return {
    name,
    bytes,
    ...(fileName === undefined ? {} : { fileName }),
    ...(mimeType === undefined ? {} : { mimeType }),
  }
}

/** Quoted names end at the quote; unquoted ones at `;`, and are percent-decoded as the real server does. */
function fileNameOf(disposition: string): string | undefined {
  const raw = /[;\s]filename=(.*)$/i.exec(disposition)?.[1]
  if (raw === undefined) return undefined
  if (raw.startsWith('"'))
    return /^"((?:\\.|[^"\\])*)"/.exec(raw)?.[1]?.replace(/\\(.)/g, '$1') ?? raw.slice(1)
  const bare = (raw.split(';')[0] ?? '').trim()
  try {
    return decodeURIComponent(bare)
  } catch {
    return bare
  }
}
