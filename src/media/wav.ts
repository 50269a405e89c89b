// How long is a WAV file, and how does raw sound become one? RIFF WAVE.

/** How samples are written. */
export interface WavFormat {
  /** 1: whole numbers. Others are compressed, or floating. */
  readonly code: number
  readonly channels: number
  readonly rateHz: number
  readonly bitsPerSample: number
  readonly bytesPerSecond: number
}
export interface Wav {
  readonly format: WavFormat
  /** The sound itself. */
  readonly data: Uint8Array
  readonly durationMs: number
}

/** What Coze's own speech is when it names no container. Coze docs: text to speech (pcm, 24000 unless asked for otherwise). */
export const SPEECH_RATE_HZ = 24_000

/** undefined: no WAV, or a broken one. A length of 0, or beyond the end, as streams have it: all the rest. */
export function readWav(bytes: Uint8Array): Wav | undefined {
  if (!isWav(bytes)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: WavFormat | undefined
  let at = RIFF_BYTES
  while (at + CHUNK_BYTES <= bytes.length) {
    const name = wordAt(bytes, at)
    const size = view.getUint32(at + 4, true)
    const start = at + CHUNK_BYTES
    if (name === 'fmt ' && size >= FORMAT_BYTES && start + FORMAT_BYTES <= bytes.length) {
      format = readFormat(view, start)
    }
    if (name === 'data') {
      const isOpenEnded = size === 0 || start + size > bytes.length
      const data = bytes.subarray(start, isOpenEnded ? bytes.length : start + size)
      return format === undefined || format.bytesPerSecond === 0
        ? undefined
        : { format, data, durationMs: Math.round((data.length * 1_000) / format.bytesPerSecond) }
    }
    // Chunks begin at even places.
    at = start + size + (size % 2)
  }
  return undefined
}

export function isWav(bytes: Uint8Array): boolean {
  return bytes.length >= RIFF_BYTES && wordAt(bytes, 0) === 'RIFF' && wordAt(bytes, 8) === 'WAVE'
}

/** Their sound one after another under one header; undefined when one is no WAV, or they are written differently. */
export function joinWav(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const read = pieces.flatMap((piece) => readWav(piece) ?? [])
  const [first] = read
  if (first === undefined || read.length < pieces.length) return undefined
  const { format } = first
  const isAlike = read.every(
    (other) =>
      other.format.code === format.code &&
      other.format.channels === format.channels &&
      other.format.rateHz === format.rateHz &&
      other.format.bitsPerSample === format.bitsPerSample,
  )
  // Only plain samples may be put side by side.
  if (pieces.length > 1 && (!isAlike || format.code !== PLAIN)) return undefined
  return pieces.length === 1
    ? pieces[0]
    : writeWav(
        format,
        read.map(({ data }) => data),
      )
}

/** Raw samples, 16 bits each, low byte first, one channel. Half a sample at the end is dropped. */
export function wrapPcm(pieces: readonly Uint8Array[], rateHz = SPEECH_RATE_HZ): Uint8Array {
  const format = { code: PLAIN, channels: 1, rateHz, bitsPerSample: 16, bytesPerSecond: rateHz * 2 }
  return writeWav(format, pieces)
}

const PLAIN = 1
const RIFF_BYTES = 12
const CHUNK_BYTES = 8
const FORMAT_BYTES = 16

function readFormat(view: DataView, at: number): WavFormat {
  return {
    code: view.getUint16(at, true),
    channels: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    bytesPerSecond: view.getUint32(at + 8, true),
    bitsPerSample: view.getUint16(at + 14, true),
  }
}

function writeWav(format: WavFormat, pieces: readonly Uint8Array[]): Uint8Array {
  const frame = (format.channels * format.bitsPerSample) / 8
  const given = Buffer.concat(pieces)
  const data = given.subarray(0, given.length - (given.length % Math.max(1, frame)))
  const head = Buffer.alloc(RIFF_BYTES + CHUNK_BYTES + FORMAT_BYTES + CHUNK_BYTES)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(head.length - CHUNK_BYTES + data.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(FORMAT_BYTES, 16)
  head.writeUInt16LE(format.code, 20)
  head.writeUInt16LE(format.channels, 22)
  head.writeUInt32LE(format.rateHz, 24)
  head.writeUInt32LE(format.bytesPerSecond, 28)
  head.writeUInt16LE(frame, 32)
  head.writeUInt16LE(format.bitsPerSample, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

function wordAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}
