// How is an upload written? multipart/form-data as a stream of known length, never a whole file in memory.
// https://www.rfc-editor.org/rfc/rfc7578
import { randomUUID } from 'node:crypto'

export interface FormFile {
  readonly name?: string
  readonly mimeType?: string
  readonly sizeBytes: number
  /** Its bytes, from the beginning each time. */
  open(): AsyncIterable<Uint8Array>
}
export type Form = Readonly<Record<string, string | FormFile>>

export interface Multipart {
  readonly contentType: string
  readonly lengthBytes: number
  readonly body: ReadableStream<Uint8Array>
}

export function writeMultipart(form: Form): Multipart {
  const boundary = `form-${randomUUID()}`
  const encoder = new TextEncoder()
  const parts = Object.entries(form).map(([name, value]) => ({
    head: encoder.encode(`--${boundary}\r\n${headOf(name, value)}\r\n\r\n`),
    value: typeof value === 'string' ? encoder.encode(value) : value,
  }))
  const gap = encoder.encode('\r\n')
  const end = encoder.encode(`--${boundary}--\r\n`)
  const lengthBytes = parts.reduce(
    (sum, { head, value }) => sum + head.byteLength + sizeOf(value) + gap.byteLength,
    end.byteLength,
  )
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    lengthBytes,
    body: ReadableStream.from(bytes()),
  }

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const { head, value } of parts) {
      yield head
      if (value instanceof Uint8Array) yield value
      else yield* value.open()
      yield gap
    }
    yield end
  }
}

function sizeOf(value: Uint8Array | FormFile): number {
  return value instanceof Uint8Array ? value.byteLength : value.sizeBytes
}

function headOf(name: string, value: string | FormFile): string {
  if (typeof value === 'string') return `Content-Disposition: form-data; name="${name}"`
  const type = value.mimeType ?? 'application/octet-stream'
  return `Content-Disposition: form-data; name="${name}"; filename="${cleanName(value.name)}"\r\nContent-Type: ${oneLine(type)}`
}

/** UTF-8 as it is: percent-encoded names are shown so. Only what would break the header is left out. */
export function cleanName(name: string | undefined): string {
  const cleaned = oneLine(name ?? '')
    .replace(/["\\]/g, '')
    .trim()
  return cleaned === '' ? 'file' : cleaned
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, '')
}
