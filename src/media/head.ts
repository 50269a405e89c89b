// What is at the beginning of a stream? Seen without losing it.

/** Enough for every format we tell apart, and for a picture's width and height. Our choice. */
export const HEAD_BYTES = 65_536

export interface Peeked {
  /** At most as many bytes as asked for; fewer only when there are no more. */
  readonly head: Uint8Array
  /** Nothing follows the head. */
  readonly isWhole: boolean
  /** All of it, the head first. To be read once. */
  readonly stream: AsyncIterable<Uint8Array>
  /** For whoever does not read `stream`: ends what stands behind it. */
  discard(): Promise<void>
}

/** Rejects as the stream does. Called where a file passes through that is never whole in memory. */
export async function peek(stream: AsyncIterable<Uint8Array>, bytes = HEAD_BYTES): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  let isOver = false
  // One byte more than asked for tells whether anything follows.
  while (!isOver && sizeBytes <= bytes) {
    const next = await iterator.next()
    if (next.done === true) isOver = true
    else {
      pieces.push(next.value)
      sizeBytes += next.value.byteLength
    }
  }
  const begun = Buffer.concat(pieces)

  return {
    head: begun.subarray(0, bytes),
    isWhole: isOver && sizeBytes <= bytes,
    stream: rest(),
    async discard() {
      await iterator.return?.()
    },
  }

  async function* rest(): AsyncGenerator<Uint8Array> {
    try {
      if (begun.byteLength > 0) yield begun
      while (!isOver) {
        const next = await iterator.next()
        if (next.done === true) isOver = true
        else yield next.value
      }
    } catch (error) {
      isOver = true
      throw error
    } finally {
      if (!isOver) await iterator.return?.()
    }
  }
}
