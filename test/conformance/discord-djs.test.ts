// Does unmodified discord.js talk with the Discord emulator as it does with Discord?
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  ChannelType,
  ComponentType,
  type Message,
  MessageFlags,
  TextInputStyle,
} from 'discord.js'
import { afterEach, expect, test, vi } from 'vitest'
import { sha256Of } from '../../src/emulators/common/bytes.ts'
import { makePng } from '../../src/emulators/common/png.ts'
import {
  endAll,
  start,
  login,
  onTalk,
  onInteraction,
  errorOf,
  TIMEOUT_MS,
} from '../support/discord-client.ts'

const PICTURE = makePng({ widthPx: 8, heightPx: 4 })
/** As much of an Ogg file as discord.js looks at. */
const OGG = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(60)])

afterEach(endAll)

test('a message is answered with a reply that grows by edits and pings nobody', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  onTalk(client, async (message) => {
    expect(message.mentions.has(client.user, { ignoreEveryone: true, ignoreRepliedUser: true })).toBe(true)
    const answer = await message.reply(`1 <@${ann.id}> @everyone`)
    await answer.edit('12')
    await answer.edit('123')
  })
  const said = emulator.say(ann, general, 'why?', { mention: true })
  await emulator.waitFor(() => emulator.screen(general).some(({ text }) => text === '123'), {
    timeoutMs: TIMEOUT_MS,
  })
  const answer = emulator.screen(general).at(-1)
  expect(answer).toMatchObject({ byBot: true, edited: true, replyTo: said.messageId })
  expect(answer?.pinged).toEqual({ users: [], roles: [], everyone: false })
  const frames = emulator.store.frames.filter(({ byBot }) => byBot).map(({ kind }) => kind)
  expect(frames).toEqual(['post', 'edit', 'edit'])
})

test('files, Components V2, reactions and history go both ways', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const dm = emulator.directChannel(ann)
  const client = await login(emulator)
  onTalk(client, async (message) => {
    const bytes = await fetch(message.attachments.first()!.url).then((response) => response.text())
    await message.react('👀')
    await message.reply({
      content: bytes,
      files: [new AttachmentBuilder(Buffer.from('out'), { name: 'out.txt' })],
    })
    if (!message.channel.isSendable()) return
    await message.channel.send({
      flags: MessageFlags.IsComponentsV2,
      components: [
        { type: ComponentType.TextDisplay, content: 'shown' },
        {
          type: ComponentType.ActionRow,
          components: [
            { type: ComponentType.Button, style: ButtonStyle.Danger, label: 'Stop', customId: 'stop:1' },
          ],
        },
      ],
    })
  })
  const said = emulator.say(ann, dm, 'look', { files: [{ name: 'in.txt', bytes: 'inside' }] })
  await emulator.waitFor(() => emulator.screen(dm).length === 3, { timeoutMs: TIMEOUT_MS })
  const [question, answer, shown] = emulator.screen(dm)
  expect(question?.reactions).toEqual(['👀'])
  expect(answer?.text).toBe('inside')
  expect(emulator.fileBytes(answer?.attachments[0]?.id ?? '')?.toString()).toBe('out')
  expect(shown?.text).toBe('shown')
  expect(shown?.buttons).toEqual([{ label: 'Stop', customId: 'stop:1' }])
  const channel = await client.channels.fetch(dm.id)
  const history =
    channel?.isTextBased() === true ? await channel.messages.fetch({ after: said.id }) : undefined
  expect([...(history?.keys() ?? [])]).toEqual([shown?.id, answer?.id])
})

