// How do people on Feishu act? Commands typed with their options, buttons on cards, forms inside cards.

import type {
  FeishuEmulator,
  Json,
  Person,
  ShownForm,
  ShownMessage,
  StoredFile,
} from '../../emulators/feishu/index.ts'
import { readFeishu } from '../reading.ts'
import type { Locale } from '../seats.ts'
import {
  choiceOf,
  fileInWords,
  picturesInWords,
  pressInWords,
  screenInWords,
  FORM_MS,
  PATIENCE_MS,
  soon,
  sooner,
  typedCommand,
  Unseen,
  valuesInWords,
  type GivenFile,
  type Hands,
  type Newcomer,
  type SeenMedia,
  type ShownButton,
  type ShownReply,
  type Values,
  type Venue,
} from './hands.ts'

const LOCALES: Readonly<Record<Locale, string>> = { en: 'en_us', zh: 'zh_cn' }

export function feishuVenue(feishu: FeishuEmulator): Venue {
  const arrive = ({ name, locale }: Newcomer): Person => feishu.person({ name, locale: LOCALES[locale] })
  return {
    offers: (name) => [...feishu.store.slashCommands.values()].some(({ command }) => command === name),
    privately(who) {
      const person = arrive(who)
      return handsOf(feishu, who, person, { chatId: feishu.p2p(person).id, isGroup: false })
    },
    inGroup(who) {
      const people = who.map(arrive)
      const { id: chatId } = feishu.group({ members: people })
      return who.map((each, n) => handsOf(feishu, each, people[n] ?? arrive(each), { chatId, isGroup: true }))
    },
  }
}

function handsOf(
  feishu: FeishuEmulator,
  who: Newcomer,
  person: Person,
  { chatId, isGroup }: { readonly chatId: string; readonly isGroup: boolean },
): Hands {
  const { name, locale, onDeed } = who
  const bots = (): readonly ShownMessage[] =>
    feishu.screen(chatId).filter(({ byBot, recalled }) => byBot && !recalled)
  const shown = (): readonly ShownReply[] => bots().map(replyOf)
  /** In a group nothing reaches the bot that does not name it. */
  const named = { mention: isGroup }
  const say = (text: string): void => {
    onDeed(`writes ${text}`)
    feishu.say(person, chatId, text, named)
  }
  const sendFile = (file: GivenFile, words = ''): void => {
    onDeed(`sends ${fileInWords(file)}`)
    feishu.say(person, chatId, '', { file })
    if (words !== '') say(words)
  }

  return {
    platform: 'feishu',
    name,
    locale,
    personId: person.id,
    shown,
    menu: () =>
      [...feishu.store.slashCommands.values()].map(({ command, description }) => {
        const { default_value: standard, i18n } = description
        const own = isJson(i18n) ? i18n[person.locale] : undefined
        return { name: command, description: String(own ?? standard) }
      }),
    onChange: (listener) =>
      void feishu.onFrame((frame) => {
        if (frame.chatId === chatId && frame.byBot) listener(frame.messageId, frame.text)
      }),
    say,
    async runCommand(command) {
      const typed = typedCommand(command)
      onDeed(`types ${typed}`)
      const before = bots().length
      feishu.say(person, chatId, typed, named)
      if (command.file === undefined) return
      // No words stand beside a file: the bot asks for it, and the file is the answer.
      await soon(
        'to be asked for the file',
        () => bots()[before],
        () => screenInWords(shown()),
      )
      sendFile(command.file.file)
    },
    sendFile,
    sendPictures(pictures, words = '') {
      onDeed(picturesInWords(pictures, words))
      const [first] = pictures
      if (pictures.length === 1 && first !== undefined)
        feishu.say(person, chatId, words, { ...named, image: first })
      // Several in one message are a rich text.
      else feishu.say(person, chatId, words, { ...named, images: pictures })
    },
    sendVoice({ bytes, durationMs }) {
      onDeed(`speaks for ${Math.round(durationMs / 1_000)} s`)
      feishu.say(person, chatId, '', { audio: { bytes, durationMs } })
    },
    media: () => bots().flatMap(mediaOf),
    press,
    fill: (values) => fillForm(() => values),
    async answer(words) {
      const choice = choiceOf(words, shown())
      if (choice !== undefined) await press(choice)
      else if ((await sooner(form, isGroup ? PATIENCE_MS : FORM_MS)) === undefined) say(words)
      else await fillForm(({ fields }) => ({ [fields[0]?.name ?? '']: words }))
    },
  }

  async function press(
    button: ShownButton,
    { stale = false }: { readonly stale?: boolean } = {},
  ): Promise<string | undefined> {
    onDeed(pressInWords(button, shown(), stale))
    const ref = { chatId, messageId: button.messageId }
    const answer = await feishu.clickButton(person, ref, button.key, {}, { force: stale })
    if (!answer.ok) throw new Unseen('the press answered in time', `${answer.code}: ${answer.because}`)
    if (answer.toast !== undefined) onDeed(`is told: ${answer.toast.content}`)
    return answer.toast?.content
  }

  function form(): { readonly message: ShownMessage; readonly form: ShownForm } | undefined {
    return bots()
      .flatMap((card) => (card.form === undefined ? [] : [{ message: card, form: card.form }]))
      .at(-1)
  }

  async function fillForm(valuesFor: (form: ShownForm) => Values): Promise<string | undefined> {
    const seen = (): string => screenInWords(shown())
    const asked = await soon('a card with a form', form, seen)
    const values = valuesFor(asked.form)
    onDeed(`fills in the card: ${valuesInWords(values)}, and presses [${asked.form.submit.label}]`)
    const answer = await feishu.submitForm(person, asked.message, values)
    if (!answer.ok) throw new Unseen('the form answered in time', `${answer.code}: ${answer.because}`)
    if (answer.toast !== undefined) onDeed(`is told: ${answer.toast.content}`)
    return answer.toast?.content
  }
}

/** Buttons that send a form are pressed by `fill`. */
function replyOf({ messageId, msgType, text, buttons }: ShownMessage): ShownReply {
  return {
    messageId,
    text: msgType === 'interactive' ? readFeishu(text) : text,
    buttons: buttons.flatMap(({ label, value, submits }) =>
      value === undefined || submits ? [] : [{ label, messageId, key: value }],
    ),
    links: buttons.flatMap(({ label, url }) => (url === undefined ? [] : [{ label, url }])),
  }
}

const KINDS: Readonly<Record<string, SeenMedia['kind']>> = { audio: 'voice', media: 'video' }

/** Pictures in cards, and files. */
function mediaOf({ messageId, msgType, images, file }: ShownMessage): readonly SeenMedia[] {
  const seen = (
    kind: SeenMedia['kind'],
    stored: StoredFile | undefined,
    words: string,
  ): readonly SeenMedia[] => {
    if (stored === undefined) return []
    const { name, sizeBytes, sha256 = '', durationMs } = stored
    const length = durationMs === undefined ? {} : { durationMs }
    return [{ messageId, kind, name, words, sizeBytes, sha256, ...length }]
  }
  return [
    ...images.flatMap((image) => seen('picture', image.file, image.alt)),
    ...seen(KINDS[msgType] ?? 'file', file, ''),
  ]
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
