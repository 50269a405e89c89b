// How do people on Discord act? Slash commands picked from the menu with typed options, buttons, modals.

import type { DiscordEmulator, Json, Person, ShownForm, ShownMessage } from '../../emulators/discord/index.ts'
import { readDiscord } from '../reading.ts'
import type { Locale } from '../seats.ts'
import {
  ANSWER_MS,
  buttonsInWords,
  choiceOf,
  fileInWords,
  picturesInWords,
  pressInWords,
  screenInWords,
  soon,
  sooner,
  Unseen,
  valuesInWords,
  wordsBeside,
  type Hands,
  type Newcomer,
  type SeenMedia,
  type ShownButton,
  type ShownReply,
  type Values,
  type Venue,
} from './hands.ts'

const LOCALES: Readonly<Record<Locale, string>> = { en: 'en-US', zh: 'zh-CN' }
/** https://docs.discord.com/developers/interactions/receiving-and-responding */
const CALLBACK = { message: 4, deferredMessage: 5 } as const
const EPHEMERAL = 64
/** https://docs.discord.com/developers/resources/message */
const VOICE_MESSAGE = 1 << 13
/** The sign on the button that opens a form, in every language. */
const OPENS_FORM = /✏/u
const YES = /^(?:yes|是)$/i

export function discordVenue(discord: DiscordEmulator): Venue {
  const arrive = ({ name, locale }: Newcomer): Person => discord.person({ name, locale: LOCALES[locale] })
  return {
    offers: (command) =>
      [...discord.store.commands.values()].some((list) => list.some(({ name }) => name === command)),
    privately(who) {
      const person = arrive(who)
      return handsOf(discord, who, person, discord.directChannel(person).id)
    },
    inGroup(who) {
      const people = who.map(arrive)
      const { id } = discord.textChannel(discord.guild({ name: 'Lab', members: people }), 'general')
      return who.map((each, n) => handsOf(discord, each, people[n] ?? arrive(each), id))
    },
  }
}

