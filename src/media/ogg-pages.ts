// Which packets does an Ogg file hold, and how are packets written as one? RFC 3533.

/** A run of packets under one serial number. Files put one after another are several of them. */
export interface OggStream {
  readonly serial: number
  readonly packets: readonly OggPacket[]
}
export interface OggPacket {
  readonly bytes: Uint8Array
  /** How far its page says the stream is: known of the last packet that ends on a page, in units of the codec. */
  readonly granule?: number
}

/** Total: skips what is no page, drops packets whose beginning or end is missing. Checksums are left to whoever plays it. */
export function readOgg(bytes: Uint8Array): readonly OggStream[] {
  const streams: OpenStream[] = []
  const open = new Map<number, OpenStream>()
  for (const page of pagesOf(bytes)) {
    let stream = open.get(page.serial)
    if (stream === undefined || page.isFirst) {
      stream = { serial: page.serial, packets: [], half: undefined, sequence: page.sequence }
      streams.push(stream)
      open.set(page.serial, stream)
    }
    addPage(stream, page)
  }
  return streams
}

/** What begins on a page of its own, and how far the stream is after it: packets that fit on it, or a single one. */
export interface PageContent {
  readonly packets: readonly Uint8Array[]
  readonly granule: number
}

/** One logical stream, its first and its last page marked as such. An entry takes more than one page where it must. */
export function writeOgg(serial: number, contents: readonly PageContent[]): Uint8Array {
  const sheets = contents.flatMap(toSheets)
  return concat(
    sheets.map((sheet, sequence) => {
      const flags =
        (sheet.continues ? CONTINUES : 0) |
        (sequence === 0 ? FIRST : 0) |
        (sequence === sheets.length - 1 ? LAST : 0)
      return toPage(sheet, flags, serial, sequence)
    }),
  )
}

/** So many pieces of 255 bytes fit on a page. */
export const MAX_SEGMENTS = 255

/** How many of them a packet takes. */
export function segmentsOf(packet: Uint8Array): number {
  return Math.floor(packet.length / 255) + 1
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

const CAPTURE = Buffer.from('OggS\0', 'latin1')
const HEADER_BYTES = 27
const CONTINUES = 1
const FIRST = 2
const LAST = 4
/** "No packet ends on this page." */
const NO_GRANULE = -1

interface Page {
  readonly continues: boolean
  readonly isFirst: boolean
  readonly granule: number
  readonly serial: number
  readonly sequence: number
  /** The last one goes on when `isCut`. */
  readonly parts: readonly Uint8Array[]
  readonly isCut: boolean
}

function* pagesOf(bytes: Uint8Array): Iterable<Page> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = buffer.indexOf(CAPTURE)
  while (at >= 0) {
    const page = readPage(buffer, at)
    if (page === undefined) at = buffer.indexOf(CAPTURE, at + CAPTURE.length)
    else {
      yield page.page
      at = buffer.indexOf(CAPTURE, page.end)
    }
  }
}

function readPage(buffer: Buffer, at: number): { readonly page: Page; readonly end: number } | undefined {
  if (at + HEADER_BYTES > buffer.length) return undefined
  const flags = buffer.readUInt8(at + 5)
  const segments = buffer.readUInt8(at + 26)
  const body = at + HEADER_BYTES + segments
  if (flags > (CONTINUES | FIRST | LAST) || body > buffer.length) return undefined
  const parts: Uint8Array[] = []
  let [start, end, isCut] = [body, body, false]
  for (const lace of buffer.subarray(at + HEADER_BYTES, body)) {
    end += lace
    isCut = lace === 255
    if (isCut) continue
    parts.push(buffer.subarray(start, end))
    start = end
  }
  if (isCut) parts.push(buffer.subarray(start, end))
  if (end > buffer.length) return undefined
  const page = {
    continues: (flags & CONTINUES) !== 0,
    isFirst: (flags & FIRST) !== 0,
    granule: Number(buffer.readBigInt64LE(at + 6)),
    serial: buffer.readUInt32LE(at + 14),
    sequence: buffer.readUInt32LE(at + 18),
    parts,
    isCut,
  }
  return { page, end }
}

interface OpenStream {
  readonly serial: number
  readonly packets: OggPacket[]
  /** A packet that goes on on the next page. */
  half: Uint8Array[] | undefined
  sequence: number
}

function addPage(stream: OpenStream, page: Page): void {
  const half = page.sequence === stream.sequence ? stream.half : undefined
  stream.sequence = (page.sequence + 1) >>> 0
  stream.half = undefined
  // Its beginning is lost: the end says nothing.
  const isLost = page.continues && half === undefined
  const ended = page.isCut ? page.parts.length - 1 : page.parts.length
  for (const [index, part] of page.parts.entries()) {
    if (index === 0 && isLost) continue
    const pieces = index === 0 && page.continues && half !== undefined ? half : []
    pieces.push(part)
    if (index === ended) stream.half = pieces
    else {
      const isTold = index === ended - 1 && page.granule >= 0
      stream.packets.push({
        bytes: pieces.length === 1 ? part : concat(pieces),
        ...(isTold ? { granule: page.granule } : {}),
      })
    }
  }
}

interface Sheet {
  readonly laces: readonly number[]
  readonly body: Uint8Array
  readonly granule: number
  readonly continues: boolean
}

function toSheets({ packets, granule }: PageContent): readonly Sheet[] {
  const laces = packets.flatMap(({ length }) => [
    ...Array.from({ length: Math.floor(length / 255) }, () => 255),
    length % 255,
  ])
  const body = concat(packets)
  const sheets: Sheet[] = []
  let [from, at] = [0, 0]
  while (from < laces.length) {
    const own = laces.slice(from, from + MAX_SEGMENTS)
    const end = at + own.reduce((sum, lace) => sum + lace, 0)
    sheets.push({
      laces: own,
      body: body.subarray(at, end),
      granule: own.some((lace) => lace < 255) ? granule : NO_GRANULE,
      continues: from > 0 && laces[from - 1] === 255,
    })
    at = end
    from += own.length
  }
  return sheets
}

function toPage(
  { laces, body, granule }: Sheet,
  flags: number,
  serial: number,
  sequence: number,
): Uint8Array {
  const page = Buffer.alloc(HEADER_BYTES + laces.length + body.length)
  page.set(CAPTURE)
  page.writeUInt8(flags, 5)
  page.writeBigInt64LE(BigInt(granule), 6)
  page.writeUInt32LE(serial, 14)
  page.writeUInt32LE(sequence, 18)
  page.writeUInt8(laces.length, 26)
  page.set(laces, HEADER_BYTES)
  page.set(body, HEADER_BYTES + laces.length)
  page.writeUInt32LE(checksum(page), 22)
  return page
}

/** Polynomial 0x04c11db7, most significant bit first, nothing inverted. RFC 3533 §6. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24
  for (let bit = 0; bit < 8; bit++) rest = rest < 0 ? (rest << 1) ^ 0x04c11db7 : rest << 1
  return rest
})

/** Of a page whose own checksum is still 0. */
function checksum(page: Uint8Array): number {
  let sum = 0
  for (const byte of page) sum = ((sum << 8) ^ (CRC[((sum >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0
  return sum
}
