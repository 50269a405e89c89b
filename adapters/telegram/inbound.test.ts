// Does every update become the right event, and no update a crash?
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { readUpdate, type Reading } from './inbound.ts'

const ASK: CommandSpec = {
  name: 'ask',
  description: { en: 'Ask' },
  options: [{ name: 'paper', description: { en: 'Paper' }, type: 'file', required: false }],
  does: { kind: 'builtin', builtin: 'help' },
}
const SUMMARIZE: CommandSpec = {
  name: 'summarize',
  description: { en: 'Summarize' },
  options: [
    { name: 'paper', description: { en: 'Paper' }, type: 'file', required: true },
    { name: 'cover', description: { en: 'Cover' }, type: 'file', required: false },
  ],
  where: ['direct'],
  does: { kind: 'builtin', builtin: 'help' },
}
const READING: Reading = {
  account: 'tg',
  me: { id: 99, username: 'emu_bot' },
  commands: [ASK, SUMMARIZE],
  allowBots: false,
  receivedAtMs: 1_800_000_000_000,
}
const ANN = { id: 42, is_bot: false, first_name: 'Ann', language_code: 'zh-hans' }
const BOT = { id: 99, is_bot: true, first_name: 'Emu', username: 'emu_bot' }
const DIRECT = { id: 42, type: 'private', first_name: 'Ann' }
const GROUP = { id: -1001, type: 'supergroup', title: 'Lab' }

function read(message: Record<string, unknown>, reading: Partial<Reading> = {}): ChatEvent | undefined {
  const whole = { message_id: 5, date: 1_795_225_016, from: ANN, chat: GROUP, ...message }
  return readUpdate({ update_id: 1, message: whole }, { ...READING, ...reading })
}
function marked(type: string, text: string, part: string, more: object = {}): Record<string, unknown> {
  return { text, entities: [{ type, offset: text.indexOf(part), length: part.length, ...more }] }
}

describe('laws', () => {
  const fields = fc.constantFrom(
    ...[
      'message',
      'callback_query',
      'my_chat_member',
      'stopped_message_generation',
      'chat',
      'from',
      'id',
      'type',
      'text',
      'entities',
      'offset',
    ],
    ...[
      'length',
      'caption',
      'photo',
      'file_id',
      'date',
      'message_id',
      'reply_to_message',
      'sender_chat',
      'data',
    ],
    ...['rich_message', 'blocks', 'quote', 'external_reply', 'document', 'new_chat_member', 'status', 'poll'],
  )
  const { value: garbage } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        -1,
        1.5,
        42,
        2 ** 60,
        '',
        'private',
        'bot_command',
        '/ask@emu_bot x',
      ),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fields, tie('value'), { maxKeys: 6 }),
    ),
  }))

  test('any JSON gives an event or nothing, never an error', () => {
    fc.assert(
      fc.property(garbage, garbage, (content, chat) => {
        readUpdate(content, READING)
        readUpdate({ message: content }, READING)
        const message = { message_id: 1, from: ANN, chat: DIRECT, ...Object(content) } as object
        readUpdate({ message }, READING)
        readUpdate(
          { callback_query: { id: '1', data: 'x', from: ANN, message: { ...message, chat } } },
          READING,
        )
      }),
      { numRuns: 500 },
    )
  })

  test('the same update gives the same event, whatever its update id', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (first, second) => {
        const message = { message_id: 5, date: 1, from: ANN, chat: DIRECT, text: 'hi' }
        expect(readUpdate({ update_id: first, message }, READING)).toEqual(
          readUpdate({ update_id: second, message }, READING),
        )
      }),
    )
  })
})

