// Does everything else that is written reach its place: posts, edits, replies in threads, files?
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Block } from '../../src/contract/document.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { MessageId } from '../../src/contract/event.ts'
import type { Control, OutgoingFile } from '../../src/contract/platform.ts'
import { parse } from '../../src/markdown/parse.ts'
import { openMessage } from '../../src/reply/surface.ts'
import { createPacer } from '../../src/reply/pace.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { createSilentMetrics } from '../../test/support/silent-metrics.ts'
import { keysAsWords } from '../../test/support/words.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import { createFeishuStage, type FeishuStage, type Life } from '../../test/support/feishu-stage.ts'
import type { FeishuBody } from './body.ts'
import { FeishuAnswerError } from './errors.ts'
import { createCardMemory, createOutbox, rendererFor } from './outbox.ts'
import { createOwnMessages } from './own.ts'

const never = new AbortController().signal
const KEYED = { key: 'k0', controls: [] }
const again: Control = { kind: 'again', token: 'again-1', label: 'Again' }

let stage: FeishuStage
let life: Life

beforeEach(async () => {
  stage = await createFeishuStage()
  life = stage.life()
})
afterEach(async () => {
  await stage.close()
})

const card = (text: string, from = life): FeishuBody => from.outbox.renderer.render(parse(text))
const plain = (text: string): FeishuBody => life.outbox.renderer.plain(text)
const shown = (where: { readonly id: string } = stage.chat) =>
  stage.emulator.screen(where.id).filter(({ byBot }) => byBot)
async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  if (error instanceof PlatformError) return error
  throw new Error('expected a PlatformError', { cause: error })
}
const file = (more: Partial<OutgoingFile> & Pick<OutgoingFile, 'kind'>): OutgoingFile => {
  const { bytes, name, mimeType } = SAMPLES[more.kind]
  return {
    name,
    mimeType,
    sizeBytes: bytes.byteLength,
    async *open() {
      await Promise.resolve()
      // In pieces: nothing may count on a whole beginning.
      for (let at = 0; at < bytes.byteLength; at += 7) yield bytes.subarray(at, at + 7)
    },
    ...more,
  }
}
const PNG = makePng({ widthPx: 8, heightPx: 8 })
const OPUS = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead and sound')])
const MP4 = Buffer.concat([Buffer.alloc(4), Buffer.from('ftypisom and film')])
const SAMPLES = {
  image: { bytes: PNG, name: 'a.png', mimeType: 'image/png' },
  file: { bytes: Buffer.from('words'), name: '报告.pdf', mimeType: 'application/pdf' },
  audio: { bytes: Buffer.from('ID3 song'), name: 'song.mp3', mimeType: 'audio/mpeg' },
  voice: { bytes: OPUS, name: 'voice.ogg', mimeType: 'audio/ogg' },
  video: { bytes: MP4, name: 'clip.mp4', mimeType: 'video/mp4' },
} as const
const send = (...files: readonly OutgoingFile[]) =>
  Promise.resolve(life.outbox.sendFiles?.(files, KEYED, never))

