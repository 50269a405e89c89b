// What may be chosen of the emulated Telegram, and what holds when nothing is?
import type { TelegramExchange } from './api.ts'
import { present } from '../common/bounded.ts'
import { FLOOD_LIMITS, type FloodLimits } from './flood.ts'
import type { Update } from './types.ts'
import type { Behaviour } from './world.ts'

export interface TelegramEmulatorOptions {
  /** 0, the default: any free one. */
  readonly port?: number
  /** `99:emulator-token` by default; what stands before the colon is the bot's id. */
  readonly token?: string
  /** On by default; `false` for measuring, or some numbers of your own. */
  readonly limits?: boolean | Partial<FloodLimits>
  /** Off by default: the bot is told every message of a group. */
  readonly privacyMode?: boolean
  /** Whether a plain `@emu_bot` reaches it in privacy mode. Sources disagree; no by default. */
  readonly mentionsPassPrivacy?: boolean
  /** Topics in private chats ("Threaded mode"); off by default. */
  readonly privateTopics?: boolean
  /** The wait before a webhook's second retry; doubles. 2,000 for the real server, 50 here. */
  readonly webhookRetryMs?: number
  /** Slows clients that ask the same offset again within 3 s, as the real server does; on by default. */
  readonly getUpdatesAntiHammer?: boolean
  /** How long a button press can be answered; 60,000 by default. */
  readonly callbackLivesMs?: number
  /** How long a draft stays; 30,000 by default, the client's `message_typing_draft_ttl`. */
  readonly draftLivesMs?: number
  /**
   * `cloud` (default): Telegram's own server, which hands out files of up to 20 MB and takes 50 MB. `own`: a self-hosted
   * one without these limits. `local`: that one with `--local`, whose `file_path` is a path on its own disk.
   */
  readonly server?: 'cloud' | 'own' | 'local'
  /** The folder of a `--local` server; a new one that `close` removes, when left out. */
  readonly localDir?: string
  /** How long a file's address holds; an hour by default. https://core.telegram.org/bots/api#getfile */
  readonly linksLiveMs?: number
  /** Entries kept in `store.frames` and `store.calls`; 200,000 each by default. */
  readonly maxFrames?: number
  readonly maxCalls?: number
  /** Every finished call. */
  readonly observe?: (exchange: TelegramExchange) => void
  /** Every new update, as the bot is going to get it. */
  readonly observePush?: (update: Update) => void
  readonly nowMs?: () => number
}

const LINKS_LIVE_MS = 3_600_000
/** https://core.telegram.org/bots/api#getfile, https://core.telegram.org/bots/api#sending-files */
const CLOUD = { maxDownloadBytes: 20 << 20, maxUploadBytes: 50 << 20 }
/** https://core.telegram.org/bots/api#using-a-local-bot-api-server */
const OWN = { maxDownloadBytes: Infinity, maxUploadBytes: 2_000_000_000 }

/** `localFolder`: where a `--local` server keeps this bot's files. */
export function behaviourOf(options: TelegramEmulatorOptions, localFolder: string | undefined): Behaviour {
  return {
    privacyMode: options.privacyMode ?? false,
    mentionsPassPrivacy: options.mentionsPassPrivacy ?? false,
    privateTopics: options.privateTopics ?? false,
    callbackLivesMs: options.callbackLivesMs ?? 60_000,
    draftLivesMs: options.draftLivesMs ?? 30_000,
    linksLiveMs: options.linksLiveMs ?? LINKS_LIVE_MS,
    ...((options.server ?? 'cloud') === 'cloud' ? CLOUD : OWN),
    ...present({ localFolder }),
  }
}

export function limitsOf({ limits }: TelegramEmulatorOptions): FloodLimits | undefined {
  if (limits === false) return undefined
  return { ...FLOOD_LIMITS, ...present(typeof limits === 'object' ? limits : {}) }
}
