// What people send and bots post: files of any size, albums, what is seen of them, and what is refused.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { sha256Of } from '../common/bytes.ts'
import { makePng } from '../common/png.ts'
import { startTelegramEmulator, type TelegramEmulator, type TelegramEmulatorOptions } from './index.ts'

const open: TelegramEmulator[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: TelegramEmulatorOptions = {}): Promise<TelegramEmulator> {
  const emulator = await startTelegramEmulator({ limits: false, getUpdatesAntiHammer: false, ...options })
  open.push(emulator)
  return emulator
}

interface Answer {
  readonly ok: boolean
  readonly result?: unknown
  readonly description?: string
}
async function call(
  emulator: TelegramEmulator,
  method: string,
  fields: Readonly<Record<string, string | Uint8Array>>,
): Promise<Answer> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') body.set(name, value)
    else body.set(name, new Blob([Uint8Array.from(value)]), `${name}.bin`)
  }
  const response = await fetch(`${emulator.url}/bot${emulator.token}/${method}`, { method: 'POST', body })
  return (await response.json()) as Answer
}
async function pathOf(emulator: TelegramEmulator, fileId: string): Promise<string> {
  const { result } = await call(emulator, 'getFile', { file_id: fileId })
  return (result as { file_path: string }).file_path
}
const PNG = makePng({ widthPx: 20, heightPx: 10 })
const GIF = Buffer.from('GIF89a\x01\0\x01\0', 'latin1')

test('every kind of media is seen as what it is', async () => {
  const emulator = await start()
  const ann = emulator.person()
  emulator.privateChat(ann)
  emulator.sendPhoto(ann, ann, undefined, { caption: 'look' })
  emulator.sendDocument(ann, ann, { bytes: Buffer.from('x'), name: 'a.txt' })
  emulator.sendVoice(ann, ann)
  emulator.sendAudio(ann, ann, { sizeBytes: 9, name: 'song.mp3', durationSeconds: 192 })
  emulator.sendVideo(ann, ann)
  emulator.sendAnimation(ann, ann)
  emulator.sendVideoNote(ann, ann)
  emulator.sendSticker(ann, ann, 'animated')
  expect(emulator.screen(ann).map(({ glance }) => glance)).toEqual([
    '🖼 look',
    '📎 a.txt',
    '🎤 0:03',
    '🎵 3:12 song.mp3',
    '🎬 0:12',
    '🎞',
    '⏺ 0:05',
    '🏷',
  ])
  expect(emulator.screen(ann)[0]?.file).toMatchObject({ kind: 'photo', widthPx: 640, heightPx: 480 })
  expect(emulator.screen(ann)[1]?.file?.sha256).toBe(await sha256Of(Buffer.from('x')))
})

test('a file made as it is read comes down with the bytes its seed tells, behind its head', async () => {
  const emulator = await start()
  const ann = emulator.person()
  emulator.privateChat(ann)
  const head = Buffer.from('%PDF-1.7')
  emulator.sendDocument(ann, ann, { sizeBytes: 300_001, seed: 'x', head })
  const fileId = emulator.screen(ann)[0]?.file?.fileId ?? ''
  const response = await fetch(`${emulator.url}/file/bot${emulator.token}/${await pathOf(emulator, fileId)}`)
  const bytes = Buffer.from(await response.arrayBuffer())
  expect(bytes).toHaveLength(300_001)
  expect(bytes.subarray(0, 8)).toEqual(head)
  expect(await sha256Of(bytes)).toBe(await emulator.fileHash(fileId))
})

test('an album stands whole at once, and is heard of in any order, in as many polls as one likes', async () => {
  const emulator = await start()
  const ann = emulator.person()
  emulator.privateChat(ann)
  const captions = ['first', undefined, 'third'].map((caption) => ({
    photo: { bytes: PNG },
    ...(caption === undefined ? {} : { caption }),
  }))
  const album = emulator.sendAlbum(ann, ann, captions, { order: [2, 0, 1], byHand: true })
  expect(emulator.screen(ann).map(({ text }) => text)).toEqual(['first', '', 'third'])
  expect(emulator.pendingUpdates()).toEqual([])
  album.deliver(1)
  expect(emulator.pendingUpdates()).toMatchObject([{ message: { caption: 'third' } }])
  album.deliver()
  const groups = emulator.pendingUpdates().map((update) => update['message'] as Record<string, unknown>)
  expect(groups.map(({ caption }) => caption)).toEqual(['third', 'first', undefined])
  expect(new Set(groups.map(({ media_group_id: id }) => id)).size).toBe(1)
  const other = emulator.sendAlbum(ann, ann, 2)
  expect(other.messages[0]?.message.media_group_id).not.toBe(groups[0]?.['media_group_id'])
})

test('a forward carries words, file and origin, and no button', async () => {
  const emulator = await start()
  const ann = emulator.person({ firstName: 'Ann' })
  emulator.privateChat(ann)
  const photo = emulator.sendPhoto(ann, ann, undefined, { caption: 'look' })
  const { message } = emulator.forward(ann, photo, ann)
  expect(message).toMatchObject({
    caption: 'look',
    photo: photo.message.photo,
    forward_origin: { type: 'user', sender_user: { first_name: 'Ann' } },
  })
  expect(message.message_id).not.toBe(photo.messageId)
})