describe('posts and edits', () => {
  test('a card is posted still, and edited as a card', async () => {
    const id = await life.outbox.post(card('**One**'), KEYED, never)
    await life.outbox.edit(id, card('Two'), { controls: [again] }, never)
    expect(shown()).toMatchObject([
      { messageId: id, msgType: 'interactive', text: 'Two', buttons: [{ label: 'Again' }] },
    ])
    expect(life.isOwn(id)).toBe(true)
  })

  test('plain text is a message of text, edited as such; with buttons it is a card', async () => {
    const id = await life.outbox.post(plain('a *b*'), KEYED, never)
    await life.outbox.edit(id, plain('c'), { controls: [] }, never)
    await life.outbox.post(plain('d *e*'), { key: 'k1', controls: [again] }, never)
    expect(shown()).toMatchObject([
      { msgType: 'text', text: 'c' },
      { msgType: 'interactive', text: 'd &#42;e&#42;' },
    ])
  })

  test('a card that becomes plain text shows it to the letter', async () => {
    const id = await life.outbox.post(card('One'), KEYED, never)
    await life.outbox.edit(id, plain('# Two\n*three*'), { controls: [] }, never)
    expect(shown()).toMatchObject([{ text: '&#35; Two  \n&#42;three&#42;' }])
  })

  test('the same key gives the same message', async () => {
    const id = await life.outbox.post(card('One'), KEYED, never)
    expect(await stage.life().outbox.post(card('One'), KEYED, never)).toBe(id)
    expect(shown()).toHaveLength(1)
  })

  test('nobody is rung by a text message', async () => {
    await life.outbox.post(plain('<at user_id="all"></at> hi'), KEYED, never)
    expect(shown()[0]?.text).not.toContain('@all')
    expect(shown()[0]?.content).toContain('<\u2060at')
  })

  test('a text that was edited twenty times is gone: the core makes a new one', async () => {
    const id = await life.outbox.post(plain('0'), KEYED, never)
    for (let n = 1; n <= 20; n += 1) await life.outbox.edit(id, plain(String(n)), { controls: [] }, never)
    expect(await failureOf(life.outbox.edit(id, plain('21'), { controls: [] }, never))).toMatchObject({
      kind: 'gone',
    })
  })

  test('what a card can hold at most is taken, buttons and all', async () => {
    const { renderer } = life.outbox
    const paragraphs = (count: number): string =>
      Array.from({ length: count }, (_, n) => `第 ${n} 段 **粗体** \`code\` "quoted" <tag> 2*3\n\n`).join('')
    const fits = (count: number): boolean => renderer.fill(renderer.render(parse(paragraphs(count)))) <= 1
    let count = 0
    for (const step of [64, 8, 1]) while (fits(count + step)) count += step
    const text = paragraphs(count)
    const label = '字'.repeat(60)
    const controls = Array.from({ length: life.outbox.limits.maxControls ?? 0 }, (_, n): Control => ({
      kind: 'choice',
      token: `${n}`.padEnd(64, 'x'),
      label,
    }))
    await life.outbox.post(card(text), { key: 'k', controls }, never)
    await life.outbox.openStream?.({ key: 's' }).finish(card(text), { controls }, never)
    expect(shown()).toHaveLength(2)
  })
})

