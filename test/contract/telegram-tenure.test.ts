// Does a Telegram account serve a public bot: several processes, presses and calls told twice, roles, words that ring?
import { afterEach, describe, expect, test } from 'vitest'
import { createPlatform } from '../../adapters/telegram/index.ts'
import { type Chat } from '../../src/emulators/telegram/index.ts'
import type { ChatEvent, ReplyTarget, SenderId } from '../../src/contract/event.ts'
import { parse } from '../../src/markdown/parse.ts'
import { countedFetch } from '../support/counted-fetch.ts'
import { createMemoryNotes } from '../support/memory-notes.ts'
import { createRealClock } from '../support/real-clock.ts'
import { createRecordingInbox } from '../support/recording-inbox.ts'
import { createSilentMetrics } from '../support/silent-metrics.ts'
import { keysAsWords } from '../support/words.ts'
import { failureOf, messageOf } from './platform-contract.ts'
import { PATIENCE_MS, patience, webhookOf, WEBHOOK, createOpener } from './telegram-harness.ts'

describe('telegram, in public', () => {
  const { open, asked, close } = createOpener()
  afterEach(close)

  test('writes to a person who is only known by id', async () => {
    const { harness } = await open()
    const target = await harness.platform.openDirect?.(String(harness.ann.id) as SenderId, patience())
    if (target === undefined) throw new Error('cannot write first')
    const outbox = harness.platform.outboxFor(target)
    await outbox.post(outbox.renderer.plain('psst'), { key: 'k', controls: [] }, patience())
    expect(harness.shown('direct').map(({ text }) => text)).toEqual(['psst'])
    const toGroup = harness.platform.openDirect?.(String(harness.rooms.group.id) as SenderId, patience())
    expect(await failureOf(toGroup ?? Promise.resolve())).toMatchObject({ kind: 'rejected' })
  })

  const rolesIn = (event: ChatEvent): readonly string[] | undefined =>
    'sender' in event ? event.sender.roles : undefined

  test('brings the roles of who writes in a group, asked for once', async () => {
    const { harness, inbox } = await open({}, {}, true)
    const { emulator, ann, rooms } = harness
    const [bob, eve] = [emulator.person(), emulator.person()]
    emulator.join(bob, rooms.group)
    emulator.join(eve, rooms.group)
    emulator.promote(bob, rooms.group)
    for (const person of [ann, bob, eve]) emulator.say(person, rooms.group, '/help')
    emulator.say(eve, rooms.group, 'hello', { asAnonymousAdmin: true })
    emulator.say(ann, rooms.direct, 'hello')
    await harness.start(inbox.inbox)
    await inbox.nth(5, patience())
    const ofGroup = inbox.events.filter((event) => 'chatKind' in event && event.chatKind === 'group')
    expect(ofGroup.map(rolesIn)).toEqual([
      ['creator', 'administrator'],
      ['administrator'],
      [],
      ['administrator'],
    ])
    expect(inbox.events.filter((event) => !ofGroup.includes(event)).map(rolesIn)).toEqual([undefined])
    const asked = emulator.store.calls.filter(({ method }) => method === 'getChatAdministrators')
    expect(asked).toHaveLength(1)
    emulator.addBot(rooms.group, { asAdmin: true })
    emulator.promote(bob, rooms.group, 'member')
    emulator.say(bob, rooms.group, '/help')
    expect(rolesIn(await inbox.nth(6, patience()))).toEqual([])
  })

  test('asks for no roles where nothing speaks of them, and lets no other chat wait for them', async () => {
    const { harness, inbox } = await open()
    await harness.start(inbox.inbox)
    harness.write('group', 'hello')
    expect(rolesIn(await inbox.nth(1, patience()))).toBeUndefined()
    expect(harness.emulator.store.calls.map(({ method }) => method)).not.toContain('getChatAdministrators')

    const { harness: asking, inbox: waiting } = await open({}, {}, true)
    asking.emulator.faults.add({
      methods: ['getChatAdministrators'],
      fault: { do: 'slow', delayMs: 600_000 },
    })
    await asking.start(waiting.inbox)
    asking.write('group', 'hello')
    asking.write('direct', 'and me?')
    expect(messageOf(await waiting.nth(1, patience())).text).toBe('and me?')
  })

  test('the poll of who lost the account ends with its connection, and calls nothing after it', async () => {
    const { harness, inbox } = await asked()
    const { emulator } = harness
    await emulator.waitFor(({ store }) => store.isPolled, { timeoutMs: PATIENCE_MS })
    harness.lose()
    await emulator.waitFor(({ store }) => !store.isPolled, { timeoutMs: PATIENCE_MS })
    const callsBefore = emulator.store.calls.length
    await harness.platform.stop()
    expect(harness.platform.health().state).toBe('stopped')
    expect(emulator.store.calls).toHaveLength(callsBefore)
    harness.write('direct', 'for the next one')
    expect(emulator.store.pendingUpdates).toBeGreaterThan(0)
    expect(inbox.events).toHaveLength(1)
  })

  test('the next process takes over while the one before still polls', async () => {
    const { harness, inbox } = await asked()
    const { emulator, log } = harness
    const next = createRecordingInbox()
    const tools = { clock: createRealClock(), log, metrics: createSilentMetrics(), words: keysAsWords, fetch }
    const heir = createPlatform('telegram', { token: emulator.token, apiRoot: emulator.url }, tools)
    const world = { commands: [], memory: createMemoryNotes(), signal: new AbortController().signal }
    await heir.start(next.inbox, world)
    try {
      harness.lose()
      harness.write('direct', 'who takes this?')
      await Promise.any([next.nth(1, patience()), inbox.nth(2, patience())])
      harness.write('direct', 'and this?')
      const heard = async (): Promise<string> => {
        for (let n = 1; ; n++) {
          const { text } = messageOf(await next.nth(n, patience()))
          if (text === 'and this?') return text
        }
      }
      expect(await heard()).toBe('and this?')
    } finally {
      await heir.stop()
    }
  })

  test('stops at once while the server is frozen', async () => {
    const { harness, inbox, outbox } = await asked()
    const controls = [{ kind: 'stop', token: 's', label: 'Stop' }] as const
    const id = await outbox.post(outbox.renderer.plain('…'), { key: 'k', controls }, patience())
    await harness.emulator.waitFor(({ store }) => store.isPolled, { timeoutMs: PATIENCE_MS })
    harness.emulator.faults.add({ fault: { do: 'slow', delayMs: 600_000 }, times: Infinity })
    harness.press('direct', id, 's')
    await inbox.nth(2, patience())
    await harness.platform.stop()
    expect(harness.leftovers()).toEqual({ sleeps: 0, requests: 0 })
  })

  test('a press told twice has one id, and each press is answered', async () => {
    const { harness, inbox, outbox } = await asked()
    const { emulator, ann, rooms } = harness
    const controls = [{ kind: 'choice', token: 'a', label: 'A' }] as const
    const id = await outbox.post(outbox.renderer.plain('?'), { key: 'k', controls }, patience())
    const message = { chatId: rooms.direct.id, messageId: Number(id) }
    const presses = [emulator.press(ann, message, 'a'), emulator.press(ann, message, 'a')]
    await inbox.nth(3, patience())
    emulator.redeliver(presses[0]?.updateId ?? 0, 'new')
    await inbox.nth(4, patience())
    const [, first, second, again] = inbox.events.map((event) => event.id)
    expect(again).toBe(first)
    expect(second).not.toBe(first)
    await emulator.waitFor(() => presses.every((press) => press.answer() !== undefined), {
      timeoutMs: PATIENCE_MS,
    })
  })

  test('a webhook call told twice is the same event, and none is taken after the account is lost', async () => {
    const { harness, inbox } = await open(WEBHOOK)
    await harness.start(inbox.inbox)
    const call = webhookOf(harness)
    const update = {
      update_id: 1,
      message: {
        message_id: 5,
        date: 1_795_225_016,
        from: { id: 42, is_bot: false, first_name: 'Ann' },
        chat: { id: 42, type: 'private' },
        text: 'hi',
      },
    }
    expect([await call(update), await call(update)]).toEqual([200, 200])
    expect(new Set(inbox.events.map(({ id }) => id)).size).toBe(1)
    harness.lose()
    expect(await call(update)).toBe(503)
  })

  test('a webhook does not wait for roles as long as its caller would', async () => {
    const { harness, inbox } = await open(WEBHOOK, {}, true)
    const { emulator, ann, rooms } = harness
    emulator.faults.add({
      methods: ['getChatAdministrators'],
      fault: { do: 'slow', delayMs: 600_000 },
    })
    await harness.start(inbox.inbox)
    const chat = { id: rooms.group.id, type: 'supergroup' }
    const from = { id: ann.id, is_bot: false, first_name: 'Ann' }
    const update = { update_id: 1, message: { message_id: 5, date: 1_795_225_016, from, chat, text: 'hi' } }
    expect(await webhookOf(harness)(update)).toBe(200)
    expect(inbox.events.map(rolesIn)).toEqual([undefined])
  })

  test('words of an answer ring nobody in a group, and lead nowhere unseen', async () => {
    const { harness } = await open()
    const { emulator, ann, rooms, platform } = harness
    const bob = emulator.person({ username: 'bobby' })
    emulator.join(bob, rooms.group)
    const source = `@bobby [you](tg://user?id=${bob.id}) [bank.example](https://evil.example) \`@bobby\``
    const place = (chatId: number): ReplyTarget => ({
      account: 'telegram',
      place: { chatId, direct: chatId > 0 },
    })
    for (const chatId of [rooms.group.id, ann.id]) {
      const outbox = platform.outboxFor(place(chatId))
      await outbox.post(outbox.renderer.render(parse(source)), { key: 'k', controls: [] }, patience())
    }
    const kinds = (chat: Chat): readonly string[] =>
      emulator
        .screen(chat)
        .at(-1)
        ?.entities.map(({ type }) => type) ?? []
    expect(kinds(rooms.group)).not.toContain('mention')
    expect(kinds(rooms.group)).not.toContain('text_mention')
    expect(kinds(rooms.direct)).toContain('mention')
    expect(kinds(rooms.direct)).not.toContain('text_mention')
    const [shown] = harness.shown('direct').slice(-1)
    expect(shown?.text).toBe(`@bobby you (tg://user?id=${bob.id}) bank.example (https://evil.example) @bobby`)
  })

  test('may be started and stopped any number of times in one process', async () => {
    const { harness } = await open()
    const { emulator, log } = harness
    const clock = createRealClock()
    const { fetch: counted, open: underWay } = countedFetch()
    const tools = { clock, log, metrics: createSilentMetrics(), words: keysAsWords, fetch: counted }
    const round = async (): Promise<void> => {
      const tenure = new AbortController()
      const inbox = createRecordingInbox()
      const platform = createPlatform('telegram', { token: emulator.token, apiRoot: emulator.url }, tools)
      await platform.start(inbox.inbox, { commands: [], memory: createMemoryNotes(), signal: tenure.signal })
      emulator.say(harness.ann, harness.rooms.direct, 'hello')
      await inbox.nth(1, patience())
      await platform.stop()
      tenure.abort()
    }
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind.startsWith('TCP')).length
    for (let i = 0; i < 5; i++) await round()
    const before = handles()
    for (let i = 0; i < 45; i++) await round()
    expect(clock.sleepers).toBe(0)
    expect(underWay()).toBe(0)
    expect(handles()).toBeLessThanOrEqual(before + 5)
  }, 30_000)
})
