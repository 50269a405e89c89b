// Does unmodified grammY live with the Telegram emulator as it does with Telegram?
import { Bot, GrammyError, HttpError, InlineKeyboard, InputFile, webhookCallback, type Context } from 'grammy'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import {
  startTelegramEmulator,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from '../../src/emulators/telegram/index.ts'

const TIMEOUT_MS = 10_000
const open: TelegramEmulator[] = []
const bots: Bot[] = []
const servers: Server[] = []

afterEach(async () => {
  await Promise.allSettled(bots.splice(0).map((bot) => bot.stop()))
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

async function start(
  options: TelegramEmulatorOptions = {},
): Promise<{ emulator: TelegramEmulator; bot: Bot }> {
  // grammY's farewell asks the same offset again; without the pause for that, every test would end 3 s later.
  const emulator = await startTelegramEmulator({ getUpdatesAntiHammer: false, ...options })
  open.push(emulator)
  return { emulator, bot: botOf(emulator) }
}

function botOf(emulator: TelegramEmulator): Bot {
  const bot = new Bot(emulator.token, { client: { apiRoot: emulator.url } })
  bots.push(bot)
  return bot
}

function run(bot: Bot): Promise<unknown> {
  return bot.start().then(
    () => undefined,
    (error: unknown) => error,
  )
}

async function hostWebhook(bot: Bot, secretToken: string): Promise<string> {
  const handle = webhookCallback(bot, 'http', { secretToken })
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end())
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

async function errorOf(call: Promise<unknown>): Promise<GrammyError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GrammyError)) throw new Error(`expected a GrammyError, got ${String(error)}`)
  return error
}

test('a command is answered with a reply that grows by edits and drafts', async () => {
  const { emulator, bot } = await start({ limits: false })
  bot.command('ask', async (ctx) => {
    await ctx.replyWithDraft('thinking')
    const { message_id } = await ctx.reply(`1 ${ctx.match}`)
    await ctx.api.editMessageText(ctx.chat.id, message_id, `12 ${ctx.match}`)
    await ctx.api.editMessageText(ctx.chat.id, message_id, `123 ${ctx.match}`)
  })
  void run(bot)
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  emulator.say(ann, chat, '/ask why')
  await emulator.waitFor(() => emulator.screen(chat).some(({ text }) => text === '123 why'), {
    timeoutMs: TIMEOUT_MS,
  })
  const frames = emulator.store.frames.filter(({ byBot }) => byBot).map(({ kind, text }) => `${kind} ${text}`)
  expect(frames).toEqual(['draft thinking', 'post 1 why', 'edit 12 why', 'edit 123 why'])
  expect(emulator.drafts(chat)).toEqual([])
})

test('a press reaches its handler, and the answer reaches the person', async () => {
  const { emulator, bot } = await start({ limits: false })
  bot.on('message', (ctx) => ctx.reply('choose', { reply_markup: new InlineKeyboard().text('Red', 'red') }))
  bot.callbackQuery('red', async (ctx) => {
    await ctx.answerCallbackQuery({ text: 'red it is' })
    await ctx.editMessageText('red')
  })
  void run(bot)
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  emulator.say(ann, chat, 'hi')
  await emulator.waitFor(() => emulator.screen(chat).length === 2, { timeoutMs: TIMEOUT_MS })
  const press = emulator.press(ann, emulator.screen(chat)[1]!, 'red')
  await emulator.waitFor(() => emulator.screen(chat)[1]!.edited, { timeoutMs: TIMEOUT_MS })
  expect(press.answer()).toEqual({ text: 'red it is', showAlert: false })
  // The edit gave no markup, so the keyboard is gone.
  expect(emulator.screen(chat)[1]!.buttons).toEqual([])
  expect((await errorOf(bot.api.answerCallbackQuery(press.id))).description).toContain('query is too old')
})

