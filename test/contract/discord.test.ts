// Does the Discord adapter keep the contract, and Discord's own rules, against the emulated gateway and REST API?
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createPlatform, type DiscordBody } from '../../adapters/discord/index.ts'
import { sha256Of } from '../../src/emulators/common/bytes.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import {
  startDiscordEmulator,
  type Channel,
  type DiscordEmulator,
  type DiscordEmulatorOptions,
  type Guild,
  type Person,
} from '../../src/emulators/discord/index.ts'
import type { AskingEvent, Attachment, ChatEvent, JsonObject, MessageId } from '../../src/contract/event.ts'
import type {
  Inbox,
  Outbox,
  OutgoingFile,
  Platform,
  RawRequest,
  RawResponse,
} from '../../src/contract/platform.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { Memory } from '../../src/contract/runtime.ts'
import { countedFetch } from '../support/counted-fetch.ts'
import { createMemoryNotes } from '../support/memory-notes.ts'
import { createQuietLogger, type QuietLogger } from '../support/quiet-logger.ts'
import { createRealClock } from '../support/real-clock.ts'
import { createRecordingInbox, type RecordingInbox } from '../support/recording-inbox.ts'
import { createSilentMetrics } from '../support/silent-metrics.ts'
import { keysAsWords } from '../support/words.ts'
import {
  failureOf,
  messageOf,
  paragraph,
  platformContract,
  type PlatformHarness,
  type Where,
} from './platform-contract.ts'

const HELP: CommandSpec = {
  name: 'help',
  description: { en: 'Help', 'zh-CN': '帮助' },
  options: [],
  does: { kind: 'builtin', builtin: 'help' },
}
const PICTURE = makePng({ widthPx: 4, heightPx: 4 })
const PATIENCE_MS = 10_000
/** The library lets five seconds and a half pass between two logins, as Discord wants. */
const WITH_A_SECOND_LOGIN_MS = 20_000
const patience = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)

interface DiscordHarness extends PlatformHarness<DiscordBody> {
  readonly emulator: DiscordEmulator
  readonly log: QuietLogger
  readonly ann: Person
  readonly guild: Guild
  readonly rooms: { readonly direct: Channel; readonly group: Channel; readonly thread: Channel }
  /** The same account once more, as after a restart. */
  another(): Platform<DiscordBody>
  world(): { commands: readonly CommandSpec[]; memory: Memory; signal: AbortSignal }
}

async function makeHarness(
  settings: Record<string, unknown> = {},
  options: DiscordEmulatorOptions = {},
): Promise<DiscordHarness> {
  const emulator = await startDiscordEmulator({ limits: false, ...options })
  const clock = createRealClock()
  const log = createQuietLogger()
  const { fetch, open } = countedFetch()
  const memory = createMemoryNotes()
  const all = { token: emulator.token, apiBase: emulator.url, messageContent: true, ...settings }
  const tools = { clock, log, metrics: createSilentMetrics(), words: keysAsWords, fetch }
  const another = (): Platform<DiscordBody> => createPlatform('discord', all, tools)
  const platform = another()
  const ann = emulator.person({ name: 'ann', locale: 'en-US' })
  const guild = emulator.guild({ members: [ann] })
  const direct = emulator.directChannel(ann)
  const group = emulator.textChannel(guild, 'general')
  const thread = emulator.thread(group, 'a thread', ann)
  const rooms = { direct, group, thread }
  const stopping = new AbortController()
  const world = (): ReturnType<DiscordHarness['world']> => ({
    commands: [HELP],
    memory,
    signal: stopping.signal,
  })
  let lastId: string | undefined

  return {
    platform,
    emulator,
    log,
    ann,
    guild,
    rooms,
    another,
    world,
    start: (inbox) => platform.start(inbox, world()),
    write(where, text, { mention = false, replyTo } = {}) {
      const sent = emulator.say(ann, rooms[where], text, {
        mention,
        ...(replyTo === undefined ? {} : { replyTo }),
      })
      lastId = sent.messageId
    },
    redeliver() {
      if (lastId !== undefined) emulator.redeliver(lastId)
    },
    shown: (where) => shownIn(where),
    press(where, messageId, token) {
      emulator.press(ann, { channelId: rooms[where].id, messageId }, token)
    },
    deleteMessage: (where, messageId) => emulator.deleteMessage({ channelId: rooms[where].id, messageId }),
    fail(how) {
      const routes = ['createMessage', 'editMessage']
      switch (how) {
        case 'rate-limit-of-7s':
          emulator.faults.add({ routes, fault: { do: 'rate-limit', retryAfterMs: 7_000 } })
          return
        case 'markup':
          emulator.faults.add({ routes, fault: { do: 'error', status: 400, code: 50_035 } })
          return
        case 'blocked':
          emulator.refuseDirect(ann)
          return
        case 'server-down':
          emulator.faults.add({ routes, fault: { do: 'html', status: 502 } })
          return
        case 'lost-answer':
          emulator.faults.add({ routes, fault: { do: 'drop', storing: 'after' } })
      }
    },
    leftovers: () => ({ sleeps: clock.sleepers, requests: open() }),
    async close() {
      stopping.abort()
      await emulator.close()
    },
  }

  function shownIn(where: Where): ReturnType<DiscordHarness['shown']> {
    return emulator
      .screen(rooms[where])
      .filter(({ byBot }) => byBot)
      .map(({ messageId, text, buttons }) => ({
        id: messageId,
        text,
        buttons: buttons.flatMap(({ customId }) => customId ?? []),
      }))
  }
}

platformContract('discord', () => makeHarness())
platformContract('discord with components', () => makeHarness({ style: 'components' }))
platformContract('discord on a server that leaves out what is optional', () =>
  makeHarness(
    { token: ES512 },
    {
      token: ES512,
      omitOptionalFields: ['rate-headers', 'resume_gateway_url', 'channel_type', 'member', 'flags'],
    },
  ),
)

