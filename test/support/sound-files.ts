// Sound files for tests, made by hand: what is in them is known to the packet.

import { OPUS_RATE_HZ } from '../../src/media/opus.ts'
import { MAX_SEGMENTS, segmentsOf, writeOgg } from '../../src/media/ogg-pages.ts'

export interface OggOpusFacts {
  readonly serial?: number
  readonly channels?: number
  readonly preSkip?: number
  /** Samples at the end that only fill the last packet. */
  readonly unheard?: number
  readonly packetsPerPage?: number
}

/** 20 ms of speech in so many bytes. Its content is told by `seed`. */
export function opusPacket(sizeBytes: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length: Math.max(1, sizeBytes) }, (_, index) =>
    index === 0 ? SPEECH_20_MS : (seed * 31 + index * 7) & 0xff,
  )
}
/** TOC byte: SILK, wide band, 20 ms, mono, one frame. */
const SPEECH_20_MS = 9 << 3
export const PACKET_SAMPLES = OPUS_RATE_HZ / 50

export function oggOpusFile(packets: readonly Uint8Array[], facts: OggOpusFacts = {}): Uint8Array {
  const { serial = 7, channels = 1, preSkip = 312, unheard = 0, packetsPerPage = 50 } = facts
  const head = Buffer.alloc(19)
  head.write('OpusHead', 0, 'latin1')
  head.writeUInt8(1, 8)
  head.writeUInt8(channels, 9)
  head.writeUInt16LE(preSkip, 10)
  head.writeUInt32LE(OPUS_RATE_HZ, 12)
  const tags = Buffer.concat([Buffer.from('OpusTags\u0004\0\0\0test', 'latin1'), Buffer.alloc(4)])
  const pages: { packets: Uint8Array[]; granule: number }[] = []
  for (const [index, packet] of packets.entries()) {
    const page = pages.at(-1)
    const end = (index + 1) * PACKET_SAMPLES - (index === packets.length - 1 ? unheard : 0)
    const isFull =
      page === undefined ||
      page.packets.length >= packetsPerPage ||
      [...page.packets, packet].reduce((sum, each) => sum + segmentsOf(each), 0) > MAX_SEGMENTS
    if (isFull) pages.push({ packets: [packet], granule: end })
    else {
      page.packets.push(packet)
      page.granule = end
    }
  }
  return writeOgg(serial, [{ packets: [head], granule: 0 }, { packets: [tags], granule: 0 }, ...pages])
}

/** A second of it, and the 6.5 ms nobody hears. */
export function oneSecondOfOpus(seed = 0): Uint8Array {
  const packets = Array.from({ length: 51 }, (_, index) => opusPacket(20 + ((index * seed) % 40), index))
  return oggOpusFile(packets, { unheard: PACKET_SAMPLES - 312, serial: seed })
}

/** MPEG 2, layer III, 24 kHz, 64 kbit/s, mono: frames of 192 bytes, 24 ms each. */
export function mp3File(frames: number): Uint8Array {
  const frame = Buffer.alloc(192)
  frame.set([0xff, 0xf3, 0x84, 0xc4])
  return Buffer.concat(Array.from({ length: frames }, () => frame))
}
export const MP3_FRAME_MS = 24