test('a forced reply is answered as grammY reads an answer, and its question stays as it is', async () => {
  const { emulator, bot } = await start({ limits: false, privacyMode: true })
  const answers: unknown[] = []
  bot.command('weather', (ctx) =>
    ctx.reply('Which city?', {
      reply_parameters: { message_id: ctx.msgId },
      reply_markup: { force_reply: true, selective: true, input_field_placeholder: 'City' },
    }),
  )
  bot.on('message:text', (ctx) => void answers.push([ctx.msg.text, ctx.msg.reply_to_message?.text]))
  void run(bot)
  const ann = emulator.person()
  const lab = emulator.group({ members: [ann] })
  emulator.say(ann, lab, '/weather@emu_bot')
  await emulator.waitFor(() => emulator.forcedReply(ann, lab) !== undefined, { timeoutMs: TIMEOUT_MS })
  const question = emulator.forcedReply(ann, lab)!
  emulator.replyTo(ann, question, 'Oslo')
  await emulator.waitFor(() => answers.length === 1, { timeoutMs: TIMEOUT_MS })
  expect(answers).toEqual([['Oslo', 'Which city?']])
  const edit = bot.api.editMessageText(lab.id, question.messageId, 'Oslo.')
  expect((await errorOf(edit)).description).toBe("Bad Request: message can't be edited")
})

test('Stop under a draft arrives as an update of its own', async () => {
  const { emulator, bot } = await start()
  const stopped: unknown[] = []
  bot.use((ctx: Context) => void stopped.push(ctx.update))
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  await bot.api.raw.sendMessageDraft({ chat_id: chat.id, draft_id: 31337, text: 'half', can_stop: true })
  emulator.stopDraft(ann, 31337)
  void run(bot)
  await emulator.waitFor(() => stopped.length === 1, { timeoutMs: TIMEOUT_MS })
  expect(stopped[0]).toMatchObject({ stopped_message_generation: { chat: { id: chat.id }, draft_id: 31337 } })
})

test('files go up with any name and come down again', async () => {
  const { emulator, bot } = await start({ limits: false })
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const bytes = Buffer.from('bytes\r\n--not a boundary\r\n')
  const sent = await bot.api.sendDocument(chat.id, new InputFile(bytes, 'naïve "q" file.txt'))
  expect(sent.document.file_name).toBe('naïve "q" file.txt')
  const { file_path } = await bot.api.getFile(sent.document.file_id)
  const response = await fetch(`${emulator.url}/file/bot${emulator.token}/${file_path ?? ''}`)
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
  expect((await fetch(`${emulator.url}/file/bot${emulator.token}/documents/none`)).status).toBe(404)
})

test('albums, voices and moving pictures go up as they are, from bytes that come one by one', async () => {
  const { emulator, bot } = await start({ limits: false })
  const chat = emulator.privateChat(emulator.person())
  const slowly = (text: string): (() => AsyncIterable<Uint8Array>) =>
    async function* () {
      for (const letter of text) yield await Promise.resolve(Buffer.from(letter, 'latin1'))
    }
  await bot.api.sendMediaGroup(
    chat.id,
    ['BM one', 'BM two'].map((text) => ({
      type: 'photo',
      media: new InputFile(slowly(text), 'a.bmp'),
      caption: text,
    })),
  )
  await bot.api.sendVoice(chat.id, new InputFile(slowly('OggS-voice')), { duration: 7 })
  await bot.api.sendAnimation(chat.id, new InputFile(slowly('GIF89a-moves')), { caption: 'moves' })
  const [one, two] = emulator.screen(chat)
  expect(one?.file?.mediaGroupId).toBe(two?.file?.mediaGroupId)
  expect(emulator.screen(chat).map(({ glance }) => glance)).toEqual([
    '🖼 BM one',
    '🖼 BM two',
    '🎤 0:07',
    '🎞 moves',
  ])
  expect(
    emulator.screen(chat).map(({ file }) => emulator.fileBytes(file?.fileId ?? '')?.toString('latin1')),
  ).toEqual(['BM one', 'BM two', 'OggS-voice', 'GIF89a-moves'])
})

test('a flood is a GrammyError that names the wait', async () => {
  const { emulator, bot } = await start({ limits: { perChatBurst: 2 } })
  const chat = emulator.privateChat(emulator.person())
  await bot.api.sendMessage(chat.id, '1')
  await bot.api.sendMessage(chat.id, '2')
  const error = await errorOf(bot.api.sendMessage(chat.id, '3'))
  expect(error.error_code).toBe(429)
  expect(error.description).toBe('Too Many Requests: retry after 1')
  expect(error.parameters.retry_after).toBe(1)
})

