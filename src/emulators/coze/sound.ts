// What does said text sound like, in each format Coze gives? Silence of the right length, in files any player takes.
import { makeOggOpus } from './ogg.ts'

export type SoundFormat = 'mp3' | 'wav' | 'pcm' | 'ogg_opus'

export interface Sound {
  readonly bytes: Buffer
  readonly contentType: string
  readonly durationMs: number
}

export interface SoundOptions {
  readonly durationMs: number
  /** Of wav, pcm and mp3; 24000 when left out. Ogg Opus is always at 48 kHz. */
  readonly sampleRateHz?: number
  readonly seed?: number
}

/** As it may be said: about 14 letters or 4 Chinese characters a second, and at least 200 ms. */
export function speechMs(text: string, speed = 1): number {
  const points = Array.from(text)
  const wide = points.filter((point) => /\p{Script=Han}/u.test(point)).length
  return Math.max(200, Math.round((wide * 240 + (points.length - wide) * 70) / speed))
}

export function makeSound(format: SoundFormat, options: SoundOptions): Sound {
  const { durationMs } = options
  switch (format) {
    case 'ogg_opus':
      return { bytes: makeOggOpus(options), contentType: 'audio/ogg', durationMs }
    case 'wav':
      return { bytes: makeWav(options), contentType: 'audio/wav', durationMs }
    case 'pcm':
      return { bytes: makePcm(options), contentType: 'audio/pcm', durationMs }
    case 'mp3':
      return { bytes: makeMp3(options), contentType: 'audio/mpeg', durationMs }
  }
}

/** Signed 16 bits, little endian, mono: a hum so soft that it is silence to the ear, but not to a hash. */
function makePcm({ durationMs, sampleRateHz = 24_000, seed = 0 }: SoundOptions): Buffer {
  const samples = Math.round((durationMs * sampleRateHz) / 1000)
  const bytes = Buffer.alloc(samples * 2)
  for (let at = 0; at < samples; at++) bytes.writeInt16LE(((at >> 5) + seed) % 3, at * 2)
  return bytes
}

export function makeWav(options: SoundOptions): Buffer {
  const { sampleRateHz = 24_000 } = options
  const samples = makePcm(options)
  const head = Buffer.alloc(44)
  head.write('RIFF', 'latin1')
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(sampleRateHz, 24)
  head.writeUInt32LE(sampleRateHz * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

/**
 * MPEG audio, layer III, mono, 32 kbit/s: each frame a header and nothing but zeros, which is silence. By sample rate:
 * the second byte (version), the rate's two bits, the code of 32 kbit/s, samples per frame. ISO 11172-3, 13818-3.
 */
const MP3_KINDS: Readonly<
  Record<number, readonly [version: number, rate: number, bits: number, of: number]>
> = {
  44_100: [0xfb, 0, 1, 1152],
  48_000: [0xfb, 1, 1, 1152],
  32_000: [0xfb, 2, 1, 1152],
  22_050: [0xf3, 0, 4, 576],
  24_000: [0xf3, 1, 4, 576],
  16_000: [0xf3, 2, 4, 576],
  8000: [0xe3, 2, 4, 576],
}

export function makeMp3({ durationMs, sampleRateHz = 24_000 }: SoundOptions): Buffer {
  const [version, rate, bits, samples] = MP3_KINDS[sampleRateHz] ?? [0xf3, 1, 4, 576]
  const frame = Buffer.alloc(Math.floor(((samples / 8) * 32_000) / sampleRateHz))
  // Mono, original.
  frame.set([0xff, version, (bits << 4) | (rate << 2), 0xc4])
  const count = Math.max(1, Math.ceil((durationMs * sampleRateHz) / 1000 / samples))
  return Buffer.concat(Array<Buffer>(count).fill(frame))
}
