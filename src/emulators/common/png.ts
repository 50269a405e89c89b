// How is a small picture made whose bytes any reader accepts as a PNG?
import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const BYTES_PER_PIXEL = 3

export interface PngOptions {
  /** 1 or more. */
  readonly widthPx: number
  /** 1 or more. */
  readonly heightPx: number
  /** Chooses the colours: the same seed gives the same bytes. 0 when left out. */
  readonly seed?: number
}

/** A valid PNG (8 bits, RGB): a soft gradient whose colours follow from the seed. Small, and deterministic. */
export function makePng({ widthPx, heightPx, seed = 0 }: PngOptions): Buffer {
  const colours = mixed(seed)
  const rowBytes = 1 + widthPx * BYTES_PER_PIXEL
  // A row begins with its filter. 1: each pixel is told by how it differs from the one before it, so a gradient is short.
  const rows = Buffer.alloc(heightPx * rowBytes)
  for (let y = 0; y < heightPx; y++) {
    const at = y * rowBytes
    const first = [colours, (colours >>> 8) + y, (colours >>> 16) + y]
    rows.set([1, ...first.map((value) => value & 0xff)], at)
    for (let x = 1; x < widthPx; x++) rows.set([1, 0, 1], at + 1 + x * BYTES_PER_PIXEL)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(widthPx, 0)
  header.writeUInt32BE(heightPx, 4)
  header.set([8, 2, 0, 0, 0], 8)
  // The text chunk tells pictures apart whose colours happen to agree.
  const note = Buffer.from(`Comment\0seed ${seed}`, 'latin1')
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('tEXt', note),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** length, type, data, CRC over type and data. https://www.w3.org/TR/png/#5Chunk-layout */
function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const crc = Buffer.alloc(4)
  crc.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, crc])
}

/** Neighbouring seeds give colours far apart. */
function mixed(seed: number): number {
  const once = Math.imul((seed ^ 0x9e3779b9) >>> 0, 0x85ebca6b)
  return (once ^ (once >>> 13)) >>> 0
}
