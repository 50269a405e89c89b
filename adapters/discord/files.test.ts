// Are an attachment's bytes read whole, from wherever they are by now, and is nothing told to whoever hands them out?
import { expect, onTestFinished, test } from 'vitest'
import { sha256Of, seededBytes } from '../../src/emulators/common/bytes.ts'
import {
  startDiscordEmulator,
  type DiscordEmulator,
  type SayOptions,
} from '../../src/emulators/discord/index.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { Attachment, JsonObject } from '../../src/contract/event.ts'
import { createFetch } from '../../src/net/fetch.ts'
import { fieldsOf } from '../common/read.ts'
import { createDiscordApi } from './api.ts'
import { cdnOf, openFile, type FileParts } from './files.ts'
import { readAttachments, readPreviews } from './media.ts'

const ACCOUNT = 'dc'
const patience = (): AbortSignal => AbortSignal.timeout(20_000)

interface Stage {
  readonly emulator: DiscordEmulator
  readonly parts: FileParts
  /** Of the newest message, said with `options`. */
  sent(options: SayOptions): { readonly attachments: readonly Attachment[]; readonly messageId: string }
}

async function setUp(): Promise<Stage> {
  const emulator = await startDiscordEmulator({ limits: false })
  const outside = createFetch({ env: {} })
  onTestFinished(async () => {
    await emulator.close()
    await outside.close()
  })
  const api = createDiscordApi({ token: emulator.token, apiBase: emulator.url }, outside.fetch)
  const ann = emulator.person({ name: 'Ann' })
  const channel = emulator.textChannel(emulator.guild({ members: [ann] }), 'talk')
  return {
    emulator,
    parts: { account: ACCOUNT, api, cdn: cdnOf(emulator.url), fetch: outside.fetch },
    sent(options) {
      const { messageId } = emulator.say(ann, channel, '', options)
      const shown = emulator.screen(channel).at(-1)
      const message = fieldsOf({ ...shown?.message, attachments: shown?.attachments })
      const where = { channelId: channel.id, messageId }
      return { messageId, attachments: [...readAttachments(message, where), ...readPreviews(message, where)] }
    },
  }
}

function only(attachments: readonly Attachment[]): Attachment {
  const [attachment] = attachments
  if (attachment === undefined || attachments.length > 1) throw new Error('expected one attachment')
  return attachment
}

async function read({ parts }: Stage, attachment: Attachment): Promise<Buffer> {
  const opened = await openFile(parts, attachment, patience())
  const pieces: Uint8Array[] = []
  for await (const piece of opened.stream) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  expect(bytes.byteLength).toBe(opened.sizeBytes)
  return bytes
}

async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  const failure: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure instanceof PlatformError) return failure
  throw new Error('expected a PlatformError', { cause: failure })
}

test('an expired address is asked for again, and a deleted message tells none', async () => {
  const stage = await setUp()
  const { attachments, messageId } = stage.sent({ files: [{ name: 'a.txt', bytes: 'bytes of a file' }] })
  stage.emulator.faults.expireAttachments()
  expect((await read(stage, only(attachments))).toString()).toBe('bytes of a file')
  const [channelId] = [...stage.emulator.store.channels.keys()]
  stage.emulator.deleteMessage({ channelId: channelId ?? '', messageId })
  stage.emulator.faults.expireAttachments()
  expect(await failureOf(read(stage, only(attachments)))).toMatchObject({ kind: 'gone' })
})

test('what a command brought along cannot be asked for again', async () => {
  const stage = await setUp()
  const { ref, ...attachment } = only(stage.sent({ files: [{ name: 'a.txt', bytes: 'x' }] }).attachments)
  const { messageId: _none, ...brought } = ref
  stage.emulator.faults.expireAttachments()
  const calls = stage.emulator.store.calls.length
  expect(await failureOf(read(stage, { ...attachment, ref: brought }))).toMatchObject({ kind: 'gone' })
  expect(stage.emulator.store.calls).toHaveLength(calls)
})

test.each(['png', 'apng', 'lottie', 'gif'] as const)('a sticker is read: %s', async (format) => {
  const stage = await setUp()
  const sticker = only(stage.sent({ stickers: [{ name: 'Wave', format, bytes: `a ${format}` }] }).attachments)
  stage.emulator.faults.expireAttachments()
  expect(sticker).toMatchObject({ kind: 'sticker', name: 'Wave' })
  expect((await read(stage, sticker)).toString()).toBe(`a ${format}`)
})

test('stickers of Discord itself are on its own servers, with any address of its API', () => {
  const discord = { files: 'https://cdn.discordapp.com', gifs: 'https://media.discordapp.net' }
  expect(cdnOf('https://discord.com/api')).toEqual(discord)
  expect(cdnOf('https://canary.discord.com/api')).toEqual(discord)
  expect(cdnOf('https://notdiscord.com/api').files).toBe('https://notdiscord.com')
})

