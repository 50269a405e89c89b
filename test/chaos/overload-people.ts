// Where do the people of an overload sit? In private chats and in groups of all three platforms; in a group at most one floods,
// so that it is known who was told off.

import { PLATFORM_NAMES, type Emulators, type PlatformName } from '../../src/playground/seats.ts'
import type { PlannedPerson } from './overload-plan.ts'

export interface Seated {
  readonly name: string
  readonly platform: PlatformName
  readonly plan: PlannedPerson
  readonly chat: string
  /** So that the bot is meant. */
  say(text: string): void
}

/** Every so many groups of people sit together: one that floods, two that do not. */
const GROUP_OF = 3
/** A quarter of the people. */
const SHARE_IN_GROUPS = 4

export function seat(people: readonly PlannedPerson[], emulators: Emulators): readonly Seated[] {
  return PLATFORM_NAMES.flatMap((platform, at) => {
    const here = people.filter((_, n) => n % PLATFORM_NAMES.length === at)
    const { groups, alone } = parted(here)
    const desk = DESKS[platform](emulators)
    return [
      ...groups.flatMap((members, n) => desk.group(`${platform} group ${n}`, members)),
      ...alone.map((plan, n) => desk.direct(`${platform} ${n}`, plan)),
    ]
  })
}

function parted(people: readonly PlannedPerson[]) {
  const calm = people.filter(({ isWithinBudget }) => isWithinBudget)
  const floods = people.filter(({ isWithinBudget }) => !isWithinBudget)
  const count = Math.floor(people.length / SHARE_IN_GROUPS / GROUP_OF)
  const groups = Array.from({ length: count }, () => {
    const flood = floods.pop()
    return [...(flood ? [flood] : []), ...calm.splice(0, flood ? GROUP_OF - 1 : GROUP_OF)]
  })
  return { groups, alone: [...calm, ...floods] }
}

interface Desk {
  direct(name: string, plan: PlannedPerson): Seated
  group(name: string, plans: readonly PlannedPerson[]): readonly Seated[]
}

/** Every fourth speaks Chinese. */
let seated = 0
const isChinese = (): boolean => seated++ % 4 === 0

const DESKS: Readonly<Record<PlatformName, (emulators: Emulators) => Desk>> = {
  telegram({ telegram }) {
    const newcomer = (name: string) =>
      telegram.person({ firstName: name, languageCode: isChinese() ? 'zh-hans' : 'en' })
    const platform = 'telegram'
    return {
      direct(name, plan) {
        const person = newcomer(name)
        const chat = telegram.privateChat(person)
        return {
          name,
          platform,
          plan,
          chat: String(chat.id),
          say: (text) => void telegram.say(person, chat, text),
        }
      },
      group(name, plans) {
        const members = plans.map((_, n) => newcomer(`${name} ${n}`))
        const { id } = telegram.group({ members })
        return plans.map((plan, n) => ({
          name: `${name} ${n}`,
          platform,
          plan,
          chat: String(id),
          say: (text) => void telegram.say(members[n]!, id, `@emu_bot ${text}`),
        }))
      },
    }
  },
  discord({ discord }) {
    const newcomer = (name: string) => discord.person({ name, locale: isChinese() ? 'zh-CN' : 'en-US' })
    const platform = 'discord'
    return {
      direct(name, plan) {
        const person = newcomer(name)
        const { id } = discord.directChannel(person)
        return { name, platform, plan, chat: id, say: (text) => void discord.say(person, id, text) }
      },
      group(name, plans) {
        const members = plans.map((_, n) => newcomer(`${name} ${n}`))
        const { id } = discord.textChannel(discord.guild({ name, members }), 'talk')
        return plans.map((plan, n) => ({
          name: `${name} ${n}`,
          platform,
          plan,
          chat: id,
          say: (text) => void discord.say(members[n]!, id, text, { mention: true }),
        }))
      },
    }
  },
  feishu({ feishu }) {
    const newcomer = (name: string) => feishu.person({ name, locale: isChinese() ? 'zh_cn' : 'en_us' })
    const platform = 'feishu'
    return {
      direct(name, plan) {
        const person = newcomer(name)
        const { id } = feishu.p2p(person)
        return { name, platform, plan, chat: id, say: (text) => void feishu.say(person, id, text) }
      },
      group(name, plans) {
        const members = plans.map((_, n) => newcomer(`${name} ${n}`))
        const { id } = feishu.group({ members })
        return plans.map((plan, n) => ({
          name: `${name} ${n}`,
          platform,
          plan,
          chat: id,
          say: (text) => void feishu.say(members[n]!, id, text, { mention: true }),
        }))
      },
    }
  },
}
