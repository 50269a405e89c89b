// How long and how loud is a voice message, and how do several become one? Ogg Opus, RFC 7845. Pure, total.

import { MAX_SEGMENTS, readOgg, segmentsOf, writeOgg } from './ogg-pages.ts'
import type { OggStream, PageContent } from './ogg-pages.ts'
import { emptyOpusTags, isOpusTags, OPUS_RATE_HZ, readOpusHead, samplesIn } from './opus.ts'
import type { OpusHead } from './opus.ts'

export interface VoiceFacts {
  readonly durationMs: number
  /** 0 to 255 each, at most 256 of them, ten a second where that is fewer. Guessed: what is loud takes more bytes. */
  readonly loudness: readonly number[]
}

/** undefined: no Ogg Opus, or nothing to be heard in it. Files put one after another count together. */
export function readOggOpus(bytes: Uint8Array): VoiceFacts | undefined {
  const links = readLinks(bytes)
  if (links.length === 0) return undefined
  const samples = links.reduce((sum, link) => sum + heardSamples(link), 0)
  const durationMs = Math.max(1, Math.round((samples * 1_000) / OPUS_RATE_HZ))
  return {
    durationMs,
    loudness: loudnessOf(
      links.flatMap(({ packets }) => packets),
      durationMs,
    ),
  }
}

/**
 * Several files of one encoder as one logical stream, which every player takes: the first one's head, the packets of all,
 * positions, page numbers and checksums anew. undefined when one of them is no Ogg Opus, or they do not sound alike
 * (channels, gain). Where two meet, the few milliseconds stay that the encoder added to fill its last packet.
 */
export function joinOggOpus(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const read = pieces.map(readLinks)
  const links = read.flat()
  const [first] = links
  const last = links.at(-1)
  if (first === undefined || last === undefined || read.some(({ length }) => length === 0)) return undefined
  if (!links.every(({ head }) => soundsLike(head, first.head))) return undefined
  const packets = links.flatMap((link) => link.packets)
  return writeOgg(first.serial, [
    { packets: [first.headPacket], granule: 0 },
    { packets: [first.tags], granule: 0 },
    ...toPages(packets, samplesOf(last) - endOf(last)),
  ])
}

/** One logical Opus stream, with something in it. */
interface Link {
  readonly serial: number
  readonly head: OpusHead
  readonly headPacket: Uint8Array
  readonly tags: Uint8Array
  readonly packets: readonly Uint8Array[]
  /** Where the stream says it is after its packets, counted from the first of them; undefined: it does not. */
  readonly endSamples?: number
}

function readLinks(bytes: Uint8Array): readonly Link[] {
  return readOgg(bytes).flatMap((stream) => toLink(stream) ?? [])
}

function toLink({ serial, packets }: OggStream): Link | undefined {
  const [headPacket, second] = packets
  const head = readOpusHead(headPacket?.bytes)
  if (headPacket === undefined || head === undefined) return undefined
  const hasTags = isOpusTags(second?.bytes)
  // What has no length is no packet: no decoder takes it.
  const sound = packets.slice(hasTags ? 2 : 1).filter(({ bytes }) => samplesIn(bytes) > 0)
  if (sound.length === 0) return undefined
  const endSamples = endIn(sound)
  return {
    serial,
    head,
    headPacket: headPacket.bytes,
    tags: hasTags ? second.bytes : emptyOpusTags(),
    packets: sound.map(({ bytes }) => bytes),
    ...(endSamples === undefined ? {} : { endSamples }),
  }
}

/** A stream cut out of a longer one does not begin at 0: the first position told says where it does. RFC 7845 §4.3. */
function endIn(packets: OggStream['packets']): number | undefined {
  let samples = 0
  let start: number | undefined
  let end: number | undefined
  for (const { bytes, granule } of packets) {
    samples += samplesIn(bytes)
    if (granule === undefined) {
      if (end !== undefined) end += samplesIn(bytes)
      continue
    }
    // The first page may end earlier than its packets when it is the last one as well: then it began at 0.
    start ??= Math.max(0, granule - samples)
    end = granule - start
  }
  return end
}

function samplesOf({ packets }: Link): number {
  return packets.reduce((sum, packet) => sum + samplesIn(packet), 0)
}

/** Never beyond what its packets hold: a position may be garbage. */
function endOf(link: Link): number {
  const samples = samplesOf(link)
  return Math.max(0, Math.min(samples, link.endSamples ?? samples))
}

function heardSamples(link: Link): number {
  return Math.max(0, endOf(link) - link.head.preSkip)
}

function soundsLike(one: OpusHead, other: OpusHead): boolean {
  return (
    one.channels === other.channels && one.gain === other.gain && one.mapping === 0 && other.mapping === 0
  )
}

/** A page holds about a second, since players seek by pages. What opusenc does (`--max-delay`). */
const PAGE_SAMPLES = OPUS_RATE_HZ

/** `unheard`: so many samples at the end of the last packet are only there to fill it. */
function toPages(packets: readonly Uint8Array[], unheard: number): readonly PageContent[] {
  const pages: PageContent[] = []
  let [own, segments, samples, position]: [Uint8Array[], number, number, number] = [[], 0, 0, 0]
  for (const packet of packets) {
    const isFull = samples >= PAGE_SAMPLES || segments + segmentsOf(packet) > MAX_SEGMENTS
    if (own.length > 0 && isFull) {
      pages.push({ packets: own, granule: position })
      ;[own, segments, samples] = [[], 0, 0]
    }
    own.push(packet)
    segments += segmentsOf(packet)
    samples += samplesIn(packet)
    position += samplesIn(packet)
  }
  // Positions never go back.
  pages.push({ packets: own, granule: Math.max(pages.at(-1)?.granule ?? 0, position - unheard) })
  return pages
}

/** Discord shows at most so many. Discord docs: voice messages. */
const MAX_POINTS = 256
const POINT_MS = 100
const MAX_LEVEL = 255

function loudnessOf(packets: readonly Uint8Array[], durationMs: number): readonly number[] {
  const count = Math.max(1, Math.min(MAX_POINTS, Math.ceil(durationMs / POINT_MS), packets.length))
  const means = Array.from({ length: count }, (_, point) => {
    const from = Math.floor((point * packets.length) / count)
    const to = Math.floor(((point + 1) * packets.length) / count)
    const size = packets.slice(from, to).reduce((sum, { length }) => sum + length, 0)
    return size / (to - from)
  })
  const [least, most] = [Math.min(...means), Math.max(...means)]
  // An encoder of constant rate tells nothing: an even line.
  if (least === most) return means.map(() => Math.round(MAX_LEVEL / 2))
  return means.map((mean) => Math.round(((mean - least) * MAX_LEVEL) / (most - least)))
}
