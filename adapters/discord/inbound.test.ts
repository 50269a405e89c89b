// What do Discord's dispatches become? Payloads as the gateway sends them.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CommandSpec } from '../../src/contract/policy.ts'
import type { ChatEvent, MessageEvent } from '../../src/contract/event.ts'
import { createGuilds } from './guilds.ts'
import { readInteraction } from './inbound-interaction.ts'
import { readDispatch } from './inbound.ts'
import type { Reading } from './reading.ts'

const ME = '100000000000000001'
const ANN = { id: '200000000000000001', username: 'ann', global_name: 'Ann' }
const BEN = { id: '200000000000000002', username: 'ben', global_name: null, member: { nick: 'Benny' } }
const GUILD = '300000000000000001'
const GENERAL = '400000000000000001'
const THREAD = '400000000000000002'
const DIRECT = '400000000000000003'
const OWN_ROLE = '500000000000000001'
const HELPERS = '500000000000000002'

const HELP: CommandSpec = {
  name: 'help',
  description: { en: 'Help' },
  options: [{ name: 'file', description: { en: 'File' }, type: 'file', required: false }],
  does: { kind: 'builtin', builtin: 'help' },
}

function reading(changes: Partial<Reading> = {}): Reading {
  const guilds = createGuilds()
  guilds.learn('GUILD_CREATE', {
    id: GUILD,
    roles: [
      { id: GUILD, name: '@everyone' },
      { id: OWN_ROLE, name: 'bridge', managed: true, tags: { bot_id: ME } },
      { id: HELPERS, name: 'helpers', tags: {} },
    ],
    channels: [{ id: GENERAL, type: 0, name: 'general' }],
    threads: [{ id: THREAD, type: 11, name: 'a thread', parent_id: GENERAL }],
  })
  return {
    account: 'discord',
    meId: ME,
    commands: [HELP],
    allowBots: false,
    receivedAtMs: 1_800_000_000_000,
    channel: guilds.channel,
    channelsOf: guilds.channelsOf,
    isOwnRole: (id) => guilds.isOwnRole(id, ME),
    roleName: guilds.roleName,
    isOurs: () => false,
    ...changes,
  }
}

function message(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '600000000000000001',
    channel_id: GENERAL,
    guild_id: GUILD,
    author: ANN,
    content: 'hello',
    timestamp: '2026-11-21T06:00:00.000000+00:00',
    mentions: [],
    mention_roles: [],
    attachments: [],
    type: 0,
    ...changes,
  }
}

function read(data: unknown, changes: Partial<Reading> = {}): readonly ChatEvent[] {
  return readDispatch('MESSAGE_CREATE', data, reading(changes))
}
function said(changes: Record<string, unknown>, world: Partial<Reading> = {}): MessageEvent {
  const [event] = read(message(changes), world)
  if (event?.kind !== 'message') throw new Error(`no message but ${event?.kind ?? 'nothing'}`)
  return event
}

describe('where and who', () => {
  test('a direct message whose channel was never seen, without channel_type', () => {
    const [event] = read({ id: '7', channel_id: DIRECT, author: ANN, content: 'hi' })
    expect(event).toMatchObject({
      kind: 'message',
      id: `discord:${DIRECT}:7`,
      chatKind: 'direct',
      address: { account: 'discord', chatId: DIRECT },
      replyTarget: { place: { channelId: DIRECT, direct: true } },
      sender: { id: ANN.id, name: 'Ann', isBot: false },
      sentAtMs: 1_800_000_000_000,
    })
  })

  test('a thread belongs to the channel it hangs on', () => {
    expect(said({ channel_id: THREAD })).toMatchObject({
      chatKind: 'group',
      address: { chatId: GENERAL, threadId: THREAD },
      replyTarget: { place: { channelId: THREAD, direct: false, guildId: GUILD, parentId: GENERAL } },
    })
  })

  test('a sender has roles by id and by name', () => {
    const event = said({ member: { nick: 'Annie', roles: [HELPERS] } })
    expect(event.sender).toMatchObject({ name: 'Annie', roles: [HELPERS, 'helpers'] })
  })

  test.each([
    ['our own', { author: { id: ME, username: 'bridge', bot: true } }],
    ['a webhook', { webhook_id: '1', author: { id: '1', username: 'hook' } }],
    ['another bot', { author: { id: '9', username: 'other', bot: true } }],
    ['a pin', { type: 6 }],
    ['a join', { type: 7 }],
    ['a thread that was opened', { type: 18 }],
    ['the head of a thread', { type: 21 }],
    ['nothing visible', { content: '' }],
  ])('says nothing to us: %s', (_what, changes) => {
    expect(read(message(changes))).toEqual([])
  })

  test('another bot is heard where that is wanted, a webhook is not', () => {
    const bot = { author: { id: '9', username: 'other', bot: true } }
    expect(said(bot, { allowBots: true }).sender.isBot).toBe(true)
    expect(read(message({ ...bot, webhook_id: '1' }), { allowBots: true })).toEqual([])
  })
})

