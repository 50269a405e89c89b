// Forms cut into pieces anywhere: the same file comes out.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readMultipart } from './multipart.ts'

const TYPE = 'multipart/form-data; boundary=b0'

function formOf(name: string, bytes: Uint8Array): Buffer {
  const head = `--b0\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: image/png\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b0--\r\n')])
}

/** Bytes that look like boundaries almost. */
const treacherous = fc
  .array(fc.oneof(fc.constantFrom('\r\n--b', '\r\n--', '\r', '\n', '-', '\r\n--b1'), fc.string()), {
    maxLength: 30,
  })
  .map((parts) => Buffer.from(parts.join('')))
  .filter((bytes) => !bytes.includes('\r\n--b0'))

test('a file is the same however its form was cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(treacherous, fc.uint8Array({ maxLength: 300 })),
      fc.integer({ min: 1, max: 90 }),
      fc.boolean(),
      async (bytes, pieceBytes, isLarge) => {
        // Larger than what is gathered before it is looked at, so that both ways are walked.
        const whole = Buffer.concat([Buffer.alloc(isLarge ? 70_000 : 0, 'x'), bytes])
        const form = formOf('图 a.png', whole)
        const read = await readMultipart(cut(form, isLarge ? 16_300 + pieceBytes : pieceBytes), TYPE)
        expect(read?.isBroken).toBe(false)
        expect(read?.files).toEqual([
          {
            field: 'file',
            name: '图 a.png',
            mimeType: 'image/png',
            sizeBytes: whole.length,
            sha256: createHash('sha256').update(whole).digest('hex'),
            bytes: whole,
          },
        ])
      },
    ),
  )
})

test('a form without its end is broken, one without a boundary is none', async () => {
  const form = formOf('a.png', Buffer.from('bytes'))
  expect(await readMultipart(cut(form.subarray(0, -9), 7), TYPE)).toMatchObject({ files: [], isBroken: true })
  expect(await readMultipart(cut(form, 7), 'multipart/form-data')).toBeUndefined()
})

test('keeps only the size and the hash of a large file', async () => {
  const bytes = Buffer.alloc(9 * 1024 * 1024, 'large ')
  const [file] = (await readMultipart(cut(formOf('a.mp4', bytes), 65_536), TYPE))?.files ?? []
  expect(file).toMatchObject({ sizeBytes: bytes.length, bytes: undefined })
  expect(file?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
})

test('unescapes a quoted name', async () => {
  const read = await readMultipart(cut(formOf('a %22b\\".png', Buffer.from('x')), 1000), TYPE)
  expect(read?.files[0]?.name).toBe('a "b".png')
})

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}
