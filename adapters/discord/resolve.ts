// Is the channel of a message a thread, and of what? Asked once, where neither the gateway nor the message told.
import type { Clock } from '../../src/contract/runtime.ts'
import { callAs, type DiscordApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { readString, type Fields } from '../common/read.ts'
import { isThread, type Guilds } from './guilds.ts'
import { segment } from './segment.ts'

export interface ResolveParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly guilds: Guilds
  readonly signal: AbortSignal
}

/** Its messages wait for it. */
const ANSWER_WITHIN_MS = 3_000
/** Channels that could not be asked about; asked again when they were pushed out. */
const MAX_UNKNOWN = 1_000

/** Never rejects: a message whose channel stays unknown is read as one of a plain channel. */
export function createResolver(parts: ResolveParts): (message: Fields) => Promise<void> {
  const { account, api, clock, guilds, signal } = parts
  const unknown = new Set<string>()

  return async (message) => {
    const channelId = readString(message['channel_id'])
    if (channelId === undefined || message['guild_id'] === undefined) return
    if (guilds.channel(channelId) !== undefined || unknown.has(channelId)) return
    const type = message['channel_type']
    if (typeof type === 'number' && !isThread(type)) return
    const call = { method: 'GET', route: `/channels/${segment(channelId)}` } as const
    try {
      const limit = { account, clock, ms: ANSWER_WITHIN_MS, what: 'GET /channels/:id' }
      guilds.add(await withDeadline(limit, signal, (within) => callAs(account, api, call, within)))
    } catch {
      unknown.add(channelId)
      if (unknown.size > MAX_UNKNOWN) unknown.delete(unknown.values().next().value ?? '')
    }
  }
}
