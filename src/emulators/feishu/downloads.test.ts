// Are files handed out and taken in as the documents say? Lengths, ranges, sizes, formats; by raw HTTP.
import { expect, test } from 'vitest'
import { seededBytes, sha256Of } from '../common/bytes.ts'
import { makePng } from '../common/png.ts'
import { stage, type Stage } from './raw-bot.ts'
import { readJson } from './types.ts'
import type { SayOptions } from './wording.ts'

const TIMEOUT_MS = 10_000
const PNG = makePng({ widthPx: 8, heightPx: 8 })
const SEEDED = { seed: 'seed', sizeBytes: 200_000 }

/** What Ann sends, fetched. */
async function fetched({ emulator, bot, ann, group }: Stage, options: SayOptions, range?: string) {
  const { messageId } = emulator.say(ann, group, '', options)
  const content = readJson(emulator.screen(group).at(-1)?.content ?? '') ?? {}
  const [key, type] =
    content['image_key'] === undefined || 'file_key' in content
      ? [content['file_key'], 'file']
      : [content['image_key'], 'image']
  const token = await bot.signIn()
  return fetch(
    `${emulator.url}/open-apis/im/v1/messages/${messageId}/resources/${String(key)}?type=${type}`,
    {
      headers: { authorization: `Bearer ${token}`, ...(range === undefined ? {} : { range }) },
    },
  )
}
async function upload(
  lab: Stage,
  path: 'images' | 'files',
  bytes: Buffer,
  more: Record<string, string> = {},
) {
  const form = new FormData()
  const fields = path === 'images' ? { image_type: 'message' } : { file_name: 'a.bin', file_type: 'stream' }
  for (const [name, value] of Object.entries({ ...fields, ...more })) form.set(name, value)
  form.set(path === 'images' ? 'image' : 'file', new Blob([new Uint8Array(bytes)]), 'upload')
  return lab.bot.call('POST', `/im/v1/${path}`, form)
}

test('a file that is made on the way has its length, and the same bytes each time', async () => {
  await using lab = await stage()
  const response = await fetched(lab, { file: { bytes: SEEDED, name: '大.bin' } })
  expect(response.headers.get('content-length')).toBe('200000')
  const bytes = Buffer.from(await response.arrayBuffer())
  expect(await sha256Of(bytes)).toBe(await sha256Of(seededBytes(SEEDED.seed, SEEDED.sizeBytes)))
  expect(lab.emulator.store.downloads).toMatchObject([
    { name: '大.bin', sizeBytes: 200_000, sentBytes: 200_000, state: 'whole' },
  ])
  const part = await fetched(lab, { file: { bytes: SEEDED } }, 'bytes=65530-140000')
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 65530-140000/200000'])
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(65_530, 140_001))).toBe(true)
  expect((await fetched(lab, { file: { bytes: SEEDED } }, 'bytes=200000-')).status).toBe(416)
})

test('in chunks no length is told, but a range tells it; where ranges are unknown nothing does', async () => {
  for (const ranges of [true, false]) {
    await using lab = await stage({ downloads: { chunked: true, ranges } })
    const response = await fetched(lab, { image: { bytes: PNG } }, 'bytes=0-')
    expect(response.headers.get('content-length')).toBeNull()
    const told = ranges ? `bytes 0-${PNG.length - 1}/${PNG.length}` : null
    expect([response.status, response.headers.get('content-range')]).toEqual([ranges ? 206 : 200, told])
    expect(Buffer.from(await response.arrayBuffer()).equals(PNG)).toBe(true)
  }
})

test('more than 100 MB is not handed out, nor stickers and children of forwards', async () => {
  await using lab = await stage()
  const codeOf = async (options: SayOptions) =>
    ((await (await fetched(lab, options)).json()) as { code: number }).code
  expect(await codeOf({ file: { bytes: { seed: 1, sizeBytes: (100 << 20) + 1 } } })).toBe(234037)
  expect(await codeOf({ sticker: { bytes: PNG } })).toBe(234043)
  const key = lab.emulator.fileKey('image', { bytes: PNG })
  const { messageId } = lab.emulator.say(lab.ann, lab.group, '', {
    forward: [{ from: lab.ann, asType: { type: 'image', content: { image_key: key } } }],
  })
  const { items } = (await lab.bot.call('GET', `/im/v1/messages/${messageId}`)).data
  for (const { message_id: id } of items)
    expect((await lab.bot.call('GET', `/im/v1/messages/${id}/resources/${key}?type=image`)).code).toBe(234043)
})

