// Do the bytes of what people send arrive, whole, from Telegram's cloud and from a server of one's own?
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import type { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment } from '../../src/contract/event.ts'
import type { Fetch } from '../../src/contract/runtime.ts'
import { sha256Of } from '../../src/emulators/common/bytes.ts'
import {
  startTelegramEmulator,
  type Message,
  type Person,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from '../../src/emulators/telegram/index.ts'
import { createBotApi } from './api.ts'
import { openFile } from './files.ts'
import { readUpdate } from './inbound.ts'

const MB = 1 << 20
const open: TelegramEmulator[] = []
const patience = (): AbortSignal => AbortSignal.timeout(20_000)

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

interface Scene {
  readonly emulator: TelegramEmulator
  readonly ann: Person
  read(attachment: Attachment, more?: { localFiles?: string; fetch?: Fetch }): ReturnType<typeof openFile>
  failureOf(attachment: Attachment, more?: { localFiles?: string; fetch?: Fetch }): Promise<PlatformError>
}

async function start(options: TelegramEmulatorOptions = {}): Promise<Scene> {
  const emulator = await startTelegramEmulator({ limits: false, ...options })
  open.push(emulator)
  const ann = emulator.person({ firstName: 'Ann' })
  emulator.privateChat(ann)
  const read: Scene['read'] = (attachment, { localFiles, fetch = globalThis.fetch } = {}) => {
    const { token, url: apiRoot } = emulator
    const settings = { token, apiRoot, ...(localFiles === undefined ? {} : { localFiles }) }
    const api = createBotApi(token, apiRoot, globalThis.fetch)
    return openFile({ account: 'tg', api, fetch, settings }, attachment, patience())
  }
  return {
    emulator,
    ann,
    read,
    failureOf: async (attachment, more) =>
      read(attachment, more)
        .then(({ stream }) => sha256Of(stream))
        .then(
          () => Promise.reject(new Error('it should fail')),
          (error: unknown) => error as PlatformError,
        ),
  }
}

function attachmentsOf(message: Message): readonly Attachment[] {
  const me = { id: 99, username: 'emu_bot' }
  const reading = { account: 'tg', me, commands: [], allowBots: false, receivedAtMs: 0 }
  const event = readUpdate({ update_id: 1, message }, reading)
  return event?.kind === 'message' ? event.attachments : []
}
function onlyOne(message: Message): Attachment {
  const [attachment] = attachmentsOf(message)
  if (attachment === undefined) throw new Error('no attachment')
  return attachment
}
const documentOf = ({ emulator, ann }: Scene, sizeBytes: number): Attachment =>
  onlyOne(emulator.sendDocument(ann, ann, { name: 'a.bin', sizeBytes, seed: 7 }).message)
const fileIdOf = ({ ref }: Attachment): string => (typeof ref['file_id'] === 'string' ? ref['file_id'] : '')

test('every kind of media gives its bytes, with their exact length', async () => {
  const scene = await start()
  const { emulator, ann, read } = scene
  const sent = [
    emulator.sendPhoto(ann, ann),
    emulator.sendDocument(ann, ann),
    emulator.sendVoice(ann, ann),
    emulator.sendAudio(ann, ann),
    emulator.sendVideo(ann, ann),
    emulator.sendAnimation(ann, ann),
    emulator.sendVideoNote(ann, ann),
    ...(['static', 'animated', 'video'] as const).map((kind) => emulator.sendSticker(ann, ann, kind)),
    emulator.say(ann, ann, '', { livePhoto: { video: { sizeBytes: 900 }, photo: { sizeBytes: 300 } } }),
  ]
  const attachments = sent.map(({ message }) => onlyOne(message))
  expect(attachments.map(({ kind, mimeType }) => `${kind} ${mimeType}`)).toEqual([
    'image image/jpeg',
    'file application/pdf',
    'voice audio/ogg',
    'audio audio/mpeg',
    'video video/mp4',
    'video video/mp4',
    'video video/mp4',
    'sticker image/webp',
    'sticker application/x-tgsticker',
    'sticker video/webm',
    'image image/jpeg',
  ])
  for (const attachment of attachments) {
    const { stream, sizeBytes } = await read(attachment)
    expect(sizeBytes).toBe(attachment.sizeBytes)
    expect(await sha256Of(stream)).toBe(await emulator.fileHash(fileIdOf(attachment)))
  }
})

test('paid media, blocks of a rich message and replies elsewhere have theirs, too', async () => {
  const { emulator, ann, read } = await start()
  const photo = emulator.storeFile('photo', { sizeBytes: 500, seed: 1 })
  const video = emulator.storeFile('video', { sizeBytes: 600, seed: 2 })
  const paid = [
    { type: 'photo', photo },
    { type: 'preview', width: 1 },
    { type: 'video', video },
  ]
  const blocks = [
    { type: 'collage', blocks: [{ type: 'photo', photo }] },
    { type: 'video', video },
  ]
  for (const extra of [{ paid_media: { star_count: 1, paid_media: paid } }, { rich_message: { blocks } }]) {
    const attachments = attachmentsOf(emulator.say(ann, ann, '', { extra }).message)
    expect(attachments.map(({ kind }) => kind)).toEqual(['image', 'video'])
    for (const attachment of attachments) {
      expect(await sha256Of((await read(attachment)).stream)).toBe(
        await emulator.fileHash(fileIdOf(attachment)),
      )
    }
  }
})

test('a forward and a quoted message bring their files along', async () => {
  const { emulator, ann } = await start()
  const photo = emulator.sendPhoto(ann, ann, undefined, { caption: 'look' })
  const reading = { account: 'tg', me: { id: 99 }, commands: [], allowBots: false, receivedAtMs: 0 }
  const forwarded = readUpdate({ message: emulator.forward(ann, photo, ann).message }, reading)
  expect(forwarded).toMatchObject({ text: 'look', attachments: [{ kind: 'image' }] })
  const asked = emulator.say(ann, ann, 'what is it?', { replyTo: photo })
  expect(readUpdate({ message: asked.message }, reading)).toMatchObject({
    attachments: [],
    quoted: { text: 'look', attachments: [{ kind: 'image' }] },
  })
})

describe("from Telegram's cloud", () => {
  test('20 MB come, one byte more is refused with the limit', async () => {
    const scene = await start()
    const whole = documentOf(scene, 20 * MB)
    expect(await sha256Of((await scene.read(whole)).stream)).toBe(
      await scene.emulator.fileHash(fileIdOf(whole)),
    )
    expect(await scene.failureOf(documentOf(scene, 20 * MB + 1))).toMatchObject({
      kind: 'rejected',
      limitBytes: 20 * MB,
      outcome: 'not-sent',
    })
  })

  test('an address that expired is asked for anew', async () => {
    const scene = await start()
    const attachment = documentOf(scene, 1_000)
    await sha256Of((await scene.read(attachment)).stream)
    scene.emulator.expireFileLinks()
    expect(await sha256Of((await scene.read(attachment)).stream)).toBe(
      await scene.emulator.fileHash(fileIdOf(attachment)),
    )
  })

  test('a file that is no more is gone', async () => {
    const scene = await start()
    const attachment = documentOf(scene, 1_000)
    const fault = { do: 'error', code: 404, description: 'Not Found' } as const
    scene.emulator.faults.add({ fault, methods: ['file'] })
    expect(await scene.failureOf(attachment)).toMatchObject({ kind: 'gone', code: 404 })
    scene.emulator.loseFile(fileIdOf(attachment))
    expect(await scene.failureOf(attachment)).toMatchObject({ kind: 'gone' })
  })

  test.each([
    { do: 'cut', afterBytes: 100_000 },
    { do: 'wrong-length', byBytes: 500 },
    { do: 'drop' },
  ] as const)('a download that goes wrong by %o is no file, and tells no token', async (fault) => {
    const scene = await start()
    scene.emulator.faults.add({ fault, methods: ['file'] })
    const failure = await scene.failureOf(documentOf(scene, 300_000))
    expect(failure.kind).toBe('unavailable')
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(scene.emulator.token)
  })

  test('a body of another length than told is no file', async () => {
    const scene = await start()
    const chunked = async (sizeBytes: number): Promise<PlatformError> =>
      scene.failureOf(documentOf(scene, 1_000), {
        fetch: async () => new Response(new Blob([new Uint8Array(sizeBytes)]).stream()),
      })
    for (const sizeBytes of [999, 1_001])
      expect(await chunked(sizeBytes)).toMatchObject({ kind: 'unavailable' })
  })
})

describe('from a server of one’s own', () => {
  test('a large file comes without a cap, and no faster than it is read', async () => {
    const scene = await start({ server: 'own' })
    const attachment = documentOf(scene, 64 * MB)
    const { stream, sizeBytes } = await scene.read(attachment)
    expect(sizeBytes).toBe(64 * MB)
    expect(await sha256Of(stream)).toBe(await scene.emulator.fileHash(fileIdOf(attachment)))
    const again = await scene.read(attachment)
    for await (const bytes of again.stream) if (bytes.length > 0) break
    await scene.emulator.waitFor(({ store }) => store.downloads.length === 2, { timeoutMs: 10_000 })
    const [, broken] = scene.emulator.store.downloads
    expect(broken?.whole).toBe(false)
    expect(broken?.sentBytes).toBeLessThan(32 * MB)
  })

  test('with --local the file is read from the folder that is mounted here', async () => {
    const scene = await start({ server: 'local' })
    const { emulator } = scene
    const localFiles = emulator.localDir ?? ''
    const attachment = documentOf(scene, 300_000)
    const hash = await emulator.fileHash(fileIdOf(attachment))
    expect(await sha256Of((await scene.read(attachment, { localFiles })).stream)).toBe(hash)
    expect(emulator.store.downloads).toEqual([])
  })

  test('without a folder it is fetched from where a proxy serves it', async () => {
    const scene = await start({ server: 'local' })
    const attachment = documentOf(scene, 300_000)
    expect(await sha256Of((await scene.read(attachment)).stream)).toBe(
      await scene.emulator.fileHash(fileIdOf(attachment)),
    )
    expect(scene.emulator.store.downloads).toMatchObject([{ whole: true }])
  })
})