describe('to whom', () => {
  test.each([
    ['a mention before', marked('mention', '@emu_bot 🙂 help', '@emu_bot'), '🙂 help'],
    ['a mention behind', marked('mention', 'help, @Emu_Bot', '@Emu_Bot'), 'help,'],
    ['a mention between', marked('mention', 'please @emu_bot help', '@emu_bot'), 'please help'],
    ['a mention without a name', marked('text_mention', 'Emu help', 'Emu', { user: BOT }), 'help'],
    [
      'a mention in a caption',
      { caption: '@emu_bot see', caption_entities: [{ type: 'mention', offset: 0, length: 8 }] },
      'see',
    ],
  ])('%s is for us and leaves the text', (_, message, text) => {
    expect(read(message)).toMatchObject({ kind: 'message', mentionsBot: true, text })
  })

  test('a longer name, a name without entity and another bot are not us', () => {
    expect(read(marked('mention', '@emu_bot_2 hi', '@emu_bot_2'))).toMatchObject({ mentionsBot: false })
    expect(read({ text: '@emu_bot hi' })).toMatchObject({ mentionsBot: false, text: '@emu_bot hi' })
  })

  test('people mentioned without a name keep theirs', () => {
    expect(read(marked('text_mention', 'ask Bob now', 'Bob', { user: { id: 7 } }))).toMatchObject({
      text: 'ask @Bob now',
    })
  })

  test('a reply is for us, the message that opened a topic is not', () => {
    const ours = { message_id: 3, from: BOT, text: 'an answer' }
    expect(read({ text: 'why', reply_to_message: ours, message_thread_id: 3 })).toMatchObject({
      repliesToBot: true,
      quoted: { fromBot: true, text: 'an answer', messageId: '3' },
    })
    const topic = { is_topic_message: true, message_thread_id: 3, reply_to_message: ours }
    const event = read({ text: 'why', ...topic })
    expect(event).toMatchObject({ repliesToBot: false, address: { threadId: '3' } })
    expect(event).not.toHaveProperty('quoted')
  })

  test('a reply chain is not a thread', () => {
    expect(read({ text: 'why', message_thread_id: 3 })).toMatchObject({
      address: { account: 'tg', chatId: '-1001' },
      replyTarget: { place: { chatId: -1001, direct: false } },
    })
  })

  test('the marked part of a reply is what is quoted', () => {
    const replied = { message_id: 3, from: ANN, text: 'one two three' }
    expect(read({ text: 'why', reply_to_message: replied, quote: { text: 'two' } })).toMatchObject({
      quoted: { text: 'two', senderName: 'Ann', fromBot: false },
    })
  })
})

describe('who', () => {
  test('an anonymous admin is the group, and no bot', () => {
    const from = { id: 1_087_968_824, is_bot: true, first_name: 'Group' }
    expect(read({ text: 'hi', from, sender_chat: GROUP })).toMatchObject({
      sender: { id: '-1001', name: 'Lab', isBot: false },
    })
  })

  test('other bots, channels, ourselves and edits are nobody to answer', () => {
    const bot = { id: 7, is_bot: true, first_name: 'Other' }
    expect(read({ text: 'hi', from: bot })).toBeUndefined()
    expect(read({ text: 'hi', from: bot }, { allowBots: true })).toMatchObject({ sender: { isBot: true } })
    expect(read({ text: 'hi', from: BOT }, { allowBots: true })).toBeUndefined()
    expect(read({ text: 'hi', is_automatic_forward: true })).toBeUndefined()
    expect(
      readUpdate({ edited_message: { message_id: 1, chat: DIRECT, from: ANN, text: 'x' } }, READING),
    ).toBeUndefined()
    expect(read({ new_chat_members: [ANN] })).toBeUndefined()
  })

  test('a date in milliseconds is understood', () => {
    expect(read({ text: 'hi', date: 1_795_225_016_000 })).toMatchObject({ sentAtMs: 1_795_225_016_000 })
    expect(read({ text: 'hi' })).toMatchObject({ sentAtMs: 1_795_225_016_000 })
  })
})