test('a download breaks off, stalls or trickles on demand', async () => {
  await using lab = await stage()
  const { emulator } = lab
  const send = () => fetched(lab, { file: { bytes: SEEDED } })
  emulator.faults.add({ operations: ['resource.get'], fault: { do: 'break', afterBytes: 1_000 } })
  await expect((await send()).arrayBuffer()).rejects.toThrow()
  emulator.faults.add({ operations: ['resource.get'], fault: { do: 'trickle', bytesPerSecond: 50_000_000 } })
  expect((await (await send()).arrayBuffer()).byteLength).toBe(SEEDED.sizeBytes)
  emulator.faults.add({ operations: ['resource.get'], fault: { do: 'stall', afterBytes: 1_000 } })
  const body = (await send()).body?.getReader()
  expect(await body?.read()).toMatchObject({ done: false, value: { byteLength: 1_000 } })
  await body?.cancel()
  const states = () => emulator.store.downloads.map(({ state }) => state).join()
  await emulator.waitFor(() => states() === 'cut,whole,cut', { timeoutMs: TIMEOUT_MS, what: 'all ended' })
})

test('pictures are measured: 12,000 pixels a side, 2,000 for a GIF, 10 MB', async () => {
  await using lab = await stage()
  const codeOf = async (bytes: Buffer) => (await upload(lab, 'images', bytes)).code
  const wide = Buffer.from(PNG)
  wide.writeUInt32BE(12_001, 16)
  const gif = (side: number) => {
    const bytes = Buffer.from('GIF89a____and more')
    bytes.writeUInt16LE(side, 8)
    bytes.writeUInt16LE(1, 6)
    return bytes
  }
  // A comment of 4 bytes, then a frame of 12,001 by 1.
  const jpeg = (side: string) => Buffer.from(`ffd8fffe00046869ffc0000b080001${side}0101110000`, 'hex')
  expect(await codeOf(PNG)).toBe(0)
  expect(await codeOf(wide)).toBe(234039)
  expect([await codeOf(gif(2_000)), await codeOf(gif(2_001))]).toEqual([0, 234039])
  expect([await codeOf(jpeg('2ee0')), await codeOf(jpeg('2ee1'))]).toEqual([0, 234039])
  const film = Buffer.concat([Buffer.alloc(4), Buffer.from('ftypisom')])
  expect([await codeOf(film), await codeOf(Buffer.from('<svg/>'))]).toEqual([234011, 234011])
  expect(await codeOf(Buffer.concat([PNG, Buffer.alloc(10 << 20)]))).toBe(234006)
})

test('sound is Ogg Opus, a film MP4, a file has 30 MB at most, and people see what came', async () => {
  await using lab = await stage()
  const { emulator, bot, group } = lab
  const opus = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead')])
  const as = async (type: string, bytes: Buffer, more = {}) =>
    upload(lab, 'files', bytes, { file_type: type, ...more })
  expect((await as('opus', Buffer.from('ID3'))).code).toBe(234001)
  expect((await as('opus', opus, { duration: 'long' })).code).toBe(234001)
  expect((await as('stream', Buffer.alloc((30 << 20) + 1))).code).toBe(234006)
  const { file_key } = (await as('opus', opus, { duration: '1500', file_name: '声音.opus' })).data
  const send = (msg_type: string) =>
    bot.send(group.id, '', { msg_type, content: JSON.stringify({ file_key }) })
  expect((await send('file')).code).toBe(230055)
  expect((await send('audio')).code).toBe(0)
  expect(emulator.screen(group)).toMatchObject([
    {
      msgType: 'audio',
      text: '🎤 声音.opus',
      file: { type: 'opus', durationMs: 1_500, sizeBytes: opus.length, sha256: await sha256Of(opus) },
    },
  ])
})

test('pictures of a card and of a post are seen where they stand, by key', async () => {
  await using lab = await stage()
  const { bot, emulator, group } = lab
  const { image_key: key } = (await upload(lab, 'images', PNG)).data
  const markdown = `One ![a cat](${key}) two \`![no](${key})\``
  const card = {
    schema: '2.0',
    body: {
      elements: [
        { tag: 'markdown', content: markdown },
        { tag: 'img', img_key: key, alt: { tag: 'plain_text', content: 'whole' } },
      ],
    },
  }
  const post = {
    zh_cn: { title: 'T', content: [[{ tag: 'img', image_key: key }], [{ tag: 'text', text: 'x' }]] },
  }
  await bot.send(group.id, '', { msg_type: 'interactive', content: JSON.stringify(card) })
  await bot.send(group.id, '', { msg_type: 'post', content: JSON.stringify(post) })
  const [first, second] = emulator.screen(group)
  expect(first?.text).toBe(`One 🖼 a cat two \`![no](${key})\`\n\n🖼 whole`)
  expect(first?.images.map(({ alt, at }) => [alt, at])).toEqual([
    ['a cat', 4],
    ['whole', first?.text.lastIndexOf('🖼')],
  ])
  expect(first?.images.every(({ file }) => file?.bytes?.equals(PNG))).toBe(true)
  expect(second).toMatchObject({ text: 'T\n🖼\nx', images: [{ key, at: 2 }] })
})