test('the picture behind a link is read from Discord’s copy, never from the linked server', async () => {
  const stage = await setUp()
  const preview = only(stage.sent({ preview: { name: 'cat.png', bytes: 'a cat' } }).attachments)
  expect(preview.kind).toBe('image')
  expect((await read(stage, preview)).toString()).toBe('a cat')
})

test('neither token nor cookie goes to the server of the files', async () => {
  const stage = await setUp()
  await read(stage, only(stage.sent({ files: [{ name: 'a.txt', bytes: 'x' }] }).attachments))
  expect(stage.emulator.store.downloads).toMatchObject([
    { status: 200, isWhole: true, broughtCredentials: false },
  ])
})

test.each<readonly [string, JsonObject]>([
  ['no address', {}],
  ['a file of this machine', { url: 'file:///etc/passwd' }],
  ['bytes in the address', { url: 'data:text/plain,x' }],
])('%s is rejected', async (_what, ref) => {
  const stage = await setUp()
  expect(await failureOf(read(stage, { kind: 'file', ref }))).toMatchObject({ kind: 'rejected' })
})

test('a redirect is not followed', async () => {
  const { parts } = await setUp()
  const fetch: FileParts['fetch'] = (_url, init) =>
    Promise.resolve(
      init?.redirect === 'manual'
        ? new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } })
        : new Response('followed'),
    )
  const call = openFile({ ...parts, fetch }, { kind: 'file', ref: { url: 'http://cdn.test/1' } }, patience())
  expect(await failureOf(call)).toMatchObject({ kind: 'denied' })
})

test.each<readonly [string, Parameters<DiscordEmulator['faults']['add']>[0]['fault'], string]>([
  ['breaks off in the middle', { do: 'cut', afterBytes: 200_000 }, 'unavailable'],
  ['is cut off at once', { do: 'drop' }, 'unavailable'],
  ['fails', { do: 'error', status: 503 }, 'unavailable'],
  ['is refused, also anew', { do: 'error', status: 403 }, 'gone'],
])('a download that %s is told as such', async (_what, fault, kind) => {
  const stage = await setUp()
  const bytes = { seed: 'big', sizeBytes: 1_000_000 }
  const attachment = only(stage.sent({ files: [{ name: 'a.bin', bytes }] }).attachments)
  stage.emulator.faults.add({ routes: ['attachment'], times: 2, fault })
  expect(await failureOf(read(stage, attachment))).toMatchObject({ kind })
})

test('a slow download arrives whole, and one nobody reads on is ended', async () => {
  const stage = await setUp()
  const file = { seed: 'slow', sizeBytes: 300_000 }
  const attachment = only(stage.sent({ files: [{ name: 'a.bin', bytes: file }] }).attachments)
  stage.emulator.faults.add({ routes: ['attachment'], times: 2, fault: { do: 'trickle', everyMs: 5 } })
  expect(await sha256Of(await read(stage, attachment))).toBe(await sha256Of(seededBytes('slow', 300_000)))
  const { stream } = await openFile(stage.parts, attachment, patience())
  for await (const _piece of stream) break
  await stage.emulator.waitFor(({ store }) => store.downloads.length === 2, { timeoutMs: 10_000 })
  expect(stage.emulator.store.downloads[1]).toMatchObject({ isWhole: false })
})

test('an aborted download says so', async () => {
  const stage = await setUp()
  const attachment = only(stage.sent({ files: [{ name: 'a.txt', bytes: 'x' }] }).attachments)
  const call = openFile(stage.parts, attachment, AbortSignal.abort())
  expect(await failureOf(call)).toMatchObject({ kind: 'cancelled' })
})

test('a large file passes through without being held', { timeout: 60_000 }, async () => {
  const stage = await setUp()
  const sizeBytes = 320 << 20
  const bytes = { seed: 'film', sizeBytes }
  const attachment = only(stage.sent({ files: [{ name: 'film.mp4', bytes }] }).attachments)
  expect(attachment).toMatchObject({ kind: 'video', sizeBytes })
  const before = process.memoryUsage().rss
  let most = before
  const opened = await openFile(stage.parts, attachment, AbortSignal.timeout(50_000))
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of opened.stream) {
      most = Math.max(most, process.memoryUsage.rss())
      yield piece
    }
  }
  expect(await sha256Of(watched())).toBe(await sha256Of(seededBytes('film', sizeBytes)))
  // Held whole it would be more than its size; what the collector has not got to yet varies with the machine.
  expect(most - before).toBeLessThan(sizeBytes * 0.6)
})
