// Do files arrive as what they are, byte for byte, with their words and buttons, and are impossible ones refused at once?
import { afterEach, expect, test } from 'vitest'
import type { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Outbox, OutgoingFile, PostOptions } from '../../src/contract/platform.ts'
import { seededBytes, sha256Of } from '../../src/emulators/common/bytes.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import {
  startTelegramEmulator,
  type ShownMessage,
  type TelegramEmulator,
} from '../../src/emulators/telegram/index.ts'
import { createFetch } from '../../src/net/fetch.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createRealClock } from '../../test/support/real-clock.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { createPlatform, type TelegramBody } from './index.ts'
import { placeToJson } from './place.ts'

const MB = 1_000_000
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const STOP = { kind: 'stop', token: 's', label: 'Stop' } as const
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

interface Scene {
  readonly emulator: TelegramEmulator
  readonly outbox: Outbox<TelegramBody>
  readonly chatId: number
  readonly askedId: MessageId
  shown(): readonly ShownMessage[]
  send(files: readonly OutgoingFile[], opts?: Partial<PostOptions>): Promise<readonly MessageId[]>
  refusalOf(files: readonly OutgoingFile[]): Promise<PlatformError>
}

async function setUp(settings: Record<string, unknown> = {}): Promise<Scene> {
  const emulator = await startTelegramEmulator({ limits: false, privateTopics: true })
  const outside = createFetch({ env: {} })
  ends.push(
    () => outside.close(),
    () => emulator.close(),
  )
  const ann = emulator.person({ firstName: 'Ann' })
  const chat = emulator.privateChat(ann)
  emulator.say(ann, chat, '/start')
  const { threadId } = emulator.topic(chat, 'Topic')
  const asked = emulator.say(ann, chat, 'draw me something', { threadId })
  const platform = createPlatform(
    'tg',
    { token: emulator.token, apiRoot: emulator.url, ...settings },
    {
      clock: createRealClock(),
      log: createQuietLogger(),
      metrics: createSilentMetrics(),
      words: keysAsWords,
      fetch: outside.fetch,
    },
  )
  const place = placeToJson({ chatId: chat.id, threadId, direct: true, general: false })
  const outbox = platform.outboxFor({ account: 'tg', place })
  const send: Scene['send'] = async (files, opts = {}) =>
    (await outbox.sendFiles?.(files, { key: 'k', controls: [], ...opts }, AbortSignal.timeout(20_000))) ?? []
  return {
    emulator,
    outbox,
    chatId: chat.id,
    askedId: String(asked.messageId) as MessageId,
    shown: () => emulator.screen(chat, threadId).filter(({ byBot }) => byBot),
    send,
    refusalOf: (files) =>
      send(files).then(
        () => Promise.reject(new Error('it should be refused')),
        (error: unknown) => error as PlatformError,
      ),
  }
}

function fileOf(bytes: Uint8Array, more: Partial<OutgoingFile> = {}): OutgoingFile {
  return {
    kind: 'file',
    name: 'a;b "c".bin',
    mimeType: 'application/octet-stream',
    sizeBytes: bytes.length,
    async *open() {
      yield await Promise.resolve(bytes)
    },
    ...more,
  }
}
function pictureOf(seed: number, more: Partial<OutgoingFile> = {}): OutgoingFile {
  const bytes = makePng({ widthPx: 40, heightPx: 30, seed })
  return fileOf(bytes, { kind: 'image', name: `p${seed}.png`, mimeType: 'image/png', ...more })
}
const hashOf = (file: OutgoingFile): Promise<string> => sha256Of(file.open())

test('each kind is the message that shows it best', async () => {
  const { send, shown } = await setUp()
  const files = [
    pictureOf(1, { caption: 'a cat' }),
    fileOf(GIF, { kind: 'image', name: 'x.gif', mimeType: 'image/gif', widthPx: 1, heightPx: 1 }),
    fileOf(Buffer.from('OggS…'), { kind: 'voice', name: 'v.ogg', mimeType: 'audio/ogg', durationMs: 61_400 }),
    fileOf(Buffer.from('ID3…'), { kind: 'audio', name: 's.mp3', mimeType: 'audio/mpeg', durationMs: 2_000 }),
    fileOf(Buffer.from('film'), { kind: 'video', name: 'f.mp4', mimeType: 'video/mp4', durationMs: 9_000 }),
    fileOf(GIF, { name: 'still a file.gif', mimeType: 'image/gif', caption: 'here' }),
  ]
  for (const file of files) expect(await send([file])).toHaveLength(1)
  expect(shown().map(({ glance }) => glance)).toEqual([
    '🖼 a cat',
    '🎞',
    '🎤 1:01',
    '🎵 0:02 s.mp3',
    '🎬 0:09',
    '📎 still a file.gif here',
  ])
  expect(shown().map(({ file }) => file?.sha256)).toEqual(await Promise.all(files.map(hashOf)))
})

