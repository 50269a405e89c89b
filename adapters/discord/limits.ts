// How often may Discord be called? Budgets as people measured them: Discord itself names no numbers.
// https://discord.com/developers/docs/topics/rate-limits
import type { CallBudget, FileLimits, Limits } from '../../src/contract/platform.ts'
import { MAX_CONTROLS } from './keyboard.ts'
import { MAX_FORM_FIELDS } from './modal.ts'

/** Shown for 10 s. https://discord.com/developers/docs/resources/channel#trigger-typing-indicator */
const TYPING_LASTS_MS = 9_000
/** The server's window begins when a call arrives, ours when it leaves: the next may not overtake by that. */
const SLACK_MS = 100
/**
 * Posts: 5 in 5 s in a channel. Edits: as many, of all messages in it together. Counted apart, but told under one name;
 * kept in one budget, a growing reply always leaves room for the next message.
 * https://github.com/discord/discord-api-docs/issues/2761, https://github.com/discord-net/Discord.Net/issues/2375
 */
const CHANNEL = { calls: 5, perMs: 5_000 + SLACK_MS, minGapMs: 1_100 } as const
/** 5 in 2 s for an interaction's token; these calls do not count for the account. https://github.com/discord/discord-api-docs/issues/6753 */
const INTERACTION = { calls: 5, perMs: 2_000 + SLACK_MS, minGapMs: 600 } as const

const MIB = 1 << 20
/** A request may have 25 MiB in all; some room is left for what is not a file. https://discord.com/developers/docs/resources/message#create-message */
export const MAX_REQUEST_BYTES = 24 * MIB
/** Of one file, by the server's boost tier. https://discord.com/developers/docs/reference#uploading-files */
const FILE_BYTES_BY_TIER: readonly number[] = [10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB]

/** `told`: what the server says of an interaction's files. Else it is the boost tier of the server that counts. */
export function fileLimits(facts: { readonly tier?: number; readonly told?: number }): FileLimits {
  const { tier = 0, told } = facts
  const perFile = told ?? FILE_BYTES_BY_TIER[tier] ?? FILE_BYTES_BY_TIER[0] ?? 0
  const maxBytes = Math.min(perFile, MAX_REQUEST_BYTES)
  return {
    maxBytes,
    image: { maxBytes, types: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] },
    imagesPerMessage: 10,
    takesControls: true,
    albumsTakeControls: true,
  }
}

/** `requestsPerSecond`: over all channels; Discord allows 50. 0 = no limit of our own. */
export function channelLimits(facts: {
  readonly account: string
  readonly channelId: string
  readonly requestsPerSecond: number
  readonly files: FileLimits
}): Limits {
  const { account, channelId, files, requestsPerSecond } = facts
  const key = `${account}/${channelId}`
  const whole: CallBudget = { key: account, calls: requestsPerSecond, perMs: 1_000 }
  return {
    budgets: [
      { key, ...CHANNEL, for: ['post', 'edit', 'file'] },
      { key: `${key}/typing`, calls: CHANNEL.calls, perMs: CHANNEL.perMs, for: ['typing'] },
      ...(requestsPerSecond > 0 ? [whole] : []),
    ],
    typingLastsMs: TYPING_LASTS_MS,
    maxControls: MAX_CONTROLS,
    maxFormFields: MAX_FORM_FIELDS,
    files,
  }
}

export function interactionKey(account: string, interactionId: string): string {
  return `${account}/interaction/${interactionId}`
}

/**
 * The interaction's own budget while it is open, then its channel's, which it shares with every other reply there.
 * `budgets` is read anew before each attempt: what finds the interaction over is tried again by those of the channel.
 */
export function interactionLimits(
  key: string,
  isOpen: () => boolean,
  inChannel: Limits,
  files: FileLimits,
): Limits {
  const own: readonly CallBudget[] = [{ key, ...INTERACTION }]
  return {
    get budgets() {
      return isOpen() ? own : inChannel.budgets
    },
    maxControls: MAX_CONTROLS,
    maxFormFields: MAX_FORM_FIELDS,
    get files() {
      return isOpen() ? files : (inChannel.files ?? files)
    },
  }
}
