// Does everything else that is written reach its place: posts, edits, replies in threads, files?
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
  const bytes = Buffer.from('89504e470d0a1a0a', 'hex')
  return {
    sizeBytes: bytes.byteLength,
    stream: (async function* () {
      await Promise.resolve()
      yield bytes
    })(),
    ...more,
  }
}

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
  test('each goes as the kind of message that shows it, with its words below', async () => {
    await life.outbox.sendFiles?.(
      [
        file({ kind: 'image', name: 'a.png', caption: 'a cat' }),
        file({ kind: 'file', name: '报告.pdf' }),
        file({ kind: 'voice', mimeType: 'audio/ogg', durationMs: 1_500 }),
        file({ kind: 'audio', name: 'song.mp3', mimeType: 'audio/mpeg' }),
        file({ kind: 'video', name: 'clip.mp4' }),
      ],
      KEYED,
      never,
    )
    expect(shown().map(({ msgType }) => msgType)).toEqual(['image', 'text', 'file', 'audio', 'file', 'media'])
    const uploads = stage.emulator.store.calls.filter(({ operation }) => operation === 'file.create')
    expect(
      uploads.map(({ payload }) => [payload['file_type'], payload['file_name'], payload['duration']]),
    ).toEqual([
      ['pdf', '报告.pdf', undefined],
      ['opus', 'voice.opus', '1500'],
      ['stream', 'song.mp3', undefined],
      ['mp4', 'clip.mp4', undefined],
    ])
  })

  test('empty and huge files are refused without a call', async () => {
    for (const sizeBytes of [0, 31 << 20]) {
      const sent = life.outbox.sendFiles?.([file({ kind: 'file', sizeBytes })], KEYED, never)
      expect(await failureOf(Promise.resolve(sent))).toMatchObject({ kind: 'rejected' })
    }
    expect(stage.operations()).toEqual([])
  })

  test('an image that was prepared may stand in a card', async () => {
    const ref = await life.outbox.prepareImage?.(file({ kind: 'image', name: 'a.png' }), never)
    const key = typeof ref?.['image_key'] === 'string' ? ref['image_key'] : ''
    expect(key).toMatch(/^img_/)
    await life.outbox.post(card(`![cat](${key}) and ![dog](img_v3_foreign)`), KEYED, never)
    expect(shown()[0]?.text).toBe(`![cat](${key}) and dog (img_v3_foreign)`)
  })
})

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