describe('commands', () => {
  const command = (text: string, length: number): Record<string, unknown> => ({
    text,
    entities: [{ type: 'bot_command', offset: 0, length }],
  })

  test('a command is told by its entity, in any case, with its rest', () => {
    expect(read(command('/ASK why  so', 4))).toMatchObject({ kind: 'command', name: 'ask', rest: 'why  so' })
    expect(read(command('/ask@EMU_bot why', 12))).toMatchObject({ kind: 'command', name: 'ask', rest: 'why' })
    expect(read({ text: '/ask why' })).toMatchObject({ kind: 'message' })
  })

  test('a command may stand behind our mention', () => {
    const text = '@emu_bot /ask why'
    const entities = [
      { type: 'mention', offset: 0, length: 8 },
      { type: 'bot_command', offset: 9, length: 4 },
    ]
    expect(read({ text, entities })).toMatchObject({ kind: 'command', name: 'ask', rest: 'why' })
  })

  test('a command for another bot is not ours, an unknown one only when addressed to us', () => {
    expect(read(command('/ask@other_bot why', 14))).toBeUndefined()
    expect(read(command('/what', 5))).toBeUndefined()
    expect(read(command('/what@emu_bot', 13))).toMatchObject({ kind: 'command', name: 'what' })
    expect(read({ ...command('/what', 5), chat: DIRECT })).toMatchObject({ kind: 'command', name: 'what' })
  })

  test('a deep link carries its payload', () => {
    expect(read({ ...command('/start abc_1', 6), chat: DIRECT })).toMatchObject({
      name: 'start',
      rest: 'abc_1',
    })
  })

  test('what stands behind a command is left as it was typed, but for a mention that addresses us', () => {
    const text = '/ask city=Oslo  days:3 "free  text"\nto @emu_bot and Bob'
    const entities = [
      { type: 'bot_command', offset: 0, length: 4 },
      { type: 'mention', offset: text.indexOf('@'), length: 8 },
      { type: 'text_mention', offset: text.indexOf('Bob'), length: 3, user: { id: 7 } },
    ]
    expect(read({ text, entities })).toMatchObject({ rest: text.slice(5) })
    const addressed = '/ask @emu_bot why @emu_bot'
    const mentions = [5, 18].map((offset) => ({ type: 'mention', offset, length: 8 }))
    expect(
      read({ text: addressed, entities: [{ type: 'bot_command', offset: 0, length: 4 }, ...mentions] }),
    ).toMatchObject({
      rest: 'why',
    })
  })

  test('a full-width slash is a slash before a command that is known here', () => {
    expect(read({ text: '／ASK　为什么' })).toMatchObject({ kind: 'command', name: 'ask', rest: '为什么' })
    expect(read({ text: '／ask@Emu_Bot why' })).toMatchObject({ kind: 'command', name: 'ask', rest: 'why' })
    expect(read(marked('mention', '@emu_bot ／ask why', '@emu_bot'))).toMatchObject({
      name: 'ask',
      rest: 'why',
    })
    expect(read({ text: '／ask@other_bot why' })).toBeUndefined()
    expect(read({ text: '／what is this' })).toMatchObject({ kind: 'message', text: '／what is this' })
    expect(read({ text: 'a ／ask why' })).toMatchObject({ kind: 'message' })
  })

  test('a command given where it does not hold is unknown there', () => {
    expect(read(command('/summarize', 10))).toBeUndefined()
    expect(read({ ...command('/summarize', 10), chat: DIRECT })).toMatchObject({ name: 'summarize' })
  })

  test('a command in a topic comes from there', () => {
    const topic = { is_topic_message: true, message_thread_id: 77 }
    expect(read({ ...command('/ask why', 4), ...topic })).toMatchObject({
      name: 'ask',
      messageId: '5',
      address: { threadId: '77' },
      replyTarget: { place: { threadId: 77 } },
    })
  })

  test('a command that replies to a file takes it for the required one that is missing', () => {
    const document = { file_id: 'Q', file_name: 'quoted.pdf' }
    const reply = {
      ...command('/summarize briefly', 10),
      chat: DIRECT,
      reply_to_message: { message_id: 3, from: ANN, document },
    }
    expect(read(reply)).toMatchObject({ options: { paper: { name: 'quoted.pdf' } }, rest: 'briefly' })
    const own = { file_id: 'D', file_name: 'own.pdf' }
    const both = read({
      ...reply,
      text: undefined,
      caption: '/summarize',
      caption_entities: [{ type: 'bot_command', offset: 0, length: 10 }],
      document: own,
    })
    expect(both).toMatchObject({ options: { paper: { name: 'own.pdf' } } })
    expect(both).not.toHaveProperty('options.cover')
    expect(read({ ...reply, ...command('/ask why', 4) })).toMatchObject({ name: 'ask', options: {} })
  })

  test('a file under a command fills its file option', () => {
    const message = {
      caption: '/ask read this',
      caption_entities: [{ type: 'bot_command', offset: 0, length: 4 }],
      document: { file_id: 'D', file_name: 'a.pdf', mime_type: 'application/pdf' },
    }
    expect(read(message)).toMatchObject({
      name: 'ask',
      options: { paper: { name: 'a.pdf' } },
      rest: 'read this',
    })
  })
})

