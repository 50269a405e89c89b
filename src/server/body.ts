// How is the body of a request read, when whoever sends it may send too much, or stop in the middle?

export type Read =
  | { readonly body: Uint8Array; readonly problem?: undefined }
  | { readonly body?: undefined; readonly problem: 'too large' | 'broken off' }

/** Never rejects. Reads no further than `maxBytes`, whatever the request says of its length. */
export async function readBody(request: Request, maxBytes: number): Promise<Read> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return { problem: 'too large' }
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    const body: AsyncIterable<Uint8Array> | null = request.body
    for await (const chunk of body ?? NOTHING) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) return { problem: 'too large' }
      chunks.push(chunk)
    }
  } catch {
    return { problem: 'broken off' }
  }
  return { body: new Uint8Array(Buffer.concat(chunks)) }
}

const NOTHING: readonly Uint8Array[] = []
