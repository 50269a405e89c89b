// What does a file look like that nobody cares about? Small ones of each kind, whose type can be told from their content.
import { gzipSync } from 'node:zlib'
import { makePng } from '../common/png.ts'
import type { SentFile } from './wording.ts'

/** Each call gives a file of its own: `n` tells them apart. */
export const samples = {
  photo: (n: number): SentFile => ({ bytes: makePng({ widthPx: 640, heightPx: 480, seed: n }) }),
  document: (n: number): SentFile => ({ name: `report-${n}.pdf`, sizeBytes: 20_000, seed: n, head: PDF }),
  voice: (n: number): SentFile => ({ sizeBytes: 12_000, seed: n, head: OGG_OPUS, durationSeconds: 3 }),
  audio: (n: number): SentFile => ({
    name: `song-${n}.mp3`,
    sizeBytes: 40_000,
    seed: n,
    head: MP3,
    durationSeconds: 192,
  }),
  video: (n: number): SentFile => ({
    name: `video-${n}.mp4`,
    sizeBytes: 60_000,
    seed: n,
    head: MP4,
    durationSeconds: 12,
  }),
  animation: (n: number): SentFile => ({
    name: `moving-${n}.mp4`,
    sizeBytes: 30_000,
    seed: n,
    head: MP4,
    durationSeconds: 2,
  }),
  videoNote: (n: number): SentFile => ({ sizeBytes: 30_000, seed: n, head: MP4, durationSeconds: 5 }),
  staticSticker: (n: number): SentFile => ({
    name: 's.webp',
    sizeBytes: 8_000,
    seed: n,
    head: WEBP,
    emoji: '🙂',
  }),
  videoSticker: (n: number): SentFile => ({
    name: 's.webm',
    sizeBytes: 9_000,
    seed: n,
    head: WEBM,
    emoji: '🎉',
  }),
  animatedSticker: (n: number): SentFile => ({ name: 's.tgs', bytes: lottie(n), emoji: '👋' }),
} as const

const PDF = Buffer.from('%PDF-1.7\n')
const MP3 = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0, 0xff, 0xfb, 0x90, 0x64])
const MP4 = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypisom\0\0\x02\0isomiso2', 'latin1'),
  Buffer.from([0, 0, 0, 0]),
  Buffer.from('mdat'),
])
const WEBP = Buffer.concat([Buffer.from('RIFF'), Buffer.from([0x38, 0x1f, 0, 0]), Buffer.from('WEBPVP8 ')])
/** An EBML header whose document type is `webm`. */
const WEBM = Buffer.concat([
  Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84]),
  Buffer.from('webm'),
  Buffer.from([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
])
/** The first page of an Ogg stream, with Opus' own header: one channel, 48 kHz. */
const OGG_OPUS = Buffer.concat([
  Buffer.from('OggS\0\x02', 'latin1'),
  Buffer.alloc(8),
  Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 19]),
  Buffer.from('OpusHead\x01\x01\0\0', 'latin1'),
  Buffer.from([0x80, 0xbb, 0, 0, 0, 0, 0]),
])

/** A `.tgs` is a gzipped Lottie animation. https://core.telegram.org/stickers#animated-stickers */
function lottie(n: number): Buffer {
  return gzipSync(
    JSON.stringify({ tgs: 1, v: '5.5.2', fr: 60, ip: 0, op: 180, w: 512, h: 512, nm: `s${n}`, layers: [] }),
  )
}