test('albums, voice messages, stickers and forwards go both ways', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  const heard: Message[] = []
  onTalk(client, (message) => Promise.resolve(heard.push(message)))
  const pictures = ['a.png', 'b.png'].map((name) => ({ name, bytes: PICTURE }))
  const said = emulator.say(ann, general, '', { files: pictures })
  emulator.say(ann, general, '', { voice: { bytes: OGG, durationMs: 4_200, loudness: [1, 255] } })
  emulator.say(ann, general, '', { stickers: [{ name: 'Wave', format: 'lottie' }] })
  emulator.say(ann, general, '', { forward: said })
  await vi.waitFor(() => expect(heard).toHaveLength(4), { timeout: TIMEOUT_MS })
  const [album, voice, sticker, forward] = heard
  expect(album?.attachments.map(({ height, name, width }) => [name, width, height])).toEqual([
    ['a.png', 8, 4],
    ['b.png', 8, 4],
  ])
  expect(voice?.flags.has(MessageFlags.IsVoiceMessage)).toBe(true)
  expect(voice?.attachments.first()).toMatchObject({ duration: 4.2, waveform: 'Af8=' })
  expect(sticker?.stickers.first()?.url).toMatch(/\/stickers\/\d+\.json$/)
  const [file] = forward?.messageSnapshots.first()?.attachments.values() ?? []
  const copied = await fetch(file?.url ?? '').then((response) => response.arrayBuffer())
  expect(Buffer.from(copied)).toEqual(PICTURE)

  if (voice?.channel.isSendable() !== true) throw new Error('nowhere to answer')
  const spoken = new AttachmentBuilder(OGG, { name: 'voice-message.ogg' })
    .setDuration(1.5)
    .setWaveform('AP8=')
  await voice.channel.send({ flags: MessageFlags.IsVoiceMessage, files: [spoken] })
  const described = pictures.map(
    ({ name }) => new AttachmentBuilder(PICTURE, { name, description: `alt ${name}` }),
  )
  await voice.channel.send({ files: described })
  const [first, second] = emulator.screen(general).slice(-2)
  expect(first?.files).toMatchObject([{ durationMs: 1_500, loudness: [0, 255], sha256: await sha256Of(OGG) }])
  expect(second?.files.map(({ description }) => description)).toEqual(['alt a.png', 'alt b.png'])
  const wordy = voice.channel.send({ content: 'x', flags: MessageFlags.IsVoiceMessage, files: [spoken] })
  expect(await errorOf(wordy)).toMatchObject({ code: 50_159, status: 400 })
})

test('threads and forum posts are found, opened and written to', async () => {
  const emulator = await start({ limits: false })
  const ann = emulator.person({ name: 'Ann' })
  const lab = emulator.guild({ members: [ann] })
  const general = emulator.textChannel(lab, 'general')
  const client = await login(emulator)
  onTalk(client, async (message) => {
    if (message.channel.isThread()) await message.reply(`in ${message.channel.name}`)
    else {
      const thread = await message.startThread({ name: 'talk' })
      await thread.send('begun')
    }
  })
  const said = emulator.say(ann, general, 'begin')
  await emulator.waitFor(
    () => emulator.store.channels.has(said.id) && emulator.screen(said.id).at(-1)?.text === 'begun',
    {
      timeoutMs: TIMEOUT_MS,
    },
  )
  expect(emulator.channel(said.id)).toMatchObject({ parent_id: general.id, name: 'talk' })
  emulator.say(ann, said.id, 'more')
  const post = emulator.forumPost(emulator.forum(lab), 'Question', 'first', ann)
  const texts = (id: string): readonly string[] => emulator.screen(id).map(({ text }) => text)
  await emulator.waitFor(() => texts(said.id).includes('in talk') && texts(post.id).includes('in Question'), {
    timeoutMs: TIMEOUT_MS,
  })
  const again = client.channels.cache.get(general.id)
  if (again?.type !== ChannelType.GuildText) throw new Error('no text channel')
  const source = await again.messages.fetch(said.id)
  source.thread?.setName('renamed').catch(() => undefined)
  expect((await errorOf(again.threads.create({ name: 'twice', startMessage: said.id }))).code).toBe(160_004)
})

