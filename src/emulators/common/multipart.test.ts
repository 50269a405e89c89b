// Multipart bodies: any bytes, grammY's unquoted names, everybody else's quoted ones.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundaryOf, readMultipart } from './multipart.ts'

function bodyOf(boundary: string, parts: readonly (readonly [headers: string, bytes: Uint8Array])[]): Buffer {
  const pieces = parts.flatMap(([headers, bytes]) => [
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
}

test('bytes come out as they went in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, value) => {
      const body = bodyOf('----------x1', [
        ['content-disposition:form-data;name="caption"', Buffer.from(value)],
        ['content-disposition:form-data;name="f";filename=a b.bin\r\ncontent-type:image/png', bytes],
      ])
      const { fields, files } = readMultipart(body, '----------x1')
      expect(fields.get('caption')).toBe(Buffer.from(value).toString('utf8'))
      expect(files.get('f')).toEqual({ name: 'a b.bin', mimeType: 'image/png', bytes: Buffer.from(bytes) })
    }),
  )
})

test('file names are read quoted, unquoted and percent-encoded', () => {
  const nameOf = (disposition: string): string | undefined =>
    readMultipart(
      bodyOf('b', [[`Content-Disposition: form-data; name="f"; ${disposition}`, Buffer.from('x')]]),
      'b',
    ).files.get('f')?.name
  expect(nameOf('filename="a; \\"b\\".txt"')).toBe('a; "b".txt')
  expect(nameOf('filename=naïve "q" file.txt')).toBe('naïve "q" file.txt')
  expect(nameOf('filename=a%20b.txt')).toBe('a b.txt')
})

test('the boundary is found quoted and bare', () => {
  expect(boundaryOf('multipart/form-data; boundary="a b"')).toBe('a b')
  expect(boundaryOf('multipart/form-data; boundary=ab; charset=x')).toBe('ab')
  expect(boundaryOf('multipart/form-data')).toBeUndefined()
})