describe('mentions', () => {
  test.each([`<@${ME}> what is up`, `<@!${ME}>  what is up`, `what is up <@${ME}>`])(
    'by user: %s',
    (content) => {
      expect(said({ content, mentions: [{ id: ME }] })).toMatchObject({
        text: 'what is up',
        mentionsBot: true,
      })
    },
  )

  test('by the role that Discord made for the bot', () => {
    const event = said({ content: `<@&${OWN_ROLE}> what is up`, mention_roles: [OWN_ROLE] })
    expect(event).toMatchObject({ text: 'what is up', mentionsBot: true })
  })

  test('by that role, also where its words may not be read: whoever wrote it gets help', () => {
    expect(said({ content: '', mention_roles: [OWN_ROLE] })).toMatchObject({ text: '', mentionsBot: true })
    expect(
      readDispatch('MESSAGE_CREATE', message({ content: '', mention_roles: [HELPERS] }), reading()),
    ).toEqual([])
  })

  test('not by a role the bot merely has', () => {
    const event = said({ content: `<@&${HELPERS}> look`, mention_roles: [HELPERS] })
    expect(event).toMatchObject({ text: '@helpers look', mentionsBot: false })
  })

  test('not by @everyone and @here', () => {
    const event = said({ content: '@everyone lunch', mention_everyone: true, mentions: [] })
    expect(event).toMatchObject({ text: '@everyone lunch', mentionsBot: false })
  })

  test('not within code, which stays as it is written', () => {
    const content = `write \`<@${ME}>\` and\n\`\`\`\n<@${BEN.id}>\n\`\`\``
    expect(said({ content, mentions: [BEN] })).toMatchObject({ text: content, mentionsBot: false })
  })

  test('not by the ping of a reply', () => {
    const event = said({ type: 19, mentions: [{ id: ME }], message_reference: { message_id: '1' } })
    expect(event).toMatchObject({ mentionsBot: false, repliesToBot: true })
  })

  test('others are named, as far as they are known', () => {
    const content = `<@${BEN.id}> in <#${GENERAL}>, <@1>, <:wave:123>, </help:5>, <t:1795240800:R>`
    expect(said({ content, mentions: [BEN] }).text).toBe(
      '@Benny in #general, <@1>, :wave:, /help, 2026-11-21 06:00 UTC',
    )
  })

  test('a bare mention is an event, with nothing said', () => {
    expect(said({ content: `<@${ME}>`, mentions: [{ id: ME }] })).toMatchObject({
      text: '',
      mentionsBot: true,
    })
  })

  test('of a server that sends no mentions', () => {
    const { mentions: _none, mention_roles: _neither, ...lean } = message({ content: `<@${ME}> hi` })
    expect(read(lean)[0]).toMatchObject({ text: 'hi', mentionsBot: true })
  })
})

