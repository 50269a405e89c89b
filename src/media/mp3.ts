// How long is an MP3, and how do several become one? MPEG audio, layer III, by its frames (ISO 11172-3, 13818-3).

export interface Mp3 {
  readonly durationMs: number
  /** Its frames alone: no tags, and no frame that tells how many there are. */
  readonly frames: readonly Uint8Array[]
}

/** undefined: no MP3. Two frames in a row make one, or a single frame that is all there is: chance makes no such pair. */
export function readMp3(bytes: Uint8Array): Mp3 | undefined {
  const frames: Uint8Array[] = []
  let durationMs = 0
  let at = tagBytes(bytes)
  for (let head = readHead(bytes, at); head !== undefined; head = readHead(bytes, at)) {
    const frame = bytes.subarray(at, at + head.sizeBytes)
    if (frames.length > 0 || !tellsTheCount(frame)) {
      frames.push(frame)
      durationMs += (head.samples * 1_000) / head.rateHz
    }
    at += head.sizeBytes
    if (frame.length < head.sizeBytes) break
  }
  const isWhole = at >= bytes.length || isTag(bytes, at)
  if (frames.length === 0 || (frames.length === 1 && !isWhole)) return undefined
  return { durationMs: Math.round(durationMs), frames }
}

/** Their frames one after another; undefined when one is no MP3. */
export function joinMp3(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const read = pieces.flatMap((piece) => readMp3(piece) ?? [])
  if (read.length === 0 || read.length < pieces.length) return undefined
  return pieces.length === 1 ? pieces[0] : Buffer.concat(read.flatMap(({ frames }) => frames))
}

interface FrameHead {
  readonly sizeBytes: number
  readonly samples: number
  readonly rateHz: number
}

/** In kbit/s. MPEG 1, then 2 and 2.5. */
const RATES_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const RATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const SAMPLE_RATES_HZ = [44_100, 48_000, 32_000]

function readHead(bytes: Uint8Array, at: number): FrameHead | undefined {
  const [sync, kind = 0, rates = 0] = bytes.subarray(at, at + 3)
  // Eleven bits, then the layer: 01 is III.
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2) return undefined
  const version = (kind >> 3) & 3
  const kbitPerSecond = (version === 3 ? RATES_1 : RATES_2)[rates >> 4] ?? 0
  const fullRateHz = SAMPLE_RATES_HZ[(rates >> 2) & 3] ?? 0
  if (version === 1 || kbitPerSecond === 0 || fullRateHz === 0) return undefined
  const rateHz = fullRateHz / (version === 3 ? 1 : version === 2 ? 2 : 4)
  const samples = version === 3 ? 1_152 : 576
  const padding = (rates >> 1) & 1
  const sizeBytes = Math.floor((samples * kbitPerSecond * 125) / rateHz) + padding
  return { sizeBytes, samples, rateHz }
}

/** ID3v2 stands in front; its length has seven bits to a byte. */
function tagBytes(bytes: Uint8Array): number {
  if (bytes.length < 10 || latin1(bytes, 0, 3) !== 'ID3') return 0
  return bytes.subarray(6, 10).reduce((size, byte) => size * 128 + (byte & 0x7f), 0) + 10
}

/** ID3v1 and others stand at the end. */
function isTag(bytes: Uint8Array, at: number): boolean {
  return ['TAG', 'ID3', 'APE'].includes(latin1(bytes, at, 3))
}

/** The first frame may hold no sound, but how many follow (Xing, Info): untrue as soon as more are added. */
function tellsTheCount(frame: Uint8Array): boolean {
  const start = latin1(frame, 0, 48)
  return start.includes('Xing') || start.includes('Info')
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}
