// How is a real Ogg Opus stream made, of silence, without an encoder?

/** Granule positions always count at 48 kHz. https://www.rfc-editor.org/rfc/rfc7845#section-4 */
const SAMPLES_PER_MS = 48
/** 20 ms. */
const SAMPLES_PER_PACKET = 960
const PRE_SKIP = 312
const PACKETS_PER_PAGE = 50

/**
 * Mono, 48 kHz, packets of 20 ms: `durationMs` exactly, the last packet's rest being trimmed. Each packet says silence (CELT, 20 ms); what
 * follows in it is never looked at, so that sizes may vary with `seed` as those of speech do.
 */
export function makeOggOpus({ durationMs, seed = 0 }: { durationMs: number; seed?: number }): Buffer {
  const samples = Math.max(1, Math.round(durationMs * SAMPLES_PER_MS)) + PRE_SKIP
  const count = Math.ceil(samples / SAMPLES_PER_PACKET)
  const serial = (0x5e_ed_00_00 + seed) >>> 0
  const pages = [
    page([opusHead()], { flags: 2, granule: 0n, serial, sequence: 0 }),
    page([opusTags()], { flags: 0, granule: 0n, serial, sequence: 1 }),
  ]
  for (let from = 0; from < count; from += PACKETS_PER_PAGE) {
    const upTo = Math.min(count, from + PACKETS_PER_PAGE)
    const packets: Buffer[] = []
    for (let at = from; at < upTo; at++) packets.push(silentPacket(sizeOf(at, seed)))
    const granule = BigInt(Math.min(upTo * SAMPLES_PER_PACKET, samples))
    pages.push(page(packets, { flags: upTo === count ? 4 : 0, granule, serial, sequence: pages.length }))
  }
  return Buffer.concat(pages)
}

/** Loud and quiet come and go: 3 to 120 bytes, the same for the same seed. */
function sizeOf(index: number, seed: number): number {
  const swell = Math.sin(index / 7 + seed) * Math.sin(index / 31 + seed / 3)
  return 3 + Math.round(Math.abs(swell) * 117)
}

/** TOC F8: CELT, full band, 20 ms, mono, one frame. FF FE: the silence flag of the range coder. RFC 6716, 3.1 and 4.3. */
function silentPacket(sizeBytes: number): Buffer {
  const packet = Buffer.alloc(sizeBytes)
  packet.set([0xf8, 0xff, 0xfe])
  return packet
}

/** https://www.rfc-editor.org/rfc/rfc7845#section-5.1 */
function opusHead(): Buffer {
  const head = Buffer.alloc(19)
  head.write('OpusHead', 'latin1')
  head.set([1, 1], 8)
  head.writeUInt16LE(PRE_SKIP, 10)
  head.writeUInt32LE(48_000, 12)
  return head
}

function opusTags(): Buffer {
  const vendor = Buffer.from('emulated coze')
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4)
  tags.write('OpusTags', 'latin1')
  tags.writeUInt32LE(vendor.length, 8)
  vendor.copy(tags, 12)
  return tags
}

interface PageHead {
  /** 2: first page, 4: last page. */
  readonly flags: number
  readonly granule: bigint
  readonly serial: number
  readonly sequence: number
}

/** https://www.rfc-editor.org/rfc/rfc3533#section-6 */
function page(packets: readonly Buffer[], { flags, granule, serial, sequence }: PageHead): Buffer {
  const lacing = packets.flatMap((packet) => [
    ...Array<number>(Math.floor(packet.length / 255)).fill(255),
    packet.length % 255,
  ])
  const head = Buffer.alloc(27 + lacing.length)
  head.write('OggS', 'latin1')
  head[5] = flags
  head.writeBigUInt64LE(granule, 6)
  head.writeUInt32LE(serial, 14)
  head.writeUInt32LE(sequence, 18)
  head[26] = lacing.length
  head.set(lacing, 27)
  const whole = Buffer.concat([head, ...packets])
  whole.writeUInt32LE(oggCrc(whole), 22)
  return whole
}

/** CRC-32 with polynomial 04C11DB7, not reflected, from zero. Over the page with its own field zero. */
function oggCrc(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0
  return crc
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_none, index) => {
  let crc = index << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1
  return crc >>> 0
})
