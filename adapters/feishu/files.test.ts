// Do the bytes of what people attach arrive whole, with their length told first, and is what cannot be had told apart?
import { afterEach, expect, test } from 'vitest'
import { seededBytes, sha256Of } from '../../src/emulators/common/bytes.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import type { FeishuEmulatorOptions, SayOptions } from '../../src/emulators/feishu/index.ts'
import type { Attachment } from '../../src/contract/event.ts'
import { patience, PATIENCE_MS, startFeishu, type FeishuHarness } from '../../test/support/feishu-harness.ts'
import { createRecordingInbox } from '../../test/support/recording-inbox.ts'
import { failureOf, messageOf } from '../../test/contract/platform-contract.ts'

const open: FeishuHarness[] = []
afterEach(async () => {
  for (const harness of open.splice(0)) {
    await harness.platform.stop()
    await harness.close()
  }
})

const SEED = 'a large file'
const PNG = makePng({ widthPx: 8, heightPx: 8 })

/** What Ann sends, as the bridge gets it. */
async function sent(options: SayOptions, how: FeishuEmulatorOptions = {}, text = '') {
  const harness = await startFeishu({ emulator: how })
  open.push(harness)
  const inbox = createRecordingInbox()
  await harness.start(inbox.inbox)
  const { messageId } = harness.emulator.say(harness.rooms.ann, harness.rooms.direct, text, options)
  const event = messageOf(await inbox.nth(1, patience()))
  const { platform, emulator } = harness
  return {
    harness,
    emulator,
    event,
    messageId,
    openNth: (n: number) => platform.openAttachment(nth(event.attachments, n), patience()),
  }
}
function nth(attachments: readonly Attachment[], n: number): Attachment {
  const found = attachments[n]
  if (found === undefined) throw new Error(`no attachment ${n}`)
  return found
}
async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('the largest file Feishu hands out arrives byte for byte', { timeout: 30_000 }, async () => {
  const sizeBytes = 100 << 20
  const { openNth } = await sent({ file: { bytes: { seed: SEED, sizeBytes }, name: '大.bin' } })
  const file = await openNth(0)
  expect(file).toMatchObject({ sizeBytes, name: '大.bin' })
  expect(await sha256Of(file.stream)).toBe(await sha256Of(seededBytes(SEED, sizeBytes)))
})

test('a slow reader holds the file back, and one who stops ends the download', async () => {
  const { emulator, harness, openNth } = await sent({ file: { bytes: { seed: SEED, sizeBytes: 100 << 20 } } })
  const { stream } = await openNth(0)
  for await (const piece of stream) {
    expect(piece.byteLength).toBeGreaterThan(0)
    // Time enough for all of it to come, were it not held back.
    for (let call = 0; call < 30; call += 1) await harness.platform.publishedCommands?.(patience())
    break
  }
  const isOver = () => emulator.store.downloads[0]?.state === 'cut'
  await emulator.waitFor(isOver, { timeoutMs: PATIENCE_MS, what: 'the download ended' })
  expect(emulator.store.downloads[0]?.sentBytes).toBeLessThan(30 << 20)
})

test.each([
  ['told by the range', { chunked: true, ranges: true }, [undefined, 'bytes=0-']],
  ['counted', { chunked: true, ranges: false }, [undefined, 'bytes=0-', undefined]],
  ['told at once', { chunked: false, ranges: true }, [undefined]],
])('the length is %s', async (_, downloads, ranges) => {
  const sizeBytes = 300_001
  const { emulator, openNth } = await sent({ file: { bytes: { seed: SEED, sizeBytes } } }, { downloads })
  const file = await openNth(0)
  expect(file.sizeBytes).toBe(sizeBytes)
  expect(await sha256Of(file.stream)).toBe(await sha256Of(seededBytes(SEED, sizeBytes)))
  expect(emulator.store.downloads.map(({ range }) => range)).toEqual(ranges)
})

test('a file too large is told with the limit, before a byte comes', async () => {
  const sizeBytes = (100 << 20) + 1
  const { emulator, openNth } = await sent({ file: { bytes: { seed: SEED, sizeBytes } } })
  expect(await failureOf(openNth(0))).toMatchObject({ kind: 'rejected', limitBytes: 100 << 20, code: 234037 })
  expect(emulator.store.downloads).toEqual([])
})

