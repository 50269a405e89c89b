// How long does an Opus packet sound, and what does the head of an Opus stream say? RFC 6716 §3.1, RFC 7845 §5.

/** Positions in Ogg Opus are counted at this rate, whatever was recorded. RFC 7845 §4. */
export const OPUS_RATE_HZ = 48_000

/** A packet never sounds longer than 120 ms. RFC 6716 §3.2.5. */
const MAX_SAMPLES = 5_760

/** Samples at 48 kHz; 0 for what is no Opus packet. */
export function samplesIn(packet: Uint8Array): number {
  const [toc, second] = packet
  if (toc === undefined) return 0
  const samples = frameSamples(toc >> 3) * frameCount(toc & 3, second)
  return samples > MAX_SAMPLES ? 0 : samples
}

function frameSamples(config: number): number {
  // Speech (SILK): 10, 20, 40, 60 ms; both: 10, 20 ms; music (CELT): 2.5, 5, 10, 20 ms.
  if (config < 12) return [480, 960, 1_920, 2_880][config & 3] ?? 0
  if (config < 16) return (config & 1) === 0 ? 480 : 960
  return 120 << (config & 3)
}

function frameCount(code: number, second: number | undefined): number {
  if (code === 0) return 1
  return code === 3 ? (second ?? 0) & 0x3f : 2
}

export interface OpusHead {
  readonly channels: number
  /** Samples at 48 kHz that the decoder needs to begin, and nobody hears. */
  readonly preSkip: number
  readonly gain: number
  readonly mapping: number
}

export function readOpusHead(packet: Uint8Array | undefined): OpusHead | undefined {
  if (packet === undefined || packet.length < 19 || !startsWith(packet, 'OpusHead')) return undefined
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  return {
    channels: view.getUint8(9),
    preSkip: view.getUint16(10, true),
    gain: view.getInt16(16, true),
    mapping: view.getUint8(18),
  }
}

export function isOpusTags(packet: Uint8Array | undefined): packet is Uint8Array {
  return packet !== undefined && startsWith(packet, 'OpusTags')
}

/** For a stream that came without: no maker, no comments. */
export function emptyOpusTags(): Uint8Array {
  return Buffer.concat([Buffer.from('OpusTags', 'latin1'), Buffer.alloc(8)])
}

function startsWith(bytes: Uint8Array, word: string): boolean {
  return (
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .subarray(0, word.length)
      .toString('latin1') === word
  )
}