test('an address holds for a while, and getFile renews it', async () => {
  let nowMs = 1_800_000_000_000
  const emulator = await start({ nowMs: () => nowMs })
  const ann = emulator.person()
  emulator.privateChat(ann)
  const { message } = emulator.sendDocument(ann, ann)
  const fileId = String(message.document?.['file_id'])
  const path = await pathOf(emulator, fileId)
  const statusNow = async (): Promise<number> =>
    (await fetch(`${emulator.url}/file/bot${emulator.token}/${path}`, { method: 'GET' })).status
  expect(await statusNow()).toBe(200)
  nowMs += 3_600_001
  expect(await statusNow()).toBe(404)
  await pathOf(emulator, fileId)
  expect(await statusNow()).toBe(200)
  emulator.expireFileLinks()
  expect(await statusNow()).toBe(404)
})

test('20 MB are the most that is handed out, except by a server of one’s own', async () => {
  for (const [server, ok] of [
    ['cloud', false],
    ['own', true],
  ] as const) {
    const emulator = await start({ server })
    const ann = emulator.person()
    emulator.privateChat(ann)
    const { message } = emulator.sendVideo(ann, ann, { sizeBytes: (20 << 20) + 1 })
    const answer = await call(emulator, 'getFile', { file_id: String(message.video?.['file_id']) })
    expect(answer.ok).toBe(ok)
    if (!ok) expect(answer.description).toBe('Bad Request: file is too big')
  }
})

test('a --local server has the file on its disk, and takes it away when it closes', async () => {
  const emulator = await start({ server: 'local' })
  const ann = emulator.person()
  emulator.privateChat(ann)
  const { message } = emulator.sendDocument(ann, ann, { sizeBytes: 100_000, seed: 1 })
  const fileId = String(message.document?.['file_id'])
  const path = await pathOf(emulator, fileId)
  expect(path.startsWith(`${emulator.localDir ?? ''}/${emulator.token}/documents/`)).toBe(true)
  expect(await sha256Of(await readFile(path))).toBe(await emulator.fileHash(fileId))
  await emulator.close()
  expect(existsSync(path)).toBe(false)
})

test('a document is looked into, unless told not to', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const target = { chat_id: String(chat.id), document: GIF }
  await call(emulator, 'sendDocument', target)
  await call(emulator, 'sendDocument', { ...target, disable_content_type_detection: 'true' })
  await call(emulator, 'sendVoice', { chat_id: String(chat.id), voice: Buffer.from('RIFF….wav') })
  expect(emulator.screen(chat).map(({ file }) => file?.kind)).toEqual(['animation', 'document', 'document'])
})

test('what an album may not be is refused, and buttons under one are not seen', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const album = (items: readonly Record<string, string>[], more = {}): Promise<Answer> =>
    call(emulator, 'sendMediaGroup', {
      chat_id: String(chat.id),
      media: JSON.stringify(items.map((item) => ({ media: 'attach://a', ...item }))),
      a: PNG,
      ...more,
    })
  const photo = { type: 'photo' }
  for (const items of [
    [photo],
    Array.from({ length: 11 }, () => photo),
    [photo, { type: 'document' }],
    [photo, { type: 'animation' }],
    [photo, { type: 'photo', caption: 'x'.repeat(1_025) }],
    [photo, { type: 'photo', media: 'attach://none' }],
  ]) {
    expect((await album(items)).ok).toBe(false)
  }
  expect(emulator.screen(chat)).toEqual([])
  const markup = JSON.stringify({ inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] })
  expect((await album([photo, photo], { reply_markup: markup })).ok).toBe(true)
  expect(emulator.screen(chat).map(({ buttons }) => buttons)).toEqual([[], []])
})

test('a photo has a size and a shape, told from a PNG and from a JPEG', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const jpeg = (height: number, width: number): Buffer => {
    const frame = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 0, 0])
    frame.writeUInt16BE(height, 13)
    frame.writeUInt16BE(width, 15)
    return frame
  }
  const send = (photo: Buffer): Promise<Answer> =>
    call(emulator, 'sendPhoto', { chat_id: String(chat.id), photo })
  expect((await send(jpeg(300, 400))).ok).toBe(true)
  expect(emulator.screen(chat)[0]?.file).toMatchObject({ widthPx: 400, heightPx: 300 })
  const refused = 'Bad Request: PHOTO_INVALID_DIMENSIONS'
  expect((await send(jpeg(9_000, 1_001))).description).toBe(refused)
  expect((await send(makePng({ widthPx: 2, heightPx: 41 }))).description).toBe(refused)
  expect((await send(Buffer.from('no picture'))).description).toBe('Bad Request: IMAGE_PROCESS_FAILED')
  const large = Buffer.concat([PNG, Buffer.alloc(10 << 20)])
  expect((await send(large)).description).toBe('Bad Request: file is too big')
})