test('a forced flood wait holds for the chat and the methods it names', async () => {
  const { emulator, bot } = await start({ limits: false })
  const [chat, other] = [emulator.privateChat(emulator.person()), emulator.privateChat(emulator.person())]
  const sent = await bot.api.sendMessage(chat.id, '1')
  emulator.faults.add({
    fault: { do: 'rate-limit', retryAfterSeconds: 30 },
    methods: ['editMessageText'],
    chatId: chat.id,
  })
  const first = await errorOf(bot.api.editMessageText(chat.id, sent.message_id, '2'))
  const second = await errorOf(bot.api.editMessageText(chat.id, sent.message_id, '2'))
  expect(first.parameters.retry_after).toBe(30)
  expect(second.parameters.retry_after).toBeGreaterThan(25)
  await bot.api.sendMessage(chat.id, 'sends pass')
  await bot.api.sendMessage(other.id, 'others pass')
})

test('the older of two pollers is told of the conflict', async () => {
  const { emulator, bot } = await start()
  const ended = run(bot)
  await emulator.waitFor(({ store }) => store.isPolled, { timeoutMs: TIMEOUT_MS })
  const younger = botOf(emulator)
  void run(younger)
  const error = await ended
  expect(error).toBeInstanceOf(GrammyError)
  expect(String(error)).toContain('409: Conflict: terminated by other getUpdates request')
})

test('an update is confirmed by the next offset only, and comes again until then', async () => {
  const { emulator, bot } = await start()
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  emulator.say(ann, chat, 'one')
  emulator.say(ann, chat, 'two')
  const [first, second] = await bot.api.getUpdates()
  expect(await bot.api.getUpdates()).toEqual([first, second])
  expect(await bot.api.getUpdates({ offset: second!.update_id })).toEqual([second])
  expect(emulator.store.confirmedUpdateId).toBe(first!.update_id)
  expect(emulator.store.pendingUpdates).toBe(1)
})

test('a poll that the client gave up confirms nothing', async () => {
  const { emulator, bot } = await start()
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const giveUp = new AbortController()
  // grammY's own type of signal differs from Node's in a detail only.
  const poll = bot.api.getUpdates({ timeout: 30 }, giveUp.signal as never).catch((error: unknown) => error)
  await emulator.waitFor(({ store }) => store.isPolled, { timeoutMs: TIMEOUT_MS })
  giveUp.abort()
  expect(await poll).toBeInstanceOf(HttpError)
  emulator.say(ann, chat, 'late')
  expect(await bot.api.getUpdates()).toHaveLength(1)
})

test('a webhook gets the secret, is retried, and its chat keeps the order', async () => {
  const { emulator, bot } = await start({ limits: false, webhookRetryMs: 5 })
  const texts: string[] = []
  let failures = 2
  bot.on('message:text', async (ctx) => {
    if (failures > 0) {
      failures -= 1
      throw new Error('not yet')
    }
    texts.push(ctx.message.text)
    await ctx.reply(`seen ${ctx.message.text}`)
  })
  const url = await hostWebhook(bot, 'hush')
  await bot.api.setWebhook(url, { secret_token: 'hush' })
  expect((await errorOf(bot.api.getUpdates())).error_code).toBe(409)
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  emulator.say(ann, chat, 'one')
  emulator.say(ann, chat, 'two')
  await emulator.waitFor(() => emulator.screen(chat).length === 4 && emulator.store.pendingUpdates === 0, {
    timeoutMs: TIMEOUT_MS,
  })
  expect(texts).toEqual(['one', 'two'])
  expect((await bot.api.getWebhookInfo()).last_error_message).toContain('500')
})

test('a webhook with another secret gets nothing through', async () => {
  const { emulator, bot } = await start({ webhookRetryMs: 5 })
  const texts: string[] = []
  bot.on('message:text', (ctx) => void texts.push(ctx.message.text))
  await bot.api.setWebhook(await hostWebhook(bot, 'right'), { secret_token: 'wrong' })
  const ann = emulator.person()
  emulator.say(ann, emulator.privateChat(ann), 'hello')
  await expect
    .poll(async () => (await bot.api.getWebhookInfo()).last_error_message, { timeout: TIMEOUT_MS })
    .toContain('401')
  expect(texts).toEqual([])
  expect(emulator.store.pendingUpdates).toBe(1)
})

