// Do the readers understand what Discord's gateway and Telegram really sent? As recorded by others.
import { expect, test } from 'vitest'
import { createGuilds } from '../../adapters/discord/guilds.ts'
import { readInteraction } from '../../adapters/discord/inbound-interaction.ts'
import { readDispatch } from '../../adapters/discord/inbound.ts'
import type { Reading } from '../../adapters/discord/reading.ts'
import { readUpdate } from '../../adapters/telegram/inbound.ts'
import type { ChatEvent } from '../../src/contract/event.ts'
import { discordRecordings, telegramRecordings, type Fields } from './gateway-recordings.ts'
import { describeWithSchemas } from './schemas.ts'

const BOT = '1457469483726668048'
const SERVER = '1457468924290662599'
const CHANNEL = '1457510428359004343'
const THREAD = '1457536551830421524'
const ROLE = '1457473602180878604'
const TEST_USER = { id: '1033044521375764530', name: 'Test User', isBot: false }
const RECEIVED_AT_MS = 1_800_000_000_000

/** What was told before the recording began: the bot wears this role in it, so it is the one Discord made for it. */
const BEFORE = { id: SERVER, roles: [{ id: ROLE, name: 'Chat SDK Demo', tags: { bot_id: BOT } }] }

describeWithSchemas('recordings of Discord', (folder) => {
  const read = (name: string, reading: Reading): readonly ChatEvent[] => {
    const { type, data } = discordRecordings(folder).dispatch(name)
    return readDispatch(type, data, reading)
  }
  /** Of a bot that was there from the beginning. */
  const informed = (): Reading => {
    const guilds = createGuilds()
    guilds.learn('GUILD_CREATE', BEFORE)
    guilds.learn('THREAD_CREATE', discordRecordings(folder).dispatch('gatewayThreadCreate').data)
    return { ...uninformed(), channel: guilds.channel, isOwnRole: (id) => guilds.isOwnRole(id, BOT) }
  }

  test.each([
    ['gatewayMention', 'Hey', CHANNEL, '1457536551830421524', '2026-01-05T00:49:53.676Z'],
    ['gatewayAIMention', 'AI What is love', CHANNEL, '1457536647464747051', '2026-01-05T00:50:16.477Z'],
    ['gatewayRoleMention', 'AI Still there?', CHANNEL, '1457536600000000001', '2026-01-05T00:50:00.000Z'],
    ['channel mention', 'Test', '1459213904352645277', '1473118766652199044', '2026-02-17T00:48:03.193Z'],
  ])('a person mentions the bot in a channel: %s', (name, text, channelId, messageId, at) => {
    expect(read(name, informed())).toEqual([
      {
        kind: 'message',
        id: `discord:${channelId}:${messageId}`,
        messageId,
        address: { account: 'discord', chatId: channelId },
        chatKind: 'group',
        replyTarget: { account: 'discord', place: { channelId, direct: false, guildId: SERVER } },
        sender: TEST_USER,
        sentAtMs: Date.parse(at),
        text,
        mentionsBot: true,
        repliesToBot: false,
        attachments: [],
      },
    ])
  })

  test.each([
    ['gatewaySubscribedMessage', 'Hey', '1457536593454825552', '2026-01-05T00:50:03.600Z'],
    ['gatewayThreadUserHey', 'Hey', '1457536593454825552', '2026-01-05T00:50:03.600Z'],
    ['gatewayThreadNice', 'Nice', '1457536775990804596', '2026-01-05T00:50:47.120Z'],
    ['gatewayThreadNum1', '1', '1457536782416613469', '2026-01-05T00:50:48.652Z'],
    ['gatewayDMRequest', 'DM me', '1457536952676126810', '2026-01-05T00:51:29.245Z'],
    ['gatewayThreadDMRequest', 'DM me', '1457536952676126810', '2026-01-05T00:51:29.245Z'],
  ])('a person says something in a thread, to nobody by name: %s', (name, text, messageId, at) => {
    const place = { channelId: THREAD, direct: false, guildId: SERVER, parentId: CHANNEL }
    expect(read(name, informed())).toEqual([
      {
        kind: 'message',
        id: `discord:${THREAD}:${messageId}`,
        messageId,
        address: { account: 'discord', chatId: CHANNEL, threadId: THREAD },
        chatKind: 'group',
        replyTarget: { account: 'discord', place },
        sender: TEST_USER,
        sentAtMs: Date.parse(at),
        text,
        mentionsBot: false,
        repliesToBot: false,
        attachments: [],
      },
    ])
  })

  test('a role is the bot’s own only where the server said so', () => {
    const text = `<@&${ROLE}> AI Still there?`
    expect(read('gatewayRoleMention', uninformed())).toMatchObject([{ text, mentionsBot: false }])
  })

  test.each(['gatewayBotWelcome', 'gatewayThreadWelcome'])(
    'a bot’s message is left out, ours or another’s, unless others are to be heard: %s',
    (name) => {
      const asAnother: Reading = { ...informed(), meId: '1' }
      expect(read(name, informed())).toEqual([])
      expect(read(name, { ...informed(), allowBots: true })).toEqual([])
      expect(read(name, asAnother)).toEqual([])
      const [heard, ...more] = read(name, { ...asAnother, allowBots: true })
      expect(more).toEqual([])
      const sender = { id: BOT, name: 'Chat SDK Demo', isBot: true }
      expect(heard).toMatchObject({ sender, mentionsBot: false, address: { threadId: THREAD } })
      expect(heard).toHaveProperty('text', expect.stringMatching(/^\*\*👋 Welcome!\*\*\n\nConnected via/))
    },
  )

  test.each(['gatewayReactionAdd', 'gatewayThreadCreate'])('nobody asks anything: %s', (name) => {
    expect(read(name, informed())).toEqual([])
  })

  test.each([
    ['buttonClickHello', 'hello', TEST_USER],
    ['buttonClickMessages', 'messages', TEST_USER],
    ['buttonClickInfo', 'info', TEST_USER],
    ['buttonClickGoodbye', 'goodbye', TEST_USER],
    ['differentUser', 'hello', { id: '9876543210987654321', name: 'Different Nick', isBot: false }],
  ])('a person presses a button in a thread nobody told of: %s', (name, token, sender) => {
    expect(readInteraction(discordRecordings(folder).all[name], uninformed())).toMatchObject({
      kind: 'action',
      token,
      messageId: '1457536567810854934',
      address: { account: 'discord', chatId: CHANNEL, threadId: THREAD },
      chatKind: 'group',
      sender: { ...sender, locale: 'en-US' },
    })
  })

  test('a person presses a button in a direct message', () => {
    expect(readInteraction(discordRecordings(folder).all['dmButtonClick'], uninformed())).toMatchObject({
      token: 'dm-action',
      messageId: 'MSG_DM_123',
      address: { chatId: 'DM_CHANNEL_123' },
      chatKind: 'direct',
      sender: { ...TEST_USER, locale: 'en-US' },
      sentAtMs: RECEIVED_AT_MS,
    })
  })

  test('a person presses a button of which little more than the id is told', () => {
    const press = discordRecordings(folder).all['channel channel_post_action']
    expect(readInteraction(press, uninformed())).toMatchObject({
      token: 'channel-post',
      messageId: '1473118771026727144',
      address: { chatId: '1459213904352645277', threadId: '1473118766652199044' },
      sender: TEST_USER,
      // From the interaction's id: 1473118791343800450 >> 22, since 2015.
      sentAtMs: 1_771_289_289_080,
    })
  })

  test('every field may be missing or something else: nothing throws', () => {
    const packets = Object.values(discordRecordings(folder).all).filter(isFields)
    expect(packets.length).toBeGreaterThan(20)
    for (const packet of packets) {
      const type = String(packet['type']).replace('GATEWAY_', '')
      const data = isFields(packet['data']) ? packet['data'] : packet
      for (const other of [undefined, null, 7, 'x', [], {}, [null]]) {
        for (const key of Object.keys(data)) {
          createGuilds().learn(type, { ...data, [key]: other })
          expect(readDispatch(type, { ...data, [key]: other }, informed()).length).toBeLessThan(2)
        }
        for (const key of Object.keys(packet)) readInteraction({ ...packet, [key]: other }, informed())
      }
    }
  })
})