describe('replies and forwards', () => {
  test('a reply to us quotes our words, also those of components', () => {
    const replied = {
      id: '8',
      author: { id: ME, username: 'bridge' },
      content: '',
      components: [{ type: 17, components: [{ type: 10, content: 'an answer' }] }],
    }
    expect(
      said({ type: 19, message_reference: { message_id: '8' }, referenced_message: replied }),
    ).toMatchObject({
      repliesToBot: true,
      quoted: { messageId: '8', fromBot: true, text: 'an answer', senderName: 'bridge' },
    })
  })

  test('the files of the quoted message come along', () => {
    const file = {
      id: '11',
      filename: 'plan.pdf',
      content_type: 'application/pdf',
      size: 9,
      url: 'http://cdn/11',
    }
    const event = said({ referenced_message: { id: '8', author: BEN, content: 'see', attachments: [file] } })
    expect(event.quoted).toMatchObject({ senderName: 'Benny', fromBot: false, text: 'see' })
    expect(event.quoted?.attachments).toEqual([
      {
        kind: 'file',
        name: 'plan.pdf',
        mimeType: 'application/pdf',
        sizeBytes: 9,
        ref: { channelId: GENERAL, messageId: '8', attachmentId: '11', url: 'http://cdn/11' },
      },
    ])
    expect(event.incomplete).toBeUndefined()
  })

  test('a quote the server did not send is to be fetched; a deleted one is no quote', () => {
    const reference = { message_reference: { message_id: '8', channel_id: GENERAL } }
    expect(said(reference)).toMatchObject({ incomplete: true, quoted: { messageId: '8', fromBot: false } })
    const own = said(reference, { isOurs: (id) => id === '8' })
    expect(own).toMatchObject({ incomplete: true, repliesToBot: true })
    expect(said({ ...reference, referenced_message: null })).not.toHaveProperty('quoted')
  })

  test('a forward is read', () => {
    const snapshot = {
      content: 'forwarded words',
      attachments: [{ id: '12', filename: 'a.png', url: 'http://cdn/12' }],
    }
    const event = said({
      content: '',
      message_reference: { type: 1, message_id: '8', channel_id: '9' },
      message_snapshots: [{ message: snapshot }],
    })
    expect(event.text).toBe('forwarded words')
    expect(event).not.toHaveProperty('quoted')
    expect(event.attachments).toMatchObject([
      { kind: 'image', ref: { channelId: GENERAL, messageId: '600000000000000001', attachmentId: '12' } },
    ])
  })
})

describe('files and what is no text', () => {
  test('a voice message', () => {
    const file = {
      id: '1',
      filename: 'voice-message.ogg',
      content_type: 'audio/ogg',
      duration_secs: 2.5,
      url: 'u',
    }
    expect(said({ content: '', flags: 1 << 13, attachments: [file] }).attachments).toMatchObject([
      { kind: 'voice', durationMs: 2_500 },
    ])
  })

  test('a sticker and a poll', () => {
    const sticker = said({ content: '', sticker_items: [{ id: '1', name: 'Wave', format_type: 1 }] })
    expect(sticker).toMatchObject({ text: ':Wave:', attachments: [{ kind: 'sticker', name: 'Wave' }] })
    const answers = [{ poll_media: { text: 'tea' } }, { poll_media: { text: 'coffee' } }]
    expect(said({ content: '', poll: { question: { text: 'Drink?' }, answers } }).text).toBe(
      'Drink?\n• tea\n• coffee',
    )
  })
})

