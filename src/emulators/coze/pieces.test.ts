// Are texts, forms and long answers whole after they were cut?
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longAnswer } from './long-answer.ts'
import { readMultipart } from './multipart.ts'
import { piecesOf } from './pieces.ts'

test('cuts a text into pieces that join into it, never inside a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 9 }), (text, size) => {
      const pieces = [...piecesOf(text, size)]
      expect(pieces.join('')).toBe(text)
      expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
    }),
  )
})

test('gives a long answer of the asked length, the same every time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70_000 }), (chars) => {
      const text = longAnswer(chars)
      expect(text).toBe(longAnswer(chars))
      expect(text.length).toBeGreaterThanOrEqual(chars)
      expect(text.length).toBeLessThan(chars + 400)
    }),
    { numRuns: 20 },
  )
})

test('reads a form however the network cuts it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      async (bytes, size) => {
        const form = new FormData()
        form.append('note', 'über 你好')
        form.append('file', new File([Buffer.from(bytes)], '图.png', { type: 'image/png' }))
        const response = new Response(form)
        const whole = Buffer.from(await response.arrayBuffer())
        const read = await readMultipart(cutInto(whole, size), response.headers.get('content-type') ?? '')
        expect(read?.fields).toEqual({ note: 'über 你好' })
        expect(read?.files).toHaveLength(1)
        expect(read?.files[0]).toMatchObject({
          name: '图.png',
          mimeType: 'image/png',
          sizeBytes: bytes.length,
        })
        expect(read?.files[0]?.bytes?.equals(bytes)).toBe(true)
        expect(
          await readMultipart(
            cutInto(whole.subarray(0, -10), size),
            String(response.headers.get('content-type')),
          ),
        ).toMatchObject({ isBroken: true })
      },
    ),
    { numRuns: 50 },
  )
})

async function* cutInto(whole: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}