function handsOf(discord: DiscordEmulator, who: Newcomer, person: Person, channelId: string): Hands {
  const { name, locale, onDeed } = who
  const shown = (): readonly ShownReply[] =>
    discord
      .screen(channelId, person)
      .filter(({ byBot, isLoading }) => byBot && !isLoading)
      .map(({ messageId, text, buttons }) => ({
        messageId,
        text: readDiscord(text),
        buttons: buttons.flatMap(({ label, customId, disabled }) =>
          customId === undefined || disabled === true ? [] : [{ label, messageId, key: customId }],
        ),
        links: buttons.flatMap(({ label, url }) => (url === undefined ? [] : [{ label, url }])),
      }))

  return {
    platform: 'discord',
    name,
    locale,
    personId: person.id,
    shown,
    menu: () =>
      (discord.store.commands.get('global') ?? []).map((command) => {
        const { name: entry, description, description_localizations: localized } = command
        const own = isJson(localized) ? localized[LOCALES[locale]] : undefined
        return { name: String(entry), description: String(own ?? description) }
      }),
    onChange: (listener) =>
      void discord.onFrame((frame) => {
        if (frame.channelId === channelId && frame.byBot) listener(frame.messageId, frame.text)
      }),
    say(text) {
      onDeed(`writes ${text}`)
      discord.say(person, channelId, text)
    },
    async runCommand({ name: command, options = {}, file, force }) {
      const given = file === undefined ? '' : `${file.option}: ${fileInWords(file.file)}`
      onDeed(
        `runs /${command} ${[valuesInWords(options), given].filter((part) => part !== '').join(', ')}`.trim(),
      )
      const values = {
        ...options,
        ...(file === undefined ? {} : { [file.option]: { name: file.file.name, bytes: file.file.bytes } }),
      }
      discord.runCommand(person, channelId, command, values, { force: force === true })
    },
    sendFile(file, words = '') {
      onDeed(`sends ${fileInWords(file)}${wordsBeside(words)}`)
      discord.say(person, channelId, words, { files: [file] })
    },
    sendPictures(pictures, words = '') {
      onDeed(picturesInWords(pictures, words))
      discord.say(person, channelId, words, { files: pictures })
    },
    sendVoice({ bytes, durationMs }) {
      onDeed(`speaks for ${Math.round(durationMs / 1_000)} s`)
      discord.say(person, channelId, '', { voice: { bytes, durationMs } })
    },
    media: () =>
      discord
        .screen(channelId, person)
        .filter(({ byBot }) => byBot)
        .flatMap(mediaOf),
    press,
    async fill(values) {
      await fillForm(() => values)
      return undefined
    },
    async answer(words) {
      const choice = choiceOf(words, shown())
      if (choice === undefined) await fillForm(({ fields }) => ({ [fields[0]?.id ?? '']: words }))
      else await press(choice)
    },
  }

  async function press(
    button: ShownButton,
    { stale = false }: { readonly stale?: boolean } = {},
  ): Promise<string | undefined> {
    onDeed(pressInWords(button, shown(), stale))
    const ref = { channelId, messageId: button.messageId }
    const pressed = discord.press(person, ref, String(button.key), { force: stale })
    const callback = await sooner(() => pressed.callback(), ANSWER_MS)
    if (callback === undefined) throw new Unseen('the press answered in time', 'no answer')
    if (callback.type !== CALLBACK.message && callback.type !== CALLBACK.deferredMessage) return undefined
    const isPrivate = (Number(callback.data['flags'] ?? 0) & EPHEMERAL) !== 0
    if (!isPrivate) return undefined
    const told = readDiscord(wordsIn(callback.data))
    onDeed(`is told: ${told}`)
    return told
  }

  async function fillForm(valuesFor: (form: ShownForm) => Values): Promise<void> {
    const opener = (): ShownButton | undefined =>
      shown()
        .at(-1)
        ?.buttons.find(({ label }) => OPENS_FORM.test(label))
    const seen = (): string => screenInWords(shown())
    await soon('a form, or a button that opens one', () => discord.openForm(person) ?? opener(), seen)
    const button = opener()
    if (discord.openForm(person) === undefined && button !== undefined) {
      onDeed(`presses [${button.label}]`)
      discord.press(person, { channelId, messageId: button.messageId }, String(button.key))
    }
    const form = await soon('a form', () => discord.openForm(person), seen)
    const values = valuesFor(form)
    const answers = answersFor(form, values)
    onDeed(`fills in “${form.title}”: ${valuesInWords(values)}`)
    discord.submitModal(person, form.customId, answers)
  }
}

function mediaOf({ messageId, files, flags }: ShownMessage): readonly SeenMedia[] {
  return files.map(({ name, contentType = '', sizeBytes, sha256 = '', description = '', durationMs }) => ({
    messageId,
    kind: (flags & VOICE_MESSAGE) === 0 ? kindOf(contentType) : 'voice',
    name,
    words: description,
    sizeBytes,
    sha256,
    ...(durationMs === undefined ? {} : { durationMs }),
  }))
}

function kindOf(contentType: string): SeenMedia['kind'] {
  if (contentType.startsWith('image/')) return 'picture'
  if (contentType.startsWith('audio/')) return 'sound'
  return contentType.startsWith('video/') ? 'video' : 'file'
}

type Answer = string | boolean | readonly string[]

/** What is typed and picked, by the ids of the form's fields. */
function answersFor({ fields }: ShownForm, values: Values): Readonly<Record<string, Answer>> {
  const answers = Object.entries(values).map(([name, value]): readonly [string, Answer] => {
    const field = fields.find(({ id }) => id === name)
    if (field === undefined)
      throw new Unseen(`a field ${name} in the form`, fields.map(({ id }) => id).join(', '))
    if (field.kind === 'checkbox') return [field.id, YES.test(value)]
    if (field.options === undefined) return [field.id, value]
    const option = field.options.find(({ label }) => label === value)
    if (option === undefined) throw new Unseen(`a choice ${value}`, buttonsInWords(field.options))
    return [field.id, [option.value]]
  })
  return Object.fromEntries(answers)
}

/** Of a message, or of its Components V2. */
function wordsIn(value: unknown): string {
  if (Array.isArray(value)) return value.map((item: unknown) => wordsIn(item)).join('')
  if (!isJson(value)) return ''
  const content = typeof value['content'] === 'string' ? value['content'] : ''
  return content + wordsIn(value['components'])
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
