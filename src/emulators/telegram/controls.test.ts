// Do buttons, forced replies and menus behave as people and bots know them?
import { afterEach, expect, test } from 'vitest'
import { startTelegramEmulator, type TelegramEmulator, type TelegramEmulatorOptions } from './index.ts'

const open: TelegramEmulator[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
})

async function start(options: TelegramEmulatorOptions = {}): Promise<TelegramEmulator> {
  const emulator = await startTelegramEmulator({ limits: false, ...options })
  open.push(emulator)
  return emulator
}

interface Answer {
  readonly ok: boolean
  readonly result?: unknown
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

async function post(emulator: TelegramEmulator, payload: object): Promise<number> {
  const { result } = await call(emulator, 'sendMessage', { text: '?', ...payload })
  if (typeof result === 'object' && result !== null && 'message_id' in result)
    return Number(result.message_id)
  throw new Error('not posted')
}

const keyboardOf = (...buttons: readonly (readonly [string, string])[]): object => ({
  inline_keyboard: buttons.map(([text, callback_data]) => [{ text, callback_data }]),
})

test('a button is pressed by its data or its label, and one that is gone only by force', async () => {
  const emulator = await start()
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const reply_markup = keyboardOf(['Yes', 'y'], ['No', 'n'], ['Twice', 't1'], ['Twice', 't2'])
  const message = { chatId: chat.id, messageId: await post(emulator, { chat_id: chat.id, reply_markup }) }
  emulator.press(ann, message, 'n')
  emulator.press(ann, message, 'Yes')
  expect(() => emulator.press(ann, message, 'Maybe')).toThrow('shows no button "Maybe"')
  expect(() => emulator.press(ann, message, 'Twice')).toThrow('2 buttons')
  emulator.press(ann, message, 'old', { force: true })
  expect([...emulator.store.callbacks.values()].map(({ data }) => data)).toEqual(['n', 'y', 'old'])
})

test('a press is answered once, and not after it expired', async () => {
  let now = 1_000
  const emulator = await start({ nowMs: () => now, callbackLivesMs: 500 })
  const ann = emulator.person()
  const chat = emulator.privateChat(ann)
  const message = {
    chatId: chat.id,
    messageId: await post(emulator, { chat_id: chat.id, reply_markup: keyboardOf(['A', 'a']) }),
  }
  const answer = (id: string): Promise<Answer> =>
    call(emulator, 'answerCallbackQuery', { callback_query_id: id, text: 'done', show_alert: true })
  const first = emulator.press(ann, message, 'a')
  const second = emulator.press(ann, message, 'a')
  now += 200
  expect((await answer(first.id)).ok).toBe(true)
  expect(first.answer()).toEqual({ text: 'done', showAlert: true })
  expect(first.answeredAfterMs()).toBe(200)
  now += 400
  for (const press of [first, second]) {
    expect((await answer(press.id)).description).toBe(
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    )
    expect(press.lateAnswers()).toBe(1)
  }
})

test('an edit is refused as unmodified only where words and buttons are the same', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const message_id = await post(emulator, { chat_id: chat.id, reply_markup: keyboardOf(['A', 'a']) })
  const edit = (reply_markup?: object): Promise<Answer> =>
    call(emulator, 'editMessageText', { chat_id: chat.id, message_id, text: '?', reply_markup })
  expect((await edit(keyboardOf(['A', 'a']))).description).toContain('message is not modified')
  expect((await edit(keyboardOf(['B', 'b']))).ok).toBe(true)
  expect((await edit()).ok).toBe(true)
  expect(emulator.screen(chat)[0]?.buttons).toEqual([])
  expect((await edit()).description).toContain('message is not modified')
})

test('keyboards that are too much are refused', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const refusal = async (reply_markup: object): Promise<string | undefined> =>
    (await call(emulator, 'sendMessage', { chat_id: chat.id, text: '?', reply_markup })).description
  expect(await refusal(keyboardOf(['A', '字'.repeat(22)]))).toBe('Bad Request: BUTTON_DATA_INVALID')
  expect(await refusal(keyboardOf(['A', '']))).toBe('Bad Request: BUTTON_DATA_INVALID')
  expect(await refusal(keyboardOf(['A', '字'.repeat(21)]))).toBeUndefined()
  const many = Array.from({ length: 200 }, (_, n): [string, string] => [`Button ${n}`, 'x'.repeat(64)])
  expect(await refusal(keyboardOf(...many))).toBe('Bad Request: reply markup is too long')
})

