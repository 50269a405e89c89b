// Does every push become the right event, and no push a crash?
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { CommandSpec } from '../../src/contract/policy.ts'
import { readPush, type Reading } from './inbound.ts'
import { IGNORED_TYPES, READ_TYPES, readEnvelope } from './push.ts'

const ASK: CommandSpec = {
  name: 'ask',
  description: { en: 'Ask' },
  options: [{ name: 'paper', description: { en: 'Paper' }, type: 'file', required: false }],
  does: { kind: 'builtin', builtin: 'help' },
}
const READING: Reading = {
  account: 'fs',
  me: { openId: 'ou_bot', name: 'Emu' },
  commands: [ASK],
  allowBots: false,
  receivedAtMs: 1_800_000_000_000,
  isOwn: (id) => id === 'om_own',
  directChatOf: (openId) => (openId === 'ou_ann' ? 'oc_ann' : undefined),
  threadOf: (rootId) => (rootId === 'om_root' ? 'omt_known' : undefined),
}
const AT_BOT = { key: '@_user_1', id: { open_id: 'ou_bot' }, mentioned_type: 'bot', name: 'Emu' }
const AT_BEN = { key: '@_user_2', id: { open_id: 'ou_ben' }, mentioned_type: 'user', name: 'Ben' }

function push(type: string, event: object, header: object = {}): ReturnType<typeof readEnvelope> {
  return readEnvelope({ schema: '2.0', header: { event_id: 'e1', event_type: type, ...header }, event })
}
function readEvent(type: string, event: object, reading: Partial<Reading> = {}): ChatEvent | undefined {
  const read = push(type, event)
  if (read === undefined) throw new Error('no push')
  return readPush(read, { ...READING, ...reading })
}
function read(
  message: Record<string, unknown>,
  reading: Partial<Reading> = {},
  sender: object = {},
): ChatEvent | undefined {
  const { text, ...more } = message
  return readEvent(
    'im.message.receive_v1',
    {
      sender: { sender_id: { open_id: 'ou_ann' }, sender_type: 'user', ...sender },
      message: {
        message_id: 'om_1',
        chat_id: 'oc_1',
        chat_type: 'group',
        create_time: '1700000000000',
        message_type: 'text',
        ...(text === undefined ? {} : { content: JSON.stringify({ text }) }),
        ...more,
      },
    },
    reading,
  )
}
function content(type: string, value: unknown): Record<string, unknown> {
  return { message_type: type, content: JSON.stringify(value) }
}

describe('laws', () => {
  const names = [
    ...['schema', 'header', 'event', 'event_id', 'event_type', 'message', 'sender', 'sender_id', 'open_id'],
    ...['message_id', 'chat_id', 'chat_type', 'message_type', 'content', 'mentions', 'key', 'id', 'name'],
    ...['action', 'value', 'token', 'form_value', 'context', 'open_chat_id', 'operator', 'operator_id'],
    ...['title', 'tag', 'text', 'user_id', 'root_id', 'thread_id', 'parent_id', 'event_key', 'elements'],
  ]
  const { value: garbage } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '', 'p2p', 'ou_bot', '@_user_1', '/ask x', '2.0'),
      fc.constantFrom<unknown>(
        'text',
        'post',
        'interactive',
        'todo',
        'vote',
        'location',
        '{"content":[[{}]]}',
      ),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
    ),
  }))

  test('any push gives an event or nothing, and the event is plain data', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...READ_TYPES),
        fc.dictionary(fc.constantFrom(...names), garbage),
        (type, fields) => {
          const event = readPush({ type, fields }, READING)
          if (event !== undefined) expect(JSON.parse(JSON.stringify(event))).toEqual(event)
        },
      ),
    )
  })

  test('any message with ids gives an event that stands where it was written, or nothing', () => {
    fc.assert(
      fc.property(garbage, fc.constantFrom('text', 'post', 'interactive', 'file', 'vote'), (value, type) => {
        const event = read(content(type, value))
        if (event !== undefined) expect(event).toMatchObject({ address: { chatId: 'oc_1' }, id: 'fs:om_1' })
      }),
    )
  })

  test('no type is both read and ignored', () => {
    const ignored: readonly string[] = IGNORED_TYPES
    expect(READ_TYPES.filter((type) => ignored.includes(type))).toEqual([])
  })
})

