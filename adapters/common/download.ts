// How is a downloaded body read? As a stream of known length, its failures told in the adapter's words.

/** The body piece by piece. `failed` makes what is thrown when it breaks off. */
export async function* readBody(
  body: ReadableStream<Uint8Array>,
  failed: (error: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body) yield bytes
  } catch (error) {
    throw failed(error)
  }
}

/** Bytes, as Content-Length says it. */
export function readLength(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined
}
