// How do people on Telegram act? Commands typed with their options, inline buttons, one question answered after the other.

import type { Person, ShownFile, ShownMessage, TelegramEmulator } from '../../emulators/telegram/index.ts'
import type { Locale } from '../seats.ts'
import {
  ANSWER_MS,
  FORM_MS,
  PATIENCE_MS,
  fileInWords,
  picturesInWords,
  pressInWords,
  screenInWords,
  soon,
  sooner,
  typedCommand,
  wordsBeside,
  type GivenFile,
  type Hands,
  type Newcomer,
  type SeenMedia,
  type ShownButton,
  type ShownReply,
  type Venue,
} from './hands.ts'

const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'en', zh: 'zh-hans' }

export function telegramVenue(telegram: TelegramEmulator): Venue {
  const arrive = ({ name, locale }: Newcomer): Person =>
    telegram.person({ firstName: name, languageCode: LANGUAGES[locale] })
  return {
    offers: (command) =>
      telegram.store.commandLists.some(({ commands }) => commands.some((one) => one.command === command)),
    privately(who) {
      const person = arrive(who)
      return handsOf(telegram, who, person, telegram.privateChat(person).id)
    },
    inGroup(who) {
      const people = who.map(arrive)
      const { id } = telegram.group({ members: people })
      return who.map((each, n) => handsOf(telegram, each, people[n] ?? arrive(each), id))
    },
  }
}

function handsOf(telegram: TelegramEmulator, who: Newcomer, person: Person, chatId: number): Hands {
  const { name, locale, onDeed } = who
  /** The newest question this person has answered. */
  let answeredId = 0
  const bots = (): readonly ShownMessage[] => telegram.screen(chatId).filter(({ byBot }) => byBot)
  const shown = (): readonly ShownReply[] => bots().map(replyOf)
  const say = (text: string): void => {
    onDeed(`writes ${text}`)
    telegram.say(person, chatId, text)
  }
  const press = async (
    button: ShownButton,
    { stale = false }: { readonly stale?: boolean } = {},
  ): Promise<string | undefined> => {
    onDeed(pressInWords(button, shown(), stale))
    const ref = { chatId, messageId: Number(button.messageId) }
    const pressed = telegram.press(person, ref, String(button.key), { force: stale })
    const told = (await sooner(() => pressed.answer(), ANSWER_MS))?.text ?? ''
    if (told === '') return undefined
    onDeed(`is told: ${told}`)
    return told
  }

  return {
    platform: 'telegram',
    name,
    locale,
    personId: String(person.id),
    shown,
    menu: () =>
      telegram.menu(person, chatId).map(({ command, description }) => ({ name: command, description })),
    press,
    onChange: (listener) =>
      void telegram.onFrame((frame) => {
        if (frame.chatId === chatId && frame.byBot) listener(String(frame.messageId ?? ''), frame.text)
      }),
    say,
    async runCommand(command) {
      const typed = typedCommand(command)
      if (command.file === undefined) {
        onDeed(`types ${typed}`)
        telegram.say(person, chatId, typed)
        return
      }
      const { file } = command.file
      onDeed(`sends ${fileInWords(file)} with the words ${typed}`)
      telegram.say(person, chatId, typed, { document: documentOf(file) })
    },
    sendFile(file, words = '') {
      onDeed(`sends ${fileInWords(file)}${wordsBeside(words)}`)
      telegram.say(person, chatId, words, { document: documentOf(file) })
    },
    sendPictures(pictures, words = '') {
      onDeed(picturesInWords(pictures, words))
      const [photo] = pictures
      if (pictures.length === 1 && photo !== undefined)
        telegram.sendPhoto(person, chatId, photo, { caption: words })
      // The first of an album has the caption.
      else
        telegram.sendAlbum(
          person,
          chatId,
          pictures.map((each, n) => (n === 0 ? { photo: each, caption: words } : { photo: each })),
        )
    },
    sendVoice({ bytes, durationMs }) {
      onDeed(`speaks for ${Math.round(durationMs / 1_000)} s`)
      telegram.sendVoice(person, chatId, { bytes, durationSeconds: Math.round(durationMs / 1_000) })
    },
    media: () => bots().flatMap(mediaOf),
    async fill(values) {
      const seen = (): string => screenInWords(shown())
      for (const value of Object.values(values))
        await answer(value, await soon('the next question', question, seen))
      return undefined
    },
    async answer(words) {
      const asked = await sooner(question, chatId === person.id ? FORM_MS : PATIENCE_MS)
      if (asked === undefined) say(words)
      else await answer(words, asked)
    },
  }

  function question(): ShownMessage | undefined {
    return bots().findLast((message) => message.messageId > answeredId && asks(message))
  }

  async function answer(words: string, asked: ShownMessage): Promise<void> {
    answeredId = asked.messageId
    const button = replyOf(asked).buttons.find(({ label }) => label === words)
    if (button !== undefined) {
      await press(button)
      return
    }
    onDeed(`replies ${words}`)
    telegram.replyTo(person, asked, words)
  }
}

/** It opens the input for an answer, or has buttons that are one. */
function asks({ forceReply, buttons }: ShownMessage): boolean {
  return forceReply !== undefined || buttons.some(({ data }) => data !== undefined)
}

function replyOf({ messageId, text, buttons }: ShownMessage): ShownReply {
  const id = String(messageId)
  return {
    messageId: id,
    text,
    buttons: buttons.flatMap(({ text: label, data }) =>
      data === undefined ? [] : [{ label, messageId: id, key: data }],
    ),
    links: buttons.flatMap(({ text: label, url }) => (url === undefined ? [] : [{ label, url }])),
  }
}

const KINDS: Readonly<Record<ShownFile['kind'], SeenMedia['kind']>> = {
  photo: 'picture',
  live_photo: 'picture',
  animation: 'picture',
  sticker: 'picture',
  document: 'file',
  voice: 'voice',
  audio: 'sound',
  video: 'video',
  video_note: 'video',
}

function mediaOf({ messageId, text, file }: ShownMessage): readonly SeenMedia[] {
  if (file === undefined) return []
  const { kind, name, sizeBytes, sha256 = '', durationSeconds } = file
  const length = durationSeconds === undefined ? {} : { durationMs: durationSeconds * 1_000 }
  return [
    { messageId: String(messageId), kind: KINDS[kind], name, words: text, sizeBytes, sha256, ...length },
  ]
}

function documentOf({ name, bytes }: GivenFile): { readonly name: string; readonly bytes: Buffer } {
  return { name, bytes }
}