describe('text', () => {
  test('a message becomes an event with all that a reply needs', () => {
    expect(read({ text: 'hello', chat_type: 'p2p' })).toEqual({
      kind: 'message',
      id: 'fs:om_1',
      address: { account: 'fs', chatId: 'oc_1' },
      chatKind: 'direct',
      sender: { id: 'ou_ann', isBot: false },
      replyTarget: { account: 'fs', place: { chatId: 'oc_1', replyTo: 'om_1', direct: true } },
      sentAtMs: 1_700_000_000_000,
      messageId: 'om_1',
      text: 'hello',
      mentionsBot: false,
      repliesToBot: false,
      attachments: [],
    })
  })

  test('our own mention goes, others become names', () => {
    const mentions = [AT_BOT, AT_BEN]
    expect(read({ text: '@_user_1  ask @_user_2 please', mentions })).toMatchObject({
      text: 'ask @Ben please',
      mentionsBot: true,
    })
    expect(read({ text: 'ask @_user_2 @_user_1 please', mentions })).toMatchObject({
      text: 'ask @Ben please',
    })
  })

  test('the placeholder of the eleventh is not that of the first', () => {
    const eleventh = { ...AT_BEN, key: '@_user_11' }
    expect(read({ text: '@_user_1 @_user_11 hi', mentions: [AT_BOT, eleventh] })).toMatchObject({
      text: '@Ben hi',
    })
  })

  test('does not take a guest or another bot for itself', () => {
    for (const id of [{ open_id: 'ou_other' }, { open_id: '', user_id: '' }, {}]) {
      const mentions = [{ ...AT_BOT, id }]
      expect(read({ text: '@_user_1 hi', mentions })).toMatchObject({ text: '@Emu hi', mentionsBot: false })
    }
  })

  test('@all is everybody, and not the bot', () => {
    expect(read({ text: '@_all lunch' })).toMatchObject({ text: '@all lunch', mentionsBot: false })
  })

  test('while the own id is unknown no mention is ours', () => {
    expect(read({ text: '@_user_1 hi', mentions: [AT_BOT] }, { me: undefined })).toMatchObject({
      mentionsBot: false,
    })
  })
})

describe('commands', () => {
  test.each([
    ['/ask me please', 'me please'],
    ['／ask me please', 'me please'],
    ['@_user_1 /ask me please', 'me please'],
    ['/ask me please @_user_1', 'me please'],
    ['/ASK@_user_1', ''],
  ])('reads %s', (text, rest) => {
    expect(read({ text, mentions: [AT_BOT] })).toMatchObject({
      kind: 'command',
      name: 'ask',
      rest,
      messageId: 'om_1',
    })
  })

  test('a path is no command', () => {
    expect(read({ text: '/usr/bin is full', chat_type: 'p2p' })).toMatchObject({ kind: 'message' })
  })

  test('an unknown command in a group is for another bot, unless it is said to us', () => {
    expect(read({ text: '/other' })).toBeUndefined()
    expect(read({ text: '/other @_user_2', mentions: [AT_BEN] })).toBeUndefined()
    expect(read({ text: '@_user_1 /other', mentions: [AT_BOT] })).toMatchObject({
      kind: 'command',
      name: 'other',
    })
  })

  test('a picture sent along is the command’s file', () => {
    const post = {
      title: '',
      content: [[{ tag: 'text', text: '/ask this' }], [{ tag: 'img', image_key: 'img_1' }]],
    }
    expect(read(content('post', post))).toMatchObject({
      kind: 'command',
      rest: 'this',
      options: { paper: { kind: 'image', ref: { messageId: 'om_1', fileKey: 'img_1', type: 'image' } } },
    })
  })
})

