// What do people on Discord see and do? Messages with buttons, slash commands with their options, forms that open.

import type {
  DiscordEmulator,
  Frame,
  Interaction,
  Person,
  ShownForm,
  ShownMessage,
} from '../../../emulators/discord/index.ts'
import { discordBlocks } from '../blocks/discord.ts'
import { discordComponents, type ComponentNames } from '../blocks/discord-components.ts'
import { recordOf, textIn } from '../blocks/json.ts'
import { sinceEpochMs, type Pane, type PaneParts, type Where } from '../pane.ts'
import type { PageMessage, PagePerson } from '../protocol.ts'
import { contentTypeOf } from '../shelf.ts'
import { Wrong } from '../wrong.ts'
import { createGuests, createSoon, quoteOf, since, type Guest } from './common.ts'
import { answersFor, commandsOf, formOf, typedValues, valuesFor, type GivenValues } from './discord-fields.ts'

const LOCALES = { en: 'en-US', zh: 'zh-CN' } as const
/** https://docs.discord.com/developers/interactions/receiving-and-responding */
const MODAL = 9
/** Longer the client does not wait for an answer to a press. */
const PATIENCE_MS = 3_500
/** https://docs.discord.com/developers/resources/channel#trigger-typing-indicator */
const TYPING_MS = 10_000
const COMPONENTS_V2 = 1 << 15

