import { expect, test } from 'vitest'
import { toMultipart } from './multipart.ts'

async function* bytes(text: string) {
  yield Buffer.from(text)
}

async function written(name: string | undefined, mimeType: string | undefined) {
  const file = { stream: bytes('DATA'), sizeBytes: 4, ...(name && { name }), ...(mimeType && { mimeType }) }
  const payload = toMultipart(file)
  const chunks: Uint8Array[] = []
  for await (const chunk of payload.stream) chunks.push(chunk)
  return { payload, body: Buffer.concat(chunks) }
}

test('a form has exactly the length it promises, and parses as one file under its own name', async () => {
  const { payload, body } = await written('截图 1.png', 'image/png')
  expect(body.byteLength).toBe(payload.sizeBytes)
  const boundary = /boundary=(.+)$/.exec(payload.contentType)?.[1] ?? ''
  const [before, part = '', after] = body.toString().split(`--${boundary}`)
  const [head = '', content] = part.split('\r\n\r\n')
  expect([before, content, after]).toEqual(['', 'DATA\r\n', '--\r\n'])
  expect(head).toContain('name="file"; filename="截图 1.png"')
  expect(head).toContain('content-type: image/png')
})

test('a file without a name gets one that tells its type', async () => {
  expect((await written(undefined, 'image/jpeg')).body.toString()).toContain('filename="file.jpg"')
  expect((await written(undefined, undefined)).body.toString()).toContain('filename="file.bin"')
})

test('a name or type from a stranger cannot break out of its header', async () => {
  const { body } = await written('a"\r\nx: y.png', 'image/png\r\nx: y')
  const head = body.toString().split('\r\n\r\n')[0] ?? ''
  expect(head.split('\r\n')).toHaveLength(3)
  expect(head).toContain('application/octet-stream')
})
