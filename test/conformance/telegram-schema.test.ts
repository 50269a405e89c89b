// Does everything the Telegram emulator says, and everything grammY asks it, match Telegram's own description?
import { Bot, InputFile, webhookCallback } from 'grammy'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import {
  startTelegramEmulator,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
  type TelegramExchange,
} from '../../src/emulators/telegram/index.ts'
import { describeWithSchemas } from './schemas.ts'
import { createTelegramValidator } from './telegram-validator.ts'

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const TIMEOUT_MS = 10_000
const open: TelegramEmulator[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: TelegramEmulatorOptions = {}): Promise<{
  emulator: TelegramEmulator
  bot: Bot
  exchanges: readonly TelegramExchange[]
}> {
  const exchanges: TelegramExchange[] = []
  const observe = (exchange: TelegramExchange): void => void exchanges.push(exchange)
  const emulator = await startTelegramEmulator({
    limits: false,
    getUpdatesAntiHammer: false,
    ...options,
    observe,
  })
  open.push(emulator)
  return { emulator, bot: new Bot(emulator.token, { client: { apiRoot: emulator.url } }), exchanges }
}

describeWithSchemas('Telegram description', (folder) => {
  const faultsOf = (exchanges: readonly TelegramExchange[]): readonly string[] => {
    const validator = createTelegramValidator(folder)
    return exchanges.flatMap((exchange) => validator.exchange(exchange))
  }

  test('an invented field, a missing field and a wrong type are all noticed', () => {
    const validator = createTelegramValidator(folder)
    expect(validator.request('sendMessage', { chat_id: 1, text: 'x', colour: 'red' })).toHaveLength(1)
    expect(validator.request('sendMessage', { chat_id: 1 })).toHaveLength(1)
    expect(validator.request('sendMessage', { chat_id: 1, text: 5 })).not.toEqual([])
    expect(validator.request('sendTelepathy', {})).toHaveLength(1)
    expect(validator.result('getMe', { id: 1, is_bot: true })).not.toEqual([])
    expect(validator.update({ update_id: 1, message: { message_id: 1 } })).not.toEqual([])
    expect(validator.request('sendMessage', { chat_id: 1, text: 'x' })).toEqual([])
  })

  test('messages, edits, drafts, albums, reactions and refusals are as described', async () => {
    const { emulator, bot, exchanges } = await start()
    const ann = emulator.person({ username: 'ann_lee' })
    const chat = emulator.privateChat(ann)
    const { api } = bot
    await api.getMe()
    const keyboard = { inline_keyboard: [[{ text: 'Stop', callback_data: 'stop' }]] }
    const first = await api.sendMessage(chat.id, '<b>one</b> https://example.com #tag', {
      parse_mode: 'HTML',
      reply_markup: keyboard,
      link_preview_options: { is_disabled: true },
    })
    await api.editMessageText(chat.id, first.message_id, 'two 🙂', {
      entities: [{ type: 'pre', language: 'ts', offset: 0, length: 3 }],
      reply_markup: keyboard,
    })
    await api.sendMessage(chat.id, 'answer', {
      reply_parameters: { message_id: first.message_id, quote: 'two' },
    })
    await api.raw.sendMessageDraft({ chat_id: chat.id, draft_id: 7, text: 'half', can_stop: true })
    await api.sendChatAction(chat.id, 'typing')
    await api.setMessageReaction(chat.id, first.message_id, [{ type: 'emoji', emoji: '👀' }])
    await api.sendPhoto(chat.id, new InputFile(PIXEL, 'a.png'), { caption: 'photo' })
    const document = await api.sendDocument(chat.id, new InputFile(Buffer.from('text'), 'naïve "q" file.txt'))
    await api.getFile(document.document.file_id)
    await api.sendVoice(chat.id, new InputFile(Buffer.from('OggS')))
    await api.sendAudio(chat.id, new InputFile(Buffer.from('ID3')), { title: 'Song' })
    await api.sendVideo(chat.id, new InputFile(Buffer.from('video')))
    await api.sendAnimation(chat.id, new InputFile(Buffer.from('video')))
    await api.sendVideoNote(chat.id, new InputFile(Buffer.from('video')))
    await api.sendSticker(chat.id, new InputFile(Buffer.from('webp')))
    await api.sendLocation(chat.id, 52, 13)
    await api.sendContact(chat.id, '+100', 'Ann')
    await api.sendPoll(chat.id, 'Why?', [{ text: 'a' }, { text: 'b' }])
    await api.sendMediaGroup(chat.id, [
      { type: 'photo', media: new InputFile(PIXEL), caption: 'album' },
      { type: 'photo', media: new InputFile(PIXEL) },
    ])
    await api.raw.sendRichMessage({ chat_id: chat.id, rich_message: { markdown: '# Title\n\nwords' } })
    await api.setMyCommands([{ command: 'help', description: 'Help' }], {
      scope: { type: 'all_private_chats' },
    })
    await api.getMyCommands({ scope: { type: 'all_private_chats' } })
    const lab = emulator.group({ members: [ann] })
    const byChat = { chat_id: lab.id }
    for (const scope of [
      { type: 'default' },
      { type: 'all_group_chats' },
      { type: 'all_chat_administrators' },
      { type: 'chat', ...byChat },
      { type: 'chat_administrators', ...byChat },
      { type: 'chat_member', ...byChat, user_id: ann.id },
    ] as const) {
      const whose = { scope, language_code: 'zh' } as const
      await api.setMyCommands([{ command: 'help', description: '帮助' }], whose)
      expect(await api.getMyCommands(whose)).toHaveLength(1)
      await api.deleteMyCommands(whose)
      expect(await api.getMyCommands(whose)).toEqual([])
    }
    await api.sendMessage(chat.id, 'Which city?', {
      reply_markup: { force_reply: true, selective: true, input_field_placeholder: 'City' },
    })
    await api.sendMediaGroup(chat.id, [
      { type: 'document', media: new InputFile(Buffer.from('one')), caption: 'both' },
      { type: 'document', media: new InputFile(Buffer.from('two')) },
    ])
    await api.sendDocument(chat.id, new InputFile(Buffer.from('GIF89a......')))
    await api.deleteMyCommands()
    await api.getChat(chat.id)
    await api.getChatMember(chat.id, ann.id)
    await api.pinChatMessage(chat.id, first.message_id)
    await api.deleteMessage(chat.id, first.message_id)
    await api.getWebhookInfo()
    await expect(api.sendMessage(chat.id, ' ')).rejects.toThrow('message text is empty')
    expect(exchanges.length).toBeGreaterThan(28)
    expect(faultsOf(exchanges)).toEqual([])
  })

  test('groups, topics, migration and membership are as described', async () => {
    const { emulator, bot, exchanges } = await start()
    const ann = emulator.person({ username: 'ann_lee' })
    const bob = emulator.person()
    const { api } = bot
    const lab = emulator.group({
      title: 'Lab',
      members: [ann],
      forum: true,
      botIsAdmin: true,
      announce: true,
    })
    const topic = emulator.topic(lab, 'News')
    emulator.say(ann, lab, '@emu_bot hello', { threadId: topic.threadId })
    emulator.say(ann, lab, 'general')
    emulator.say(ann, lab, 'hidden', { asAnonymousAdmin: true })
    emulator.say(ann, lab, 'channel', { viaChannel: { id: -1_001_234, title: 'News' } })
    emulator.join(bob, lab)
    emulator.leave(bob, lab)
    const made = await api.createForumTopic(lab.id, 'Made')
    await api.sendMessage(lab.id, 'in topic', { message_thread_id: made.message_thread_id })
    await api.editForumTopic(lab.id, made.message_thread_id, { name: 'Renamed' })
    await api.closeForumTopic(lab.id, made.message_thread_id)
    await api.getChatAdministrators(lab.id)
    await api.getChatMember(lab.id, emulator.botId)
    await api.getChatMember(lab.id, bob.id)
    const old = emulator.group({ title: 'Old', members: [ann], type: 'group' })
    emulator.migrate(old)
    await expect(api.sendMessage(old.id, 'late')).rejects.toThrow('upgraded to a supergroup')
    emulator.kick(lab)
    const updates = await api.getUpdates()
    expect(updates.length).toBeGreaterThan(8)
    expect(faultsOf(exchanges)).toEqual([])
  })

  test('every kind of update is as described', async () => {
    const { emulator, bot, exchanges } = await start({ privateTopics: true })
    const ann = emulator.person({ username: 'ann_lee' })
    const chat = emulator.privateChat(ann)
    const { api } = bot
    await api.getUpdates({
      allowed_updates: [
        'message',
        'edited_message',
        'callback_query',
        'message_reaction',
        'my_chat_member',
        'stopped_message_generation',
      ],
    })
    const sent = emulator.say(ann, chat, '/ask hi', { entities: [{ type: 'bold', offset: 5, length: 2 }] })
    emulator.edit(ann, sent, '/ask more')
    const button = await api.sendMessage(chat.id, 'press', {
      reply_markup: { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] },
    })
    const shown = { chatId: chat.id, messageId: button.message_id }
    emulator.press(ann, shown, 'a')
    emulator.react(ann, shown, '👍')
    emulator.deleteMessage(shown)
    emulator.press(ann, shown, 'a', { force: true })
    emulator.say(ann, chat, 'look', { photo: { bytes: PIXEL }, mediaGroupId: '1390' })
    emulator.say(ann, chat, '', { voice: { bytes: Buffer.from('OggS') } })
    emulator.say(ann, chat, '', {
      document: { bytes: Buffer.from('x'), name: 'a.txt' },
      forwardedFrom: ann.user,
    })
    emulator.say(ann, chat, 'reply', { replyTo: sent, quote: 'ask' })
    const photo = emulator.sendPhoto(ann, chat, undefined, { caption: '@emu_bot look' })
    emulator.forward(ann, photo, chat)
    emulator.say(ann, chat, 'and this?', { replyTo: photo })
    emulator.sendAudio(ann, chat)
    emulator.sendVideo(ann, chat)
    emulator.sendAnimation(ann, chat)
    emulator.sendVideoNote(ann, chat)
    for (const kind of ['static', 'animated', 'video'] as const) emulator.sendSticker(ann, chat, kind)
    emulator.sendAlbum(ann, chat, 3, { order: [2, 0, 1] })
    emulator.say(ann, chat, '', { livePhoto: { video: { sizeBytes: 900 }, photo: { sizeBytes: 300 } } })
    const paid = [{ type: 'photo', photo: emulator.storeFile('photo', { sizeBytes: 9 }) }]
    emulator.say(ann, chat, '', { extra: { paid_media: { star_count: 1, paid_media: paid } } })
    const topic = emulator.topic(chat, 'Private topic')
    emulator.say(ann, chat, 'in topic', { threadId: topic.threadId })
    await api.raw.sendMessageDraft({ chat_id: chat.id, draft_id: 7, text: 'half', can_stop: true })
    emulator.stopDraft(ann, 7)
    emulator.block(ann)
    emulator.unblock(ann)
    const updates = await api.getUpdates()
    const kinds = new Set(updates.flatMap((update) => Object.keys(update)))
    expect(kinds).toEqual(
      new Set([
        'update_id',
        'message',
        'edited_message',
        'callback_query',
        'message_reaction',
        'my_chat_member',
        'stopped_message_generation',
      ]),
    )
    expect(faultsOf(exchanges)).toEqual([])
  })

  test('updates delivered to a webhook are as described', async () => {
    const { emulator, bot } = await start()
    const validator = createTelegramValidator(folder)
    const bodies: unknown[] = []
    bot.use((ctx) => void bodies.push(ctx.update))
    const handle = webhookCallback(bot, 'http', { secretToken: 'secret' })
    const server = createServer((request, response) => void handle(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    await bot.api.setWebhook(url, { secret_token: 'secret' })
    const ann = emulator.person()
    emulator.say(ann, emulator.privateChat(ann), 'hello')
    await emulator.waitFor(({ store }) => store.pendingUpdates === 0, { timeoutMs: TIMEOUT_MS })
    await new Promise((resolve) => server.close(resolve))
    expect(bodies).toHaveLength(1)
    expect(bodies.flatMap(validator.update)).toEqual([])
  })
})
