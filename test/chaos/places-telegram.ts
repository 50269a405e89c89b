// Where do people on Telegram talk to the bot? Private chats, groups, and topics of a forum.

import type { Person, TelegramEmulator } from '../../src/emulators/telegram/index.ts'
import { BOT_NAME, isStop, type Place, type Sent } from './place.ts'

const PEOPLE_IN_GROUP = 3

export function telegramPlaces(telegram: TelegramEmulator, counts: PlaceCounts): readonly Place[] {
  const newcomer = (n: number): Person =>
    telegram.person({ firstName: `T${n}`, languageCode: n % 4 === 0 ? 'zh-hans' : 'en' })
  const directs = Array.from({ length: counts.direct }, (_, n) => {
    const person = newcomer(n)
    telegram.privateChat(person)
    return placeOf(telegram, {
      name: `telegram direct ${n}`,
      kind: 'direct',
      people: [person],
      chatId: person.id,
    })
  })
  const groups = Array.from({ length: counts.group }, (_, n) => {
    const people = Array.from({ length: PEOPLE_IN_GROUP }, (_, i) => newcomer(100 + n * 10 + i))
    const { id } = telegram.group({ members: people })
    return placeOf(telegram, { name: `telegram group ${n}`, kind: 'group', people, chatId: id })
  })
  const topics = Array.from({ length: counts.thread }, (_, n) => {
    const people = Array.from({ length: PEOPLE_IN_GROUP }, (_, i) => newcomer(500 + n * 10 + i))
    const group = telegram.group({ members: people, forum: true })
    const { threadId } = telegram.topic(group, `Topic ${n}`, people[0])
    return placeOf(telegram, {
      name: `telegram topic ${n}`,
      kind: 'thread',
      people,
      chatId: group.id,
      threadId,
    })
  })
  return [...directs, ...groups, ...topics]
}

/** How many of each kind. */
export interface PlaceCounts {
  readonly direct: number
  readonly group: number
  readonly thread: number
}

interface Room {
  readonly name: string
  readonly kind: Place['kind']
  readonly people: readonly Person[]
  readonly chatId: number
  readonly threadId?: number
}

function placeOf(telegram: TelegramEmulator, { name, kind, people, chatId, threadId }: Room): Place {
  const where = threadId === undefined ? {} : { threadId }
  const sentBy = (updateId: number | undefined): Sent => ({
    redeliver() {
      if (updateId !== undefined) telegram.redeliver(updateId)
    },
    // Offered again within 24 h: a question never falls out.
    excluded: () => undefined,
  })
  const bots = () => telegram.screen(chatId, threadId).filter(({ byBot }) => byBot)
  const by = (n: number): Person => people[n % people.length]!
  return {
    platform: 'telegram',
    name,
    kind,
    say(person, text, picture) {
      const words = kind === 'direct' ? text : `${BOT_NAME} ${text}`
      const photo = picture === undefined ? {} : { photo: { bytes: picture, name: 'picture.png' } }
      return sentBy(telegram.say(by(person), chatId, words, { ...where, ...photo }).updateId)
    },
    command(person, command, topic) {
      const named = kind === 'direct' ? `/${command}` : `/${command}${BOT_NAME}`
      return sentBy(telegram.say(by(person), chatId, `${named} topic="${topic}"`, where).updateId)
    },
    shown: () =>
      bots().map(({ messageId, text, buttons }) => ({
        id: `${chatId}:${messageId}`,
        text,
        isGenerating: false,
        canStop: buttons.some((button) => isStop(button.text)),
      })),
    press(person, label) {
      const message = bots().findLast(({ buttons }) => buttons.some(({ text }) => text === label))
      if (message === undefined) return false
      telegram.press(by(person), message, label)
      return true
    },
    drafts: () => telegram.drafts(chatId, threadId).length,
  }
}