/** As servers send that sign their tokens themselves: three parts, far longer than Discord's. */
const ES512 = `eyJhbGciOiJFUzUxMiJ9.${'eyJzdWIiOiIxIn0'.repeat(4)}.${'AbC-_'.repeat(35)}`

describe('discord', () => {
  const opened: { readonly platform: Platform<DiscordBody>; close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const { platform, close } of opened.splice(0)) {
      await platform.stop()
      await close()
    }
  })

  interface Stage {
    readonly harness: DiscordHarness
    readonly inbox: RecordingInbox
  }
  async function open(settings?: Record<string, unknown>, options?: DiscordEmulatorOptions): Promise<Stage> {
    const harness = await makeHarness(settings, options)
    opened.push(harness)
    return { harness, inbox: createRecordingInbox() }
  }
  async function started(
    settings?: Record<string, unknown>,
    options?: DiscordEmulatorOptions,
  ): Promise<Stage> {
    const stage = await open(settings, options)
    await stage.harness.start(stage.inbox.inbox)
    return stage
  }
  async function asked(
    settings?: Record<string, unknown>,
  ): Promise<Stage & { readonly outbox: Outbox<DiscordBody>; readonly messageId: MessageId }> {
    const stage = await started(settings)
    stage.harness.write('direct', 'hello')
    const event = messageOf(await stage.inbox.nth(1, patience()))
    return {
      ...stage,
      outbox: stage.harness.platform.outboxFor(event.replyTarget),
      messageId: event.messageId,
    }
  }
  /** Looks now and then: not everything here is told by the emulator. */
  async function wait({ emulator }: DiscordHarness, what: string, holds: () => boolean): Promise<void> {
    const look = (): void => {
      if (!holds()) throw new Error(`${what} did not come about\n${emulator.picture()}`)
    }
    await vi.waitFor(look, { timeout: PATIENCE_MS, interval: 10 })
  }
  /** Everything offered so far is through: the marker came after it. */
  async function before({ harness, inbox }: Stage, marker = 'marker'): Promise<readonly ChatEvent[]> {
    harness.write('direct', marker)
    for (let n = 1; ; n++) {
      const event = await inbox.nth(n, patience())
      if (event.kind === 'message' && event.text === marker) return inbox.events.slice(0, n - 1)
    }
  }
  function body(outbox: Outbox<DiscordBody>, text: string): DiscordBody {
    return outbox.renderer.render(paragraph(text))
  }

  describe('who is meant', () => {
    test('answers a DM whose channel it never saw', async () => {
      const { harness, inbox } = await started({}, { omitOptionalFields: ['channel_type'] })
      const ben = harness.emulator.person({ name: 'ben' })
      harness.emulator.say(ben, harness.emulator.directChannel(ben), 'anybody there?')
      const event = messageOf(await inbox.nth(1, patience()))
      expect(event).toMatchObject({ text: 'anybody there?', chatKind: 'direct' })
      const outbox = harness.platform.outboxFor(event.replyTarget)
      await outbox.post(body(outbox, 'yes'), { key: 'k', controls: [] }, patience())
      const texts = harness.emulator.screen(String(event.address.chatId)).map(({ text }) => text)
      expect(texts).toEqual(['anybody there?', 'yes'])
    })

    test('does not answer @everyone', async () => {
      const stage = await started()
      const { ann, emulator, rooms } = stage.harness
      emulator.say(ann, rooms.group, 'lunch?', { everyone: true })
      expect(await before(stage)).toMatchObject([{ text: '@everyone lunch?', mentionsBot: false }])
    })

    test('answers the managed role', async () => {
      const { harness, inbox } = await started()
      harness.emulator.say(harness.ann, harness.rooms.group, 'what is up', { roleMention: true })
      expect(await inbox.nth(1, patience())).toMatchObject({ text: 'what is up', mentionsBot: true })
    })

    test('hears neither itself nor webhooks nor other bots', async () => {
      const stage = await asked()
      const { ann, emulator, guild, rooms } = stage.harness
      await stage.outbox.post(body(stage.outbox, 'an answer'), { key: 'k', controls: [] }, patience())
      const bot = emulator.person({ name: 'other', bot: true })
      emulator.join(bot, guild)
      emulator.say(bot, rooms.group, 'beep', { mention: true })
      emulator.say(ann, rooms.group, 'hook', { webhook: true, mention: true })
      expect(await before(stage)).toHaveLength(1)
    })

    test('reads what was said to it without the message content intent', async () => {
      const { harness, inbox } = await started({ messageContent: false })
      harness.write('group', 'between us')
      harness.write('group', 'what is up', { mention: true })
      expect(await inbox.nth(1, patience())).toMatchObject({ text: 'what is up', mentionsBot: true })
    })

    test('takes a forum post and what is said in it as one thread', async () => {
      const { harness, inbox } = await started()
      const { ann, emulator, guild } = harness
      const forum = emulator.forum(guild, 'questions')
      const post = emulator.forumPost(forum, 'How?', 'please explain', ann)
      emulator.say(ann, post, 'anybody?')
      const place = { chatId: forum.id, threadId: post.id }
      expect(await inbox.nth(1, patience())).toMatchObject({ text: 'please explain', address: place })
      expect(await inbox.nth(2, patience())).toMatchObject({ text: 'anybody?', address: place })
    })

    test('finds the thread it was never told of', async () => {
      const { harness, inbox } = await started()
      const { ann, emulator, rooms } = harness
      emulator.faults.gateway.onDispatch({ event: 'THREAD_CREATE', do: 'lose' })
      const thread = emulator.thread(rooms.group, 'unheard of', ann)
      emulator.say(ann, thread, 'in here', { mention: true })
      expect(await inbox.nth(1, patience())).toMatchObject({
        text: 'in here',
        address: { chatId: rooms.group.id, threadId: thread.id },
      })
    })

    test('drops what a person took back', async () => {
      const { harness, inbox } = await started()
      const sent = harness.emulator.say(harness.ann, harness.rooms.direct, 'oops')
      await inbox.nth(1, patience())
      harness.emulator.deleteMessage(sent)
      expect(await inbox.nth(2, patience())).toMatchObject({ kind: 'retracted', messageId: sent.messageId })
    })

    test('fetches the quoted message where the server did not send it along', async () => {
      const { harness, inbox } = await started({}, { omitOptionalFields: ['referenced_message'] })
      const { ann, emulator, rooms } = harness
      const sent = emulator.say(ann, rooms.direct, 'the plan', { files: [{ name: 'plan.txt', bytes: 'x' }] })
      emulator.say(ann, rooms.direct, 'what about it?', { replyTo: sent.messageId })
      const event = await inbox.nth(2, patience())
      expect(event).toMatchObject({ incomplete: true, quoted: { messageId: sent.messageId } })
      const whole = await harness.platform.complete?.(event, patience())
      expect(whole).toMatchObject({ quoted: { text: 'the plan', attachments: [{ name: 'plan.txt' }] } })
      expect(whole).not.toHaveProperty('incomplete')
    })
  })

  describe('files', () => {
    async function read({ harness }: Stage, attachment: Attachment | undefined): Promise<string> {
      if (attachment === undefined) throw new Error('no attachment')
      const opened = await harness.platform.openAttachment(attachment, patience())
      const pieces: Uint8Array[] = []
      for await (const piece of opened.stream) pieces.push(piece)
      expect(Buffer.concat(pieces)).toHaveLength(opened.sizeBytes)
      return Buffer.concat(pieces).toString()
    }

    test('opens files whose links have run out: own ones, quoted, forwarded', async () => {
      const stage = await started()
      const { ann, emulator, rooms } = stage.harness
      const files = ['one', 'two'].map((bytes) => ({ name: `${bytes}.txt`, bytes }))
      const heard = async (n: number) => messageOf(await stage.inbox.nth(n, patience()))
      const said = emulator.say(ann, rooms.group, '', { files, mention: true })
      const own = await heard(1)
      emulator.say(ann, rooms.group, 'and this?', { replyTo: said, mention: true })
      const reply = await heard(2)
      const forward = emulator.say(ann, rooms.direct, '', { forward: said })
      const sent = await heard(3)
      emulator.say(ann, rooms.direct, 'what is in it?', { replyTo: forward })
      const again = await heard(4)
      expect(own).toMatchObject({ text: '', mentionsBot: true })
      emulator.faults.expireAttachments()
      for (const attachments of [
        own.attachments,
        reply.quoted?.attachments,
        sent.attachments,
        again.quoted?.attachments,
      ]) {
        // Read back from the store.
        const stored = JSON.parse(JSON.stringify(attachments)) as readonly Attachment[]
        expect([await read(stage, stored[0]), await read(stage, stored[1])]).toEqual(['one', 'two'])
      }
      expect(emulator.store.downloads.some(({ broughtCredentials }) => broughtCredentials)).toBe(false)
    })

    test('hears voice messages, sees stickers', async () => {
      const stage = await started()
      const { ann, emulator, rooms } = stage.harness
      emulator.say(ann, rooms.direct, '', { voice: { bytes: 'OggS and a voice', durationMs: 4_200 } })
      emulator.say(ann, rooms.direct, '', { stickers: [{ name: 'Wave', format: 'gif', bytes: 'GIF' }] })
      const [voice] = messageOf(await stage.inbox.nth(1, patience())).attachments
      const [sticker] = messageOf(await stage.inbox.nth(2, patience())).attachments
      expect(voice).toMatchObject({ kind: 'voice', durationMs: 4_200, mimeType: 'audio/ogg' })
      expect(sticker).toMatchObject({ kind: 'sticker', name: 'Wave', mimeType: 'image/gif' })
      expect(await read(stage, voice)).toBe('OggS and a voice')
      expect(await read(stage, sticker)).toBe('GIF')
    })

    test('a file that came with a command is read while its link lives, and then is gone', async () => {
      const stage = await started()
      const { ann, emulator, rooms } = stage.harness
      const given = { file: { name: 'a.txt', bytes: 'inside' } }
      emulator.runCommand(ann, rooms.group, 'read', given, { force: true })
      const event = await stage.inbox.nth(1, patience())
      if (event.kind !== 'command') throw new Error('no command')
      const file = event.options['file'] as Attachment
      expect(await read(stage, file)).toBe('inside')
      emulator.faults.expireAttachments()
      expect(await failureOf(read(stage, file))).toMatchObject({ kind: 'gone' })
    })

    test('sends an album and a voice message, and finds each by its key', async () => {
      const { harness, messageId, outbox } = await asked()
      const picture = (name: string): OutgoingFile => ({
        kind: 'image',
        name,
        mimeType: 'image/png',
        sizeBytes: PICTURE.length,
        caption: `alt ${name}`,
        async *open() {
          yield await Promise.resolve(PICTURE)
        },
      })
      const voice = {
        ...picture('answer.ogg'),
        kind: 'voice',
        mimeType: 'audio/ogg',
        durationMs: 900,
      } as const
      const album = { key: 'album', controls: [], replyTo: messageId }
      const [shown] =
        (await outbox.sendFiles?.([picture('a.png'), picture('b.png')], album, patience())) ?? []
      const [heard] = (await outbox.sendFiles?.([voice], { key: 'voice', controls: [] }, patience())) ?? []
      expect(await outbox.findPosted?.('album', patience())).toBe(shown)
      expect(await outbox.findPosted?.('voice', patience())).toBe(heard)
      const messages = harness.emulator.screen(harness.rooms.direct).filter(({ byBot }) => byBot)
      expect(messages.map(({ id }) => id)).toEqual([shown, heard])
      expect(messages[0]).toMatchObject({ replyTo: messageId, text: '' })
      const seen = messages.flatMap(({ files }) => files)
      expect(seen.map(({ description, durationMs, name }) => [name, description, durationMs])).toEqual([
        ['a.png', 'alt a.png', undefined],
        ['b.png', 'alt b.png', undefined],
        ['voice-message.ogg', undefined, 900],
      ])
      expect(new Set(seen.map(({ sha256 }) => sha256))).toEqual(new Set([await sha256Of(PICTURE)]))
    })

    test('in a boosted server larger files are taken', async () => {
      const { harness, inbox } = await started()
      const { emulator, guild, platform } = harness
      emulator.boost(guild, 2)
      harness.write('group', 'draw', { mention: true })
      const { replyTarget } = messageOf(await inbox.nth(1, patience()))
      expect(platform.outboxFor(replyTarget).limits.files?.maxBytes).toBe(24 << 20)
    })
  })

  describe('the connection', () => {
    test('refuses to start with a token that is not taken, and does not tell it', async () => {
      const { harness, inbox } = await open({ token: 'wrong-token-that-nobody-may-see' })
      const failure = await failureOf(harness.start(inbox.inbox))
      expect(failure.kind).toBe('denied')
      const told = `${failure.message} ${String(failure.stack)} ${JSON.stringify([failure, harness.log.lines])}`
      expect(told).not.toContain('wrong-token')
    })

    test('says where to switch on the message content intent', async () => {
      const { harness, inbox } = await open({}, { messageContentIntent: false })
      const failure = await failureOf(harness.start(inbox.inbox))
      expect(failure).toMatchObject({ kind: 'denied', code: 4014 })
      expect(failure.message).toContain('"Message Content Intent"')
    })

    test('tells in words, later too, why the gateway closed for good', async () => {
      const { harness } = await asked()
      harness.emulator.faults.gateway.close(4014)
      await wait(harness, 'down', () => harness.platform.health().state === 'down')
      await wait(harness, 'words', () => JSON.stringify(harness.platform.health()).includes('4014'))
    })

    test('starts while the gateway cannot be reached, and receives once it is back', async () => {
      const stage = await open()
      const release = stage.harness.emulator.faults.gateway.refuse()
      await stage.harness.start(stage.inbox.inbox)
      expect(stage.harness.platform.health().state).toBe('down')
      release()
      await wait(stage.harness, 'a session', () => stage.harness.emulator.store.isReady)
      expect(await before(stage)).toEqual([])
      expect(stage.harness.platform.health()).toEqual({ state: 'up' })
    })

    test('resumes a dropped connection without losing or doubling', async () => {
      const stage = await asked()
      const { emulator } = stage.harness
      emulator.faults.gateway.drop()
      await wait(stage.harness, 'a drop', () => !emulator.store.isReady)
      expect(stage.harness.platform.health().state).not.toBe('stopped')
      stage.harness.write('direct', 'while you were away')
      const texts = (await before(stage)).map((event) => messageOf(event).text)
      expect(texts).toEqual(['hello', 'while you were away'])
      expect([emulator.store.identifies, emulator.store.resumes]).toEqual([1, 1])
    })

    test(
      'catches up what was said while the resume was refused',
      async () => {
        const stage = await asked()
        const { ann, emulator, rooms } = stage.harness
        // Somebody speaks for the first time in a channel of the server: that is known by its newest message alone.
        emulator.faults.gateway.forgetSessions()
        emulator.faults.gateway.drop()
        stage.harness.write('direct', 'one')
        stage.harness.write('direct', 'two')
        emulator.say(ann, rooms.group, 'three', { mention: true })
        emulator.say(ann, rooms.thread, 'four', { mention: true })
        await wait(stage.harness, 'a new session', () => emulator.store.identifies > 1)
        for (let n = 2; n <= 5; n++) await stage.inbox.nth(n, patience())
        const events = (await before(stage)).map(messageOf)
        expect(events.map(({ text }) => text).sort()).toEqual(['four', 'hello', 'one', 'three', 'two'])
        expect(events.filter(({ chatKind }) => chatKind === 'direct').map(({ text }) => text)).toEqual([
          'hello',
          'one',
          'two',
        ])
        expect(events.find(({ text }) => text === 'four')?.address.threadId).toBe(rooms.thread.id)
      },
      WITH_A_SECOND_LOGIN_MS,
    )

    test('catches up after a restart, and after a kill, what was said in between', async () => {
      const stage = await asked()
      const { emulator } = stage.harness
      await stage.harness.platform.stop()
      // More than one page of history.
      for (let n = 0; n < 120; n++) stage.harness.write('direct', `while stopped ${n}`)
      const second = stage.harness.another()
      opened.push({ platform: second, close: async () => undefined })
      await second.start(stage.inbox.inbox, stage.harness.world())
      await stage.inbox.nth(121, patience())
      const missed = stage.inbox.events.slice(1).map((event) => messageOf(event).text)
      expect(missed).toEqual(Array.from({ length: 120 }, (_, n) => `while stopped ${n}`))

      // Killed: it never stops properly, and its notes may be older than what it took in.
      const killed = stage.harness.another()
      const inbox = createRecordingInbox()
      const life = new AbortController()
      await second.stop()
      await killed.start(inbox.inbox, { ...stage.harness.world(), signal: life.signal })
      stage.harness.write('direct', 'the last words it heard')
      await inbox.nth(1, patience())
      life.abort()
      await wait(stage.harness, 'nobody attached', () => !emulator.store.isReady)
      stage.harness.write('direct', 'while dead')
      const third = stage.harness.another()
      opened.push({ platform: third, close: async () => undefined })
      await third.start(stage.inbox.inbox, stage.harness.world())
      const texts = (await before(stage)).map((event) => messageOf(event).text)
      expect(texts.filter((text) => text === 'while dead')).toHaveLength(1)
      await killed.stop()
    })

    test('does not fall behind a message that cannot be stored', async () => {
      const stage = await started()
      stage.inbox.refuse(3)
      stage.harness.write('direct', 'one')
      stage.harness.write('direct', 'two')
      expect((await before(stage)).map((event) => messageOf(event).text)).toEqual(['one', 'two'])
    })

    test('offers after a restart what could not be stored before the stop', async () => {
      const stage = await asked()
      stage.inbox.refuse(Infinity)
      stage.harness.write('direct', 'kept')
      stage.harness.write('direct', 'and this')
      await wait(stage.harness, 'a refusal', () => stage.inbox.refused > 0)
      await stage.harness.platform.stop()
      stage.inbox.refuse(0)
      const second = stage.harness.another()
      opened.push({ platform: second, close: async () => undefined })
      await second.start(stage.inbox.inbox, stage.harness.world())
      expect(await stage.inbox.nth(2, patience())).toMatchObject({ text: 'kept' })
      expect(await stage.inbox.nth(3, patience())).toMatchObject({ text: 'and this' })
    })

    test.each([
      ['an interaction without entitlements', { op: 0, t: 'INTERACTION_CREATE', d: { id: '1', type: 2 } }],
      ['a READY without servers', { op: 0, t: 'READY', d: { user: { id: '1' }, session_id: 'x' } }],
      ['a READY without anything', { op: 0, t: 'READY', d: null }],
      ['an event called error', { op: 0, t: 'error', d: { message: 'x' } }],
      ['a server without an id', { op: 0, t: 'GUILD_CREATE', d: null }],
      ['an invalid session that does not say which', { op: 9 }],
      ['a greeting without a heartbeat', { op: 10 }],
      [
        'an address to resume at that is none',
        { op: 0, t: 'READY', d: { user: { id: '1' }, session_id: 'x', resume_gateway_url: '::' } },
      ],
    ])('survives a packet that throws inside the library: %s', async (_what, packet) => {
      const thrown: unknown[] = []
      const note = (error: unknown): void => void thrown.push(error)
      process.on('uncaughtException', note).on('unhandledRejection', note)
      try {
        const stage = await asked()
        stage.harness.emulator.faults.gateway.sendRaw(JSON.stringify(packet))
        const answered = new Set((await before(stage)).map(({ id }) => id))
        expect(answered.size).toBe(1)
        expect(thrown).toEqual([])
      } finally {
        process.off('uncaughtException', note).off('unhandledRejection', note)
      }
    })

    test('a stopped client does not come back', async () => {
      const { harness } = await asked()
      const { emulator } = harness
      emulator.faults.gateway.drop()
      await wait(harness, 'a drop', () => !emulator.store.isReady)
      // The library would connect again half a second after the drop, destroyed or not.
      await harness.platform.stop()
      const back = emulator.waitFor(() => emulator.store.isReady, { timeoutMs: 1_500 })
      await expect(back).rejects.toThrow('did not come true')
      expect(emulator.store.identifies + emulator.store.resumes).toBe(1)
    })

    test(
      'a growing reply survives a reconnect',
      async () => {
        const { harness, outbox, messageId } = await asked()
        const { emulator } = harness
        const id = await outbox.post(
          body(outbox, 'It'),
          { key: 'k', controls: [], replyTo: messageId },
          patience(),
        )
        emulator.faults.gateway.forgetSessions()
        emulator.faults.gateway.drop()
        await outbox.edit(id, body(outbox, 'It grows'), { controls: [] }, patience())
        await wait(harness, 'a new session', () => emulator.store.identifies > 1 && emulator.store.isReady)
        await outbox.edit(id, body(outbox, 'It grows on'), { controls: [] }, patience())
        expect(harness.shown('direct').map(({ text }) => text)).toEqual(['It grows on'])
      },
      WITH_A_SECOND_LOGIN_MS,
    )
  })

  describe('interactions', () => {
    async function withMenu(): Promise<Stage> {
      const stage = await started()
      await stage.harness.platform.publishCommands?.([HELP], patience())
      return stage
    }

    test('a command is deferred and answered in its place', async () => {
      const { harness, inbox } = await withMenu()
      const { ann, emulator, rooms } = harness
      inbox.answer({ show: 'waiting', private: false })
      const interaction = emulator.runCommand(ann, rooms.group, 'help')
      const event = await inbox.nth(1, patience())
      expect(event).toMatchObject({ kind: 'command', name: 'help', rest: '', sender: { locale: 'en-US' } })
      await wait(harness, 'a deferral', () => interaction.callback()?.type === 5)
      if (event.kind !== 'command') throw new Error('no command')
      const outbox = harness.platform.outboxFor(event.replyTarget)
      await outbox.post(body(outbox, 'here is help'), { key: 'k', controls: [] }, patience())
      expect(harness.shown('group').map(({ text }) => text)).toEqual(['here is help'])
    })

    test('an answer quicker than its own "thinking…" does not leave that standing for ever', async () => {
      const { harness } = await open()
      const { ann, emulator, rooms } = harness
      const posted = Promise.withResolvers<unknown>()
      await harness.start(async (event) => {
        if (event.kind !== 'command') return { show: 'nothing' }
        const outbox = harness.platform.outboxFor(event.replyTarget)
        const post = outbox.post(body(outbox, 'here is help'), { key: 'k', controls: [] }, patience())
        post.then(posted.resolve, posted.reject)
        return { show: 'waiting', private: false }
      })
      await harness.platform.publishCommands?.([HELP], patience())
      emulator.faults.add({ routes: ['answerInteraction'], fault: { do: 'slow', delayMs: 100 } })
      emulator.runCommand(ann, rooms.group, 'help')
      await posted.promise
      expect(emulator.screen(rooms.group).map(({ text, isLoading }) => [text, isLoading])).toEqual([
        ['here is help', false],
      ])
    })

    test('a notice is said at once, to the person alone', async () => {
      const { harness, inbox } = await withMenu()
      inbox.answer({ show: 'notice', notice: { key: 'turn.nothingToStop' } })
      const interaction = harness.emulator.runCommand(harness.ann, harness.rooms.group, 'help')
      await wait(harness, 'an answer', () => interaction.callback() !== undefined)
      expect(interaction.callback()).toMatchObject({
        type: 4,
        data: { content: 'turn.nothingToStop', flags: 64 },
      })
    })

    test('an answer that met a broken gateway of Discord once is given once more', async () => {
      const { harness, inbox } = await withMenu()
      inbox.answer({ show: 'notice', notice: { key: 'turn.nothingToStop' } })
      const broken = harness.emulator.faults.add({
        fault: { do: 'error', status: 502 },
        routes: ['answerInteraction'],
        times: 1,
      })
      const interaction = harness.emulator.runCommand(harness.ann, harness.rooms.group, 'help')
      await wait(harness, 'an answer', () => interaction.callback() !== undefined)
      expect(interaction.callback()).toMatchObject({ type: 4 })
      expect(broken.hits).toBe(1)
    })

    test('a form is shown, and comes back with its values', async () => {
      const { harness, inbox } = await withMenu()
      const field = { name: 'topic', label: 'Topic', kind: 'text', required: true } as const
      inbox.answer({
        show: 'form',
        form: { token: 'form-1', title: 'Ask', fields: [field], submitLabel: 'Go' },
      })
      const interaction = harness.emulator.runCommand(harness.ann, harness.rooms.group, 'help')
      await wait(harness, 'a form', () => interaction.callback()?.type === 9)
      inbox.answer({ show: 'waiting', private: true })
      const sent = harness.emulator.submitModal(harness.ann, 'form-1', { topic: 'tea' })
      expect(await inbox.nth(2, patience())).toMatchObject({
        kind: 'action',
        token: 'form-1',
        values: { topic: 'tea' },
      })
      await wait(harness, 'an answer', () => sent.callback() !== undefined)
      expect(sent.callback()).toMatchObject({ type: 5, data: { flags: 64 } })
    })

    test('"Application did not respond" is not seen when storing takes long', async () => {
      const { harness } = await open()
      const stored = Promise.withResolvers<undefined>()
      const slow: Inbox = async () => {
        await stored.promise
        return { show: 'notice', notice: { key: 'access.denied' } }
      }
      await harness.start(slow)
      await harness.platform.publishCommands?.([HELP], patience())
      const interaction = harness.emulator.runCommand(harness.ann, harness.rooms.group, 'help')
      await wait(harness, 'a deferral', () => interaction.callback()?.type === 5)
      stored.resolve(undefined)
      await wait(harness, 'the notice', () =>
        harness.shown('group').some(({ text }) => text === 'access.denied'),
      )
    })

    test('a form that comes too late stands behind a button, whose press opens it', async () => {
      const { harness } = await open()
      const { ann, emulator, rooms } = harness
      const stored = Promise.withResolvers<undefined>()
      const field = { name: 'topic', label: 'Topic', kind: 'text', required: true } as const
      const form = { token: 'form-1', title: 'Summarize', fields: [field], submitLabel: 'Go' }
      const events: ChatEvent[] = []
      await harness.start(async (event) => {
        events.push(event)
        if (event.kind === 'command') await stored.promise
        if (event.kind === 'action' && event.values !== undefined) return { show: 'waiting', private: false }
        return { show: 'form', form }
      })
      await harness.platform.publishCommands?.([HELP], patience())
      emulator.runCommand(ann, rooms.group, 'help')
      await wait(harness, 'a deferral', () => emulator.screen(rooms.group).some(({ isLoading }) => isLoading))
      stored.resolve(undefined)
      await wait(harness, 'a button', () => harness.shown('group')[0]?.buttons.length === 1)
      const [late] = emulator.screen(rooms.group)
      if (late === undefined) throw new Error('nothing is shown')
      expect(late).toMatchObject({ text: 'Summarize', buttons: [{ customId: 'form-1' }], isLoading: false })
      const press = emulator.press(ann, late, 'form-1')
      await wait(harness, 'the form', () => emulator.formShown(press) !== undefined)
      expect(events[1]).toMatchObject({ kind: 'action', token: 'form-1', opensForm: true })
      const sent = emulator.submitModal(ann, 'form-1', { topic: 'tea' })
      await wait(harness, 'an answer', () => sent.callback() !== undefined)
      expect(events[2]).toMatchObject({ kind: 'action', token: 'form-1', values: { topic: 'tea' } })
      expect(events[2]).not.toHaveProperty('opensForm')
      // It has done its work.
      expect(harness.shown('group').map(({ buttons }) => buttons)).toEqual([[]])
      expect([emulator.store.lateAcks, emulator.store.doubleAcks]).toEqual([0, 0])
    })

    test('options are completed while the store stands still, and nothing of it is an event', async () => {
      const choices = Array.from({ length: 30 }, (_, n) => ({ value: `v${n}`, label: { en: `Oslo ${n}` } }))
      const city = {
        name: 'city',
        description: { en: 'City' },
        type: 'choice',
        required: true,
        choices,
      } as const
      const harness = await makeHarness()
      opened.push(harness)
      const weather: CommandSpec = { ...HELP, name: 'weather', options: [city] }
      const inbox = createRecordingInbox()
      await harness.platform.start(inbox.inbox, { ...harness.world(), commands: [weather] })
      await harness.platform.publishCommands?.([weather], patience())
      inbox.refuse(Infinity)
      harness.emulator.runCommand(harness.ann, harness.rooms.group, 'weather', { city: 'v1' })
      const typed = harness.emulator.autocomplete(
        harness.ann,
        harness.rooms.group,
        'weather',
        'city',
        'oslo 2',
      )
      await wait(harness, 'suggestions', () => typed.suggestions() !== undefined)
      expect(typed.suggestions()?.[0]).toEqual({ name: 'Oslo 2', value: 'v2' })
      expect(inbox.events).toEqual([])
      expect(harness.emulator.store.lateAcks).toBe(0)
      inbox.refuse(0)
    })

    test('what is not configured any more, or malformed, still comes in', async () => {
      const { harness, inbox } = await started()
      const options = { count: 'many', who: harness.ann }
      harness.emulator.runCommand(harness.ann, harness.rooms.direct, 'old one', options, { force: true })
      expect(await inbox.nth(1, patience())).toMatchObject({
        kind: 'command',
        name: 'old',
        options: { count: 'many', who: harness.ann.id },
        opensForm: true,
      })
    })

    test('a command for servers is not offered in a direct chat', async () => {
      const { harness } = await started()
      await harness.platform.publishCommands?.([{ ...HELP, where: ['group'] }], patience())
      const { ann, emulator, rooms } = harness
      expect(() => emulator.runCommand(ann, rooms.direct, 'help')).toThrow('no command help')
      expect(() => emulator.runCommand(ann, rooms.group, 'help')).not.toThrow()
    })

    async function commanded(isPrivate: boolean): Promise<Stage & { readonly event: AskingEvent }> {
      const stage = await withMenu()
      const { ann, emulator, rooms } = stage.harness
      stage.inbox.answer({ show: 'waiting', private: isPrivate })
      emulator.runCommand(ann, rooms.group, 'help')
      const event = await stage.inbox.nth(1, patience())
      if (event.kind !== 'command') throw new Error('no command')
      return { ...stage, event }
    }

    test('a run longer than its token goes on in the channel, in the same message, also after a restart', async () => {
      const { event, harness } = await commanded(false)
      const { emulator, rooms } = harness
      const outbox = harness.platform.outboxFor(event.replyTarget)
      const id = await outbox.post(body(outbox, 'It runs'), { key: 'k', controls: [] }, patience())
      emulator.faults.expireInteractions()
      const edit = (at: Outbox<DiscordBody>, text: string) =>
        at.edit(id, body(at, text), { controls: [] }, patience())
      // The call that finds it over is handed back, to be let through by the channel's budget.
      expect(await failureOf(edit(outbox, 'It runs on'))).toMatchObject({
        kind: 'rate-limited',
        retryAfterMs: 0,
      })
      await edit(outbox, 'It runs on')
      const second = harness.another()
      opened.push({ platform: second, close: async () => undefined })
      const place = JSON.parse(JSON.stringify(event.replyTarget.place)) as JsonObject
      const interaction = { ...(place['interaction'] as JsonObject), untilMs: 0 }
      const later = second.outboxFor({ ...event.replyTarget, place: { ...place, interaction } })
      await edit(later, 'It is done')
      await later.post(body(later, 'and more'), { key: 'k2', controls: [] }, patience())
      expect(emulator.screen(rooms.group).map(({ text }) => text)).toEqual(['It is done', 'and more'])
    })

    test('a private answer stays private, in every part, and ends with its token', async () => {
      const { event, harness } = await commanded(true)
      const { ann, emulator, rooms } = harness
      const outbox = harness.platform.outboxFor(event.replyTarget)
      const post = (at: Outbox<DiscordBody>, text: string, key: string) =>
        at.post(body(at, text), { key, controls: [] }, patience())
      const id = await post(outbox, 'for you', 'k1')
      await post(outbox, 'for you too', 'k2')
      await outbox.edit(id, body(outbox, 'for you alone'), { controls: [] }, patience())
      const texts = emulator.screen(rooms.group, ann).map(({ text }) => text)
      expect(texts).toEqual(['for you alone', 'for you too'])
      expect(emulator.screen(rooms.group)).toEqual([])
      // Another process knows it, too.
      const second = harness.another()
      opened.push({ platform: second, close: async () => undefined })
      await second.start(createRecordingInbox().inbox, harness.world())
      await post(second.outboxFor(event.replyTarget), 'and this', 'k3')
      emulator.faults.expireInteractions()
      for (const at of [outbox, second.outboxFor(event.replyTarget)]) {
        expect(await failureOf(post(at, 'too late', 'k4'))).toMatchObject({ kind: 'gone' })
        const edit = at.edit(id, body(at, 'too late'), { controls: [] }, patience())
        expect(await failureOf(edit)).toMatchObject({ kind: 'gone' })
      }
      expect(emulator.screen(rooms.group)).toEqual([])
      expect(harness.log.lines.some(({ message }) => message.includes('only the person may see'))).toBe(true)
    })

    test('a private answer decided late is not shown where all see "thinking…"', async () => {
      const { harness } = await open()
      const { ann, emulator, rooms } = harness
      const stored = Promise.withResolvers<undefined>()
      const posted = Promise.withResolvers<unknown>()
      await harness.start(async (event) => {
        if (event.kind !== 'command') return { show: 'nothing' }
        await stored.promise
        // It is on its way before anybody knows that it is private.
        const outbox = harness.platform.outboxFor(event.replyTarget)
        const post = outbox.post(body(outbox, 'for you'), { key: 'k', controls: [] }, patience())
        post.then(posted.resolve, posted.reject)
        return { show: 'waiting', private: true }
      })
      await harness.platform.publishCommands?.([HELP], patience())
      emulator.faults.add({ routes: ['deleteAnswer'], fault: { do: 'slow', delayMs: 100 } })
      emulator.runCommand(ann, rooms.group, 'help')
      await wait(harness, 'a deferral', () => emulator.screen(rooms.group).some(({ isLoading }) => isLoading))
      stored.resolve(undefined)
      await posted.promise
      expect(emulator.screen(rooms.group)).toEqual([])
      expect(emulator.screen(rooms.group, ann).map(({ text }) => text)).toEqual(['for you'])
    })

    test('a press that only the person shall see an answer to gets one of its own', async () => {
      const { harness, inbox, outbox } = await asked()
      const { ann, emulator, rooms } = harness
      const controls = [{ kind: 'again', token: 'a', label: 'Again' }] as const
      const id = await outbox.post(body(outbox, 'a reply'), { key: 'k', controls }, patience())
      const press = async (isPrivate: boolean, n: number): Promise<Outbox<DiscordBody>> => {
        inbox.answer({ show: 'waiting', private: isPrivate })
        emulator.press(ann, { channelId: rooms.direct.id, messageId: id }, 'a')
        const event = await inbox.nth(n, patience())
        if (event.kind !== 'action') throw new Error('no action')
        return harness.platform.outboxFor(event.replyTarget)
      }
      const hidden = await press(true, 2)
      await hidden.post(body(hidden, 'psst'), { key: 'p1', controls: [] }, patience())
      const open = await press(false, 3)
      await open.post(body(open, 'aloud'), { key: 'p2', controls: [] }, patience())
      expect(harness.shown('direct').map(({ text }) => text)).toEqual(['a reply', 'aloud'])
      const seen = emulator.screen(rooms.direct, ann).filter(({ byBot }) => byBot)
      expect(seen.map(({ text }) => text)).toEqual(['a reply', 'psst', 'aloud'])
    })

    test('in a server the bot is not in, the whole reply goes through the token, and ends with it', async () => {
      const stage = await withMenu()
      const { ann, emulator, guild, rooms } = stage.harness
      emulator.kick(guild)
      stage.inbox.answer({ show: 'waiting', private: false })
      emulator.runCommand(ann, rooms.group, 'help')
      const event = await stage.inbox.nth(2, patience())
      if (event.kind !== 'command') throw new Error('no command')
      const outbox = stage.harness.platform.outboxFor(event.replyTarget)
      const id = await outbox.post(body(outbox, 'here'), { key: 'k1', controls: [] }, patience())
      await outbox.edit(id, body(outbox, 'here I am'), { controls: [] }, patience())
      emulator.faults.expireInteractions()
      const edit = outbox.edit(id, body(outbox, 'still here'), { controls: [] }, patience())
      expect(await failureOf(edit)).toMatchObject({ kind: 'denied' })
      expect(emulator.screen(rooms.group).map(({ text }) => text)).toEqual(['here I am'])
      expect(stage.harness.log.lines.some(({ message }) => message.includes('not in this channel'))).toBe(
        true,
      )
    })

    test('a pressed button is acknowledged without a word', async () => {
      const { harness, inbox, outbox } = await asked()
      const controls = [{ kind: 'stop', token: 's', label: 'Stop' }] as const
      const id = await outbox.post(body(outbox, '…'), { key: 'k', controls }, patience())
      const press = harness.emulator.press(
        harness.ann,
        { channelId: harness.rooms.direct.id, messageId: id },
        's',
      )
      await inbox.nth(2, patience())
      await wait(harness, 'an answer', () => press.callback() !== undefined)
      expect(press.callback()?.type).toBe(6)
    })
  })

  describe('interactions over HTTP', () => {
    const keys = generateKeyPairSync('ed25519')
    const publicKey = Buffer.from(keys.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString(
      'hex',
    )
    const command = {
      id: '1178070812344320000',
      application_id: '1',
      token: 't',
      type: 2,
      data: { name: 'help', type: 1 },
      channel: { id: '42', type: 1 },
      channel_id: '42',
      user: { id: '7', username: 'ann' },
    }

    async function call(
      { harness }: Stage,
      payload: unknown,
      how: { readonly ageMs?: number; readonly signed?: boolean } = {},
    ): Promise<RawResponse> {
      const raw = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const timestamp = String(Math.floor((Date.now() - (how.ageMs ?? 0)) / 1_000))
      const signature = sign(
        null,
        Buffer.from(timestamp + (how.signed === false ? ' ' : '') + raw),
        keys.privateKey,
      )
      const request: RawRequest = {
        method: 'POST',
        headers: { 'x-signature-ed25519': signature.toString('hex'), 'x-signature-timestamp': timestamp },
        query: {},
        body: new TextEncoder().encode(raw),
      }
      const hook = harness.platform.webhook
      if (hook === undefined) throw new Error('no webhook')
      return hook.handle(request, patience())
    }

    test('runs without a gateway', async () => {
      const stage = await started({ mode: 'interactions', publicKey })
      expect(stage.harness.platform.health()).toEqual({ state: 'up' })
      expect(stage.harness.emulator.store.identifies).toBe(0)
      stage.inbox.answer({ show: 'waiting', private: true })
      const answer = await call(stage, command)
      expect([answer.status, JSON.parse(answer.body ?? '')]).toEqual([200, { type: 5, data: { flags: 64 } }])
      expect(stage.inbox.events).toMatchObject([{ kind: 'command', name: 'help', chatKind: 'direct' }])
    })

    test('answers the ping of the portal, and refuses what is not signed, or stale', async () => {
      const stage = await started({ mode: 'interactions', publicKey })
      expect(JSON.parse((await call(stage, { type: 1 })).body ?? '')).toEqual({ type: 1 })
      expect((await call(stage, { type: 1 }, { signed: false })).status).toBe(401)
      expect((await call(stage, command, { ageMs: 6 * 60_000 })).status).toBe(401)
      expect((await call(stage, command, { ageMs: -6 * 60_000 })).status).toBe(401)
      expect((await call(stage, '{"half":')).status).toBe(400)
      expect(stage.inbox.events).toEqual([])
    })

    test('takes nothing after the stop', async () => {
      const stage = await started({ mode: 'interactions', publicKey })
      await stage.harness.platform.stop()
      expect((await call(stage, command)).status).toBe(503)
    })
  })

  describe('doctor', () => {
    test('hears about token, message content, key and servers', async () => {
      const { harness } = await open()
      const findings = await harness.platform.check(patience())
      expect(findings.map(({ verdict }) => verdict)).not.toContain('fault')
      const told = JSON.stringify(findings)
      expect(told).toContain(`client_id=${harness.emulator.applicationId}&scope=bot+applications.commands`)
      expect(told).not.toContain(harness.emulator.token)
    })

    test('hears of a wrong token, a missing intent and another application’s key', async () => {
      const wrong = await open({ token: 'wrong' })
      expect(await wrong.harness.platform.check(patience())).toMatchObject([
        { verdict: 'fault', subject: 'discord token' },
      ])
      const { harness } = await open({ publicKey: 'ab'.repeat(32) }, { messageContentIntent: false })
      const faults = (await harness.platform.check(patience())).filter(({ verdict }) => verdict === 'fault')
      expect(faults.map(({ subject }) => subject)).toEqual([
        'discord message content',
        'discord interactions endpoint',
      ])
    })
  })
})
