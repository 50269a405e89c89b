// Where do people sit? Each platform's emulator with the same face: start it, sit down, say something, see the screen.
//
// A fourth platform is one line in each of the two lists of types and one entry at the end.

import {
  startDiscordEmulator,
  type DiscordEmulator,
  type DiscordEmulatorOptions,
} from '../emulators/discord/index.ts'
import {
  startFeishuEmulator,
  type FeishuEmulator,
  type FeishuEmulatorOptions,
} from '../emulators/feishu/index.ts'
import {
  startTelegramEmulator,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from '../emulators/telegram/index.ts'
import { readDiscord, readFeishu } from './reading.ts'

export interface Emulators {
  readonly discord: DiscordEmulator
  readonly telegram: TelegramEmulator
  readonly feishu: FeishuEmulator
}
export interface EmulatorOptions {
  readonly discord?: DiscordEmulatorOptions
  readonly telegram?: TelegramEmulatorOptions
  readonly feishu?: FeishuEmulatorOptions
}
export type PlatformName = keyof Emulators

/** A platform as its people see it. */
export interface Seat {
  readonly platform: PlatformName
  /** For people: `Discord`. */
  readonly title: string
  /** What `npm start` needs to find it. */
  readonly variables: Readonly<Record<string, string>>
  /** What nobody may ever print. */
  secrets(): readonly string[]
  /** The bridge listens to it. */
  isConnected(): boolean
  /** Somebody new, in a private chat with the bot. */
  sitDown(name: string, locale?: Locale): Chair
  /** The screens as lines, for a wait that was in vain. */
  picture(): string
}

/** One person's place in front of their chat with the bot. */
export interface Chair {
  readonly platform: PlatformName
  /** The chat's, as the platform writes it. */
  readonly chatId: string
  say(text: string): void
  /** The bot's messages, oldest first, as the person reads them. */
  shown(): readonly ShownText[]
  /** Each state of each of the bot's messages in this chat. */
  onFrame(listener: (frame: SeatFrame) => void): () => void
}

export interface ShownText {
  readonly messageId: string
  readonly text: string
}

export interface SeatFrame extends ShownText {
  readonly platform: PlatformName
  readonly kind: 'post' | 'edit' | 'draft' | 'card'
  /** `performance.now()` of this process. */
  readonly atPerfMs: number
  /** Nothing on screen says that it still grows. */
  readonly final: boolean
}

export type Locale = 'en' | 'zh'

/** In the order of columns. */
export const PLATFORM_NAMES: readonly PlatformName[] = ['discord', 'telegram', 'feishu']

export async function startEmulator<P extends PlatformName>(
  platform: P,
  options: EmulatorOptions,
): Promise<Emulators[P]> {
  return await KINDS[platform].start(options)
}

/** The seats of the emulators that are there, in the order of columns. */
export function seatsOf(emulators: Partial<Emulators>): readonly Seat[] {
  return PLATFORM_NAMES.flatMap((platform) => seatAt(platform, emulators[platform]) ?? [])
}

function seatAt<P extends PlatformName>(platform: P, emulator: Emulators[P] | undefined): Seat | undefined {
  return emulator === undefined ? undefined : { platform, ...KINDS[platform].seat(emulator) }
}

interface Kind<P extends PlatformName> {
  start(options: EmulatorOptions): Promise<Emulators[P]>
  seat(emulator: Emulators[P]): Omit<Seat, 'platform'>
}

const KINDS: { readonly [P in PlatformName]: Kind<P> } = {
  discord: {
    start: ({ discord }) => startDiscordEmulator(discord),
    seat(discord) {
      const onFrame = byChat((tell) =>
        discord.onFrame(({ kind, channelId, messageId, byBot, text, atPerfMs }) => {
          if (!byBot || kind === 'delete') return
          const read = { platform: 'discord', kind, messageId, atPerfMs, final: true } as const
          tell(
            channelId,
            withText(read, () => readDiscord(text)),
          )
        }),
      )
      return {
        title: 'Discord',
        variables: { DISCORD_TOKEN: discord.token, DISCORD_API_BASE: discord.url },
        secrets: () => [discord.token],
        isConnected: () => discord.store.isReady,
        picture: () => discord.picture(),
        sitDown(name, locale = 'en') {
          const person = discord.person({ name, locale: { en: 'en-US', zh: 'zh-CN' }[locale] })
          const { id: chatId } = discord.directChannel(person)
          return {
            platform: 'discord',
            chatId,
            say: (text) => void discord.say(person, chatId, text),
            shown: () =>
              discord
                .screen(chatId)
                .filter(({ byBot }) => byBot)
                .map(({ messageId, text }) => ({ messageId, text: readDiscord(text) })),
            onFrame: (listener) => onFrame(chatId, listener),
          }
        },
      }
    },
  },
  telegram: {
    start: ({ telegram }) => startTelegramEmulator(telegram),
    seat(telegram) {
      const onFrame = byChat((tell) =>
        telegram.onFrame(({ kind, chatId, messageId, draftId, byBot, text, atPerfMs }) => {
          if (!byBot || kind === 'delete') return
          const id = messageId === undefined ? `draft ${draftId ?? ''}` : String(messageId)
          const final = kind !== 'draft'
          tell(String(chatId), { platform: 'telegram', kind, messageId: id, text, atPerfMs, final })
        }),
      )
      return {
        title: 'Telegram',
        variables: { TELEGRAM_BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.url },
        secrets: () => [telegram.token],
        isConnected: () => telegram.store.isPolled,
        picture: () => telegram.picture(),
        sitDown(name, locale = 'en') {
          const languageCode = { en: 'en', zh: 'zh-hans' }[locale]
          const person = telegram.person({ firstName: name, languageCode })
          const chat = telegram.privateChat(person)
          return {
            platform: 'telegram',
            chatId: String(chat.id),
            say: (text) => void telegram.say(person, chat, text),
            shown: () =>
              telegram
                .screen(chat)
                .filter(({ byBot }) => byBot)
                .map(({ messageId, text }) => ({ messageId: String(messageId), text })),
            onFrame: (listener) => onFrame(String(chat.id), listener),
          }
        },
      }
    },
  },
  feishu: {
    start: ({ feishu }) => startFeishuEmulator(feishu),
    seat(feishu) {
      /** A card's words are Markdown, a text message's are not. */
      const read = (messageId: string, text: string): string =>
        feishu.store.messages.get(messageId)?.msgType === 'interactive' ? readFeishu(text) : text
      const onFrame = byChat((tell) =>
        feishu.onFrame(({ kind, chatId, messageId, byBot, text, final, atPerfMs }) => {
          if (!byBot || kind === 'recall') return
          const frame = { platform: 'feishu', kind, messageId, atPerfMs, final } as const
          tell(
            chatId,
            withText(frame, () => read(messageId, text)),
          )
        }),
      )
      return {
        title: 'Feishu',
        variables: {
          FEISHU_APP_ID: feishu.appId,
          FEISHU_APP_SECRET: feishu.appSecret,
          FEISHU_DOMAIN: feishu.url,
        },
        secrets: () => [feishu.appSecret, ...feishu.store.tokens.map(({ token }) => token)],
        isConnected: () => feishu.store.isConnected,
        picture: () => feishu.picture(),
        sitDown(name, locale = 'en') {
          const person = feishu.person({ name, locale: { en: 'en_us', zh: 'zh_cn' }[locale] })
          const { id: chatId } = feishu.p2p(person)
          return {
            platform: 'feishu',
            chatId,
            say: (text) => void feishu.say(person, chatId, text),
            shown: () =>
              feishu
                .screen(chatId)
                .filter(({ byBot, recalled }) => byBot && !recalled)
                .map(({ messageId, text }) => ({ messageId, text: read(messageId, text) })),
            onFrame: (listener) => onFrame(chatId, listener),
          }
        },
      }
    },
  },
}

type Listener = (frame: SeatFrame) => void

/** One subscription for all chairs of a seat, made with the first: a frame costs the same however many sit there. */
function byChat(
  subscribe: (tell: (chatId: string, frame: SeatFrame) => void) => unknown,
): (chatId: string, listener: Listener) => () => void {
  const listeners = new Map<string, Set<Listener>>()
  let subscribed = false
  return (chatId, listener) => {
    if (!subscribed) {
      subscribe((chat, frame) => listeners.get(chat)?.forEach((each) => each(frame)))
      subscribed = true
    }
    const here = listeners.get(chatId) ?? new Set()
    listeners.set(chatId, here.add(listener))
    return () => void here.delete(listener)
  }
}

/** Read when somebody looks: the bench counts thousands of frames without looking at each. */
function withText(frame: Omit<SeatFrame, 'text'>, read: () => string): SeatFrame {
  return {
    ...frame,
    get text() {
      return read()
    },
  }
}