export function createDiscordPane(discord: DiscordEmulator, { board, shelf }: PaneParts): Pane {
  const guests = createGuests<Person>()
  const pending = new Map<Interaction, Where>()
  const timers = new Set<NodeJS.Timeout>()
  const guild = discord.guild({ name: 'Lab', members: [] })
  const general = discord.textChannel(guild, 'general')
  let commands: unknown
  let typing = discord.store.typing.at(-1)

  const names = (message: ShownMessage | undefined): ComponentNames => ({
    person: (id) => (id === discord.botId ? BOT : guests.byAccount(id)?.person.name),
    role: (id) => (id === guild.botRoleId ? BOT : undefined),
    channel: (id) => discord.store.channels.get(id)?.channel.name,
    file(address) {
      const name = /^attachment:\/\/(.+)$/.exec(address)?.[1]
      const found = message?.files.find((file) => file.name === name || address.includes(`/${file.id}/`))
      return found === undefined ? undefined : offer(found)
    },
  })
  const offer = (file: ShownMessage['files'][number]) =>
    shelf.offer({
      key: `discord ${file.id}`,
      name: file.name,
      contentType: file.contentType ?? contentTypeOf(file.name, discord.fileBytes(file.id)),
      sizeBytes: file.sizeBytes,
      bytes: () => discord.fileBytes(file.id),
    })

  const onFrame = ({ kind, channelId, messageId, atMs, atPerfMs, byBot }: Frame): void => {
    knowRoom(channelId)
    const roomId = roomIdOf(channelId)
    const shown = kind === 'delete' ? undefined : discord.message({ channelId, messageId })
    if (shown === undefined) {
      board.deleted(roomId, messageId)
      return
    }
    const before = board.messageOf(roomId, messageId)
    board.message(roomId, {
      ...drawn(shown),
      postedAtMs: before?.postedAtMs ?? atMs,
      changedAtMs: sinceEpochMs(atPerfMs),
      edits: before === undefined ? 0 : before.edits + 1,
    })
    if (byBot && kind === 'post') board.typing(roomId, atMs)
  }

  const drawn = (shown: ShownMessage): Omit<PageMessage, 'postedAtMs' | 'changedAtMs' | 'edits'> => {
    const about = names(shown)
    const isV2 = (shown.flags & COMPONENTS_V2) !== 0
    const parts = discordComponents(shown.components, about)
    const person = guests.byAccount(shown.author.id)?.person
    const onlyFor = guests.byAccount(shown.onlyFor ?? '')?.person.id
    return {
      id: shown.messageId,
      author: {
        name: person?.name ?? shown.author.global_name ?? shown.author.username,
        isBot: shown.byBot,
        ...(person === undefined ? {} : { personId: person.id }),
      },
      state: shown.isLoading ? 'growing' : 'final',
      ...(onlyFor === undefined ? {} : { onlyFor }),
      ...replyOf(shown),
      blocks: isV2 ? parts.blocks : [...discordBlocks(shown.message.content, about), ...parts.blocks],
      // What components show stands among the words.
      files: isV2 ? [] : shown.files.map(offer),
      controls: parts.controls,
    }
  }

  const replyOf = ({ channelId, replyTo, message }: ShownMessage): Pick<PageMessage, 'replyTo'> => {
    if (replyTo !== undefined) return quoteOf(board.messageOf(roomIdOf(channelId), replyTo))
    const { user, name } = recordOf(message.interaction_metadata)
    const who = guests.byAccount(textIn(recordOf(user)['id']))?.person.name
    return who === undefined || name === undefined
      ? {}
      : { replyTo: { author: who, text: `/${textIn(name)}` } }
  }

  const knowRoom = (channelId: string): void => {
    const channel = discord.store.channels.get(channelId)?.channel
    if (channel?.parent_id !== general.id) return
    const id = roomIdOf(channelId)
    if (board.rooms.some((room) => room.id === id)) return
    board.room({ id, platform: 'discord', kind: 'thread', title: channel.name ?? channelId })
  }

  const watch = (interaction: Interaction, where: Where): void => {
    pending.set(interaction, where)
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (pending.delete(interaction))
        board.toast('discord', where.personId, 'The application did not respond.')
    }, PATIENCE_MS)
    timers.add(timer.unref())
    look()
  }
  const look = createSoon(() => {
    for (const [interaction, { roomId, personId }] of pending) {
      const callback = interaction.callback()
      if (callback === undefined) continue
      pending.delete(interaction)
      const form = callback.type === MODAL ? discord.formShown(interaction) : undefined
      if (form !== undefined) board.form(roomId, personId, formOf(form))
    }
    for (const { channelId, atMs } of since(discord.store.typing, typing))
      board.typing(roomIdOf(channelId), atMs + TYPING_MS)
    typing = discord.store.typing.at(-1)
    const global = discord.store.commands.get('global')
    if (global === commands) return
    commands = global
    board.commands('discord', commandsOf(global ?? []))
  })
  const stops = [discord.onFrame(onFrame), discord.onChange(look)]
  board.room({ id: roomIdOf(general.id), platform: 'discord', kind: 'group', title: '#general' })

  const at = ({ roomId, personId }: Where): Guest<Person> & { readonly channelId: string } => {
    const channelId = channelOf(roomId)
    if (discord.store.channels.get(channelId) === undefined) throw new Wrong('There is no such room.')
    return { ...guests.of(personId), channelId }
  }
  const openForm = (guest: Guest<Person>, formId: string): ShownForm => {
    const form = discord.openForm(guest.account)
    if (form?.customId !== formId) throw new Wrong('This form is no longer open.')
    return form
  }
  const run = (where: Where, name: string, given: GivenValues): void => {
    const { account, channelId } = at(where)
    const command = discord.store.commands.get('global')?.find((one) => one['name'] === name)
    if (command === undefined) throw new Wrong(`There is no command /${name}.`)
    watch(discord.runCommand(account, channelId, name, given(command)), where)
  }

  return {
    platform: 'discord',
    join(person: PagePerson) {
      const account = discord.person({ name: person.name, locale: LOCALES[person.locale] })
      guests.add(person, account, account.id)
      discord.join(account, guild)
      const { id } = discord.directChannel(account)
      const title = BOT
      board.room({ id: roomIdOf(id), platform: 'discord', kind: 'direct', title, personId: person.id })
    },
    say({ text, mention, replyTo, files, ...where }) {
      const { account, channelId } = at(where)
      const typed = /^\/([\w-]+)(?:\s+([\s\S]*))?$/.exec(text.trim())
      const name = typed?.[1] ?? ''
      const known = discord.store.commands.get('global')?.some((one) => one['name'] === name) === true
      if (known && files.length === 0) {
        run(where, name, (command) => typedValues(command, typed?.[2] ?? ''))
        return
      }
      const quoted = replyTo === undefined ? {} : { replyTo: { channelId, messageId: replyTo } }
      discord.say(account, channelId, text, { ...quoted, ...(mention ? { mention } : {}), files })
    },
    press({ messageId, controlId, value, ...where }) {
      const { account, channelId } = at(where)
      const ref = { channelId, messageId }
      const interaction =
        value === undefined
          ? discord.press(account, ref, controlId)
          : discord.select(account, ref, controlId, [value])
      watch(interaction, where)
    },
    command({ name, values, fileOf, ...where }) {
      run(where, name, (command) => valuesFor(command, values, fileOf))
    },
    submit({ formId, values, fileOf, ...where }) {
      const guest = at(where)
      const form = openForm(guest, formId)
      const answers = answersFor(form, values, fileOf)
      watch(discord.submitModal(guest.account, formId, answers), where)
    },
    close() {
      for (const stop of stops) stop()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** As the emulated Discord names it. */
const BOT = 'emu_bot'

function roomIdOf(channelId: string): string {
  return `discord:${channelId}`
}

function channelOf(roomId: string): string {
  return roomId.replace(/^discord:/, '')
}
