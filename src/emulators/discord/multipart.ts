// How is a multipart/form-data body read? Parts with a file name are files, the others fields; in the order they came.

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

/** Splits on `--boundary`; each part is headers, an empty line, then bytes up to the last CRLF. */
export function readMultipart(body: Buffer, boundary: string): MultipartBody {
  const fields = new Map<string, string>()
  const files = new Map<string, Upload>()
  const mark = Buffer.from(`--${boundary}`)
  let at = body.indexOf(mark)
  while (at >= 0) {
    const start = at + mark.length
    const next = body.indexOf(mark, start)
    if (next < 0) break
    readPart(body.subarray(start, next), fields, files)
    at = next
  }
  return { fields, files }
}

function readPart(raw: Buffer, fields: Map<string, string>, files: Map<string, Upload>): void {
  const headerEnd = raw.indexOf(HEADER_END)
  if (headerEnd < 0) return
  const headers = raw.subarray(0, headerEnd).toString('utf8')
  const bytes = raw.subarray(headerEnd + HEADER_END.length, raw.length - 2)
  const disposition = /content-disposition:([^\r\n]*)/i.exec(headers)?.[1] ?? ''
  const name = /[;\s]name="?([^";]*)"?/i.exec(disposition)?.[1]
  if (name === undefined) return
  const fileName = fileNameOf(disposition)
  if (fileName === undefined) {
    fields.set(name, bytes.toString('utf8'))
    return
  }
  const mimeType = /content-type:\s*([^\r\n;]*)/i.exec(headers)?.[1]?.trim() ?? 'application/octet-stream'
  files.set(name, { name: fileName, mimeType, bytes: Buffer.from(bytes) })
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