test('a selective forced reply opens the field of the asked person, until they wrote', async () => {
  const emulator = await start({ privacyMode: true })
  const [ann, bob] = [emulator.person(), emulator.person({ username: 'bob_b' })]
  const lab = emulator.group({ members: [ann, bob] })
  const asked = emulator.say(ann, lab, '/ask@emu_bot')
  const reply_markup = { force_reply: true, selective: true, input_field_placeholder: 'City' }
  const message_id = await post(emulator, {
    chat_id: lab.id,
    reply_parameters: { message_id: asked.messageId },
    reply_markup,
  })
  const question = { chatId: lab.id, messageId: message_id }
  expect(emulator.forcedReply(ann, lab)).toMatchObject({
    ...question,
    forceReply: { selective: true, placeholder: 'City' },
  })
  expect(emulator.forcedReply(bob, lab)).toBeUndefined()
  expect(() => emulator.replyTo(bob, question, 'Oslo')).toThrow('opens no reply')
  expect(emulator.replyTo(ann, question, 'Oslo').updateId).toBeDefined()
  expect(emulator.forcedReply(ann, lab)).toBeUndefined()
  await post(emulator, { chat_id: lab.id, text: '@bob_b and you?', reply_markup })
  expect(emulator.forcedReply(bob, lab)).toBeDefined()
  expect(emulator.forcedReply(ann, lab)).toBeUndefined()
})

test('a message with a forced reply can never be edited, and no edit opens a field', async () => {
  const emulator = await start()
  const chat = emulator.privateChat(emulator.person())
  const reply_markup = { force_reply: true }
  const forced = await post(emulator, { chat_id: chat.id, reply_markup })
  const plain = await post(emulator, { chat_id: chat.id })
  const refusal = async (message_id: number, more: object): Promise<string | undefined> =>
    (await call(emulator, 'editMessageText', { chat_id: chat.id, message_id, text: 'new', ...more }))
      .description
  expect(await refusal(forced, {})).toBe("Bad Request: message can't be edited")
  expect(await refusal(plain, { reply_markup })).toBe('Bad Request: inline keyboard expected')
  const long = { force_reply: true, input_field_placeholder: 'x'.repeat(65) }
  const answer = await call(emulator, 'sendMessage', { chat_id: chat.id, text: '?', reply_markup: long })
  expect(answer.description).toBe('Bad Request: REPLY_MARKUP_INVALID')
})

test('the narrowest scope with a list decides what a person sees, in it their language', async () => {
  const emulator = await start()
  const [ann, lin] = [emulator.person(), emulator.person({ languageCode: 'zh-hans' })]
  const lab = emulator.group({ members: [ann, lin] })
  const chat = emulator.privateChat(lin)
  const set = async (command: string, whose: object = {}): Promise<void> => {
    const answer = await call(emulator, 'setMyCommands', {
      commands: [{ command, description: 'x' }],
      ...whose,
    })
    expect(answer.ok).toBe(true)
  }
  const seen = (person: typeof ann, where: { readonly id: number }): readonly string[] =>
    emulator.menu(person, where).map(({ command }) => command)
  const chat_id = lab.id
  await set('default')
  await set('default_zh', { language_code: 'zh' })
  expect([seen(ann, lab), seen(lin, lab), seen(lin, chat)]).toEqual([
    ['default'],
    ['default_zh'],
    ['default_zh'],
  ])
  await set('private', { scope: { type: 'all_private_chats' } })
  await set('groups', { scope: { type: 'all_group_chats' } })
  expect([seen(lin, chat), seen(lin, lab)]).toEqual([['private'], ['groups']])
  // Ann owns the group.
  await set('admins', { scope: { type: 'all_chat_administrators' } })
  expect([seen(ann, lab), seen(lin, lab)]).toEqual([['admins'], ['groups']])
  await set('chat', { scope: { type: 'chat', chat_id } })
  expect([seen(ann, lab), seen(lin, lab)]).toEqual([['chat'], ['chat']])
  await set('chat_admins', { scope: { type: 'chat_administrators', chat_id } })
  await set('lin', { scope: { type: 'chat_member', chat_id, user_id: lin.id } })
  expect([seen(ann, lab), seen(lin, lab)]).toEqual([['chat_admins'], ['lin']])
  await call(emulator, 'setMyCommands', {
    commands: [],
    scope: { type: 'chat_member', chat_id, user_id: lin.id },
  })
  expect(seen(lin, lab)).toEqual(['chat'])
})

test.each([
  [{ commands: [{ command: '/', description: 'x' }] }, 'command must be non-empty'],
  [{ commands: [{ command: 'x'.repeat(33), description: 'x' }] }, 'command length must not exceed 32'],
  [{ commands: [{ command: 'Help', description: 'x' }] }, 'BOT_COMMAND_INVALID'],
  [{ commands: [{ command: 'help', description: ' ' }] }, 'command description must be non-empty'],
  [
    { commands: [{ command: 'help', description: 'x'.repeat(257) }] },
    'command description length must not exceed 256',
  ],
  [
    { commands: Array.from({ length: 101 }, (_, n) => ({ command: `c${n}`, description: 'x' })) },
    'BOT_COMMANDS_TOO_MUCH',
  ],
  [{ commands: [], scope: { type: 'chat', chat_id: 5 } }, 'chat not found'],
  [{ commands: [], language_code: 'zh-CN' }, 'invalid language code specified'],
])('a menu that Telegram would refuse is refused: %#', async (payload, description) => {
  const emulator = await start()
  expect((await call(emulator, 'setMyCommands', payload)).description).toBe(`Bad Request: ${description}`)
})
