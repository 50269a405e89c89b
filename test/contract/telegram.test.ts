// Does the Telegram adapter keep the contract, and Telegram's own rules, against the emulated Bot API?
import { afterEach, describe, expect, test } from 'vitest'
import { type TelegramBody } from '../../adapters/telegram/index.ts'
import { type TelegramEmulator } from '../../src/emulators/telegram/index.ts'
import type { Ack } from '../../src/contract/platform.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { failureOf, messageOf, paragraph, platformContract } from './platform-contract.ts'
import {
  PATIENCE_MS,
  patience,
  HELP,
  makeHarness,
  webhookOf,
  WEBHOOK,
  createOpener,
} from './telegram-harness.ts'

platformContract('telegram', () => makeHarness())
platformContract('telegram with drafts', () => makeHarness({ streaming: 'draft' }))

describe('telegram', () => {
  const { open, asked, close } = createOpener()
  afterEach(close)

  test('confirms what it stored when it stops, so that a restart does not see it again', async () => {
    const { harness } = await asked()
    await harness.platform.stop()
    expect(harness.emulator.store.pendingUpdates).toBe(0)
  })

  test('leaves with the server what was not stored', async () => {
    const { harness, inbox } = await open()
    await harness.start(inbox.inbox)
    inbox.refuse(Infinity)
    harness.write('direct', 'hello')
    await harness.emulator.waitFor(() => inbox.refused > 0, { timeoutMs: PATIENCE_MS })
    await harness.platform.stop()
    expect(harness.emulator.store.pendingUpdates).toBe(1)
  })

  test('refuses to start with a token that is not taken, and does not tell it', async () => {
    const token = '99:wrong-token-that-nobody-may-see'
    const { harness, inbox } = await open({ token })
    const failure = await failureOf(harness.start(inbox.inbox))
    expect(failure.kind).toBe('denied')
    expect(`${failure.message} ${String(failure.stack)} ${JSON.stringify(failure)}`).not.toContain(
      'wrong-token',
    )
  })

  test('starts while the server is down and receives once it is back', async () => {
    const { harness, inbox } = await open()
    const outage = harness.emulator.faults.add({ methods: ['getMe'], fault: { do: 'html' }, times: 1 })
    await harness.start(inbox.inbox)
    expect(harness.platform.health().state).toBe('down')
    harness.write('direct', 'still there?')
    expect(messageOf(await inbox.nth(1, patience())).text).toBe('still there?')
    expect(outage.hits).toBe(1)
  })

  test('says in words that another program polls', async () => {
    const { harness, inbox } = await open()
    const description = 'Conflict: terminated by other getUpdates request'
    harness.emulator.faults.add({ methods: ['getUpdates'], fault: { do: 'error', code: 409, description } })
    await harness.start(inbox.inbox)
    harness.write('direct', 'hello')
    await inbox.nth(1, patience())
    const warnings = harness.log.lines.filter(({ level }) => level === 'warn')
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('another program polls with this token'),
    ])
  })

  test('answers a button press, with the notice when there is one', async () => {
    const { harness, inbox, outbox } = await asked()
    const controls = [{ kind: 'stop', token: 's', label: 'Stop' }] as const
    const id = await outbox.post(outbox.renderer.render(paragraph('…')), { key: 'k', controls }, patience())
    inbox.answer({ show: 'notice', notice: { key: 'turn.stopped' } })
    harness.press('direct', id, 's')
    await inbox.nth(2, patience())
    const answers = (): readonly unknown[] =>
      harness.emulator.store.calls
        .filter(({ method }) => method.toLowerCase() === 'answercallbackquery')
        .map(({ payload }) => payload['text'])
    await harness.emulator.waitFor(() => answers().length > 0, { timeoutMs: PATIENCE_MS })
    expect(answers()).toEqual(['turn.stopped'])
  })

  test('a refusal is a box to be closed, anything else is answered with nothing, and at once', async () => {
    const { harness, inbox, outbox } = await asked()
    const controls = [{ kind: 'choice', token: 'a', label: 'A' }] as const
    const id = await outbox.post(outbox.renderer.render(paragraph('?')), { key: 'k', controls }, patience())
    const { emulator, rooms, ann } = harness
    const message = { chatId: rooms.direct.id, messageId: Number(id) }
    const answerTo = async (ack: Ack): Promise<unknown> => {
      inbox.answer(ack)
      const press = emulator.press(ann, message, 'A')
      await emulator.waitFor(() => press.answer() !== undefined, { timeoutMs: PATIENCE_MS })
      return press.answer()
    }
    expect(await answerTo({ show: 'notice', notice: { key: 'action.notYours' } })).toEqual({
      text: 'action.notYours',
      showAlert: true,
    })
    expect(await answerTo({ show: 'waiting', private: false })).toEqual({ text: '', showAlert: false })
    expect(await answerTo({ show: 'nothing' })).toEqual({ text: '', showAlert: false })
  })

  test('an answer to a press that was told to slow down comes when it may', async () => {
    const { harness, inbox, outbox } = await asked()
    const controls = [{ kind: 'choice', token: 'a', label: 'A' }] as const
    const id = await outbox.post(outbox.renderer.render(paragraph('?')), { key: 'k', controls }, patience())
    const { emulator, rooms, ann } = harness
    emulator.faults.add({
      methods: ['answerCallbackQuery'],
      fault: { do: 'rate-limit', retryAfterSeconds: 1 },
      times: 1,
    })
    inbox.answer({ show: 'notice', notice: { key: 'action.done' } })
    const press = emulator.press(ann, { chatId: rooms.direct.id, messageId: Number(id) }, 'A')
    await emulator.waitFor(() => press.answer() !== undefined, { timeoutMs: PATIENCE_MS })
    expect(press.answer()).toMatchObject({ text: 'action.done' })
  })

  test('a press that came too late to be answered is an event all the same, and nothing is lost after it', async () => {
    const { harness, inbox, outbox } = await asked()
    const controls = [{ kind: 'choice', token: 'a', label: 'A' }] as const
    const id = await outbox.post(outbox.renderer.render(paragraph('?')), { key: 'k', controls }, patience())
    const { emulator, rooms, ann } = harness
    const message = { chatId: rooms.direct.id, messageId: Number(id) }
    const late = emulator.press(ann, message, 'a')
    late.expire()
    emulator.deleteMessage(message)
    emulator.press(ann, message, 'a', { force: true })
    harness.write('direct', 'and then?')
    expect(await inbox.nth(2, patience())).toMatchObject({ kind: 'action', token: 'a', messageId: id })
    expect(await inbox.nth(3, patience())).toMatchObject({ kind: 'action', token: 'a', messageId: id })
    expect(messageOf(await inbox.nth(4, patience())).text).toBe('and then?')
    await emulator.waitFor(() => late.lateAnswers() === 1, { timeoutMs: PATIENCE_MS })
    expect(late.answer()).toBeUndefined()
  })

  test('asks one person of a group in words, and hears the answer in privacy mode', async () => {
    const { harness, inbox } = await open({}, { privacyMode: true })
    const { emulator, ann } = harness
    const bob = emulator.person({ firstName: 'Bob' })
    const group = emulator.group({ members: [ann, bob] })
    await harness.start(inbox.inbox)
    emulator.say(ann, group, `/help@${emulator.username}`)
    const command = await inbox.nth(1, patience())
    if (command.kind !== 'command' || command.messageId === undefined) throw new Error('no command')
    const outbox = harness.platform.outboxFor(command.replyTarget)
    const id = await outbox.post(
      outbox.renderer.render(paragraph('Which city?')),
      { key: 'k', controls: [{ kind: 'reply', placeholder: 'City' }], replyTo: command.messageId },
      patience(),
    )
    const question = emulator.forcedReply(ann, group)
    expect(question).toMatchObject({
      messageId: Number(id),
      forceReply: { selective: true, placeholder: 'City' },
    })
    expect(emulator.forcedReply(bob, group)).toBeUndefined()
    if (question === undefined) throw new Error('no question')
    emulator.replyTo(ann, question, 'Oslo')
    expect(await inbox.nth(2, patience())).toMatchObject({
      kind: 'message',
      text: 'Oslo',
      repliesToBot: true,
      quoted: { fromBot: true, messageId: id, text: 'Which city?' },
    })
    expect(emulator.forcedReply(ann, group)).toBeUndefined()
    const edit = outbox.edit(id, outbox.renderer.plain('✓ Oslo'), { controls: [] }, patience())
    expect(await failureOf(edit)).toMatchObject({ kind: 'gone' })
  })

  test('stays editable after a surface was finished with a question in words', async () => {
    const { harness, outbox } = await asked({ streaming: 'draft' })
    const surface = outbox.openStream?.({ key: 'k' })
    const controls = [{ kind: 'reply' }] as const
    const id = await surface?.finish(outbox.renderer.plain('Which city?'), { controls }, patience())
    if (id === undefined) throw new Error('no drafts')
    await outbox.edit(id, outbox.renderer.plain('Which city? Oslo.'), { controls: [] }, patience())
    expect(harness.shown('direct').map(({ text }) => text)).toEqual(['Which city? Oslo.'])
  })

  test('Stop under a draft is the stop of the reply, and what stands becomes a message', async () => {
    const { harness, inbox, outbox } = await asked({ streaming: 'draft' })
    const { emulator, ann, rooms } = harness
    const surface = outbox.openStream?.({ key: 'k' })
    const controls = [{ kind: 'stop', token: 'stop-1', label: 'Stop' }] as const
    await surface?.update(outbox.renderer.plain('half'), { controls }, patience())
    const [draft] = emulator.drafts(rooms.direct)
    if (draft === undefined) throw new Error('no draft')
    emulator.stopDraft(ann, draft.draftId, { idAsText: true })
    expect(await inbox.nth(2, patience())).toMatchObject({
      kind: 'action',
      token: 'stop-1',
      sender: { id: String(ann.id) },
    })
    await surface?.finish(outbox.renderer.plain('half'), { controls: [] }, patience())
    expect(harness.shown('direct').map(({ text }) => text)).toEqual(['half'])
    expect(emulator.drafts(rooms.direct)).toEqual([])
  })

  test('follows a group that became a supergroup', async () => {
    const { harness, inbox } = await open()
    const ann = harness.emulator.person({ firstName: 'Ben' })
    const group = harness.emulator.group({ members: [ann], type: 'group' })
    await harness.start(inbox.inbox)
    harness.emulator.say(ann, group, 'hello')
    const event = messageOf(await inbox.nth(1, patience()))
    const outbox = harness.platform.outboxFor(event.replyTarget)
    const moved = harness.emulator.migrate(group)
    await outbox.post(
      outbox.renderer.render(paragraph('found you')),
      { key: 'k', controls: [], replyTo: event.messageId },
      patience(),
    )
    expect(harness.emulator.screen(moved).map(({ text }) => text)).toContain('found you')
    expect(await inbox.nth(2, patience())).toMatchObject({
      kind: 'moved',
      from: { chatId: String(group.id) },
      to: { chatId: String(moved.id) },
    })
  })

  test('a draft ends in one message that begins like the last draft', async () => {
    const { harness, outbox } = await asked({ streaming: 'draft' })
    const surface = outbox.openStream?.({ key: 'k' })
    if (surface === undefined) throw new Error('no drafts')
    const body = (text: string): TelegramBody => outbox.renderer.render(paragraph(text))
    await surface.update(body('Hel'), { controls: [] }, patience())
    expect(harness.emulator.drafts(harness.rooms.direct).map(({ text }) => text)).toEqual(['Hel'])
    await surface.finish(body('Hello'), { controls: [] }, patience())
    await surface.update(body('too late'), { controls: [] }, patience())
    expect(harness.emulator.drafts(harness.rooms.direct)).toEqual([])
    const frames = harness.emulator.store.frames
      .filter(({ byBot }) => byBot)
      .map(({ kind, text }) => [kind, text])
    expect(frames).toEqual([
      ['draft', 'Hel'],
      ['draft', 'Hello'],
      ['post', 'Hello'],
    ])
  })

  test('posts and edits where drafts are refused', async () => {
    const { harness, outbox } = await asked({ streaming: 'draft' })
    const description = 'Bad Request: TEXTDRAFT_PEER_INVALID'
    harness.emulator.faults.add({
      methods: ['sendMessageDraft'],
      fault: { do: 'error', code: 400, description },
    })
    const surface = outbox.openStream?.({ key: 'k' })
    const body = (text: string): TelegramBody => outbox.renderer.render(paragraph(text))
    const state = await surface?.update(body('Hel'), { controls: [] }, patience())
    expect(state).toHaveProperty('messageId')
    await surface?.finish(body('Hello'), { controls: [] }, patience())
    expect(harness.shown('direct').map(({ text }) => text)).toEqual(['Hello'])
  })

  test('an album under a command gives it all its files, and nothing of it is a question of its own', async () => {
    const { harness, inbox } = await open()
    const { emulator, ann, rooms } = harness
    await harness.start(inbox.inbox)
    const send = (name: string, caption = ''): void => {
      const document = { bytes: new TextEncoder().encode(name), name }
      emulator.say(ann, rooms.direct, caption, { document, mediaGroupId: '1390' })
    }
    send('a.txt', '/compare briefly')
    await emulator.waitFor(({ store }) => store.calls.some(({ method }) => method === 'getUpdates'), {
      timeoutMs: PATIENCE_MS,
    })
    send('b.txt')
    harness.write('direct', 'and then?')
    expect(await inbox.nth(1, patience())).toMatchObject({
      kind: 'command',
      name: 'compare',
      rest: 'briefly',
      options: { before: { name: 'a.txt' }, after: { name: 'b.txt' } },
    })
    expect(messageOf(await inbox.nth(2, patience())).text).toBe('and then?')
    send('late.txt')
    harness.write('direct', 'still there?')
    expect(messageOf(await inbox.nth(3, patience())).text).toBe('still there?')
  })

  test('publishes the menu only when it changed', async () => {
    const { harness } = await open()
    await harness.platform.publishCommands?.([HELP], patience())
    await harness.platform.publishCommands?.([HELP], patience())
    const sets = harness.emulator.store.calls.filter(({ method }) => method.toLowerCase() === 'setmycommands')
    expect(sets.map(({ payload }) => payload['language_code'])).toEqual([undefined, 'en', 'zh'])
    expect(JSON.stringify(sets[2]?.payload)).toContain('帮助')
  })

  const command = (name: string, where?: CommandSpec['where']): CommandSpec => ({
    ...HELP,
    name,
    ...(where === undefined ? {} : { where }),
  })

  test('shows each person what holds where they are, in their language', async () => {
    const { harness } = await open()
    const { emulator, ann, rooms, platform } = harness
    const lin = emulator.person({ firstName: 'Lin', languageCode: 'zh-hans' })
    const chat = emulator.privateChat(lin)
    const menuOf = (...who: Parameters<TelegramEmulator['menu']>): readonly string[] =>
      emulator.menu(...who).map(({ command: name, description }) => `${name} ${description}`)
    await platform.publishCommands?.(
      [HELP, command('mine', ['direct']), command('ours', ['group'])],
      patience(),
    )
    expect(menuOf(ann, rooms.direct)).toEqual(['help Help', 'mine Help'])
    expect(menuOf(ann, rooms.group)).toEqual(['help Help', 'ours Help'])
    expect(menuOf(lin, chat)).toEqual(['help 帮助', 'mine 帮助'])
    const menus = await platform.publishedCommands?.(patience())
    expect(menus?.map(({ where }) => where)).toEqual(
      ['everywhere', 'private chats', 'groups'].flatMap((where) => [where, `${where}, en`, `${where}, zh`]),
    )

    await platform.publishCommands?.([HELP, command('mine', ['direct'])], patience())
    expect(menuOf(ann, rooms.direct)).toEqual(['help Help', 'mine Help'])
    expect(menuOf(lin, rooms.group)).toEqual(['help 帮助'])
    await platform.publishCommands?.([HELP], patience())
    expect(emulator.store.commandLists.map(({ scope }) => scope['type'])).toEqual([
      'default',
      'default',
      'default',
    ])
    await platform.publishCommands?.([], patience())
    expect(emulator.store.commandLists).toEqual([])
  })

  test('a command for groups alone leaves private chats without a menu', async () => {
    const { harness } = await open()
    await harness.platform.publishCommands?.([command('ours', ['group'])], patience())
    expect(harness.emulator.menu(harness.ann, harness.rooms.direct)).toEqual([])
    expect(harness.emulator.menu(harness.ann, harness.rooms.group)).toHaveLength(1)
  })

  test('asks before it writes, and writes nothing that stands already', async () => {
    const { harness } = await open()
    const commands = [HELP, command('mine', ['direct'])]
    await harness.platform.publishCommands?.(commands, patience())
    const before = harness.emulator.store.calls.length
    await harness.platform.publishCommands?.(commands, patience())
    const methods = harness.emulator.store.calls.slice(before).map(({ method }) => method.toLowerCase())
    expect(new Set(methods)).toEqual(new Set(['getmycommands']))
  })

  test('doctor hears about token and privacy mode', async () => {
    const { harness } = await open()
    const findings = await harness.platform.check(patience())
    expect(findings.map(({ verdict }) => verdict)).not.toContain('fault')
    expect(findings[0]?.reason).toContain('@emu_bot')
  })

  test('a webhook is believed for its secret and answered when stored', async () => {
    const { harness, inbox } = await open(WEBHOOK)
    await harness.start(inbox.inbox)
    const call = webhookOf(harness)
    const from = { id: 42, is_bot: false, first_name: 'Ann' }
    const update = {
      update_id: 1,
      message: { message_id: 5, date: 1_795_225_016, from, chat: { id: 42, type: 'private' }, text: 'hi' },
    }
    expect(await call(update, 'guess')).toBe(401)
    expect(await call('{"half":')).toBe(400)
    inbox.refuse(1)
    expect(await call(update)).toBe(500)
    expect(await call(update)).toBe(200)
    expect(inbox.events).toHaveLength(1)
  })
})
