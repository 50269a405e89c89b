// What must every platform do? One suite that each adapter passes against its emulator.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Block } from '../../src/contract/document.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { AskingEvent, ChatEvent, MessageEvent, MessageId } from '../../src/contract/event.ts'
import type { Control, Inbox, Outbox, Platform } from '../../src/contract/platform.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { createRecordingInbox, type RecordingInbox } from '../support/recording-inbox.ts'

/** An adapter beside its emulator. Told in the words of a person, so that each platform can say them its way. */
export interface PlatformHarness<Body = unknown> {
  /** Not started. */
  readonly platform: Platform<Body>
  start(inbox: Inbox): Promise<void>
  /** A person writes. `thread` is a sub-room of the group. The command `help` is known. */
  write(where: Where, text: string, how?: HowWritten): void
  /** The newest event of a person once more, as the platform would after a lost acknowledgement. */
  redeliver(): void
  /** The bot's messages, oldest first. */
  shown(
    where: Where,
  ): readonly { readonly id: string; readonly text: string; readonly buttons: readonly string[] }[]
  press(where: Where, messageId: MessageId, token: string): void
  deleteMessage(where: Where, messageId: MessageId): void
  /** The next post or edit is answered so. */
  fail(how: 'rate-limit-of-7s' | 'markup' | 'blocked' | 'server-down' | 'lost-answer'): void
  /** Sleeps and requests that are still open. */
  leftovers(): { readonly sleeps: number; readonly requests: number }
  close(): Promise<void>
}
export type Where = 'direct' | 'group' | 'thread'
export interface HowWritten {
  /** The bot's mention stands before the text. */
  readonly mention?: boolean
  readonly replyTo?: MessageId
}

const PATIENCE_MS = 10_000
const NO_CONTROLS = { controls: [] }
const HELP: CommandSpec = {
  name: 'help',
  description: { en: 'Help', 'zh-CN': '帮助' },
  options: [],
  does: { kind: 'builtin', builtin: 'help' },
}

