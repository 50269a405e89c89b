// Uploads: what is refused, what breaks off, and what is seen of them.
import { request } from 'node:http'
import type { ClientRequest } from 'node:http'
import { expect, test } from 'vitest'
import { seededBytes, sha256Of } from '../common/bytes.ts'
import { defaults } from './index.ts'
import type { CozeEmulator } from './index.ts'
import { asking, dataText, emulator, send } from '../../../test/support/coze-wire.ts'

const PATH = '/v1/files/upload'

function formWith(...parts: readonly (readonly [field: string, name: string, bytes: string])[]): FormData {
  const form = new FormData()
  for (const [field, name, bytes] of parts) form.append(field, new File([bytes], name))
  return form
}

const upload = (coze: CozeEmulator, name: string, bytes = 'bytes') =>
  send(coze, 'POST', PATH, formWith(['file', name, bytes]))

test('refuses the eleventh upload of a second, and takes it in the next', async () => {
  let nowMs = 1_760_000_000_000
  const coze = await emulator({ nowMs: () => nowMs })
  for (let count = 0; count < 10; count++) await upload(coze, `${count}.png`)
  const refused = await upload(coze, 'more.png')
  expect([refused.status, refused.json['code']]).toEqual([429, 4013])
  nowMs += 1000
  expect((await upload(coze, 'more.png')).json['code']).toBe(0)
  expect(coze.store.uploads).toMatchObject({ peakPerSecond: 11, refusedByRate: 1, underWay: 0 })
  expect(coze.store.files.size).toBe(11)
})

test('has another rate, or none, where it is told so', async () => {
  const nowMs = (): number => 1_760_000_000_000
  const [two, any] = [
    await emulator({ limits: { uploadsPerSecond: 2 }, nowMs }),
    await emulator({ limits: { uploadsPerSecond: 0 }, nowMs }),
  ]
  for (let count = 0; count < 12; count++) await Promise.all([upload(two, 'a.png'), upload(any, 'a.png')])
  expect([two.store.files.size, any.store.files.size]).toEqual([2, 12])
})

test('refuses each wrong form with its own code', async () => {
  const coze = await emulator()
  const codeOf = async (body: unknown) => (await send(coze, 'POST', PATH, body)).json['code']
  expect(await codeOf({})).toBe(4300)
  expect(await codeOf(formWith(['file', 'a.png', '']))).toBe(4300)
  expect(await codeOf(formWith(['document', 'a.png', 'x']))).toBe(4300)
  expect(await codeOf(formWith(['file', 'a.png', 'x'], ['file', 'b.png', 'x']))).toBe(4301)
  expect(await codeOf(formWith(['file', 'a.md', 'x']))).toBe(4303)
  expect(await codeOf(formWith(['file', 'png', 'x']))).toBe(4303)
  const broken = await fetch(coze.url + PATH, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${defaults.token}`,
      'content-type': 'multipart/form-data; boundary=b',
    },
    body: '--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf of it',
  })
  expect(await broken.json()).toMatchObject({ code: 4304 })
  expect(coze.store.files.size).toBe(0)
})

test('forgets a file after its time, by its own clock', async () => {
  let nowMs = 1_760_000_000_000
  const coze = await emulator({ nowMs: () => nowMs, limits: { filesLiveMs: 60_000 } })
  const fileId = dataText(await upload(coze, 'a.png'), 'id')
  const items = [
    { type: 'text', text: 'look' },
    { type: 'image', file_id: fileId },
  ]
  const message = { role: 'user', content: JSON.stringify(items), content_type: 'object_string' }
  const ask = () => send(coze, 'POST', '/v3/chat', asking('', { additional_messages: [message] }))
  nowMs += 59_999
  expect((await ask()).events.at(-1)?.event).toBe('done')
  nowMs += 1
  expect((await ask()).json['code']).toBe(4200)
  expect((await send(coze, 'GET', `/v1/files/retrieve?file_id=${fileId}`)).json['code']).toBe(4200)
})

test('takes a large file whole without keeping it', async () => {
  const coze = await emulator()
  const sizeBytes = 24 * 1024 * 1024
  const raw = openUpload(coze, 'film.mp4', sizeBytes)
  for await (const chunk of seededBytes(1, sizeBytes))
    if (!raw.write(chunk)) await new Promise<void>((resolve) => raw.once('drain', () => resolve()))
  raw.end('\r\n--b--\r\n')
  await expect.poll(() => coze.store.files.size).toBe(1)
  const sha256 = await sha256Of(seededBytes(1, sizeBytes))
  expect([...coze.store.files.values()]).toMatchObject([{ sizeBytes, sha256, bytes: undefined }])
})

test('keeps nothing of an upload whose client went away in the middle', async () => {
  const coze = await emulator()
  const raw = openUpload(coze, 'film.mp4', 1_000_000)
  raw.write(Buffer.alloc(70_000))
  await expect.poll(() => coze.store.uploads.underWay).toBe(1)
  raw.destroy()
  await expect.poll(() => coze.store.uploads).toMatchObject({ underWay: 0, brokenOff: 1 })
  expect(coze.store.files.size).toBe(0)
})

test('holds an upload at a gate, and goes on when it opens', async () => {
  const coze = await emulator()
  coze.faults.next(PATH, { holdBody: { gate: 'middle', afterBytes: 1000 } })
  const answered = upload(coze, 'a.png', 'x'.repeat(200_000))
  await expect.poll(() => coze.held('middle')).toBe(1)
  expect(coze.store.files.size).toBe(0)
  coze.release('middle')
  expect((await answered).json['code']).toBe(0)
})

test('forgets an upload whose client is killed at a gate', async () => {
  const coze = await emulator()
  coze.faults.next(PATH, { holdBody: { gate: 'middle' } })
  const raw = openUpload(coze, 'film.mp4', 1_000_000)
  raw.write(Buffer.alloc(1000))
  await expect.poll(() => coze.held('middle')).toBe(1)
  raw.destroy()
  await expect.poll(() => coze.held('middle')).toBe(0)
  expect(coze.store.uploads).toMatchObject({ underWay: 0, brokenOff: 1 })
})

test('fails the next uploads as told, breaks one off, then is itself again', async () => {
  const coze = await emulator()
  coze.faults.next(PATH, { status: 502, body: 'bad gateway' }, 2)
  expect((await upload(coze, 'a.png')).status).toBe(502)
  expect((await upload(coze, 'a.png')).status).toBe(502)
  coze.faults.next(PATH, { breakAfterBytes: 10_000 })
  await expect(upload(coze, 'a.png', 'x'.repeat(100_000))).rejects.toThrow()
  expect((await upload(coze, 'a.png')).json['code']).toBe(0)
  expect(coze.store.files.size).toBe(1)
})

/** A form whose file is still to be written: its head is sent, its whole length announced. */
function openUpload(coze: CozeEmulator, name: string, sizeBytes: number): ClientRequest {
  const head = `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: video/mp4\r\n\r\n`
  const raw = request(coze.url + PATH, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${defaults.token}`,
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': head.length + sizeBytes + '\r\n--b--\r\n'.length,
    },
  })
  raw.on('error', () => {})
  raw.on('response', (response) => response.resume())
  raw.write(head)
  return raw
}