describe('places', () => {
  test('in a group a reply hangs on the message that asked; without one it stands alone', async () => {
    const group = stage.emulator.group({ name: 'Team', members: [stage.ann] })
    const asked = stage.emulator.say(stage.ann, group, 'hello', { mention: true })
    const { outbox } = stage.life({ place: { chatId: group.id, direct: false } })
    await outbox.post(card('One'), { ...KEYED, replyTo: asked.messageId as MessageId }, never)
    await outbox
      .openStream?.({ key: 'k1', replyTo: asked.messageId as MessageId })
      .finish(card('Two'), KEYED, never)
    await outbox.post(card('Three'), { ...KEYED, key: 'k2' }, never)
    expect(shown(group).map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['One', asked.messageId],
      ['Two', asked.messageId],
      ['Three', undefined],
    ])
  })

  test('in a thread everything is a reply, and lands in it', async () => {
    const group = stage.emulator.group({ name: 'Topics', members: [stage.ann], kind: 'topic' })
    const asked = stage.emulator.say(stage.ann, group, 'hello', { mention: true })
    const threadId = asked.threadId ?? ''
    const place = { chatId: group.id, direct: false, threadId, replyTo: asked.messageId }
    const { outbox } = stage.life({ place })
    await outbox.post(card('One'), KEYED, never)
    await outbox.openStream?.({ key: 'k1' }).update(card('Two'), { controls: [again] }, never)
    const thread = stage.emulator.screen(group, { thread: threadId }).filter(({ byBot }) => byBot)
    expect(thread.map(({ text }) => text)).toEqual(['One', 'Two'])
    expect(thread[1]?.buttons[0]?.value).toEqual({ token: 'again-1', direct: false, threadId })
    expect(shown(group)).toHaveLength(2)
  })

  test('the message that asked was recalled: a chat gets its answer, a topic group no new topic', async () => {
    const group = stage.emulator.group({ name: 'Topics', members: [stage.ann], kind: 'topic' })
    const inTopic = stage.emulator.say(stage.ann, group, 'hello', { mention: true })
    const inChat = stage.emulator.say(stage.ann, stage.chat, 'hello')
    stage.emulator.recall(inTopic)
    stage.emulator.recall(inChat)
    await life.outbox.post(card('One'), { ...KEYED, replyTo: inChat.messageId as MessageId }, never)
    expect(shown()).toHaveLength(1)
    const threadId = inTopic.threadId ?? ''
    const place = { chatId: group.id, direct: false, threadId, replyTo: inTopic.messageId }
    const post = stage.life({ place }).outbox.post(card('One'), { ...KEYED, key: 'k1' }, never)
    expect(await failureOf(post)).toMatchObject({ kind: 'denied' })
    expect(shown(group)).toEqual([])
  })

  test('a person whose chat is not known is written to by their own id, and the chat is learned', async () => {
    const learned: string[][] = []
    const { outbox } = stage.life({
      place: { openId: stage.ann.id, direct: true },
      learnedChat: (...ids) => void learned.push(ids),
    })
    await outbox.post(card('One'), KEYED, never)
    expect(shown()).toHaveLength(1)
    expect(learned).toEqual([[stage.ann.id, stage.chat.id]])
  })
})