test('a file answers in its topic, with its buttons; its name cannot end the form', async () => {
  const { askedId: replyTo, send, shown } = await setUp()
  const [id] = await send([fileOf(Buffer.from('x'))], { replyTo, controls: [STOP] })
  expect(shown()).toMatchObject([
    {
      messageId: Number(id),
      replyTo: Number(replyTo),
      buttons: [{ data: 's' }],
      file: { name: 'a_b _c_.bin' },
    },
  ])
})

test('pictures are one album, each with its caption, without buttons', async () => {
  const { send, shown } = await setUp()
  const pictures = [1, 2, 3].map((n) => pictureOf(n, n === 2 ? {} : { caption: `picture ${n}` }))
  const ids = await send(pictures, { controls: [STOP] })
  expect(shown().map(({ messageId }) => String(messageId))).toEqual(ids)
  expect(shown().map(({ text, buttons }) => [text, buttons])).toEqual([
    ['picture 1', []],
    ['', []],
    ['picture 3', []],
  ])
  expect(new Set(shown().map(({ file }) => file?.mediaGroupId)).size).toBe(1)
  expect(shown().map(({ file }) => file?.sha256)).toEqual(await Promise.all(pictures.map(hashOf)))
})

test('a caption that is too long is cut, not inside a character', async () => {
  const { send, shown } = await setUp()
  await send([pictureOf(1, { caption: `${'x'.repeat(1_022)}👩‍👩‍👧` })])
  expect(shown()[0]?.text).toBe(`${'x'.repeat(1_022)}…`)
  await send([pictureOf(1, { caption: '长'.repeat(1_024) })])
  expect(shown()[1]?.text).toBe('长'.repeat(1_024))
})

test('the largest file that is promised goes through as a stream, a larger one is refused unread', async () => {
  const { outbox, refusalOf, send, shown } = await setUp()
  const limitBytes = outbox.limits.files?.maxBytes ?? 0
  const large = (sizeBytes: number): OutgoingFile => ({
    ...fileOf(new Uint8Array()),
    sizeBytes,
    open: () => seededBytes(5, sizeBytes),
  })
  await send([large(limitBytes)])
  expect(shown()[0]?.file).toMatchObject({ sizeBytes: 50 * MB, sha256: await hashOf(large(limitBytes)) })
  expect(await refusalOf([large(limitBytes + 1)])).toMatchObject({ kind: 'rejected', limitBytes })
  expect(shown()).toHaveLength(1)
})

test('a file is read anew for a group that has moved', async () => {
  const { chatId, emulator, shown, send } = await setUp()
  const description = 'Bad Request: group chat was upgraded to a supergroup chat'
  const fault = { do: 'error', code: 400, description, parameters: { migrate_to_chat_id: chatId } } as const
  emulator.faults.add({ fault, methods: ['sendDocument'] })
  await send([fileOf(Buffer.from('once more'))])
  expect(shown()[0]?.file?.sha256).toBe(await sha256Of(Buffer.from('once more')))
})

test('what no message can carry is refused before it is sent', async () => {
  const { emulator, refusalOf } = await setUp()
  const gif = fileOf(GIF, { kind: 'image', mimeType: 'image/gif' })
  const calls = emulator.store.calls.length
  for (const files of [
    [],
    Array.from({ length: 11 }, (_, n) => pictureOf(n)),
    [pictureOf(1), fileOf(Buffer.from('x'))],
    [pictureOf(1), gif],
    [pictureOf(1, { sizeBytes: 10 * MB + 1 })],
    Array.from({ length: 6 }, (_, n) => pictureOf(n, { sizeBytes: 9 * MB })),
  ]) {
    expect(await refusalOf(files)).toMatchObject({ kind: 'rejected', outcome: 'not-sent' })
  }
  expect(emulator.store.calls).toHaveLength(calls)
})

test('a picture of impossible shape, or none at all, is refused by Telegram', async () => {
  const { refusalOf } = await setUp()
  const wide = makePng({ widthPx: 2_100, heightPx: 100 })
  const image = { kind: 'image', mimeType: 'image/png', name: 'a.png' } as const
  expect((await refusalOf([fileOf(wide, image)])).message).toContain('PHOTO_INVALID_DIMENSIONS')
  expect((await refusalOf([fileOf(Buffer.from('text'), image)])).message).toContain('IMAGE_PROCESS_FAILED')
})

test.each([
  [{}, 50 * MB],
  [{ localFiles: '/srv/telegram' }, 2_000 * MB],
  [{ localFiles: '/srv/telegram', maxUploadMB: 300 }, 300 * MB],
])('with %o files have at most %i bytes', async (settings, maxBytes) => {
  const { outbox } = await setUp(settings)
  expect(outbox.limits.files).toMatchObject({ maxBytes, image: { maxBytes: 10 * MB }, imagesPerMessage: 10 })
})
