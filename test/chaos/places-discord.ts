// Where do people on Discord talk to the bot? Direct messages, channels of a server, and threads.

import type { DiscordEmulator, Interaction, Person } from '../../src/emulators/discord/index.ts'
import { readDiscord } from '../../src/playground/reading.ts'
import { isStop, type Place, type Sent } from './place.ts'
import type { PlaceCounts } from './places-telegram.ts'

const PEOPLE = 4
/** The list of channels is written this much later than what it holds (adapters/discord/last-seen.ts), and some. */
const KNOWN_AFTER_MS = 1_000

export function discordPlaces(discord: DiscordEmulator, counts: PlaceCounts): readonly Place[] {
  const newcomer = (n: number): Person =>
    discord.person({ name: `D${n}`, locale: n % 4 === 0 ? 'zh-CN' : 'en-US' })
  const members = Array.from({ length: PEOPLE }, (_, n) => newcomer(1000 + n))
  const guild = discord.guild({ name: 'Lab', members })
  const directs = Array.from({ length: counts.direct }, (_, n) => {
    const person = newcomer(n)
    return placeOf(discord, {
      name: `discord direct ${n}`,
      kind: 'direct',
      people: [person],
      channelId: discord.directChannel(person).id,
    })
  })
  const channels = Array.from({ length: counts.group }, (_, n) =>
    placeOf(discord, {
      name: `discord channel ${n}`,
      kind: 'group',
      people: members,
      channelId: discord.textChannel(guild, `room-${n}`).id,
    }),
  )
  const threads = Array.from({ length: counts.thread }, (_, n) => {
    const parent = discord.textChannel(guild, `threads-${n}`)
    return placeOf(discord, {
      name: `discord thread ${n}`,
      kind: 'thread',
      people: members,
      channelId: discord.thread(parent, `Thread ${n}`, members[0]).id,
    })
  })
  return [...directs, ...channels, ...threads]
}

interface Room {
  readonly name: string
  readonly kind: Place['kind']
  readonly people: readonly Person[]
  readonly channelId: string
}

function placeOf(discord: DiscordEmulator, { name, kind, people, channelId }: Room): Place {
  const by = (n: number): Person => people[n % people.length]!
  const seen = () => discord.screen(channelId).filter(({ byBot }) => byBot)
  /** When the bot was first seen to write here: then it knows the channel. */
  let knownSinceMs = Infinity
  const isKnown = (): boolean => {
    if (knownSinceMs === Infinity && seen().some(({ isLoading }) => !isLoading))
      knownSinceMs = performance.now()
    return kind !== 'direct' || performance.now() - knownSinceMs > KNOWN_AFTER_MS
  }
  return {
    platform: 'discord',
    name,
    kind,
    say(person, text, picture) {
      const wasReady = discord.store.isReady
      const wasKnown = isKnown()
      const files = picture === undefined ? {} : { files: [{ name: 'picture.png', bytes: picture }] }
      const { messageId } = discord.say(by(person), channelId, text, { mention: kind !== 'direct', ...files })
      return {
        redeliver: () => discord.redeliver(messageId),
        excluded: () =>
          wasKnown
            ? undefined
            : `discord: a direct channel the bridge does not know${wasReady ? ' yet' : ', while it was down'}`,
      }
    },
    command(person, command, topic) {
      const given = tryTo(() => discord.runCommand(by(person), channelId, command, { topic }))
      return given === undefined ? undefined : sentBy(given)
    },
    shown: () =>
      seen().map(({ id, text, isLoading, buttons }) => ({
        id,
        text: readDiscord(text),
        isGenerating: isLoading,
        canStop: buttons.some(({ label }) => isStop(label)),
      })),
    press(person, label) {
      const message = seen().findLast(({ buttons }) => buttons.some((button) => button.label === label))
      const customId = message?.buttons.find(
        (button) => button.label === label && button.disabled !== true,
      )?.customId
      if (message === undefined || customId === undefined) return false
      discord.press(by(person), { channelId, messageId: message.id }, customId)
      return true
    },
    drafts: () => 0,
  }
}

function sentBy(interaction: Interaction): Sent {
  return {
    redeliver: () => undefined,
    excluded: () =>
      interaction.callback() === undefined
        ? 'discord: an interaction nobody answered is gone by nature'
        : undefined,
  }
}

/** Not offered yet, or not any more. */
function tryTo<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
