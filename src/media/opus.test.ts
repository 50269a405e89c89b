import { expect, test } from 'vitest'
import { samplesIn } from './opus.ts'

const packet = (config: number, code: number, second = 0): Uint8Array =>
  Uint8Array.of((config << 3) | code, second)

// RFC 6716 §3.1, table 2 and the frame count codes.
test.each([
  ['speech of 10 ms', packet(0, 0), 480],
  ['speech of 60 ms', packet(11, 0), 2_880],
  ['both kinds, 10 ms', packet(12, 0), 480],
  ['both kinds, 20 ms', packet(15, 0), 960],
  ['music of 2.5 ms', packet(16, 0), 120],
  ['music of 20 ms', packet(31, 0), 960],
  ['two frames of a size', packet(9, 1), 1_920],
  ['two frames of two sizes', packet(9, 2), 1_920],
  ['as many as the second byte says', packet(16, 3, 0b1100_0101), 600],
  ['no frames at all', packet(16, 3, 0), 0],
  ['longer than a packet may be', packet(11, 3, 3), 0],
  ['nothing', new Uint8Array(), 0],
])('knows the length of %s', (_what, bytes, samples) => {
  expect(samplesIn(bytes)).toBe(samples)
})
