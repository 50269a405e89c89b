import { expect, test } from 'vitest'
import { readFileUrl, readStoredFile, toMedia } from './file-url.ts'

const signed =
  'https://p3-bot-sign.byteimg.com/tos/ab12.png~tplv-x-image.image?rk3s=1&x-expires=2&x-signature=3'

test.each([
  ['https://s.coze.cn/t/cat.png', '![cat.png](https://s.coze.cn/t/cat.png)'],
  ['https://a.b/My%20cat.JPEG', '![My cat.JPEG](https://a.b/My%20cat.JPEG)'],
  ['https://a.b/a(1).png', '![a(1).png](https://a.b/a%281%29.png)'],
  ['https://a.b/x.pdf?y=1', '[x.pdf](https://a.b/x.pdf?y=1)'],
  ['https://a.b/get?filename=a%5Bb%5D.webp', '![a\\[b\\].webp](https://a.b/get?filename=a%5Bb%5D.webp)'],
  [signed, `![ab12.png](${signed})`],
  [
    'https://a.b/v.mp4~tplv-cover.image?x-expires=1',
    '![v.mp4](https://a.b/v.mp4~tplv-cover.image?x-expires=1)',
  ],
  ['https://a.b/blob?X-Amz-Signature=1', '[blob](https://a.b/blob?X-Amz-Signature=1)'],
])('%s stands in the text as %s', (url, markdown) => {
  const file = readFileUrl(` ${url}\n`)
  expect(file?.url).toBe(url)
  expect(file && toMedia(file)).toBe(markdown)
})

test.each([
  'https://a.b/page.html',
  'https://a.b/',
  'see https://a.b/c.png',
  'ftp://a.b/c.png',
  'c.png',
  'https://',
])('%s is no file', (text) => {
  expect(readFileUrl(text)).toBeUndefined()
})

const base = 'https://studio.example:8888/api/'
test.each([
  [signed, 'ab12.png'],
  ['https://minio:9000/bucket/a.pdf?X-Amz-Signature=1', 'a.pdf'],
  ['https://minio:9000/bucket/a.pdf?x-amz-signature=1', 'a.pdf'],
  ['https://tos.example/b/c?X-Tos-Signature=1', 'c'],
  ['https://studio.example:8888/files/a.docx', 'a.docx'],
])('%s leads to a stored file', (url, name) => {
  expect(readStoredFile(url, base)).toEqual({ name })
})

test.each([
  'https://example.com/a.pdf',
  'https://studio.example/files/a.docx',
  'http://studio.example:8888/files/a.docx',
  'https://studio.example:8888/docs/page',
  'https://example.com/?note=x-signature',
  'javascript:alert(1)?x-signature=1',
  '',
])('%s does not', (url) => {
  expect(readStoredFile(url, base)).toBeUndefined()
})