describe('media and the rest', () => {
  test('an album keeps its key; the largest photo counts', () => {
    const photo = [
      { file_id: 'small', width: 90, height: 67 },
      { file_id: 'large', file_unique_id: 'u', width: 1280, height: 960, file_size: 120_000 },
    ]
    expect(read({ photo, caption: 'before', media_group_id: '1390' })).toMatchObject({
      text: 'before',
      groupKey: '-1001:1390',
      attachments: [
        {
          kind: 'image',
          mimeType: 'image/jpeg',
          sizeBytes: 120_000,
          ref: { file_id: 'large', file_unique_id: 'u' },
        },
      ],
    })
  })

  test.each([
    ['voice', { file_id: 'V', duration: 3 }, { kind: 'voice', mimeType: 'audio/ogg', durationMs: 3_000 }],
    ['audio', { file_id: 'A', performer: 'P', title: 'T' }, { kind: 'audio', name: 'P - T' }],
    ['video_note', { file_id: 'N', duration: 1 }, { kind: 'video' }],
    ['document', { file_id: 'D', mime_type: 'image/png' }, { kind: 'image' }],
    ['sticker', { file_id: 'S', emoji: '🙂', is_video: true }, { kind: 'sticker', mimeType: 'video/webm' }],
  ])('%s becomes an attachment', (field, file, expected) => {
    expect(read({ [field]: file })).toMatchObject({ attachments: [expected] })
  })

  test('an animation is one attachment, although it is a document too', () => {
    const file = { file_id: 'G', mime_type: 'video/mp4' }
    expect(read({ animation: file, document: file })).toMatchObject({ attachments: [{ kind: 'video' }] })
  })

  test('a rich message reads as text, with its mention, its table and its photo', () => {
    const blocks = [
      {
        type: 'heading',
        size: 1,
        text: ['Dear ', { type: 'mention', text: '@emu_bot', username: 'emu_bot' }],
      },
      { type: 'paragraph', text: { type: 'bold', text: 'please read' } },
      { type: 'table', cells: [[{ text: 'a' }, { text: 'b' }]] },
      { type: 'photo', photo: [{ file_id: 'P', width: 1, height: 1 }] },
    ]
    expect(read({ rich_message: { blocks } })).toMatchObject({
      text: 'Dear \nplease read\na | b',
      mentionsBot: true,
      attachments: [{ kind: 'image' }],
    })
  })

  test('a place shared is a line of text', () => {
    expect(read({ location: { latitude: 1.5, longitude: 2.5 } })).toMatchObject({ text: '📍 1.5, 2.5' })
  })

  test('a pressed button is an action in its topic', () => {
    const message = { message_id: 6, date: 0, chat: GROUP, is_topic_message: true, message_thread_id: 77 }
    const press = { id: '771', from: ANN, data: 'stop:a1', message }
    expect(readUpdate({ callback_query: press }, READING)).toMatchObject({
      kind: 'action',
      id: 'tg:press:771',
      token: 'stop:a1',
      messageId: '6',
      address: { threadId: '77' },
      sentAtMs: READING.receivedAtMs,
    })
  })

  test('a button on a message that cannot be read any more is pressed all the same', () => {
    const press = { id: '772', from: ANN, data: 'a1', message: { message_id: 6, date: 0, chat: GROUP } }
    expect(readUpdate({ callback_query: press }, READING)).toMatchObject({
      kind: 'action',
      token: 'a1',
      chatKind: 'group',
      sender: { id: '42' },
      messageId: '6',
    })
  })

  test('Stop under a draft is an action of the person whose chat it is', () => {
    const stopToken = (chatId: number, draftId: number): string | undefined =>
      chatId === 42 && draftId === 31337 ? 'stop-1' : undefined
    const stop = (stopped: object): ChatEvent | undefined =>
      readUpdate({ stopped_message_generation: stopped }, { ...READING, stopToken })
    for (const draft_id of [31337, '31337']) {
      expect(stop({ chat: DIRECT, draft_id, message_thread_id: 7 })).toMatchObject({
        kind: 'action',
        id: 'tg:stop:42:31337',
        token: 'stop-1',
        sender: { id: '42', name: 'Ann' },
        address: { threadId: '7' },
      })
    }
    expect(stop({ chat: DIRECT, draft_id: 1 })).toBeUndefined()
    expect(stop({ chat: GROUP, draft_id: 31337 })).toBeUndefined()
  })

  test('what is nested as deep as a stack is no reason to break', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
    const change = {
      chat: DIRECT,
      date: 1,
      old_chat_member: { status: deep },
      new_chat_member: { status: deep },
    }
    expect(readUpdate({ my_chat_member: change }, READING)).toBeUndefined()
    expect(
      readUpdate({ stopped_message_generation: { chat: DIRECT, draft_id: deep } }, READING),
    ).toBeUndefined()
  })

  test('blocked, put out, invited', () => {
    const change = (chat: object, before: string, after: string): ChatEvent | undefined =>
      readUpdate(
        {
          my_chat_member: {
            chat,
            date: 1,
            old_chat_member: { status: before },
            new_chat_member: { status: after },
          },
        },
        READING,
      )
    expect(change(DIRECT, 'member', 'kicked')).toMatchObject({ kind: 'gone' })
    expect(change(DIRECT, 'kicked', 'member')).toMatchObject({ kind: 'joined', how: 'started' })
    expect(change(GROUP, 'left', 'member')).toMatchObject({ kind: 'joined', how: 'invited' })
    expect(change(GROUP, 'member', 'administrator')).toBeUndefined()
  })

  test('a move told in both chats is one event', () => {
    const told = read({ chat: { id: -5, type: 'group' }, migrate_to_chat_id: -1001 })
    expect(told).toMatchObject({ kind: 'moved', from: { chatId: '-5' }, to: { chatId: '-1001' } })
    expect(read({ migrate_from_chat_id: -5 })?.id).toBe(told?.id)
  })
})