test('a method answered in the webhook response is carried out', async () => {
  const { emulator } = await start({ limits: false })
  const bot = new Bot(emulator.token, {
    client: { apiRoot: emulator.url, canUseWebhookReply: (method) => method === 'sendMessage' },
  })
  bot.on('message:text', async (ctx) => {
    await ctx.reply('in the response')
  })
  await bot.api.setWebhook(await hostWebhook(bot, 'hush'), { secret_token: 'hush' })
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  emulator.say(ann, chat, 'hi')
  await emulator.waitFor(() => emulator.screen(chat).length === 2, { timeoutMs: TIMEOUT_MS })
  expect(emulator.screen(chat)[1]!.text).toBe('in the response')
})

test('broken answers reach grammY as the transport errors they are', async () => {
  const { emulator, bot } = await start({ limits: false })
  const chat = emulator.privateChat(emulator.person())
  for (const fault of [
    { do: 'drop' },
    { do: 'html' },
    { do: 'garbage', storing: 'after' },
    { do: 'drop', storing: 'after' },
  ] as const) {
    emulator.faults.add({ fault, methods: ['sendMessage'] })
    await expect(bot.api.sendMessage(chat.id, `${fault.do} ${'storing' in fault}`)).rejects.toBeInstanceOf(
      HttpError,
    )
  }
  emulator.faults.add({
    fault: { do: 'error', code: 500, description: 'Internal Server Error', storing: 'after' },
  })
  expect((await errorOf(bot.api.sendMessage(chat.id, 'stored all the same'))).error_code).toBe(500)
  emulator.faults.add({ fault: { do: 'method-not-found' }, methods: ['sendMessageDraft'] })
  const unknown = await errorOf(bot.api.raw.sendMessageDraft({ chat_id: chat.id, draft_id: 1, text: 'x' }))
  expect(unknown.description).toBe('Not Found: method not found')
  expect(emulator.screen(chat).map(({ text }) => text)).toEqual([
    'garbage true',
    'drop true',
    'stored all the same',
  ])
})

test('refusals carry the texts clients match on', async () => {
  const { emulator, bot } = await start({ limits: false })
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const stranger = emulator.person()
  const lab = emulator.group({ members: [ann, stranger], forum: true })
  const { api } = bot
  const sent = await api.sendMessage(chat.id, 'x')
  const refusal = async (call: Promise<unknown>): Promise<string> => (await errorOf(call)).description
  expect(await refusal(api.sendMessage(chat.id, '  \n'))).toBe('Bad Request: message text is empty')
  expect(await refusal(api.sendMessage(chat.id, 'y'.repeat(4097)))).toBe('Bad Request: message is too long')
  expect(await refusal(api.sendMessage(5, 'x'))).toBe('Bad Request: chat not found')
  expect(await refusal(api.sendMessage(stranger.id, 'x'))).toBe(
    "Forbidden: bot can't initiate conversation with a user",
  )
  expect(await refusal(api.editMessageText(chat.id, sent.message_id, ' x '))).toContain(
    'message is not modified',
  )
  expect(await refusal(api.editMessageText(chat.id, 999, 'x'))).toBe('Bad Request: message to edit not found')
  expect(await refusal(api.sendMessage(chat.id, '<b>x', { parse_mode: 'HTML' }))).toBe(
    'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
  )
  expect(await refusal(api.sendMessage(chat.id, 'x', { reply_parameters: { message_id: 999 } }))).toBe(
    'Bad Request: message to be replied not found',
  )
  expect(await refusal(api.sendMessage(lab.id, 'x', { message_thread_id: 1 }))).toBe(
    'Bad Request: message thread not found',
  )
  expect(await refusal(api.raw.sendMessageDraft({ chat_id: lab.id, draft_id: 1, text: 'x' }))).toBe(
    'Bad Request: TEXTDRAFT_PEER_INVALID',
  )
  expect(await refusal(api.raw.sendMessageDraft({ chat_id: chat.id, draft_id: 0, text: 'x' }))).toBe(
    'Bad Request: RANDOM_ID_INVALID',
  )
  emulator.block(ann)
  expect(await refusal(api.sendMessage(chat.id, 'x'))).toBe('Forbidden: bot was blocked by the user')
  emulator.kick(lab)
  expect(await refusal(api.sendMessage(lab.id, 'x'))).toBe(
    'Forbidden: bot was kicked from the supergroup chat',
  )
  const old = emulator.group({ members: [ann], type: 'group' })
  const moved = emulator.migrate(old)
  const error = await errorOf(api.sendMessage(old.id, 'x'))
  expect(error.description).toBe('Bad Request: group chat was upgraded to a supergroup chat')
  expect(error.parameters.migrate_to_chat_id).toBe(moved.id)
})
