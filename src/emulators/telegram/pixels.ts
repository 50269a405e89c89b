// How large is a picture? Read from the head of a PNG, a JPEG or a GIF.

export interface Pixels {
  readonly width: number
  readonly height: number
}

/** Undefined for anything else. */
export function pixelsOf(bytes: Buffer): Pixels | undefined {
  if (bytes.length >= 24 && bytes.toString('latin1', 0, 4) === '\x89PNG')
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  if (bytes.length >= 10 && bytes.toString('latin1', 0, 4) === 'GIF8')
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  return bytes.toString('latin1', 0, 3) === '\xff\xd8\xff' ? jpegPixels(bytes) : undefined
}

/** The first frame header (SOF); the segments before it are stepped over. */
function jpegPixels(bytes: Buffer): Pixels | undefined {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    // C4, C8 and CC lie among the frame headers and are none.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
