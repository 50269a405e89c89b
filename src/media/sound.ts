// How does spoken sound, in whatever form it came, become one file that people can play, at best a voice message?

import type { Logger } from '../contract/runtime.ts'
import type { Ffmpeg } from './ffmpeg.ts'
import { joinMp3, readMp3 } from './mp3.ts'
import { joinOggOpus, readOggOpus } from './ogg.ts'
import { isWav, joinWav, readWav, wrapPcm } from './wav.ts'

export interface Sound {
  readonly bytes: Uint8Array
  readonly mimeType: string
  /** Without a dot. */
  readonly extension: string
  readonly durationMs?: number
  /** Of a voice message: 0 to 255 each, at most 256. */
  readonly loudness?: readonly number[]
  /** Ogg Opus: what the platforms show as a voice message. */
  readonly isVoice: boolean
}

export interface SoundTools {
  readonly ffmpeg?: Ffmpeg
  readonly log?: Logger
}

/**
 * `pieces` are whole files, in order. Ogg Opus stays as it is, joined; other sound becomes it where there is an ffmpeg,
 * else is joined as it is. What names no container is taken for raw speech (16 bits, 24 kHz, one channel) unless
 * `mimeType` says otherwise. undefined: there is nothing to be heard. Rejects only with the signal's reason.
 */
export async function toVoice(
  pieces: readonly Uint8Array[],
  mimeType: string | undefined,
  { ffmpeg, log }: SoundTools,
  signal: AbortSignal,
): Promise<Sound | undefined> {
  const given = pieces.filter(({ length }) => length > 0)
  if (given.length === 0) return undefined
  const joined = joinOggOpus(given)
  if (joined !== undefined) return voice(joined)
  const plain = asItIs(given, mimeType)
  if (plain === undefined || ffmpeg === undefined) return plain
  try {
    return voice(await ffmpeg.toOggOpus(plain.bytes, signal)) ?? plain
  } catch (error) {
    signal.throwIfAborted()
    log?.warn({ sizeBytes: plain.bytes.length }, 'a sound could not be made a voice message', error)
    return plain
  }
}

/** Pieces of a stream, cut anywhere, as the files they are of: several where each brings a head of its own. */
export function filesOf(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const files: Uint8Array[][] = []
  for (const piece of pieces) {
    const current = files.at(-1)
    if (current === undefined || isWav(piece)) files.push([piece])
    else current.push(piece)
  }
  return files.map((file) => Buffer.concat(file))
}

function voice(bytes: Uint8Array): Sound | undefined {
  const facts = readOggOpus(bytes)
  return facts && { bytes, mimeType: 'audio/ogg', extension: 'ogg', ...facts, isVoice: true }
}

function asItIs(pieces: readonly Uint8Array[], mimeType: string | undefined): Sound | undefined {
  const wav = joinWav(pieces)
  if (wav !== undefined) return asWav(wav)
  const mp3 = joinMp3(pieces)
  if (mp3 !== undefined) {
    const durationMs = readMp3(mp3)?.durationMs
    return {
      bytes: mp3,
      mimeType: 'audio/mpeg',
      extension: 'mp3',
      ...(durationMs === undefined ? {} : { durationMs }),
      isVoice: false,
    }
  }
  const named = kindOf(pieces[0], mimeType)
  if (named === undefined) return bytesIn(pieces) < LEAST_PCM_BYTES ? undefined : asWav(wrapPcm(pieces))
  return { bytes: Buffer.concat(pieces), ...named, isVoice: false }
}

/** A tenth of a second: less that has no head of its own is no sound. */
const LEAST_PCM_BYTES = 4_800

function bytesIn(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function asWav(bytes: Uint8Array): Sound | undefined {
  const wav = readWav(bytes)
  if (wav === undefined || wav.data.length === 0) return undefined
  const { durationMs } = wav
  return { bytes, mimeType: 'audio/wav', extension: 'wav', durationMs, isVoice: false }
}

interface Kind {
  readonly mimeType: string
  readonly extension: string
}
const OGG: Kind = { mimeType: 'audio/ogg', extension: 'ogg' }
const MP3: Kind = { mimeType: 'audio/mpeg', extension: 'mp3' }
const WAV: Kind = { mimeType: 'audio/wav', extension: 'wav' }
/** What a backend may call it. */
const KINDS: Readonly<Record<string, Kind>> = {
  'audio/ogg': OGG,
  'audio/opus': OGG,
  'application/ogg': OGG,
  'audio/mpeg': MP3,
  'audio/mp3': MP3,
  'audio/wav': WAV,
  'audio/x-wav': WAV,
  'audio/wave': WAV,
  'audio/mp4': { mimeType: 'audio/mp4', extension: 'm4a' },
  'audio/x-m4a': { mimeType: 'audio/mp4', extension: 'm4a' },
  'audio/aac': { mimeType: 'audio/aac', extension: 'aac' },
  'audio/flac': { mimeType: 'audio/flac', extension: 'flac' },
  'audio/webm': { mimeType: 'audio/webm', extension: 'webm' },
}

/** By its first bytes, then by its name; undefined: raw samples. */
function kindOf(first: Uint8Array | undefined, mimeType: string | undefined): Kind | undefined {
  const head = Buffer.from(first?.subarray(0, 4) ?? []).toString('latin1')
  if (head === 'OggS') return OGG
  if (head === 'RIFF') return WAV
  if (head === 'fLaC') return KINDS['audio/flac']
  if (head.startsWith('ID3')) return MP3
  return KINDS[mimeType?.split(';', 1)[0]?.trim().toLowerCase() ?? '']
}