test.each([
  [234001, 'rejected'],
  [234003, 'gone'],
  [234004, 'rejected'],
  [234038, 'rejected'],
  [234040, 'gone'],
  [234043, 'unsupported'],
  [230110, 'gone'],
  [99991672, 'denied'],
])('code %i is %s', async (code, kind) => {
  const { emulator, openNth } = await sent({ image: { bytes: PNG } })
  emulator.faults.add({ operations: ['resource.get'], fault: { do: 'error', code } })
  expect(await failureOf(openNth(0))).toMatchObject({ kind, code })
})

test('a file that breaks off in the middle fails where it is read, and comes whole the next time', async () => {
  const sizeBytes = 1 << 20
  const { emulator, openNth } = await sent({ video: { bytes: { seed: SEED, sizeBytes }, name: 'a.mp4' } })
  emulator.faults.add({ operations: ['resource.get'], fault: { do: 'break', afterBytes: 200_000 } })
  const broken = await openNth(0)
  expect(await failureOf(whole(broken.stream))).toMatchObject({ kind: 'unavailable' })
  expect((await whole((await openNth(0)).stream)).byteLength).toBe(sizeBytes)
})

test('an abort in the middle ends it', async () => {
  const sizeBytes = 1 << 20
  const { emulator, event, harness } = await sent({ file: { bytes: { seed: SEED, sizeBytes } } })
  emulator.faults.add({ operations: ['resource.get'], fault: { do: 'stall', afterBytes: 100_000 } })
  const stopping = new AbortController()
  const file = await harness.platform.openAttachment(nth(event.attachments, 0), stopping.signal)
  const reading = whole(file.stream)
  stopping.abort()
  expect(await failureOf(reading)).toMatchObject({ kind: 'cancelled' })
})

test('a file of JSON is a file, no answer', async () => {
  const bytes = Buffer.from('{"code":234003,"msg":"mine"}')
  const { openNth } = await sent({ file: { bytes, name: 'data.json' } })
  const file = await openNth(0)
  expect(file).toMatchObject({ mimeType: 'application/json', name: 'data.json' })
  expect((await whole(file.stream)).equals(bytes)).toBe(true)
})

test('a key that would change the address is not asked for', async () => {
  const { emulator, event, harness } = await sent({ image: { bytes: PNG } })
  const { ref } = nth(event.attachments, 0)
  for (const change of [{ fileKey: '../x' }, { messageId: 'om_1/reply?' }, { fileKey: '' }]) {
    const attachment: Attachment = { kind: 'image', ref: { ...ref, ...change } }
    const call = harness.platform.openAttachment(attachment, patience())
    expect(await failureOf(call)).toMatchObject({ kind: 'rejected' })
  }
  expect(emulator.store.calls.filter(({ operation }) => operation === 'resource.get')).toEqual([])
})

test('pictures of a post come in their order', async () => {
  const pictures = [1, 2, 3].map((seed) => makePng({ widthPx: 4, heightPx: 4, seed }))
  const { event, openNth } = await sent({ images: pictures.map((bytes) => ({ bytes })) }, {}, 'compare these')
  expect(event).toMatchObject({ text: 'compare these' })
  for (const [n, bytes] of pictures.entries()) {
    const file = await openNth(n)
    expect((await whole(file.stream)).equals(bytes)).toBe(true)
    expect(file).toMatchObject({ sizeBytes: bytes.byteLength, mimeType: 'image/png' })
  }
})

test.each(['by-parent', 'refused'] as const)('files of a merged forward: %s', async (mergedFiles) => {
  const ben = { id: 'ou_ben', unionId: 'on_ben', userId: 'ben', name: 'Ben', locale: 'en_us' }
  const forward = [
    { from: ben, text: 'look' },
    { from: ben, image: { bytes: PNG } },
    { from: ben, file: { bytes: Buffer.from('words'), name: 'a.txt' } },
  ]
  const { event, openNth } = await sent({ forward }, { mergedFiles })
  expect(event.text).toBe('Person 1: look\nPerson 1: [image]\nPerson 1: [file: a.txt]')
  expect(event.attachments).toMatchObject([{ kind: 'image' }, { kind: 'file', name: 'a.txt' }])
  if (mergedFiles === 'refused') {
    expect(await failureOf(openNth(0))).toMatchObject({ kind: 'unsupported', code: 234043 })
    return
  }
  expect((await whole((await openNth(0)).stream)).equals(PNG)).toBe(true)
  expect((await whole((await openNth(1)).stream)).toString()).toBe('words')
})