test('a slash command is deferred, edited and followed up', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann', locale: 'zh-CN' })
  const lab = emulator.guild({ members: [ann] })
  const general = emulator.textChannel(lab, 'general')
  const client = await login(emulator)
  onInteraction(client, async (interaction) => {
    if (!interaction.isChatInputCommand()) return
    expect(interaction.channelId).toBe(general.id)
    await interaction.deferReply()
    await interaction.editReply(`${interaction.locale} ${interaction.options.getString('问题') ?? ''}`)
    await interaction.followUp({ content: 'only you', flags: MessageFlags.Ephemeral })
  })
  await client.application.commands.set([
    {
      name: '问',
      description: 'ask',
      options: [{ name: '问题', description: 'q', type: ApplicationCommandOptionType.String }],
    },
  ])
  const interaction = emulator.runCommand(ann, general, '问', { 问题: '为什么' })
  await emulator.waitFor(() => emulator.screen(general, ann).length === 2, { timeoutMs: TIMEOUT_MS })
  const [answer, follow] = emulator.screen(general, ann)
  expect(answer).toMatchObject({ text: 'zh-CN 为什么', isLoading: false, byBot: true })
  expect(follow).toMatchObject({ text: 'only you', onlyFor: ann.id })
  expect(interaction.callback()?.type).toBe(5)
})

test('a button opens a form, and what is typed arrives', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const dm = emulator.directChannel(ann)
  const client = await login(emulator)
  onTalk(client, (message) =>
    message.reply({
      content: 'choose',
      components: [
        new ActionRowBuilder<ButtonBuilder>().addComponents(
          new ButtonBuilder().setCustomId('open').setLabel('Open').setStyle(ButtonStyle.Primary),
        ),
      ],
    }),
  )
  onInteraction(client, async (interaction) => {
    if (interaction.isButton())
      await interaction.showModal({
        title: 'Form',
        custom_id: 'form',
        components: [
          {
            type: ComponentType.Label,
            label: 'Name',
            component: { type: ComponentType.TextInput, custom_id: 'name', style: TextInputStyle.Short },
          },
        ],
      })
    else if (interaction.isModalSubmit() && interaction.isFromMessage())
      await interaction.update({ content: interaction.fields.getTextInputValue('name'), components: [] })
  })
  emulator.say(ann, dm, 'hi')
  await emulator.waitFor(() => emulator.screen(dm).length === 2, { timeoutMs: TIMEOUT_MS })
  const pressed = emulator.press(ann, emulator.screen(dm)[1]!, 'open')
  await emulator.waitFor(() => pressed.callback()?.type === 9, { timeoutMs: TIMEOUT_MS })
  expect(() => emulator.submitModal(ann, 'form', {})).toThrow('must be filled in')
  emulator.submitModal(ann, 'form', { name: '安' })
  await emulator.waitFor(() => emulator.screen(dm)[1]?.text === '安', { timeoutMs: TIMEOUT_MS })
  expect(emulator.screen(dm)[1]?.buttons).toEqual([])
})

test('what is typed into an option is completed', async () => {
  const emulator = await start()
  const ann = emulator.person({ name: 'Ann' })
  const general = emulator.textChannel(emulator.guild({ members: [ann] }), 'general')
  const client = await login(emulator)
  onInteraction(client, async (interaction) => {
    if (interaction.isAutocomplete())
      await interaction.respond([{ name: interaction.options.getFocused(), value: 'v' }])
  })
  await client.application.commands.set([
    {
      name: 'pick',
      description: 'p',
      options: [
        { name: 'what', description: 'w', type: ApplicationCommandOptionType.String, autocomplete: true },
      ],
    },
  ])
  const typed = emulator.autocomplete(ann, general, 'pick', 'what', 'abc')
  await emulator.waitFor(() => typed.callback() !== undefined, { timeoutMs: TIMEOUT_MS })
  expect(typed.callback()?.data).toEqual({ choices: [{ name: 'abc', value: 'v' }] })
})

test('a late first answer and an edit without one are refused as Discord does', async () => {
  const emulator = await start({ interactionAckMs: -1 })
  const ann = emulator.person({ name: 'Ann' })
  const dm = emulator.directChannel(ann)
  const client = await login(emulator)
  const codes: number[] = []
  onInteraction(client, async (interaction) => {
    if (!interaction.isChatInputCommand()) return
    codes.push(Number((await errorOf(interaction.deferReply())).code))
    interaction.deferred = true
    codes.push(Number((await errorOf(interaction.editReply('x'))).code))
  })
  emulator.runCommand(ann, dm, 'ask', {}, { force: true })
  await expect.poll(() => codes, { timeout: TIMEOUT_MS }).toEqual([10_062, 10_015])
})
