// Where do people on Feishu talk to the bot? Private chats, groups, and topics below a message.

import type { FeishuEmulator, Person, ShownMessage } from '../../src/emulators/feishu/index.ts'
import { readFeishu } from '../../src/playground/reading.ts'
import { isStop, type Place, type Sent } from './place.ts'
import type { PlaceCounts } from './places-telegram.ts'

const PEOPLE_IN_GROUP = 3

export function feishuPlaces(feishu: FeishuEmulator, counts: PlaceCounts): readonly Place[] {
  const newcomer = (n: number): Person =>
    feishu.person({ name: `F${n}`, locale: n % 4 === 0 ? 'zh_cn' : 'en_us' })
  const directs = Array.from({ length: counts.direct }, (_, n) => {
    const person = newcomer(n)
    const { id } = feishu.p2p(person)
    return placeOf(feishu, { name: `feishu direct ${n}`, kind: 'direct', people: [person], chatId: id })
  })
  const groups = Array.from({ length: counts.group }, (_, n) => {
    const people = Array.from({ length: PEOPLE_IN_GROUP }, (_, i) => newcomer(100 + n * 10 + i))
    const { id } = feishu.group({ members: people })
    return placeOf(feishu, { name: `feishu group ${n}`, kind: 'group', people, chatId: id })
  })
  const topics = Array.from({ length: counts.thread }, (_, n) => {
    const people = Array.from({ length: PEOPLE_IN_GROUP }, (_, i) => newcomer(500 + n * 10 + i))
    const { id } = feishu.group({ members: people })
    const rootId = feishu.say(people[0]!, id, 'Let us talk below this.', { quiet: true }).messageId
    return placeOf(feishu, { name: `feishu topic ${n}`, kind: 'thread', people, chatId: id, rootId })
  })
  return [...directs, ...groups, ...topics]
}

interface Room {
  readonly name: string
  readonly kind: Place['kind']
  readonly people: readonly Person[]
  readonly chatId: string
  /** The message a topic stands below. */
  readonly rootId?: string
}

function placeOf(feishu: FeishuEmulator, { name, kind, people, chatId, rootId }: Room): Place {
  const by = (n: number): Person => people[n % people.length]!
  const bots = (): readonly ShownMessage[] =>
    feishu.screen(chatId).filter(({ byBot, recalled }) => byBot && !recalled)
  const where = {
    mention: kind !== 'direct',
    ...(rootId === undefined ? {} : { replyTo: rootId, thread: true as const }),
  }
  const sentBy = (messageId: string, eventId: string | undefined): Sent => ({
    redeliver: () => feishu.redeliver(messageId),
    excluded() {
      const isTaken = feishu.store.acksOf(messageId).some(({ code }) => code === 200)
      const isPending = feishu.pendingEvents().some((delivery) => delivery.eventId === eventId)
      return isTaken || isPending ? undefined : 'feishu: pushed as often as Feishu does, and never taken'
    },
  })
  return {
    platform: 'feishu',
    name,
    kind,
    say(person, text, picture) {
      const image = picture === undefined ? {} : { image: { bytes: picture, name: 'picture.png' } }
      const { messageId, eventId } = feishu.say(by(person), chatId, text, { ...where, ...image })
      return sentBy(messageId, eventId)
    },
    command(person, command, topic) {
      const { messageId, eventId } = feishu.say(by(person), chatId, `/${command} topic="${topic}"`, where)
      return sentBy(messageId, eventId)
    },
    shown: () =>
      bots().map(({ messageId, msgType, text, generating, buttons }) => ({
        id: messageId,
        text: msgType === 'interactive' ? readFeishu(text) : text,
        isGenerating: generating,
        canStop: buttons.some(({ label }) => isStop(label)),
      })),
    press(person, label) {
      const message = bots().findLast(({ buttons }) => buttons.some((button) => button.label === label))
      const button = message?.buttons.find((one) => one.label === label)
      if (message === undefined || button === undefined) return false
      feishu
        .clickButton(by(person), { chatId, messageId: message.messageId } as never, button.value)
        .catch(() => undefined)
      return true
    },
    drafts: () => 0,
  }
}
