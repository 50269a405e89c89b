// How are large files made and compared without ever holding one whole?
import { createHash } from 'node:crypto'

/** The size of every chunk but the last. */
export const CHUNK_BYTES = 65_536

const BLOCK_BYTES = 1_048_576

/**
 * `sizeBytes` pseudo-random bytes in chunks of 64 KiB: the same for the same seed, at every place of the file different.
 * One random block of 1 MiB again and again, each chunk stamped with its number; every chunk has memory of its own, so it may be kept.
 */
export async function* seededBytes(seed: number | string, sizeBytes: number): AsyncGenerator<Buffer, void> {
  const block = randomBlock(String(seed))
  for (let at = 0, count = 0; at < sizeBytes; at += CHUNK_BYTES, count++) {
    const from = at % BLOCK_BYTES
    const piece = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, sizeBytes - at))
    block.copy(piece, 0, from, from + piece.length)
    if (piece.length >= 8) piece.writeBigUInt64BE(BigInt(count), 0)
    yield await Promise.resolve(piece)
  }
}

/** The same bytes as one buffer, for files small enough to be held. */
export async function seededBuffer(seed: number | string, sizeBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of seededBytes(seed, sizeBytes)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The SHA-256 of everything that comes, in lower-case hex. */
export async function sha256Of(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | Uint8Array,
): Promise<string> {
  const hash = createHash('sha256')
  if (chunks instanceof Uint8Array) return hash.update(chunks).digest('hex')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** xorshift32, seeded with a hash of the seed: never zero, and quick enough to be made anew each time. */
function randomBlock(seed: string): Buffer {
  const words = new Uint32Array(BLOCK_BYTES / 4)
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0) | 1
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state >>> 0
  }
  return Buffer.from(words.buffer)
}