describe('files', () => {
  test.each([
    ['a picture', { kind: 'image' }, 'image', undefined],
    ['a document', { kind: 'file' }, 'file', 'pdf'],
    ['a table', { kind: 'file', name: '数据.XLSX' }, 'file', 'xls'],
    ['a voice message', { kind: 'voice', durationMs: 1_500.4 }, 'audio', 'opus'],
    ['a song', { kind: 'audio' }, 'file', 'stream'],
    ['a film', { kind: 'video', durationMs: 2_000 }, 'media', 'mp4'],
    [
      'a film of another kind',
      { kind: 'video', mimeType: 'video/quicktime', name: 'a.mov' },
      'file',
      'stream',
    ],
    ['a picture nobody shows', { kind: 'image', mimeType: 'image/svg+xml', name: 'a.svg' }, 'file', 'stream'],
    [
      'a GIF too wide',
      { kind: 'image', mimeType: 'image/gif', widthPx: 2_001, heightPx: 9 },
      'file',
      'stream',
    ],
  ] as const)('%s goes as the kind of message that shows it', async (_, more, msgType, type) => {
    const sent = file(more)
    const ids = await send(sent)
    const [message, ...others] = shown()
    expect(others).toEqual([])
    expect(ids).toEqual([message?.messageId])
    expect(message).toMatchObject({ msgType })
    const bytes = await whole(sent.open())
    const got = message?.file ?? message?.images[0]?.file
    expect(got?.bytes?.equals(bytes)).toBe(true)
    if (type !== undefined) expect(got).toMatchObject({ type, name: sent.name })
    expect(got?.durationMs).toBe('durationMs' in more ? Math.round(more.durationMs) : undefined)
  })

  test('what claims to be sound or film and is none goes as a file', async () => {
    await send(file({ kind: 'voice', open: () => file({ kind: 'file' }).open(), sizeBytes: 5 }))
    expect(shown()).toMatchObject([{ msgType: 'file', file: { type: 'stream', name: 'voice.ogg' } }])
  })

  test('a picture with words is one message: picture, then words to the letter', async () => {
    const caption = 'a <at user_id="all">cat</at>\nand more'
    await send(file({ kind: 'image', caption }))
    const [message] = shown()
    expect(message).toMatchObject({ msgType: 'post', images: [{ at: 0 }] })
    expect(message?.text.replaceAll('\u2060', '')).toBe(`🖼\n${caption}`)
    expect(message?.images[0]?.file?.bytes?.equals(PNG)).toBe(true)
  })

  test('sent again after a lost answer it stands once', async () => {
    stage.emulator.faults.add({ operations: ['message.create'], fault: { do: 'drop', storing: 'after' } })
    const picture = file({ kind: 'image' })
    expect(await failureOf(send(picture))).toMatchObject({ kind: 'unavailable', outcome: 'unknown' })
    const ids = await send(picture)
    expect(shown().map(({ messageId }) => messageId)).toEqual(ids)
  })

  test('a token that is not taken any more is renewed, and the bytes are read anew', async () => {
    await send(file({ kind: 'file' }))
    stage.emulator.faults.add({ operations: ['file.create'], fault: { do: 'invalid-token' } })
    await life.outbox.sendFiles?.([file({ kind: 'voice' })], { key: 'k1', controls: [] }, never)
    expect(shown().map(({ file: got }) => got?.sizeBytes)).toEqual([5, OPUS.byteLength])
  })

  test('empty and huge files are refused without a call, and so is more than one message takes', async () => {
    for (const sizeBytes of [0, (30 << 20) + 1]) {
      expect(await failureOf(send(file({ kind: 'file', sizeBytes })))).toMatchObject({
        kind: 'rejected',
        limitBytes: 30 << 20,
      })
    }
    expect(await failureOf(send(file({ kind: 'file' }), file({ kind: 'file' })))).toMatchObject({
      kind: 'rejected',
    })
    expect(stage.operations()).toEqual([])
    expect(life.outbox.limits.files).toMatchObject({ maxBytes: 30 << 20, image: { maxBytes: 10 << 20 } })
  })

  test('a picture that was prepared stands in a card, and its key nowhere a person reads', async () => {
    const key = (await life.outbox.prepareImage?.(file({ kind: 'image' }), never)) ?? ''
    expect(key).toMatch(/^img_/)
    const picture = (alt: string, url: string): Block => ({
      kind: 'paragraph',
      spans: [{ kind: 'image', alt, url }],
    })
    const blocks = [picture('cat', key), picture('', key), picture('dog', 'img_v3_foreign')]
    await life.outbox.post(life.outbox.renderer.render(blocks), KEYED, never)
    const [message] = shown()
    expect(message?.text).toBe('🖼 cat\n\n🖼\n\n🖼 dog')
    expect(message?.summary).toBe('🖼 cat 🖼 🖼 dog')
    expect(message?.images.map(({ alt, at, file: got }) => [alt, at, got?.bytes?.equals(PNG)])).toEqual([
      ['cat', 0, true],
      ['', message?.text.indexOf('🖼', 1), true],
    ])
    const alone = life.outbox.renderer.render([picture('', key)])
    expect(life.outbox.renderer.isEmpty(alone)).toBe(false)
  })

  test('pictures that cannot be shown are not uploaded, and text has none', async () => {
    const prepared = (more: Partial<OutgoingFile>) =>
      failureOf(Promise.resolve(life.outbox.prepareImage?.(file({ kind: 'image', ...more }), never)))
    for (const more of [
      { mimeType: 'image/svg+xml' },
      { sizeBytes: (10 << 20) + 1 },
      { widthPx: 12_001, heightPx: 1 },
      { mimeType: 'image/gif', widthPx: 1, heightPx: 2_001 },
    ])
      expect(await prepared(more)).toMatchObject({ kind: 'rejected' })
    expect(stage.operations()).toEqual([])
    expect(stage.life({ streaming: 'text' }).outbox.prepareImage).toBeUndefined()
  })
})

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('limits', () => {
  test('a limit on the whole app blocks the budget of all its calls', async () => {
    stage.emulator.faults.add({
      fault: { do: 'rate-limit', resetSeconds: 7 },
      operations: ['message.create'],
    })
    expect(await failureOf(life.outbox.post(card('One'), KEYED, never))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 7_000,
      budgetKey: 'lark/second',
    })
  })

  const asked = [
    ['POST', '/open-apis/im/v1/messages', 230020],
    ['POST', '/open-apis/im/v1/messages', 99991400],
    ['POST', '/open-apis/cardkit/v1/cards', 99991400],
    ['PUT', '/open-apis/cardkit/v1/cards/:card_id/elements/:element_id/content', 230020],
    ['PATCH', '/open-apis/cardkit/v1/cards/:card_id/settings', 230020],
    ['PATCH', '/open-apis/cardkit/v1/cards/:card_id/settings', 99991400],
  ] as const
  const rates = asked.flatMap((call) => [45, 0].map((rate) => [...call, rate] as const))
  test.each(rates)(
    'a wait the server names (%s %s, %i; %i calls a second) is waited out, also by the end that comes meanwhile',
    async (method, path, code, requestsPerSecond) => {
      const time = createManualClock()
      const { clock } = time
      const calls: { readonly isLimited: boolean; readonly atMs: number }[] = []
      const log = createQuietLogger()
      const settings = { streaming: 'auto', requestsPerSecond } as const
      const outbox = createOutbox(
        { chatId: 'oc_1', direct: true },
        {
          account: 'lark',
          api: {
            async call(request) {
              const isLimited = request.method === method && request.path === path
              calls.push({ isLimited, atMs: clock.elapsed() })
              if (isLimited && calls.filter((call) => call.isLimited).length === 1) {
                throw new FeishuAnswerError(400, { code, retryAfterMs: 3_000 })
              }
              return { card_id: 'c1', message_id: 'om_1', msg_type: 'interactive' }
            },
            download: () => Promise.reject(new Error('nothing is downloaded')),
          },
          clock,
          log,
          words: keysAsWords,
          settings,
          renderer: rendererFor(settings),
          cards: createCardMemory(),
          own: createOwnMessages(),
        },
      )
      const pacer = createPacer({ clock, log, metrics: createSilentMetrics() })
      const message = openMessage(
        { account: 'lark', outbox, pacer, clock, signal: never },
        { key: 'k', maybePosted: false },
      )
      const shownAs = (text: string) => ({
        body: outbox.renderer.render(parse(text)),
        plain: text,
        controls: [],
      })
      const failures: unknown[] = []
      for (const text of ['One', 'One two']) {
        const frame = message
          .update(() => shownAs(text), never)
          .catch((error: unknown) => failures.push(error))
        await time.advance(300)
        if (failures.length > 0) break
        await frame
      }
      const limitedAtMs = () => calls.filter((call) => call.isLimited).map(({ atMs }) => atMs)
      const ended = message.finish(shownAs('One two three'))
      await time.advance(10_000)
      await ended
      const [first = NaN] = limitedAtMs()
      const after = calls.slice(calls.findIndex((call) => call.isLimited) + 1)
      expect(after.map(({ atMs }) => atMs - first).filter((ms) => ms < 3_000)).toEqual([])
      expect(after.length).toBeGreaterThan(0)
      expect(after[0]?.atMs).toBeLessThan(first + 4_000)
    },
  )

  test('mode text: messages of text, and no stream; only buttons make it a card', async () => {
    const { outbox } = stage.life({ streaming: 'text' })
    expect(outbox.openStream).toBeUndefined()
    const body = outbox.renderer.render(parse('# One\n\n- **two**\n\n[three](https://a.b/)'))
    const id = await outbox.post(body, KEYED, never)
    await outbox.edit(id, body, { controls: [again] }, never)
    await outbox.post(body, { key: 'k1', controls: [again] }, never)
    expect(shown()).toMatchObject([
      { msgType: 'text', text: 'One\n\n• two\n\nthree (https://a.b/)' },
      { msgType: 'interactive', buttons: [{ label: 'Again' }] },
    ])
  })
})
