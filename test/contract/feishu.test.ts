// Does the Feishu adapter keep the contract, and Feishu's own rules, against the emulated open platform?
import { afterEach, describe, expect, test } from 'vitest'
import { keepSocket } from '../../adapters/feishu/socket.ts'
import type { FeishuBody } from '../../adapters/feishu/index.ts'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Form, Health, Outbox, OutgoingFile } from '../../src/contract/platform.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import type { SayOptions } from '../../src/emulators/feishu/index.ts'
import {
  HELP,
  patience,
  PATIENCE_MS,
  startFeishu,
  type FeishuHarness,
  type FeishuWish,
} from '../support/feishu-harness.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { createRealClock, type RealClock } from '../support/real-clock.ts'
import { createRecordingInbox, type RecordingInbox } from '../support/recording-inbox.ts'
import { failureOf, messageOf, paragraph, platformContract } from './platform-contract.ts'

const WEBHOOK = { mode: 'webhook', encryptKey: 'a key', verificationToken: 'a token' } as const
const WEBHOOK_WISH: FeishuWish = {
  settings: WEBHOOK,
  emulator: { encryptKey: WEBHOOK.encryptKey, verificationToken: WEBHOOK.verificationToken },
}

const FORM: Form = {
  token: 'form-1',
  title: 'A little more is needed:',
  submitLabel: 'Send',
  fields: [
    { name: 'city', label: 'City', kind: 'text', required: true },
    { name: 'days', label: 'Days', kind: 'integer', required: false },
    {
      name: 'unit',
      label: 'Unit',
      kind: 'choice',
      required: false,
      choices: [
        { value: 'c', label: '°C' },
        { value: 'f', label: '°F' },
      ],
    },
    {
      name: 'parts',
      label: 'Parts',
      kind: 'choices',
      required: false,
      choices: ['sun', 'rain'].map((value) => ({ value, label: value })),
    },
    { name: 'why', label: 'Why', kind: 'long', required: false },
  ],
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

platformContract('feishu', () => startFeishu())
platformContract('feishu with text alone', () => startFeishu({ settings: { streaming: 'text' } }))
platformContract('feishu by webhook', () => startFeishu(WEBHOOK_WISH))

describe('feishu', () => {
  const opened: FeishuHarness[] = []
  const lines: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const end of lines.splice(0)) await end()
    for (const harness of opened.splice(0)) {
      await harness.platform.stop()
      await harness.close()
    }
  })

  async function open(wish: FeishuWish = {}): Promise<{ harness: FeishuHarness; inbox: RecordingInbox }> {
    const harness = await startFeishu(wish)
    opened.push(harness)
    return { harness, inbox: createRecordingInbox() }
  }
  async function started(wish: FeishuWish = {}): Promise<{ harness: FeishuHarness; inbox: RecordingInbox }> {
    const { harness, inbox } = await open(wish)
    await harness.start(inbox.inbox)
    return { harness, inbox }
  }
  async function asked(
    wish: FeishuWish = {},
  ): Promise<{ harness: FeishuHarness; inbox: RecordingInbox; outbox: Outbox<FeishuBody> }> {
    const { harness, inbox } = await started(wish)
    harness.write('direct', 'hello')
    const event = messageOf(await inbox.nth(1, patience()))
    return { harness, inbox, outbox: harness.platform.outboxFor(event.replyTarget) }
  }
  function warningsOf({ log }: FeishuHarness): readonly string[] {
    return log.lines
      .filter(({ level }) => level === 'warn' || level === 'error')
      .map(({ message }) => message)
  }
  /** All that came before the marker, which is written now. */
  async function before(harness: FeishuHarness, inbox: RecordingInbox): Promise<readonly ChatEvent[]> {
    harness.write('direct', 'marker')
    for (let n = 1; ; n++) {
      const event = await inbox.nth(n, patience())
      if (event.kind === 'message' && event.text === 'marker') return inbox.events.slice(0, n - 1)
    }
  }

  describe('events', () => {
    test('one message delivered twice under two event ids is one event', async () => {
      const { harness, inbox } = await asked()
      harness.redeliver()
      const ids = (await before(harness, inbox)).map(({ id }) => id)
      expect(ids.length).toBe(2)
      expect(new Set(ids).size).toBe(1)
    })

    test('acknowledges only what is stored', async () => {
      const { harness, inbox } = await started()
      inbox.refuse(1)
      const { messageId } = harness.emulator.say(harness.rooms.ann, harness.rooms.direct, 'hello')
      await inbox.nth(1, patience())
      const codes = (): readonly number[] => harness.emulator.store.acksOf(messageId).map(({ code }) => code)
      await harness.emulator.waitFor(() => codes().length === 2, { timeoutMs: PATIENCE_MS })
      expect(codes()).toEqual([500, 200])
      expect(harness.emulator.pendingEvents()).toEqual([])
    })

    test('what is subscribed and not needed is acknowledged without words', async () => {
      const { harness, inbox } = await asked()
      const { ann, direct } = harness.rooms
      const { messageId } = harness.emulator.say(ann, direct, 'once more')
      harness.emulator.react(ann, messageId, 'OK')
      expect(await before(harness, inbox)).toHaveLength(2)
      await harness.emulator.waitFor(({ pendingEvents }) => pendingEvents().length === 0, {
        timeoutMs: PATIENCE_MS,
      })
      const acks = harness.emulator.store.acks.filter(({ eventType }) => eventType.includes('reaction'))
      expect(acks).toMatchObject([{ code: 200, data: undefined }])
    })

    test('a menu press lands in the conversation of the p2p chat', async () => {
      const { harness, inbox } = await asked()
      const { ann } = harness.rooms
      const message = messageOf(await inbox.nth(1, patience()))
      harness.emulator.pushMenu(ann, 'help')
      const menu = await inbox.nth(2, patience())
      expect(menu).toMatchObject({
        kind: 'command',
        name: 'help',
        address: message.address,
        chatKind: 'direct',
      })
    })

    test('a menu press before the first word is answered, and goes on in the chat once it is known', async () => {
      const { harness, inbox } = await started()
      const { ann, direct } = harness.rooms
      harness.emulator.pushMenu(ann, 'help')
      const menu = await inbox.nth(1, patience())
      if (menu.kind !== 'command') throw new Error('no command')
      const outbox = harness.platform.outboxFor(menu.replyTarget)
      await outbox.post(
        outbox.renderer.render(paragraph('help yourself')),
        { key: 'k', controls: [] },
        patience(),
      )
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['help yourself'])
      harness.write('direct', 'thanks')
      expect(await inbox.nth(2, patience())).toMatchObject({
        kind: 'moved',
        from: menu.address,
        to: { chatId: direct.id },
      })
      expect(await inbox.nth(3, patience())).toMatchObject({
        kind: 'message',
        address: { chatId: direct.id },
      })
    })

    test('a menu entry that names no command is told to the owner and to nobody else', async () => {
      const { harness, inbox } = await asked()
      harness.emulator.pushMenu(harness.rooms.ann, 'no_such_thing')
      expect(await before(harness, inbox)).toHaveLength(1)
      expect(warningsOf(harness)).toEqual([expect.stringContaining('names no command')])
    })

    test('does not take a guest’s mention for its own', async () => {
      const { harness, inbox } = await started()
      const { ann, group } = harness.rooms
      const guest = harness.emulator.person({ name: harness.emulator.botName })
      harness.emulator.say(ann, group, 'hello', { mentions: [guest] })
      expect(messageOf(await inbox.nth(1, patience()))).toMatchObject({
        mentionsBot: false,
        text: `@${harness.emulator.botName} hello`,
      })
    })

    test('while its own id is not known, mentions in a group are not taken, and that is told once', async () => {
      const { harness, inbox } = await open()
      harness.emulator.faults.add({ operations: ['bot.info'], fault: { do: 'html' }, times: Infinity })
      await harness.start(inbox.inbox)
      expect(harness.platform.health().state).toBe('down')
      harness.write('group', 'one', { mention: true })
      harness.write('group', 'two', { mention: true })
      expect(await before(harness, inbox)).toEqual([])
      expect(warningsOf(harness).filter((line) => line.includes('open_id'))).toHaveLength(1)
    })

    test('reads a merged forward', async () => {
      const { harness, inbox } = await started()
      const { ann, direct } = harness.rooms
      const ben = harness.emulator.person({ name: 'Ben' })
      harness.emulator.say(ann, direct, '', {
        forward: [
          { from: ann, text: 'is it done?' },
          { from: ben, text: 'almost' },
          { from: ben, asType: { type: 'image', content: { image_key: 'img_1' } } },
        ],
      })
      expect(messageOf(await inbox.nth(1, patience())).text).toBe(
        'Ann: is it done?\nBen: almost\nBen: [image]',
      )
    })

    test('reads what is quoted, with its author and its files', async () => {
      const { harness, inbox } = await started()
      const { ann, group } = harness.rooms
      const ben = harness.emulator.person({ name: 'Ben' })
      const picture = { bytes: Buffer.from('png'), name: 'a.png' }
      const quoted = harness.emulator.say(ben, group, 'look at this', { image: picture, quiet: true })
      harness.emulator.say(ann, group, 'what is it?', { mention: true, replyTo: quoted })
      expect(messageOf(await inbox.nth(1, patience()))).toMatchObject({
        repliesToBot: false,
        sender: { name: 'Ann' },
        quoted: {
          messageId: quoted.messageId,
          senderName: 'Ben',
          fromBot: false,
          text: 'look at this',
          attachments: [{ kind: 'image', ref: { messageId: quoted.messageId } }],
        },
      })
    })

    test('a thread’s root is quoted once', async () => {
      const { harness, inbox } = await started()
      harness.write('thread', 'sum it up', { mention: true })
      harness.write('thread', 'shorter', { mention: true })
      expect(messageOf(await inbox.nth(1, patience())).quoted).toMatchObject({ text: 'a topic' })
      expect(messageOf(await inbox.nth(2, patience())).quoted).toBeUndefined()
    })

    test.each([['group'], ['topic_group']] as const)(
      'a topic is one conversation, whether its thread or its root alone is named (%s)',
      async (eventChatType) => {
        const { harness, inbox } = await started()
        const { ann } = harness.rooms
        const group = harness.emulator.group({ members: [ann], kind: 'topic', eventChatType })
        const root = harness.emulator.say(ann, group, 'a topic')
        harness.emulator.say(ann, group, 'more', { replyTo: root, extra: { thread_id: undefined } })
        const [first, second] = [await inbox.nth(1, patience()), await inbox.nth(2, patience())].map(
          messageOf,
        )
        expect(first?.address.threadId).toBe(root.threadId)
        expect(second?.address).toEqual(first?.address)
      },
    )

    test('a quote that may not be read costs only the quote, and names only the names', async () => {
      const { harness, inbox } = await started()
      const { ann, group } = harness.rooms
      const quoted = harness.emulator.say(ann, group, 'secret', { quiet: true })
      const scope = { do: 'error', code: 99991672, msg: 'Access denied' } as const
      const names = harness.emulator.faults.add({
        operations: ['user.basicBatch'],
        fault: scope,
        times: Infinity,
      })
      harness.emulator.faults.add({ operations: ['message.get'], fault: { do: 'error', code: 230027 } })
      harness.emulator.say(ann, group, 'and?', { mention: true, replyTo: quoted })
      harness.emulator.say(ann, group, 'and now?', { mention: true, replyTo: quoted })
      expect(messageOf(await inbox.nth(1, patience()))).toMatchObject({ text: 'and?' })
      expect(messageOf(await inbox.nth(2, patience()))).toMatchObject({ quoted: { text: 'secret' } })
      expect(names.hits).toBe(1)
    })

    test('messages of a burst after connecting are taken, however old a clock makes them', async () => {
      const { harness, inbox } = await open()
      const { ann, direct } = harness.rooms
      const createdAtMs = Date.now() - 45 * 60_000
      for (const text of ['one', 'two', 'three']) harness.emulator.say(ann, direct, text, { createdAtMs })
      await harness.start(inbox.inbox)
      const taken = await Promise.all([1, 2, 3].map((n) => inbox.nth(n, patience())))
      expect(taken.map((event) => messageOf(event).text).toSorted()).toEqual(['one', 'three', 'two'])
    })

    test('what was missed while nobody was connected is not lost when it is offered again', async () => {
      const { harness, inbox } = await open()
      const { ann, direct } = harness.rooms
      harness.emulator.say(ann, direct, 'an hour ago', { createdAtMs: Date.now() - 65 * 60_000 })
      await harness.start(inbox.inbox)
      expect(messageOf(await inbox.nth(1, patience())).text).toBe('an hour ago')
    })

    test('a message taken back is told, a bot invited and put out too', async () => {
      const { harness, inbox } = await started()
      const { ann, direct, group } = harness.rooms
      const { messageId } = harness.emulator.say(ann, direct, 'oops')
      harness.emulator.recall(messageId)
      expect(await inbox.nth(2, patience())).toMatchObject({ kind: 'retracted', messageId })
      harness.emulator.removeBot(group)
      expect(await inbox.nth(3, patience())).toMatchObject({ kind: 'gone', address: { chatId: group.id } })
      harness.emulator.addBot(group)
      expect(await inbox.nth(4, patience())).toMatchObject({ kind: 'joined', how: 'invited' })
    })

    test('opening the chat is a beginning once', async () => {
      const { harness, inbox } = await started()
      const ben = harness.emulator.person({ name: 'Ben' })
      harness.emulator.p2p(ben)
      harness.emulator.enterChat(ben)
      harness.emulator.enterChat(ben)
      expect(await before(harness, inbox)).toMatchObject([{ kind: 'joined', how: 'started' }])
    })

    test('a press is answered at once, with the notice when there is one', async () => {
      const { harness, inbox, outbox } = await asked()
      const controls = [{ kind: 'stop', token: 's', label: 'Stop' }] as const
      const id = await outbox.post(outbox.renderer.render(paragraph('…')), { key: 'k', controls }, patience())
      harness.press('direct', id, 's')
      inbox.answer({ show: 'notice', notice: { key: 'turn.stopped' } })
      await inbox.nth(2, patience())
      harness.press('direct', id, 's')
      const [first, second] = await Promise.all(harness.presses)
      expect([first, second]).toMatchObject([
        { ok: true },
        { ok: true, toast: { type: 'info', content: 'turn.stopped' } },
      ])
    })

    test('a refusal is told as a warning, in the language of the client', async () => {
      const { harness, inbox, outbox } = await asked()
      const controls = [{ kind: 'choice', token: 'c', label: 'Oslo' }] as const
      const id = await outbox.post(outbox.renderer.render(paragraph('…')), { key: 'k', controls }, patience())
      inbox.answer({ show: 'notice', notice: { key: 'action.notYours' } })
      harness.press('direct', id, 'c')
      expect(await Promise.all(harness.presses)).toMatchObject([
        {
          toast: { type: 'warning', content: 'action.notYours' },
          raw: { toast: { i18n: { zh_cn: 'action.notYours' } } },
        },
      ])
    })

    test('however slow the store is, a press is answered in time, in words, and stored all the same', async () => {
      const { harness, inbox } = await open()
      const stored = Promise.withResolvers<undefined>()
      await harness.start(async (event, signal) => {
        if (event.kind === 'action') await stored.promise
        return inbox.inbox(event, signal)
      })
      harness.write('direct', 'hello')
      const outbox = harness.platform.outboxFor(messageOf(await inbox.nth(1, patience())).replyTarget)
      const controls = [{ kind: 'stop', token: 's', label: 'Stop' }] as const
      const id = await outbox.post(outbox.renderer.render(paragraph('…')), { key: 'k', controls }, patience())
      inbox.answer({ show: 'notice', notice: { key: 'turn.stopped' } })
      harness.press('direct', id, 's')
      const [answer] = await Promise.all(harness.presses)
      expect(answer).toMatchObject({ ok: true, toast: { type: 'warning', content: 'failure.busy' } })
      expect(harness.emulator.store.lateCallbacks).toBe(0)
      stored.resolve(undefined)
      expect(await inbox.nth(2, patience())).toMatchObject({ kind: 'action', token: 's' })
    })

    test('a press that comes twice is one event', async () => {
      const { harness, inbox, outbox } = await asked()
      const controls = [{ kind: 'again', token: 'a', label: 'Again' }] as const
      const id = await outbox.post(outbox.renderer.render(paragraph('…')), { key: 'k', controls }, patience())
      harness.press('direct', id, 'a')
      await Promise.all(harness.presses)
      const [click] = harness.emulator.store.clicks
      if (click === undefined) throw new Error('nothing was pressed')
      await harness.emulator.repeatClick(click)
      const [first, second] = [await inbox.nth(2, patience()), await inbox.nth(3, patience())]
      expect(first).toMatchObject({ kind: 'action', token: 'a', messageId: id })
      expect(first).not.toHaveProperty('values')
      expect(second.id).toBe(first.id)
    })

    test.each(['direct', 'thread'] as const)(
      'a form is sent back with its values, from the %s',
      async (where) => {
        const { harness, inbox } = await started()
        harness.write(where, 'hello', { mention: true })
        const event = messageOf(await inbox.nth(1, patience()))
        const outbox = harness.platform.outboxFor(event.replyTarget)
        const id = await outbox.ask?.(FORM, { key: 'k', controls: [], replyTo: event.messageId }, patience())
        const { ann } = harness.rooms
        const { emulator } = harness
        if (id === undefined) throw new Error('cannot ask')
        expect(await emulator.submitForm(ann, id, { days: '3' })).toMatchObject({ ok: false, code: 0 })
        inbox.answer({ show: 'notice', notice: { key: 'option.max' } })
        const values = { city: 'Oslo', days: '30', unit: '°F', parts: ['sun', 'rain'] }
        const answer = await emulator.submitForm(ann, id, values)
        expect(answer).toMatchObject({ ok: true, toast: { type: 'warning', content: 'option.max' } })
        const sent = await inbox.nth(2, patience())
        expect(sent).toMatchObject({ kind: 'action', token: 'form-1', address: event.address, messageId: id })
        expect(sent).toHaveProperty('values', { city: 'Oslo', days: '30', unit: 'f', parts: ['sun', 'rain'] })
      },
    )

    test('a command may be typed with a full-width slash, behind or before the mention, and in a post', async () => {
      const { harness, inbox } = await started()
      const { ann, group } = harness.rooms
      harness.write('direct', '／HELP me')
      harness.write('group', '/help me', { mention: true })
      harness.emulator.say(ann, group, `/help me @${harness.emulator.botName}`, { mention: true })
      const post = { content: [[{ tag: 'text', text: '/help me' }]] }
      harness.emulator.say(ann, group, '', { mention: true, post })
      await inbox.nth(4, patience())
      const commands = inbox.events.map((event) =>
        event.kind === 'command' ? [event.name, event.rest] : event.kind,
      )
      expect(commands).toEqual(Array.from({ length: 4 }, () => ['help', 'me']))
    })

    test('a person who opens the chat for the first time is greeted once, however that is told', async () => {
      const { harness, inbox } = await started()
      const ben = harness.emulator.person({ name: 'Ben' })
      harness.emulator.p2p(ben)
      harness.emulator.createChat(ben)
      harness.emulator.enterChat(ben)
      const [joined, ...more] = await before(harness, inbox)
      expect(joined).toMatchObject({ kind: 'joined', how: 'started' })
      expect(more).toEqual([])
      if (joined?.kind !== 'joined') throw new Error('nobody joined')
      const outbox = harness.platform.outboxFor(joined.replyTarget)
      await outbox.post(outbox.renderer.render(paragraph('hi')), { key: 'k', controls: [] }, patience())
      expect(harness.emulator.screen(ben).map(({ text }) => text)).toEqual(['hi'])
    })
  })

  /** The line alone, with shorter patience; pauses are `hurry` times shorter. */
  async function lineOf(
    { emulator }: FeishuHarness,
    { hurry = 1, pongWithinSeconds = 10 }: { hurry?: number; pongWithinSeconds?: number },
  ): Promise<{ states: readonly Health[]; clock: RealClock; end(): Promise<void> }> {
    const clock = createRealClock()
    const stopping = new AbortController()
    const states: Health[] = []
    const { appId, appSecret, url } = emulator
    const { first, done } = keepSocket({
      ...{ account: 'feishu', appId, appSecret, domain: url, fetch: globalThis.fetch },
      clock: { ...clock, sleep: (ms, signal) => clock.sleep(ms / hurry, signal) },
      log: createQuietLogger(),
      offer: async () => undefined,
      pongWithinSeconds,
      setHealth: (state) => states.push(state),
      settled: async () => undefined,
      signal: stopping.signal,
    })
    const end = async (): Promise<void> => {
      stopping.abort()
      await done
    }
    lines.push(end)
    await first
    return { states, clock, end }
  }

  describe('the long connection', () => {
    test('starts while the endpoint is down and receives once it is back', async () => {
      const { harness, inbox } = await open()
      harness.emulator.faults.add({ operations: ['endpoint'], fault: { do: 'html' }, times: 1 })
      await harness.start(inbox.inbox)
      expect(harness.platform.health().state).toBe('down')
      harness.write('direct', 'still there?')
      expect(messageOf(await inbox.nth(1, patience())).text).toBe('still there?')
      expect(harness.platform.health()).toEqual({ state: 'up' })
    })

    test('a refused handshake is tried again soon', async () => {
      const { harness, inbox } = await open()
      harness.emulator.faults.add({ operations: ['upgrade'], fault: { do: 'error', code: 514 }, times: 1 })
      await harness.start(inbox.inbox)
      harness.write('direct', 'hello')
      expect(messageOf(await inbox.nth(1, patience())).text).toBe('hello')
    })

    test.each([
      [514, 'app id or app secret'],
      [403, 'self-built'],
      [1000040350, 'too many connections'],
      [1000040351, 'domain: lark'],
    ])('a refusal (%i) is told in words, and tried again', async (code, words) => {
      const { harness } = await open()
      const refusal = { do: 'error', code, status: 200 } as const
      harness.emulator.faults.add({ operations: ['endpoint'], fault: refusal, times: 1 })
      const { states } = await lineOf(harness, { hurry: 25 })
      await harness.emulator.waitFor(() => states.length === 2, { timeoutMs: PATIENCE_MS })
      expect(states).toEqual([
        { state: 'down', because: expect.stringContaining(words) as string },
        { state: 'up' },
      ])
    })

    test.each([[1000], [1006]] as const)('a connection that ends (%i) is made again', async (code) => {
      const { harness, inbox } = await asked()
      harness.emulator.socket.drop(code)
      harness.write('direct', 'again')
      expect(messageOf(await inbox.nth(2, patience())).text).toBe('again')
      expect(harness.emulator.socket.connections).toBe(1)
    })

    test('frames that cannot be read cost at most the connection', async () => {
      const { harness, inbox } = await asked()
      harness.emulator.socket.sendGarbage()
      harness.emulator.socket.sendText('hello?')
      harness.emulator.socket.sendBadPayload()
      harness.emulator.socket.sendCardFrame({ schema: '2.0' })
      harness.write('direct', 'still here')
      expect(messageOf(await inbox.nth(2, patience())).text).toBe('still here')
    })

    test('an event in pieces, the last one first, is one event', async () => {
      const { harness, inbox } = await started()
      harness.emulator.socket.next({ pieces: 3, shuffled: true })
      harness.write('direct', 'a whole')
      expect(messageOf(await inbox.nth(1, patience())).text).toBe('a whole')
      expect(await before(harness, inbox)).toHaveLength(1)
    })

    test.each([
      ['pinged less often than it is waited for', 0.2],
      ['pinged so often that the SDK itself never notices', 1.2],
    ])(
      'a half-open socket is noticed, %s',
      async (_, pongWithinSeconds) => {
        const { harness } = await open()
        const { emulator } = harness
        const { states, clock, end } = await lineOf(harness, { pongWithinSeconds })
        // The pong is on its way; silence comes after it.
        await emulator.waitFor(() => emulator.socket.pings > 0, { timeoutMs: PATIENCE_MS })
        emulator.socket.goSilent()
        await emulator.waitFor(() => states.length === 3, { timeoutMs: PATIENCE_MS })
        expect(states.map(({ state }) => state)).toEqual(['up', 'down', 'up'])
        await end()
        await emulator.waitFor(() => emulator.socket.connections === 0, { timeoutMs: PATIENCE_MS })
        expect(clock.sleepers).toBe(0)
      },
      2 * PATIENCE_MS,
    )

    test('nothing is taken in after stop, and it is offered to the next start', async () => {
      const { harness, inbox } = await asked()
      await harness.platform.stop()
      harness.write('direct', 'too late')
      await harness.emulator.waitFor(({ socket }) => socket.connections === 0, { timeoutMs: PATIENCE_MS })
      expect(inbox.events).toHaveLength(1)
      expect(harness.emulator.pendingEvents()).toHaveLength(1)
    })
  })

  describe('calls', () => {
    const tokensAsked = ({ emulator }: FeishuHarness): number =>
      emulator.store.calls.filter(({ operation }) => operation === 'token').length

    test('one token request serves all who wait', async () => {
      const { harness } = await open()
      await Promise.all(Array.from({ length: 8 }, () => harness.platform.check(patience())))
      expect(tokensAsked(harness)).toBe(1)
    })

    test('a token that is not taken any more is renewed once, unseen', async () => {
      const { harness, outbox } = await asked()
      harness.emulator.faults.add({
        operations: ['message.reply', 'message.create'],
        fault: { do: 'invalid-token' },
      })
      await outbox.post(outbox.renderer.render(paragraph('here')), { key: 'k', controls: [] }, patience())
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['here'])
      expect(tokensAsked(harness)).toBe(2)
    })

    test('two accounts do not share tokens', async () => {
      const appId = 'cli_00000000000000aa'
      const first = await asked({ emulator: { appId } })
      const second = await asked({ emulator: { appId } })
      for (const { outbox } of [first, second]) {
        await outbox.post(outbox.renderer.render(paragraph('mine')), { key: 'k', controls: [] }, patience())
      }
      expect([first, second].map(({ harness }) => tokensAsked(harness))).toEqual([1, 1])
    })

    test('a refusal inside HTTP 200 is a refusal', async () => {
      const { harness, outbox } = await asked({ emulator: { errorsAs: 'http200' } })
      harness.fail('blocked')
      const post = outbox.post(outbox.renderer.render(paragraph('x')), { key: 'k', controls: [] }, patience())
      expect(await failureOf(post)).toMatchObject({ kind: 'denied', code: 230053 })
    })

    test('asks who it is once', async () => {
      const { harness, inbox } = await asked()
      for (let n = 0; n < 5; n++) harness.platform.health()
      await before(harness, inbox)
      expect(harness.emulator.store.calls.filter(({ operation }) => operation === 'bot.info')).toHaveLength(1)
    })

    test('refuses to start with a secret that is not taken, says where to look, and tells no secret', async () => {
      const { harness, inbox } = await open({ settings: { appSecret: 'wrong-s3cret' } })
      const failure = await failureOf(harness.start(inbox.inbox))
      expect(failure.kind).toBe('denied')
      expect(failure.message).toContain('Credentials')
      expect(`${failure.message} ${String(failure.stack)} ${JSON.stringify(failure)}`).not.toContain('s3cret')
    })

    test('neither secrets nor words reach the log', async () => {
      const { harness, inbox, outbox } = await asked()
      harness.emulator.faults.add({
        fault: { do: 'error', code: 230001, msg: 'bad' },
        operations: ['message.reply'],
      })
      const body = outbox.renderer.render(paragraph('private words'))
      await outbox.post(body, { key: 'k', controls: [] }, patience()).catch(() => undefined)
      harness.emulator.socket.sendBadPayload()
      harness.emulator.socket.drop()
      harness.write('direct', 'hello once more')
      await inbox.nth(2, patience())
      const log = JSON.stringify(
        harness.log.lines.map(({ fields, message, error }) => [fields, message, String(error)]),
      )
      for (const secret of [
        harness.emulator.appSecret,
        'ticket=',
        'access_key',
        't-',
        'hello',
        'private words',
      ]) {
        expect(log).not.toContain(secret)
      }
    })

    test('opens a file as a stream of known length, under its own name', async () => {
      const { harness, inbox } = await started()
      const { ann, direct } = harness.rooms
      const bytes = new TextEncoder().encode('what is in it')
      harness.emulator.say(ann, direct, '', { file: { bytes, name: '报告.txt' } })
      const [attachment] = messageOf(await inbox.nth(1, patience())).attachments
      if (attachment === undefined) throw new Error('no attachment')
      expect(attachment).toMatchObject({ kind: 'file', name: '报告.txt' })
      const file = await harness.platform.openAttachment(attachment, patience())
      const parts: Uint8Array[] = []
      for await (const part of file.stream) parts.push(part)
      expect(Buffer.concat(parts).toString()).toBe('what is in it')
      expect(file).toMatchObject({ sizeBytes: bytes.byteLength, name: '报告.txt' })
    })

    test('the picture that is asked about by a reply is had by its own message', async () => {
      const { harness, inbox } = await started()
      const { ann, group } = harness.rooms
      const picture = makePng({ widthPx: 8, heightPx: 8 })
      const quoted = harness.emulator.say(ann, group, '', { image: { bytes: picture }, quiet: true })
      harness.emulator.say(ann, group, 'what is it?', { mention: true, replyTo: quoted })
      const { quoted: read } = messageOf(await inbox.nth(1, patience()))
      const [attachment] = read?.attachments ?? []
      if (attachment === undefined) throw new Error('no attachment')
      expect(attachment).toMatchObject({ kind: 'image', ref: { messageId: quoted.messageId } })
      const { stream } = await harness.platform.openAttachment(attachment, patience())
      expect((await whole(stream)).equals(picture)).toBe(true)
    })

    test('a sticker is words, a voice message has its length, a post its pictures and films', async () => {
      const { harness, inbox } = await started()
      const { emulator, rooms } = harness
      const bytes = Buffer.from('bytes')
      const say = (text: string, options: SayOptions): void =>
        void emulator.say(rooms.ann, rooms.direct, text, options)
      say('', { sticker: { bytes } })
      say('', { audio: { bytes, durationMs: 4_000 } })
      const nodes = [
        [{ tag: 'img', image_key: emulator.fileKey('image', { bytes }) }],
        [{ tag: 'media', file_key: emulator.fileKey('media', { bytes }), image_key: 'img_v3_cover' }],
      ]
      say('both', { post: { content: nodes } })
      const seen = async (n: number) => messageOf(await inbox.nth(n, patience()))
      expect(await seen(1)).toMatchObject({ text: '[sticker]', attachments: [] })
      expect(await seen(2)).toMatchObject({ text: '', attachments: [{ kind: 'voice', durationMs: 4_000 }] })
      expect(await seen(3)).toMatchObject({
        text: 'both',
        attachments: [{ kind: 'image' }, { kind: 'video' }],
      })
    })

    test('files go where they were asked for, under one key once, and a picture in text is a message of its own', async () => {
      const { harness, inbox } = await started({ settings: { streaming: 'text' } })
      harness.write('thread', 'draw', { mention: true })
      const event = messageOf(await inbox.nth(1, patience()))
      const outbox = harness.platform.outboxFor(event.replyTarget)
      expect(outbox.prepareImage).toBeUndefined()
      const picture = makePng({ widthPx: 8, heightPx: 8 })
      const file: OutgoingFile = {
        kind: 'image',
        name: 'a.png',
        mimeType: 'image/png',
        sizeBytes: picture.byteLength,
        async *open() {
          yield await Promise.resolve(picture)
        },
      }
      const again = { key: 'k9a', controls: [], replyTo: event.messageId }
      const ids = await outbox.sendFiles?.([file], again, patience())
      expect(await outbox.sendFiles?.([file], again, patience())).toEqual(ids)
      const { group, thread } = harness.rooms
      const bots = harness.emulator.screen(group, { thread }).filter(({ byBot }) => byBot)
      expect(bots).toMatchObject([{ msgType: 'image', text: '🖼', images: [{ at: 0 }] }])
      expect(bots[0]?.images[0]?.file?.bytes?.equals(picture)).toBe(true)
    })

    test('a file whose message was taken back is gone', async () => {
      const { harness, inbox } = await started()
      const { ann, direct } = harness.rooms
      const { messageId } = harness.emulator.say(ann, direct, '', { image: { bytes: Buffer.from('png') } })
      const [attachment] = messageOf(await inbox.nth(1, patience())).attachments
      if (attachment === undefined) throw new Error('no attachment')
      harness.emulator.recall(messageId)
      expect(await failureOf(harness.platform.openAttachment(attachment, patience()))).toMatchObject({
        kind: 'gone',
      })
    })

    test('publishes slash commands only where they are missing or differ', async () => {
      const { harness } = await started()
      const publish = async (description: string): Promise<void> =>
        harness.platform.publishCommands?.([{ ...HELP, description: { en: description } }], patience())
      await publish('Help')
      await publish('Help')
      await publish('Help me')
      const calls = harness.emulator.store.calls.map(({ operation }) => operation)
      expect(calls.filter((name) => name.startsWith('slash.') && name !== 'slash.list')).toEqual([
        'slash.create',
        'slash.update',
      ])
      await harness.platform.publishCommands?.([], patience())
      expect(harness.emulator.store.slashCommands.size).toBe(0)
    })

    test('what others made in the menu stays, and is listed', async () => {
      const { harness } = await open()
      const { emulator, platform } = harness
      await platform.publishCommands?.([HELP], patience())
      const [own] = [...emulator.store.slashCommands.values()]
      if (own === undefined) throw new Error('nothing is published')
      const foreign = { ...own, commandId: '1', command: 'theirs', icon: { icon_key: 'home_outlined' } }
      // As if made in the console.
      ;(emulator.store.slashCommands as Map<string, typeof own>).set('1', foreign)
      await platform.publishCommands?.([], patience())
      expect(await platform.publishedCommands?.(patience())).toEqual([
        { where: 'everywhere', commands: [{ name: 'theirs', description: 'Help' }] },
      ])
    })

    test('goes without slash commands where the tenant has none', async () => {
      const { harness } = await open({ emulator: { slashCommands: false } })
      await harness.platform.publishCommands?.([HELP], patience())
      expect(warningsOf(harness)).toEqual([])
      const listed = harness.platform.publishedCommands?.(patience()) ?? Promise.resolve()
      expect(await failureOf(listed)).toMatchObject({ kind: 'unsupported' })
    })

    test('doctor hears about keys, scopes, the line and the way to the events', async () => {
      const { harness } = await open()
      const findings = await harness.platform.check(patience())
      expect(findings.map(({ verdict }) => verdict)).not.toContain('fault')
      expect(findings[0]?.reason).toContain(harness.emulator.botName)
      const msg = 'Access denied. One of the following scopes is required: [cardkit:card:write].'
      harness.emulator.faults.add({
        operations: ['card.settings'],
        fault: { do: 'error', code: 99991672, msg },
      })
      const again = await harness.platform.check(patience())
      expect(again.find(({ subject }) => subject === 'feishu cards')).toMatchObject({
        verdict: 'warning',
        remedy: expect.stringContaining('cardkit:card:write') as string,
      })
    })
  })

  describe('the webhook', () => {
    test('proves its address, and believes what is signed over the raw bytes', async () => {
      const { harness, inbox } = await started(WEBHOOK_WISH)
      expect(await harness.emulator.verifyWebhook()).toBe(true)
      harness.pushLike({ oddlyWritten: true })
      harness.write('direct', 'hello')
      expect(messageOf(await inbox.nth(1, patience())).text).toBe('hello')
    })

    test.each([
      [{ badSignature: true }],
      [{ staleByMs: 600_000 }],
      [{ wrongToken: true }],
      [{ unencrypted: true }],
    ])('refuses %o without calling it delivered', async (knobs) => {
      const { harness, inbox } = await started(WEBHOOK_WISH)
      harness.pushLike(knobs)
      harness.write('direct', 'forged')
      const refused = (): boolean => harness.log.lines.some(({ message }) => message.includes('refused'))
      await harness.emulator.waitFor(refused, { timeoutMs: PATIENCE_MS })
      expect(harness.emulator.pendingEvents()).toHaveLength(1)
      expect(inbox.events).toEqual([])
    })

    test('a press is answered over HTTP too', async () => {
      const { harness, inbox, outbox } = await asked(WEBHOOK_WISH)
      const controls = [{ kind: 'stop', token: 's', label: 'Stop' }] as const
      const id = await outbox.post(outbox.renderer.render(paragraph('…')), { key: 'k', controls }, patience())
      inbox.answer({ show: 'notice', notice: { key: 'turn.stopped' } })
      harness.press('direct', id, 's')
      expect(await Promise.all(harness.presses)).toMatchObject([
        { ok: true, toast: { content: 'turn.stopped' } },
      ])
    })
  })
})
