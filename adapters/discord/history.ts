// How is the history of a channel read? A page at a time, few calls at once, each tried again where that may help.
// https://discord.com/developers/docs/resources/message#get-channel-messages
import { PlatformError } from '../../src/contract/errors.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { callAs, type DiscordApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { isFields, readList, readString, type Fields } from '../common/read.ts'
import { isNewer } from './snowflake.ts'
import { segment } from './segment.ts'

export interface History {
  /** The next `HISTORY_PAGE` messages after this one, oldest first. */
  after(channelId: string, messageId: string): Promise<readonly Fields[]>
  /** The channel itself. */
  channel(channelId: string): Promise<unknown>
}

export interface HistoryParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly signal: AbortSignal
}

export const HISTORY_PAGE = 100
/** Answers to people go first: far below the bot's 50 calls a second. */
const AT_ONCE = 2
const PAUSE_BETWEEN_MS = 100
const ANSWER_WITHIN_MS = 10_000
const MAX_TRIES = 6
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

/** Rejects with `PlatformError`, after some tries. */
export function createHistory({ account, api, clock, signal }: HistoryParts): History {
  const gate = createGate(AT_ONCE, () => clock.sleep(PAUSE_BETWEEN_MS, signal).catch(() => undefined))
  return {
    channel: (channelId) => gate(() => get(`/channels/${segment(channelId)}`)),
    after: (channelId, messageId) =>
      gate(async () => {
        const query = { after: messageId, limit: String(HISTORY_PAGE) }
        const answer = await get(`/channels/${segment(channelId)}/messages`, query)
        return readList(answer)
          .filter(isFields)
          .filter((message) => isNewer(readString(message['id']) ?? '', messageId))
          .sort((a, b) => (isNewer(String(a['id']), String(b['id'])) ? 1 : -1))
      }),
  }

  async function get(route: `/${string}`, query?: Readonly<Record<string, string>>): Promise<unknown> {
    const call = { method: 'GET', route, ...(query === undefined ? {} : { query }) } as const
    const limit = { account, clock, ms: ANSWER_WITHIN_MS, what: 'catch-up' }
    for (let tries = 1; ; tries += 1) {
      try {
        return await withDeadline(limit, signal, (until) => callAs(account, api, call, until))
      } catch (error) {
        if (!(error instanceof PlatformError) || !PASSING.has(error.kind) || tries >= MAX_TRIES) throw error
        const growing = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))
        await clock.sleep(Math.max(growing, error.retryAfterMs ?? 0), signal)
      }
    }
  }
}

const PASSING: ReadonlySet<string> = new Set(['unavailable', 'rate-limited'])

/** Runs at most `size` works at once, and pauses after each. */
function createGate(size: number, pause: () => Promise<void>): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = size
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      void pause().then(leave)
    }
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
}