export function platformContract<Body>(
  name: string,
  makeHarness: () => Promise<PlatformHarness<Body>>,
): void {
  describe(`${name} keeps the platform contract`, () => {
    let harness: PlatformHarness<Body>
    let inbox: RecordingInbox
    let keys = 0
    const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)
    const withKey = (): { key: string; controls: readonly Control[] } => ({
      key: `k${(keys += 1)}`,
      controls: [],
    })

    beforeEach(async () => {
      harness = await makeHarness()
      inbox = createRecordingInbox()
    })
    afterEach(async () => {
      await harness.platform.stop()
      await harness.close()
    })

    async function nth(n: number): Promise<ChatEvent> {
      return inbox.nth(n, patience())
    }
    async function ask(where: Where, how: HowWritten = {}): Promise<MessageEvent> {
      await harness.start(inbox.inbox)
      harness.write(where, 'hello', how)
      return messageOf(await nth(1))
    }
    async function openDirect(): Promise<{ event: MessageEvent; outbox: Outbox<Body> }> {
      const event = await ask('direct')
      return { event, outbox: harness.platform.outboxFor(event.replyTarget) }
    }
    function bodyOf(outbox: Outbox<Body>, text: string): Body {
      return outbox.renderer.render(paragraph(text))
    }
    /** Everything offered so far is through: the marker came after it. */
    async function everythingBefore(marker: string): Promise<readonly ChatEvent[]> {
      harness.write('direct', marker)
      for (let n = 1; ; n++) {
        const event = await nth(n)
        if (event.kind === 'message' && event.text === marker) return inbox.events.slice(0, n - 1)
      }
    }

    test('turns a message into one event, exactly once', async () => {
      const event = await ask('direct')
      expect(event).toMatchObject({
        text: 'hello',
        chatKind: 'direct',
        address: { account: harness.platform.account },
      })
      expect(await everythingBefore('marker')).toHaveLength(1)
      expect(harness.platform.health()).toEqual({ state: 'up' })
    })

    test('offers a message again that was not stored', async () => {
      inbox.refuse(1)
      const event = await ask('direct')
      expect(event.text).toBe('hello')
      expect(inbox.refused).toBe(1)
      expect(await everythingBefore('marker')).toHaveLength(1)
    })

    test('knows a redelivered message by its id', async () => {
      const first = await ask('direct')
      harness.redeliver()
      const events = await everythingBefore('marker')
      expect(new Set(events.map(({ id }) => id))).toEqual(new Set([first.id]))
    })

    test('keeps the order of one chat', async () => {
      await harness.start(inbox.inbox)
      const texts = ['one', 'two', 'three', 'four', 'five']
      for (const text of texts) harness.write('direct', text)
      await nth(texts.length)
      expect(inbox.events.map((event) => messageOf(event).text)).toEqual(texts)
    })

    test('tells a mention from talk among people', async () => {
      await harness.start(inbox.inbox)
      harness.write('group', 'what is up', { mention: true })
      harness.write('group', 'just between us')
      expect(messageOf(await nth(1))).toMatchObject({
        text: 'what is up',
        mentionsBot: true,
        chatKind: 'group',
      })
      expect(messageOf(await nth(2))).toMatchObject({ text: 'just between us', mentionsBot: false })
    })

    test('tells a reply to the bot', async () => {
      const event = await ask('group')
      const outbox = harness.platform.outboxFor(event.replyTarget)
      const id = await outbox.post(bodyOf(outbox, 'an answer'), withKey(), patience())
      harness.write('group', 'and why?', { replyTo: id })
      expect(messageOf(await nth(2))).toMatchObject({ repliesToBot: true, quoted: { text: 'an answer' } })
    })

    test('reads a command', async () => {
      await harness.start(inbox.inbox)
      harness.write('direct', '/help me please')
      expect(await nth(1)).toMatchObject({ kind: 'command', name: 'help', rest: 'me please' })
    })

    test('answers in the thread it was asked in', async () => {
      const event = await ask('thread', { mention: true })
      expect(event.address.threadId).toBeDefined()
      const outbox = harness.platform.outboxFor(event.replyTarget)
      await outbox.post(bodyOf(outbox, 'here'), { ...withKey(), replyTo: event.messageId }, patience())
      await outbox.showTyping?.(patience())
      expect(harness.shown('thread').map(({ text }) => text)).toEqual(['here'])
    })

    test('posts, edits and shows exactly the text', async () => {
      const { event, outbox } = await openDirect()
      const id = await outbox.post(
        bodyOf(outbox, '你'),
        { ...withKey(), replyTo: event.messageId },
        patience(),
      )
      await outbox.edit(id, bodyOf(outbox, '你好 👋'), NO_CONTROLS, patience())
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['你好 👋'])
    })

    test('grows a surface of its own, finished twice at most once', async ({ skip }) => {
      const { outbox } = await openDirect()
      const surface = outbox.openStream?.({ key: 'surface' })
      if (surface === undefined) {
        skip('it has none')
        return
      }
      await surface.update(bodyOf(outbox, 'Hel'), NO_CONTROLS, patience())
      const first = await surface.finish(bodyOf(outbox, 'Hello'), NO_CONTROLS, patience())
      const again = await surface.finish(bodyOf(outbox, 'Hello'), NO_CONTROLS, patience())
      expect(again).toBe(first)
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['Hello'])
    })

    test('takes an edit that changes nothing as done', async () => {
      const { outbox } = await openDirect()
      const id = await outbox.post(bodyOf(outbox, 'same'), withKey(), patience())
      await outbox.edit(id, bodyOf(outbox, 'same'), NO_CONTROLS, patience())
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['same'])
    })

    test('says that a deleted message is gone', async () => {
      const { outbox } = await openDirect()
      const id = await outbox.post(bodyOf(outbox, 'soon gone'), withKey(), patience())
      harness.deleteMessage('direct', id)
      const edit = outbox.edit(id, bodyOf(outbox, 'more'), NO_CONTROLS, patience())
      expect(await failureOf(edit)).toMatchObject({ kind: 'gone', outcome: 'not-sent' })
    })

    test.each([
      ['rate-limit-of-7s', { kind: 'rate-limited', retryAfterMs: 7_000, outcome: 'not-sent' }],
      ['markup', { kind: 'rejected', outcome: 'not-sent' }],
      ['blocked', { kind: 'denied', outcome: 'not-sent' }],
      ['server-down', { kind: 'unavailable', outcome: 'unknown' }],
      ['lost-answer', { kind: 'unavailable', outcome: 'unknown' }],
    ] as const)('names the failure: %s', async (how, expected) => {
      const { outbox } = await openDirect()
      harness.fail(how)
      expect(await failureOf(outbox.post(bodyOf(outbox, 'text'), withKey(), patience()))).toMatchObject(
        expected,
      )
    })

    test('ends a call when its signal aborts', async () => {
      const { outbox } = await openDirect()
      const post = outbox.post(bodyOf(outbox, 'never'), withKey(), AbortSignal.abort())
      expect(await failureOf(post)).toMatchObject({ kind: 'cancelled' })
    })

    test('gives a pressed button back as its token, and keeps buttons through an edit', async () => {
      const { outbox } = await openDirect()
      const controls: readonly Control[] = [
        { kind: 'choice', token: 'choice-1', label: 'First' },
        { kind: 'stop', token: 'stop-1', label: 'Stop' },
      ]
      const id = await outbox.post(bodyOf(outbox, 'pick'), { key: 'k', controls }, patience())
      await outbox.edit(id, bodyOf(outbox, 'pick one'), { controls }, patience())
      expect(harness.shown('direct')[0]?.buttons).toEqual(['choice-1', 'stop-1'])
      harness.press('direct', id, 'stop-1')
      expect(await nth(2)).toMatchObject({ kind: 'action', token: 'stop-1', messageId: id })
      await outbox.edit(id, bodyOf(outbox, 'done'), NO_CONTROLS, patience())
      expect(harness.shown('direct')[0]?.buttons).toEqual([])
    })

    test('changes the buttons under words that stay', async () => {
      const { outbox } = await openDirect()
      const named = (token: string): { controls: readonly Control[] } => ({
        controls: [{ kind: 'choice', token, label: token }],
      })
      const id = await outbox.post(bodyOf(outbox, 'pick'), { key: 'k', ...named('first') }, patience())
      await outbox.edit(id, bodyOf(outbox, 'pick'), named('second'), patience())
      expect(harness.shown('direct')[0]?.buttons).toEqual(['second'])
      await outbox.edit(id, bodyOf(outbox, 'pick'), NO_CONTROLS, patience())
      expect(harness.shown('direct')[0]?.buttons).toEqual([])
    })

    test('asks in words, with or without a way to open the text field', async () => {
      const { event, outbox } = await openDirect()
      const controls: readonly Control[] = [{ kind: 'reply', placeholder: 'City' }]
      await outbox.post(
        bodyOf(outbox, 'Which city?'),
        { key: 'k', controls, replyTo: event.messageId },
        patience(),
      )
      expect(harness.shown('direct')).toMatchObject([{ text: 'Which city?', buttons: [] }])
    })

    test('goes on in the same message after a surface was finished', async ({ skip }) => {
      const { outbox } = await openDirect()
      const first = outbox.openStream?.({ key: 'waits' })
      if (first === undefined) {
        skip('it has none')
        return
      }
      const controls: readonly Control[] = [{ kind: 'choice', token: 'a', label: 'A' }]
      const state = await first.update(bodyOf(outbox, 'Which?'), { controls }, patience())
      const messageId = await first.finish(bodyOf(outbox, 'Which?'), { controls }, patience())
      const resume = state['messageId'] === undefined ? { messageId } : state
      const second = outbox.openStream?.({ key: 'waits', resume })
      await second?.update(bodyOf(outbox, 'Which? A. So'), NO_CONTROLS, patience())
      const last = await second?.finish(bodyOf(outbox, 'Which? A. So be it'), NO_CONTROLS, patience())
      expect(last).toBe(messageId)
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['Which? A. So be it'])
      expect(harness.shown('direct')[0]?.buttons).toEqual([])
    })

    test('publishes its menu and takes it away again, without being started', async ({ skip }) => {
      const { platform } = harness
      if (platform.publishCommands === undefined || platform.publishedCommands === undefined) {
        skip('it has none')
        return
      }
      const names = async (): Promise<ReadonlySet<string>> => {
        const menus = (await platform.publishedCommands?.(patience())) ?? []
        return new Set(menus.flatMap(({ commands }) => commands.map(({ name }) => name)))
      }
      await platform.publishCommands([HELP], patience())
      expect(await names()).toEqual(new Set(['help']))
      await platform.publishCommands([], patience())
      expect(await names()).toEqual(new Set())
    })

    test('takes the longest text that its renderer calls full', async () => {
      const { outbox } = await openDirect()
      const long = longestFitting(outbox)
      await outbox.post(outbox.renderer.render(long), withKey(), patience())
      expect(harness.shown('direct')).toHaveLength(1)
    })

    test('opens the same place again from stored data', async () => {
      const event = await ask('group')
      const stored = JSON.parse(JSON.stringify(event)) as AskingEvent
      const outbox = harness.platform.outboxFor(stored.replyTarget)
      await outbox.post(bodyOf(outbox, 'back again'), withKey(), patience())
      expect(harness.shown('group').map(({ text }) => text)).toEqual(['back again'])
    })

    test('stops clean, and can still send afterwards', async () => {
      const { outbox } = await openDirect()
      await harness.platform.stop()
      expect(harness.leftovers()).toEqual({ sleeps: 0, requests: 0 })
      expect(harness.platform.health()).toEqual({ state: 'stopped' })
      await outbox.post(bodyOf(outbox, 'last words'), withKey(), patience())
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['last words'])
    })
  })
}

export function paragraph(text: string): readonly Block[] {
  return [{ kind: 'paragraph', spans: [{ kind: 'text', text }] }]
}

export function messageOf(event: ChatEvent): MessageEvent {
  if (event.kind !== 'message') throw new Error(`expected a message, got ${event.kind}`)
  return event
}

export async function failureOf(call: Promise<unknown>): Promise<PlatformError> {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure instanceof PlatformError) return failure
  throw new Error('expected a PlatformError', { cause: failure })
}

/** Paragraphs, code and bold words until one more would be too much. */
function longestFitting<Body>({ renderer }: Outbox<Body>): readonly Block[] {
  const blocks: Block[] = []
  for (let n = 0; n < 2_000; n++) {
    const next: Block =
      n % 3 === 0
        ? { kind: 'code', language: 'ts', text: `const n${n} = ${n}` }
        : { kind: 'paragraph', spans: [{ kind: 'bold', spans: [{ kind: 'text', text: `字${n}` }] }] }
    if (renderer.fill(renderer.render([...blocks, next])) > 1) return blocks
    blocks.push(next)
  }
  return blocks
}