describeWithSchemas('recordings of Telegram', (folder) => {
  const me = { id: 8_765_336_106, username: 'vercelchatsdkbot' }
  const reading = { account: 'telegram', me, commands: [], allowBots: false, receivedAtMs: RECEIVED_AT_MS }

  test.each([
    ['mention', 133, 'hi', true, 1_767_224_888_000],
    ['followUp', 134, 'how are you', false, 1_767_224_901_000],
  ] as const)('a person writes in private: %s', (name, messageId, text, mentionsBot, sentAtMs) => {
    expect(readUpdate(telegramRecordings(folder)[name], reading)).toEqual({
      kind: 'message',
      id: `telegram:7527593:${messageId}`,
      messageId: String(messageId),
      address: { account: 'telegram', chatId: '7527593' },
      chatKind: 'direct',
      replyTarget: { account: 'telegram', place: { chatId: 7_527_593, direct: true } },
      sender: { id: '7527593', name: 'Test User', isBot: false },
      sentAtMs,
      text,
      mentionsBot,
      repliesToBot: false,
      attachments: [],
    })
  })

  test('the bot’s own message is left out', () => {
    const asItself = { ...reading, me: { ...me, id: 7_527_593 } }
    expect(readUpdate(telegramRecordings(folder)['mention'], asItself)).toBeUndefined()
  })

  test('every field of the message may be missing or something else: nothing throws', () => {
    for (const update of Object.values(telegramRecordings(folder)).filter(isFields)) {
      const message = update['message'] as Fields
      for (const other of [undefined, null, 7, 'x', [], {}, [null]]) {
        for (const key of Object.keys(message)) {
          const event = readUpdate({ ...update, message: { ...message, [key]: other } }, reading)
          expect(event?.kind ?? 'message').toBe('message')
        }
      }
    }
  })
})

/** Nothing is known of the server. */
function uninformed(): Reading {
  return {
    account: 'discord',
    meId: BOT,
    commands: [],
    allowBots: false,
    receivedAtMs: RECEIVED_AT_MS,
    channel: () => undefined,
    channelsOf: () => [],
    isOwnRole: () => false,
    roleName: () => undefined,
    isOurs: () => false,
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
