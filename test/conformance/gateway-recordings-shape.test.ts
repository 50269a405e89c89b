// Do the emulators tell of what people do in the very shape in which the platforms were recorded telling it?
import { expect, test } from 'vitest'
import { startTelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { identify, lab, send } from '../support/discord-wire.ts'
import { discordRecordings, telegramRecordings } from './gateway-recordings.ts'
import { differences, shapeOf } from './json-shape.ts'
import { describeWithSchemas } from './schemas.ts'

/** Where the Discord emulator is known to differ from the recordings; each is met at least once. */
const KNOWN: readonly { readonly where: RegExp; readonly why: string }[] = [
  {
    where: /\.(avatar_decoration_data|clan|collectibles|display_name_styles) is missing: null$/,
    why: 'decoration of a person: null throughout, and read by nobody',
  },
  {
    where: /\.unusual_dm_activity_until is missing: null$/,
    why: 'undocumented, told of members in interactions only',
  },
  {
    where: /\.avatar is null, not string$/,
    why: 'people of the emulator have no picture; null is what Discord tells then (docs: user object)',
  },
  {
    where: /(author|user|mentions\[\])\.flags is added: number$/,
    why: 'required of a user by the REST description (UserResponse), which the emulator follows here too',
  },
  {
    where: /^nonce is missing: string$/,
    why: 'the official client names a nonce with each message; optional (docs: message object)',
  },
  {
    where: /^position is missing: number$/,
    why: 'the place in a thread, approximate and optional (docs: message object)',
  },
  {
    where: /embeds\[\]\.(id is missing: string|content_scan_version is missing: number)$/,
    why: 'undocumented',
  },
  {
    where: /^channel\.(member is missing: object|member_ids_preview is missing: array)$/,
    why: 'who is in the thread; optional (docs: channel object) or undocumented',
  },
  {
    where: /^message\.(channel_type|guild_id|member) is added: /,
    why: 'fields of the gateway’s own messages; the message of an interaction comes without them',
  },
]

const WELCOME = {
  content: '**Welcome!**',
  embeds: [
    { title: 'T', description: 'D', color: 5_793_266, fields: [{ name: 'n', value: 'v', inline: true }] },
  ],
  components: [{ type: 1, components: [{ type: 2, style: 1, label: 'Say Hello', custom_id: 'hello' }] }],
}

describeWithSchemas('the Discord emulator', (folder) => {
  test('tells of messages, presses and threads as the gateway did', async () => {
    const { emulator, ann, general } = await lab()
    const wire = await identify(emulator)
    await wire.event('GUILD_CREATE')
    emulator.say(ann, general, 'Hey', { mention: true })
    emulator.say(ann, general, 'Still there?', { roleMention: true })
    const thread = emulator.thread(general, 'talk', ann)
    emulator.say(ann, thread, 'Hey')
    await send(emulator, 'POST', `/channels/${thread.id}/messages`, WELCOME)
    const welcome = emulator.screen(thread).find(({ byBot }) => byBot)
    emulator.press(ann, welcome!, 'hello')
    const press = await wire.event('INTERACTION_CREATE')
    const created = await wire.event('THREAD_CREATE')
    const messages = wire.packets.filter(({ t }) => t === 'MESSAGE_CREATE').map(({ d }) => d)
    expect(messages).toHaveLength(4)

    const recordings = discordRecordings(folder)
    const compared = (told: readonly unknown[], names: readonly string[]): readonly string[] => {
      const recorded = names.map((name) => recordings.dispatch(name).data)
      return differences(shapeOf(told), shapeOf(recorded))
    }
    const found = [
      ...compared(messages.slice(0, 2), ['gatewayMention', 'gatewayAIMention', 'gatewayRoleMention']),
      ...compared(messages.slice(2, 3), ['gatewayThreadUserHey', 'gatewayThreadNice', 'gatewayThreadNum1']),
      ...compared(messages.slice(3), ['gatewayBotWelcome']),
      ...compared([created], ['gatewayThreadCreate']),
      ...differences(shapeOf([press]), shapeOf([recordings.all['buttonClickHello']])),
    ]
    expect(found.filter((fault) => !KNOWN.some(({ where }) => where.test(fault)))).toEqual([])
    expect(KNOWN.filter(({ where }) => !found.some((fault) => where.test(fault)))).toEqual([])
  })
})

describeWithSchemas('the Telegram emulator', (folder) => {
  test('tells of messages as the Bot API did', async () => {
    const emulator = await startTelegramEmulator()
    try {
      const ann = emulator.person({ username: 'ann_lee' })
      const chat = emulator.privateChat(ann)
      emulator.say(ann, chat, '@emu_bot hi')
      emulator.say(ann, chat, 'how are you')
      const answer = await fetch(`${emulator.url}/bot${emulator.token}/getUpdates`)
      const { result } = (await answer.json()) as { readonly result: readonly unknown[] }
      expect(result).toHaveLength(2)
      const { mention, followUp } = telegramRecordings(folder)
      // The recorded person's app tells no language; it may (Bot API: User).
      expect(differences(shapeOf(result), shapeOf([mention, followUp]))).toEqual([
        'message.from.language_code is added: string',
      ])
    } finally {
      await emulator.close()
    }
  })
})

test('a missing, an added and a changed field are told, and what is in them is not told again', () => {
  const told = shapeOf([{ id: 1, author: { name: 'Ann' }, mentions: [{ bot: true }], extra: { a: 1 } }])
  const recorded = shapeOf([
    { id: '1', author: { name: null }, mentions: [{ id: '2', bot: true }], member: { x: 1 } },
  ])
  expect(differences(told, recorded)).toEqual([
    'author.name is string, not null',
    'extra is added: object',
    'id is number, not string',
    'member is missing: object',
    'mentions[].id is missing: string',
  ])
})