describe('content', () => {
  const POST = {
    title: 'Title',
    content: [
      [
        { tag: 'at', user_id: '@_user_1', user_name: 'Emu' },
        { tag: 'text', text: ' read ' },
        { tag: 'a', text: 'this', href: 'https://example.com' },
        { tag: 'at', user_id: '@_user_2', user_name: 'Ben' },
      ],
      [{ tag: 'img', image_key: 'img_1' }],
      [{ tag: 'code_block', language: 'GO', text: 'x := 1\n' }],
      [{ tag: 'media', file_key: 'file_1', image_key: 'img_2' }],
      [{ tag: 'emotion', emoji_type: 'SMILE' }],
    ],
  }
  test.each([
    ['bare', POST],
    ['in its language', { zh_cn: POST }],
  ])('a post reads as text with its pictures, %s', (_, post) => {
    expect(read({ ...content('post', post), mentions: [AT_BOT, AT_BEN] })).toMatchObject({
      mentionsBot: true,
      text: 'Title\nread this (https://example.com)@Ben\n\n```go\nx := 1\n```\n\n[SMILE]',
      attachments: [
        { kind: 'image', ref: { fileKey: 'img_1', type: 'image' } },
        { kind: 'video', ref: { fileKey: 'file_1', type: 'file' } },
      ],
    })
  })

  test.each([
    [
      'image',
      { image_key: 'img_1' },
      { kind: 'image', ref: { messageId: 'om_1', fileKey: 'img_1', type: 'image' } },
    ],
    [
      'file',
      { file_key: 'f', file_name: '报告.pdf' },
      { kind: 'file', name: '报告.pdf', ref: { messageId: 'om_1', fileKey: 'f', type: 'file' } },
    ],
    [
      'audio',
      { file_key: 'f', duration: 2000 },
      {
        kind: 'voice',
        mimeType: 'audio/ogg',
        durationMs: 2000,
        ref: { messageId: 'om_1', fileKey: 'f', type: 'file' },
      },
    ],
    [
      'media',
      { file_key: 'f', image_key: 'img_1', file_name: 'a.mp4', duration: 3000 },
      {
        kind: 'video',
        name: 'a.mp4',
        mimeType: 'video/mp4',
        durationMs: 3000,
        ref: { messageId: 'om_1', fileKey: 'f', type: 'file' },
      },
    ],
  ])('%s is an attachment', (type, value, attachment) => {
    expect(read({ ...content(type, value), chat_type: 'p2p' })).toMatchObject({
      text: '',
      attachments: [attachment],
    })
  })

  test.each([
    ['location', { name: 'Park', longitude: '1.5', latitude: '2' }, '📍 Park, 2, 1.5'],
    ['share_chat', { chat_id: 'oc_2' }, '👥 oc_2'],
    ['vote', { topic: 'Lunch?', options: ['Rice', 'Noodles'] }, 'Lunch?\n• Rice\n• Noodles'],
    ['todo', { summary: { title: '', content: [[{ tag: 'text', text: 'Buy milk' }]] } }, '☑️ Buy milk'],
    ['hongbao', { text: 'Luck' }, '🧧 Luck'],
    ['sticker', { file_key: 'f' }, '[sticker]'],
    [
      'interactive',
      { schema: '2.0', body: { elements: [{ tag: 'markdown', content: 'see ![a cat](img_v3_1)' }] } },
      'see 🖼 a cat',
    ],
    [
      'interactive',
      {
        title: 'Card',
        elements: [
          [
            { tag: 'text', text: 'words' },
            { tag: 'button', text: 'Go' },
          ],
        ],
      },
      'Card\nwords',
    ],
  ])('%s becomes words', (type, value, text) => {
    expect(read(content(type, value))).toMatchObject({ text, attachments: [] })
  })

  test('a merged forward is kept for completing, and nothing else that is empty', () => {
    expect(read(content('merge_forward', { content: 'Merged and Forwarded Message' }))).toMatchObject({
      kind: 'message',
      text: '',
      incomplete: true,
    })
    expect(read({ content: '' })).toBeUndefined()
    expect(read(content('system', { template: 'x' }))).toBeUndefined()
  })
})

describe('places', () => {
  test('a reply to our message is known at once, and the quote is fetched later', () => {
    expect(read({ text: 'why?', parent_id: 'om_own', root_id: 'om_own' })).toMatchObject({
      repliesToBot: true,
      incomplete: true,
      quoted: { messageId: 'om_own', fromBot: true },
    })
    expect(read({ text: 'why?', parent_id: 'om_7' })).toMatchObject({ repliesToBot: false, incomplete: true })
  })

  test('a root alone is no thread in an ordinary group', () => {
    expect(read({ text: 'x', root_id: 'om_5', parent_id: 'om_5' })?.kind).toBe('message')
    expect(read({ text: 'x', root_id: 'om_5', parent_id: 'om_5' })).not.toHaveProperty('address.threadId')
  })

  test('a topic is known by its thread, by its root in topic groups, or by what was seen before', () => {
    expect(read({ text: 'x', thread_id: 'omt_1' })).toMatchObject({
      address: { threadId: 'omt_1' },
      replyTarget: { place: { threadId: 'omt_1', replyTo: 'om_1', direct: false } },
    })
    expect(read({ text: 'x', chat_type: 'topic_group', root_id: 'om_5' })).toMatchObject({
      address: { threadId: 'om_5' },
    })
    expect(read({ text: 'x', root_id: 'om_root' })).toMatchObject({ address: { threadId: 'omt_known' } })
  })
})