describe('media', () => {
  const picture = { id: '11', filename: 'SPOILER_cat.png', content_type: 'image/png', url: 'http://cdn/11' }
  const preview = {
    type: 'image',
    url: 'https://elsewhere.example/cat.png',
    thumbnail: { url: 'https://elsewhere.example/cat.png', proxy_url: 'https://images-ext-1.test/cat.png' },
  }

  test('several files without a word, to us', () => {
    const event = said({
      content: `<@${ME}>`,
      mentions: [{ id: ME }],
      attachments: [picture, { ...picture, id: '12', filename: 'b.pdf', content_type: 'application/pdf' }],
    })
    expect(event).toMatchObject({ text: '', mentionsBot: true })
    expect(event.attachments).toMatchObject([
      { kind: 'image', name: 'cat.png' },
      { kind: 'file', name: 'b.pdf' },
    ])
  })

  test.each([
    [1, 'png', 'image/png'],
    [2, 'png', 'image/apng'],
    [3, 'json', 'application/json'],
    [4, 'gif', 'image/gif'],
  ])('a sticker of format %i', (format, ending, mimeType) => {
    const sticker = { id: '5', name: 'Wave', format_type: format }
    expect(said({ content: '', sticker_items: [sticker] }).attachments).toEqual([
      { kind: 'sticker', name: 'Wave', mimeType, ref: { stickerId: '5', ending } },
    ])
  })

  test('links of a quoted or forwarded message bring their pictures, from Discord’s copy', () => {
    const fromCopy = [{ kind: 'image', ref: { url: 'https://images-ext-1.test/cat.png' } }]
    const rich = { ...preview, type: 'rich' }
    const replied = { id: '8', channel_id: '77', author: BEN, content: 'see', embeds: [preview, rich] }
    const quoted = said({ referenced_message: replied }).quoted
    expect(quoted?.attachments).toMatchObject(fromCopy)
    // What stands outside the thread is asked for there.
    expect(quoted?.attachments?.[0]?.ref['channelId']).toBe('77')
    const forwarded = said({
      content: '',
      message_reference: { type: 1, message_id: '8' },
      message_snapshots: [{ message: { content: 'see', embeds: [preview] } }],
    })
    expect(forwarded.attachments).toMatchObject(fromCopy)
    expect(said({ embeds: [preview] }).attachments).toEqual([])
  })

  test('a server’s boosts are known, and their change', () => {
    const guilds = createGuilds()
    guilds.learn('GUILD_CREATE', { id: GUILD, premium_tier: 1, roles: [], channels: [] })
    expect(guilds.tierOf(GUILD)).toBe(1)
    guilds.learn('GUILD_UPDATE', { id: GUILD, premium_tier: 3 })
    expect(guilds.tierOf(GUILD)).toBe(3)
    guilds.forget('GUILD_DELETE', { id: GUILD })
    expect(guilds.tierOf(GUILD)).toBeUndefined()
  })
})

describe('commands that are typed', () => {
  test('in a direct message, with a file', () => {
    const file = { id: '1', filename: 'a.txt', url: 'u' }
    const [event] = read({
      id: '7',
      channel_id: DIRECT,
      author: ANN,
      content: '/Help me please',
      attachments: [file],
    })
    expect(event).toMatchObject({ kind: 'command', name: 'help', rest: 'me please', messageId: '7' })
    expect(event).toHaveProperty('options.file.name', 'a.txt')
  })

  test('in a server only to us', () => {
    const content = `<@${ME}> /help`
    expect(read(message({ content, mentions: [{ id: ME }] }))[0]).toMatchObject({
      kind: 'command',
      name: 'help',
    })
    expect(said({ content: '/help' }).text).toBe('/help')
  })

  test('what is no command of ours is talk', () => {
    const event = read({ id: '7', channel_id: DIRECT, author: ANN, content: '/etc/hosts, what is it?' })[0]
    expect(event).toMatchObject({ kind: 'message', text: '/etc/hosts, what is it?' })
  })
})

describe('what happens to chats', () => {
  test('a deleted message is retracted, unless it was ours', () => {
    const gone = { id: '7', channel_id: THREAD, guild_id: GUILD }
    expect(readDispatch('MESSAGE_DELETE', gone, reading())).toMatchObject([
      { kind: 'retracted', messageId: '7', address: { chatId: GENERAL, threadId: THREAD } },
    ])
    expect(readDispatch('MESSAGE_DELETE', gone, reading({ isOurs: () => true }))).toEqual([])
    const many = { ids: ['7', '8'], channel_id: GENERAL, guild_id: GUILD }
    expect(readDispatch('MESSAGE_DELETE_BULK', many, reading())).toHaveLength(2)
  })

  test('a deleted thread and a server that put us out are gone; a server in an outage is not', () => {
    const thread = { id: THREAD, guild_id: GUILD, parent_id: GENERAL, type: 11 }
    expect(readDispatch('THREAD_DELETE', thread, reading())).toMatchObject([
      { kind: 'gone', address: { chatId: GENERAL, threadId: THREAD } },
    ])
    expect(readDispatch('GUILD_DELETE', { id: GUILD }, reading()).map(({ kind }) => kind)).toEqual([
      'gone',
      'gone',
    ])
    expect(readDispatch('GUILD_DELETE', { id: GUILD, unavailable: true }, reading())).toEqual([])
  })
})

