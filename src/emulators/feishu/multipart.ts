// How is a multipart/form-data body read? By hand; an upload may come without a file name (the SDK's Buffers do).

export interface Upload {
  /** Empty when the client named none. */
  readonly name: string
  readonly bytes: Buffer
}

export interface MultipartBody {
  readonly fields: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, Upload>>
}

const HEADER_END = Buffer.from('\r\n\r\n')

/** The boundary of a content type, or undefined when it has none. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  return match?.[1] ?? match?.[2]
}

/** Splits on `--boundary`; each part is headers, an empty line, then bytes up to the last CRLF. */
export function readMultipart(body: Buffer, boundary: string): MultipartBody {
  const fields: Record<string, string> = {}
  const files: Record<string, Upload> = {}
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

function readPart(raw: Buffer, fields: Record<string, string>, files: Record<string, Upload>): void {
  const headerEnd = raw.indexOf(HEADER_END)
  if (headerEnd < 0) return
  const headers = raw.subarray(0, headerEnd).toString('utf8')
  const bytes = raw.subarray(headerEnd + HEADER_END.length, raw.length - 2)
  const disposition = /content-disposition:([^\r\n]*)/i.exec(headers)?.[1] ?? ''
  const name = /[;\s]name="?([^";]*)"?/i.exec(disposition)?.[1]
  if (name === undefined) return
  const fileName = /[;\s]filename="?([^";]*)"?/i.exec(disposition)?.[1]
  if (fileName === undefined && !/content-type:/i.test(headers)) fields[name] = bytes.toString('utf8')
  else files[name] = { name: fileName ?? '', bytes: Buffer.from(bytes) }
}