describe('senders', () => {
  test('ourselves are never answered, other bots only where it is allowed', () => {
    const bot = { sender_type: 'bot', sender_id: { open_id: 'ou_other' } }
    expect(read({ text: 'x' }, {}, { sender_id: { open_id: 'ou_bot' } })).toBeUndefined()
    expect(read({ text: 'x' }, {}, bot)).toBeUndefined()
    expect(read({ text: 'x' }, { allowBots: true }, bot)).toMatchObject({ sender: { isBot: true } })
    expect(read({ text: 'x' }, { allowBots: true, me: undefined }, bot)).toBeUndefined()
  })
})

describe('what is no message', () => {
  const press = {
    operator: { open_id: 'ou_ann' },
    token: 'c-abc',
    action: {
      tag: 'button',
      value: { token: 't1', direct: true, threadId: 'omt_1' },
      form_value: { x: 'y', many: ['a', 'b'] },
    },
    context: { open_message_id: 'om_c', open_chat_id: 'oc_1' },
  }
  test('a pressed button brings its token, its form and its place', () => {
    const event = push('card.action.trigger', press, { create_time: '1700000000000000' })
    expect(event && readPush(event, READING)).toEqual({
      kind: 'action',
      id: 'fs:press:e1',
      address: { account: 'fs', chatId: 'oc_1', threadId: 'omt_1' },
      chatKind: 'direct',
      sender: { id: 'ou_ann', isBot: false },
      replyTarget: {
        account: 'fs',
        place: { chatId: 'oc_1', replyTo: 'om_c', threadId: 'omt_1', direct: true },
      },
      sentAtMs: 1_700_000_000_000,
      token: 't1',
      values: { x: 'y', many: ['a', 'b'] },
      messageId: 'om_c',
    })
  })

  test('a menu entry is a command in the person’s own chat', () => {
    const menu = (openId: string, event_key: string): object => ({
      operator: { operator_name: 'Ann', operator_id: { open_id: openId } },
      event_key,
      timestamp: 1_700_000_000,
    })
    expect(readEvent('application.bot.menu_v6', menu('ou_ann', '/Ask'))).toMatchObject({
      kind: 'command',
      name: 'ask',
      address: { chatId: 'oc_ann' },
      chatKind: 'direct',
      replyTarget: { place: { chatId: 'oc_ann', openId: 'ou_ann', direct: true } },
      sentAtMs: 1_700_000_000_000,
    })
    expect(readEvent('application.bot.menu_v6', menu('ou_new', 'ask'))).toMatchObject({
      address: { chatId: 'ou_new' },
      replyTarget: { place: { openId: 'ou_new', direct: true } },
    })
    expect(readEvent('application.bot.menu_v6', menu('ou_ann', 'Ask city=Oslo  days:3'))).toMatchObject({
      name: 'ask',
      rest: 'city=Oslo  days:3',
    })
    expect(readEvent('application.bot.menu_v6', menu('ou_ann', 'unknown'))).toBeUndefined()
  })

  test('a message taken back is told', () => {
    expect(
      readEvent('im.message.recalled_v1', {
        message_id: 'om_1',
        chat_id: 'oc_1',
        recall_time: '1700000000000',
      }),
    ).toEqual({
      kind: 'retracted',
      id: 'fs:om_1:recalled',
      address: { account: 'fs', chatId: 'oc_1' },
      messageId: 'om_1',
      sentAtMs: 1_700_000_000_000,
    })
  })

  test('invited, put out, and opened for the first time only', () => {
    expect(readEvent('im.chat.member.bot.added_v1', { chat_id: 'oc_1' })).toMatchObject({
      kind: 'joined',
      how: 'invited',
    })
    expect(readEvent('im.chat.member.bot.deleted_v1', { chat_id: 'oc_1' })).toMatchObject({ kind: 'gone' })
    expect(readEvent('im.chat.disbanded_v1', { chat_id: 'oc_1' })).toMatchObject({ kind: 'gone' })
    const entered = 'im.chat.access_event.bot_p2p_chat_entered_v1'
    const opened = { chat_id: 'oc_2', operator_id: { open_id: 'ou_new' } }
    expect(readEvent(entered, opened)).toMatchObject({
      kind: 'joined',
      how: 'started',
      id: 'fs:oc_2:started',
    })
    expect(readEvent(entered, { ...opened, last_message_id: 'om_9' })).toBeUndefined()
    expect(readEvent(entered, { ...opened, operator_id: { open_id: 'ou_ann' } })).toBeUndefined()
    const created = readEnvelope({
      uuid: 'u1',
      type: 'event_callback',
      event: { type: 'p2p_chat_create', chat_id: 'oc_2', user: { open_id: 'ou_new' } },
    })
    expect(created && readPush(created, READING)).toMatchObject({ kind: 'joined', id: 'fs:oc_2:started' })
  })
})