describe('interactions', () => {
  const base = {
    id: '1178070812344320000',
    application_id: '900000000000000001',
    token: 'interaction-token',
    channel_id: GENERAL,
    guild_id: GUILD,
    channel: { id: GENERAL, type: 0 },
    member: { user: ANN, roles: [] },
    locale: 'zh-CN',
  }

  test('a command with typed options, without the fields the library needs', () => {
    const file = { id: '1', filename: 'a.png', content_type: 'image/png', url: 'u', ephemeral: true }
    const data = {
      name: 'Help',
      type: 1,
      options: [
        { name: 'topic', type: 3, value: 'tea' },
        { name: 'count', type: 4, value: 3 },
        { name: 'loud', type: 5, value: true },
        { name: 'file', type: 11, value: '1' },
      ],
      resolved: { attachments: { 1: file } },
    }
    const event = readInteraction({ ...base, type: 2, data }, reading())
    expect(event).toMatchObject({
      kind: 'command',
      id: `discord:interaction:${base.id}`,
      name: 'help',
      options: { topic: 'tea', count: 3, loud: true, file: { kind: 'image', ref: { attachmentId: '1' } } },
      sender: { id: ANN.id, locale: 'zh-CN' },
      replyTarget: { place: { interaction: { id: base.id, token: 'interaction-token' } } },
    })
  })

  test('a button, whose reply is a message of its own', () => {
    const event = readInteraction(
      { ...base, type: 3, data: { custom_id: 'stop-1', component_type: 2 }, message: { id: '7' } },
      reading(),
    )
    expect(event).toMatchObject({ kind: 'action', token: 'stop-1', messageId: '7', chatKind: 'group' })
    expect(event).toMatchObject({
      opensForm: true,
      replyTarget: { place: { interaction: { onMessage: true } } },
    })
  })

  test('a select and a form give values', () => {
    const select = { ...base, type: 3, data: { custom_id: 's', values: ['a', 'b'] }, message: { id: '7' } }
    expect(readInteraction(select, reading())).toMatchObject({ token: 's', values: { values: ['a', 'b'] } })
    const components = [
      { type: 18, component: { type: 4, custom_id: 'name', value: 'Ann' } },
      { type: 18, component: { type: 3, custom_id: 'size', values: ['L'] } },
      { type: 1, components: [{ type: 4, custom_id: 'old', value: 'row' }] },
    ]
    const form = { ...base, type: 5, data: { custom_id: 'form-1', components } }
    expect(readInteraction(form, reading())).toMatchObject({
      token: 'form-1',
      values: { name: 'Ann', size: 'L', old: 'row' },
    })
  })

  test('in a direct chat, and in a thread of a server we are not in', () => {
    const { guild_id: _none, member: _no, channel: _gone, ...direct } = base
    expect(
      readInteraction({ ...direct, user: ANN, type: 2, data: { name: 'help' } }, reading()),
    ).toMatchObject({ chatKind: 'group' })
    const unknown = { ...direct, channel_id: DIRECT, user: ANN, type: 2, data: { name: 'help' } }
    expect(readInteraction(unknown, reading())).toMatchObject({ chatKind: 'direct' })
    const thread = { ...base, guild_id: '1', channel_id: '2', channel: { id: '2', type: 11, parent_id: '3' } }
    expect(readInteraction({ ...thread, type: 2, data: { name: 'help' } }, reading())).toMatchObject({
      address: { chatId: '3', threadId: '2' },
    })
  })
})

test('any JSON gives events or none', () => {
  const names = fc.constantFrom(
    'MESSAGE_CREATE',
    'MESSAGE_DELETE',
    'MESSAGE_DELETE_BULK',
    'THREAD_DELETE',
    'GUILD_DELETE',
  )
  const near = fc.record(
    Object.fromEntries(
      [
        ...Object.keys(message()),
        'message_reference',
        'referenced_message',
        'message_snapshots',
        'components',
        'data',
      ].map((key) => [key, fc.jsonValue()]),
    ),
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(names, fc.oneof(near, fc.jsonValue()), (name, data) => {
      expect(Array.isArray(readDispatch(name, data, reading()))).toBe(true)
      readInteraction(data, reading())
    }),
  )
})
