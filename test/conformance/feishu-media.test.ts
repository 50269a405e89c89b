// Does the unmodified Feishu SDK move files through the emulator as it does through Feishu?
import { Client, LoggerLevel } from '@larksuiteoapi/node-sdk'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { seededBytes, sha256Of } from '../../src/emulators/common/bytes.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import {
  startFeishuEmulator,
  type FeishuEmulator,
  type FeishuEmulatorOptions,
  type SayOptions,
} from '../../src/emulators/feishu/index.ts'

const PNG = makePng({ widthPx: 8, heightPx: 8 })
const OPUS = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead')])
const FILM = Buffer.concat([Buffer.alloc(4), Buffer.from('ftypisom')])
const silent = { error() {}, warn() {}, info() {}, debug() {}, trace() {} }
/** What the SDK's own downloads ask of its HTTP client. */
const AS_STREAM = { responseType: 'stream', $return_headers: true } as const
const open: FeishuEmulator[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: FeishuEmulatorOptions = {}) {
  const emulator = await startFeishuEmulator(options)
  open.push(emulator)
  const ann = emulator.person({ name: 'Ann' })
  const group = emulator.group({ name: 'Lab', members: [ann] })
  const { url: domain, appId, appSecret } = emulator
  const client = new Client({ appId, appSecret, domain, logger: silent, loggerLevel: LoggerLevel.fatal })
  return { emulator, ann, group, client }
}
type Started = Awaited<ReturnType<typeof start>>

/** What Ann sends, as the SDK fetches it. */
async function fetched({ emulator, ann, group, client }: Started, options: SayOptions) {
  const { messageId } = emulator.say(ann, group, '', options)
  const content = JSON.parse(emulator.screen(group).at(-1)!.content) as Record<string, string>
  const isFile = content['file_key'] !== undefined
  return client.im.v1.messageResource.get({
    path: { message_id: messageId, file_key: (isFile ? content['file_key'] : content['image_key']) ?? '' },
    params: { type: isFile ? 'file' : 'image' },
  })
}
async function bytesOf(got: { getReadableStream(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of got.getReadableStream()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('what people send is fetched as a stream, with a length or in chunks', async () => {
  for (const chunked of [false, true]) {
    const lab = await start({ downloads: { chunked } })
    expect(await bytesOf(await fetched(lab, { image: { bytes: PNG } }))).toEqual(PNG)
    const large = { seed: 'sdk', sizeBytes: 5_000_000 }
    const got = await fetched(lab, { file: { bytes: large, name: '大.bin' } })
    expect(await sha256Of(got.getReadableStream())).toBe(
      await sha256Of(seededBytes(large.seed, large.sizeBytes)),
    )
    const voice = await fetched(lab, { audio: { bytes: OPUS, durationMs: 1_000 } })
    expect(await bytesOf(voice)).toEqual(OPUS)
  }
})

test('what is not handed out rejects, its code inside the stream of the answer', async () => {
  const lab = await start()
  const refused = fetched(lab, { file: { bytes: { seed: 1, sizeBytes: (100 << 20) + 1 } } })
  const { response } = await refused.then(
    () => {
      throw new Error('it was handed out')
    },
    (error: unknown) => error as { response: { status: number; data: AsyncIterable<Uint8Array> } },
  )
  expect(response.status).toBe(400)
  const answer = await bytesOf({ getReadableStream: () => response.data })
  expect(JSON.parse(answer.toString())).toMatchObject({ code: 234037 })
})

test('a range through the SDK gives the part and the whole size', async () => {
  const { emulator, ann, group, client } = await start({ downloads: { chunked: true } })
  const { messageId } = emulator.say(ann, group, '', { image: { bytes: PNG } })
  const { image_key: key } = JSON.parse(emulator.screen(group)[0]!.content) as { image_key: string }
  const { data, headers } = await client.request<{
    data: AsyncIterable<Uint8Array>
    headers: Record<string, string>
  }>({
    method: 'GET',
    url: `/open-apis/im/v1/messages/${messageId}/resources/${key}`,
    params: { type: 'image' },
    headers: { Range: 'bytes=8-15' },
    ...AS_STREAM,
  })
  expect(headers['content-range']).toBe(`bytes 8-15/${PNG.length}`)
  expect(await bytesOf({ getReadableStream: () => data })).toEqual(PNG.subarray(8, 16))
})

test('what the SDK uploads, from memory or from a file, is sent as what it is', async () => {
  const { emulator, group, client } = await start()
  const folder = await mkdtemp(join(tmpdir(), 'feishu-'))
  await writeFile(join(folder, 'a.png'), PNG)
  const image = await client.im.v1.image.create({
    data: { image_type: 'message', image: createReadStream(join(folder, 'a.png')) },
  })
  await rm(folder, { recursive: true })
  const uploaded = async (
    file_type: 'opus' | 'mp4' | 'pdf',
    file_name: string,
    file: Buffer,
    duration?: number,
  ) =>
    client.im.v1.file.create({
      data: { file_type, file_name, file, ...(duration === undefined ? {} : { duration }) },
    })
  const voice = await uploaded('opus', '声音.opus', OPUS, 2_500)
  const film = await uploaded('mp4', 'a.mp4', FILM)
  const paper = await uploaded('pdf', '报告.pdf', Buffer.from('%PDF-'))
  const send = (msg_type: string, content: object) =>
    client.im.v1.message.create({
      params: { receive_id_type: 'chat_id' },
      data: { receive_id: group.id, msg_type, content: JSON.stringify(content) },
    })
  await send('image', image ?? {})
  await send('audio', voice ?? {})
  await send('media', film ?? {})
  await send('file', paper ?? {})
  await send('post', {
    zh_cn: { title: '', content: [[{ tag: 'img', ...image }], [{ tag: 'text', text: 'a cat' }]] },
  })
  const shown = emulator.screen(group)
  expect(shown.map(({ msgType }) => msgType)).toEqual(['image', 'audio', 'media', 'file', 'post'])
  expect(shown[0]?.images[0]?.file?.bytes).toEqual(PNG)
  expect(shown[1]?.file).toMatchObject({ name: '声音.opus', durationMs: 2_500, bytes: OPUS })
  expect(shown[2]?.file).toMatchObject({ name: 'a.mp4', bytes: FILM })
  expect(shown[3]?.file).toMatchObject({ name: '报告.pdf', type: 'pdf' })
  expect(shown[4]).toMatchObject({ text: '🖼\na cat', images: [{ key: image?.image_key }] })
  await expect(send('file', voice ?? {})).rejects.toMatchObject({ response: { data: { code: 230055 } } })
  await expect(uploaded('opus', 'a.opus', PNG)).rejects.toMatchObject({
    response: { data: { code: 234001 } },
  })
})
