// Does a frame survive its bytes?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from './wire.ts'

const number = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const headers = fc
  .uniqueArray(fc.stringMatching(/^[a-z_]{1,12}$/), { maxLength: 6 })
  .chain((keys) =>
    fc.tuple(...keys.map((key) => fc.string({ unit: 'grapheme' }).map((value) => [key, value] as const))),
  )

test('what is written is read again', () => {
  fc.assert(
    fc.property(
      number,
      number,
      number,
      number,
      headers,
      fc.uint8Array(),
      (seqId, logId, service, method, pairs, bytes) => {
        const frame = {
          seqId,
          logId,
          service,
          method,
          headers: Object.fromEntries(pairs),
          payload: Buffer.from(bytes),
        }
        const read = decodeFrame(encodeFrame(frame))
        expect({ ...read, payload: Buffer.from(read.payload ?? []) }).toEqual(frame)
      },
    ),
  )
})

test('required numbers are written even when they are 0', () => {
  const bytes = encodeFrame({ seqId: 0, logId: 0, service: 0, method: 0, headers: {} })
  expect([...bytes]).toEqual([0x08, 0, 0x10, 0, 0x18, 0, 0x20, 0])
})

test('bytes without the required fields are no frame', () => {
  expect(() => decodeFrame(new Uint8Array([0x08, 0]))).toThrow(/required/)
})
