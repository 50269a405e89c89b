import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MP3_FRAME_MS, mp3File } from '../../test/support/sound-files.ts'
import { joinMp3, readMp3 } from './mp3.ts'

const id3 = Buffer.concat([Buffer.from('ID3\u0004\0\0\0\0\u0001\u0002', 'latin1'), Buffer.alloc(130)])
const oldTag = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)])

test('lasts as long as its frames, whatever tags stand round them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.boolean(), fc.boolean(), (frames, front, back) => {
      const file = Buffer.concat(
        [front ? id3 : '', mp3File(frames), back ? oldTag : ''].map((part) => Buffer.from(part)),
      )
      expect(readMp3(file)).toMatchObject({ durationMs: frames * MP3_FRAME_MS })
    }),
  )
})

test('joined files are their frames, one after another', () => {
  const joined = joinMp3([Buffer.concat([id3, mp3File(10)]), Buffer.concat([id3, mp3File(5), oldTag])])!
  expect(Buffer.compare(joined, mp3File(15))).toBe(0)
})

test('a frame that tells how many follow is no sound, and would be untrue of a joined file', () => {
  const counted = Buffer.from(mp3File(11))
  counted.write('Info', 13, 'latin1')
  expect(readMp3(counted)?.durationMs).toBe(10 * MP3_FRAME_MS)
  expect(joinMp3([counted, counted])).toHaveLength(20 * 192)
})

test('MPEG 1 has longer frames at higher rates', () => {
  const frame = Buffer.alloc(417)
  frame.set([0xff, 0xfb, 0x90, 0x64])
  expect(readMp3(Buffer.concat([frame, frame, frame]))?.durationMs).toBe(Math.round((3 * 1_152_000) / 44_100))
})

test('a single frame in the midst of other bytes is chance', () => {
  expect(readMp3(Buffer.concat([mp3File(1), Buffer.alloc(400)]))).toBeUndefined()
})

test('nothing makes the reader throw or stand still', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(9), fc.nat(1_000), (noise, frames, cut) => {
      const bytes = Buffer.concat([mp3File(frames), noise]).subarray(0, cut)
      const read = readMp3(bytes)
      expect((read?.frames ?? []).reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(
        bytes.length,
      )
    }),
  )
})
