// How do files travel beside a message? multipart/form-data with its length known, each file streamed.
// https://discord.com/developers/docs/reference#uploading-files

/** One file as `files[n]`; `sizeBytes` must be what its stream gives. */
export interface FilePart {
  readonly name: string
  readonly mimeType?: string
  readonly sizeBytes: number
  /** From the beginning each time. */
  open(): AsyncIterable<Uint8Array>
}

export interface Multipart {
  readonly contentType: string
  readonly sizeBytes: number
  readonly stream: AsyncIterable<Uint8Array>
}

/** `boundary` must not occur in any file. The message's JSON comes last, as discord.js sends it. */
export function toMultipart(payload: unknown, files: readonly FilePart[], boundary: string): Multipart {
  const heads = files.map((file, n) =>
    Buffer.from(
      `--${boundary}\r\n` +
        `Content-Disposition: form-data; name="files[${n}]"; filename="${quoted(file.name)}"\r\n` +
        `Content-Type: ${cleanMimeType(file.mimeType)}\r\n\r\n`,
    ),
  )
  const tail = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="payload_json"\r\n` +
      `Content-Type: application/json\r\n\r\n${JSON.stringify(payload ?? {})}\r\n--${boundary}--\r\n`,
  )
  const sizeBytes =
    heads.reduce(
      (sum, head, n) => sum + head.byteLength + (files[n]?.sizeBytes ?? 0) + LINE_END.byteLength,
      0,
    ) + tail.byteLength
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    sizeBytes,
    stream: join(heads, files, tail),
  }
}

const LINE_END = Buffer.from('\r\n')

async function* join(
  heads: readonly Buffer[],
  files: readonly FilePart[],
  tail: Buffer,
): AsyncGenerator<Uint8Array> {
  for (const [n, file] of files.entries()) {
    yield heads[n] ?? LINE_END
    yield* file.open()
    yield LINE_END
  }
  yield tail
}

/** As browsers do. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function quoted(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}

/** It came from a stranger and goes into a header. */
function cleanMimeType(mimeType: string | undefined): string {
  return mimeType !== undefined && /^[\w.+-]+\/[\w.+-]+$/.test(mimeType)
    ? mimeType
    : 'application/octet-stream'
}
