// The emulator as a whole: HTTP, places, drafts, privacy, what people see.
import { afterEach, expect, test } from 'vitest'
import { startTelegramEmulator, type TelegramEmulator, type TelegramEmulatorOptions } from './index.ts'

const open: TelegramEmulator[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: TelegramEmulatorOptions = {}): Promise<TelegramEmulator> {
  const emulator = await startTelegramEmulator({ limits: false, getUpdatesAntiHammer: false, ...options })
  open.push(emulator)
  return emulator
}

interface Answer {
  readonly ok: boolean
  readonly result?: Readonly<Record<string, unknown>>
  readonly description?: string
}

async function call(emulator: TelegramEmulator, method: string, payload: unknown = {}): Promise<Answer> {
  const response = await fetch(`${emulator.url}/bot${emulator.token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  })
  return (await response.json()) as Answer
}

test('arguments come by query, form or JSON, and methods in any case', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const base = `${emulator.url}/bot${emulator.token}`
  await fetch(`${base}/SENDMESSAGE?chat_id=${chat.id}&text=${encodeURIComponent('[1, 2]')}`)
  await fetch(`${base}/sendMessage`, {
    method: 'POST',
    body: new URLSearchParams({ chat_id: String(chat.id), text: 'form' }),
  })
  const form = new FormData()
  form.set('chat_id', String(chat.id))
  form.set('caption', 'multipart')
  form.set('document', new Blob(['x']), 'x.txt')
  await fetch(`${base}/sendDocument`, { method: 'POST', body: form })
  await call(emulator, 'test/sendMessage', { chat_id: String(chat.id), text: 'json' })
  expect(emulator.screen(chat).map(({ text }) => text)).toEqual(['[1, 2]', 'form', 'multipart', 'json'])
})

test('wrong paths, methods and tokens are refused as by the server', async () => {
  const { url, token } = await start()
  const statusOf = async (path: string): Promise<string> => {
    const response = await fetch(`${url}${path}`)
    return `${response.status} ${((await response.json()) as Answer).description ?? ''}`
  }
  expect(await statusOf('/nothing')).toBe('404 Not Found')
  expect(await statusOf(`/bot${token}/sendTelepathy`)).toBe('404 Not Found: method not found')
  expect(await statusOf('/bot1:wrong/getMe')).toBe('401 Unauthorized')
  expect(await statusOf('/botrubbish/getMe')).toBe('401 Unauthorized: invalid token specified')
})

test('a message in a forum topic carries its topic and replies to its root', async () => {
  const emulator = await start()
  const ann = emulator.person()
  const lab = emulator.group({ members: [ann], forum: true })
  const { threadId } = emulator.topic(lab, 'News')
  const said = emulator.say(ann, lab, 'in topic', { threadId })
  expect(said.message).toMatchObject({
    message_thread_id: threadId,
    is_topic_message: true,
    reply_to_message: { message_id: threadId },
  })
  const { result } = await call(emulator, 'sendMessage', {
    chat_id: lab.id,
    text: 'back',
    reply_parameters: { message_id: said.messageId },
  })
  expect(result).toMatchObject({ message_thread_id: threadId, is_topic_message: true })
  expect(emulator.screen(lab, threadId).at(-1)).toMatchObject({ text: 'back', replyTo: said.messageId })
  emulator.deleteTopic({ chatId: lab.id, threadId, name: 'News' })
  const late = await call(emulator, 'sendMessage', {
    chat_id: lab.id,
    text: 'late',
    message_thread_id: threadId,
  })
  expect(late.description).toBe('Bad Request: message thread not found')
  expect(
    (await call(emulator, 'sendChatAction', { chat_id: lab.id, action: 'typing', message_thread_id: 1 })).ok,
  ).toBe(true)
})

test('a reply thread outside forums has an id that cannot be sent to', async () => {
  const emulator = await start()
  const ann = emulator.person()
  const lab = emulator.group({ members: [ann] })
  const root = emulator.say(ann, lab, 'root')
  const { message } = emulator.say(ann, lab, 'reply', { replyTo: root })
  expect(message.message_thread_id).toBe(root.messageId)
  expect(message.is_topic_message).toBeUndefined()
  const answer = await call(emulator, 'sendMessage', {
    chat_id: lab.id,
    text: 'x',
    message_thread_id: message.message_thread_id,
  })
  expect(answer.description).toBe('Bad Request: message thread not found')
})

test('in privacy mode only addressed messages reach the bot', async () => {
  const emulator = await start({ privacyMode: true })
  const ann = emulator.person()
  const lab = emulator.group({ members: [ann] })
  const hears = (text: string, options = {}): boolean =>
    emulator.say(ann, lab, text, options).updateId !== undefined
  expect(hears('hello')).toBe(false)
  expect(hears('@emu_bot hello')).toBe(false)
  expect(hears('/ask@emu_bot hello')).toBe(true)
  expect(hears('/ask hello')).toBe(false)
  const { result } = await call(emulator, 'sendMessage', { chat_id: lab.id, text: 'I speak' })
  expect(hears('/ask hello')).toBe(true)
  expect(hears('reply', { replyTo: Number(result?.['message_id']) })).toBe(true)
})

test('a message ends the drafts of its topic only, and a stopped draft stays away', async () => {
  const emulator = await start({ privateTopics: true })
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const { threadId } = emulator.topic(chat, 'Topic')
  const draft = { chat_id: chat.id, text: 'half', can_stop: true }
  await call(emulator, 'sendMessageDraft', { ...draft, draft_id: 1 })
  await call(emulator, 'sendMessageDraft', { ...draft, draft_id: 2, message_thread_id: threadId })
  await call(emulator, 'sendMessage', { chat_id: chat.id, text: 'whole' })
  expect(emulator.drafts(chat).map(({ draftId }) => draftId)).toEqual([2])
  emulator.stopDraft(ann, 2, { threadId })
  await call(emulator, 'sendMessageDraft', { ...draft, draft_id: 2, message_thread_id: threadId })
  expect(emulator.drafts(chat)).toEqual([])
})

test('a draft that nobody renews disappears', async () => {
  const emulator = await start({ draftLivesMs: 5 })
  const chat = emulator.privateChat(emulator.person())
  await call(emulator, 'sendMessageDraft', { chat_id: chat.id, draft_id: 1, text: 'half' })
  await emulator.waitFor(() => emulator.drafts(chat).length === 0, { timeoutMs: 5_000 })
  expect(emulator.store.frames.map(({ kind }) => kind)).toEqual(['draft', 'delete'])
})

test('a failed wait shows the screen', async () => {
  const emulator = await start()
  const ann = emulator.person({ firstName: 'Ann' })
  emulator.say(ann, emulator.privateChat(ann), 'anybody there?')
  const wait = emulator.waitFor(() => false, { timeoutMs: 1, what: 'an answer' })
  await expect(wait).rejects.toThrow(/an answer did not come true[^]*Ann: anybody there\?/)
})

test('frames and calls are bounded', async () => {
  const emulator = await start({ maxFrames: 8, maxCalls: 8 })
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  for (let i = 0; i < 50; i += 1) emulator.say(ann, chat, `message ${i}`)
  expect(emulator.store.frames.length).toBeLessThanOrEqual(9)
  expect(emulator.store.frames.at(-1)?.text).toBe('message 49')
})

test('command lists are kept by scope and language', async () => {
  const emulator = await start()
  const scope = { type: 'all_private_chats' }
  await call(emulator, 'setMyCommands', {
    commands: [{ command: '/help', description: 'Help' }],
    scope,
    language_code: 'zh',
  })
  expect((await call(emulator, 'getMyCommands', { scope, language_code: 'zh' })).result).toEqual([
    { command: 'help', description: 'Help' },
  ])
  expect((await call(emulator, 'getMyCommands')).result).toEqual([])
  const bad = await call(emulator, 'setMyCommands', { commands: [{ command: 'Ünfit', description: 'x' }] })
  expect(bad.description).toBe('Bad Request: BOT_COMMAND_INVALID')
})

test('a download can fail, be cut and be missing', async () => {
  const emulator = await start()
  const ann = emulator.person()
  const { message } = emulator.say(ann, emulator.privateChat(ann), '', {
    document: { bytes: Buffer.from('content'), name: 'a.txt' },
  })
  const { result } = await call(emulator, 'getFile', { file_id: message.document?.['file_id'] })
  const address = `${emulator.url}/file/bot${emulator.token}/${String(result?.['file_path'])}`
  emulator.faults.add({ fault: { do: 'drop' }, methods: ['file'] })
  emulator.faults.add({ fault: { do: 'error', code: 404, description: 'Not Found' }, methods: ['file'] })
  await expect(fetch(address)).rejects.toThrow('fetch failed')
  expect((await fetch(address)).status).toBe(404)
  expect(await (await fetch(address)).text()).toBe('content')
})

test('a file sent again by its id is the same file', async () => {
  const emulator = await start()
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const said = emulator.say(ann, chat, 'caption', {
    document: { bytes: Buffer.from('content'), name: 'a.txt' },
  })
  const document = said.message.document?.['file_id']
  const { result } = await call(emulator, 'sendDocument', { chat_id: chat.id, document })
  expect(result?.['document']).toEqual(said.message.document)
  const unknown = await call(emulator, 'sendDocument', { chat_id: chat.id, document: 'nonsense' })
  expect(unknown.description).toBe('Bad Request: wrong file identifier/HTTP URL specified')
})
