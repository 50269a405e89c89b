// What was said while no session was held? Fetched from where we left off, channel by channel, before anything newer.
//
// A new session (READY) brings no backlog, and short outages end in one too. At each READY, from the durable notes:
// 1. direct channels on the list are fetched at once; 2. the other channels on it when their servers have told their
// channels, unless they say that nothing was said; 3. so are channels that are not on the list but where something was
// said since the last message we took in anywhere. All of it in the channel's turn: newer messages wait behind it.
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { callAs, type DiscordApi } from './api.ts'
import { withDeadline } from '../common/deadline.ts'
import { fieldsOf, isFields, readList, readString, type Fields } from '../common/read.ts'
import { isDirect, isThread, type Guilds } from './guilds.ts'
import type { LastSeen, Seen } from './last-seen.ts'
import { idAt, isNewer, newest } from './snowflake.ts'

export interface CatchUp {
  /** A new session begins: it lists its servers, each of which will tell its channels. */
  onReady(data: unknown): void
  /** A server told its channels. */
  onGuild(data: unknown): void
  /** Messages of this channel were left out: fetches it from its last seen message. */
  fetchRest(channelId: string): void
  /** Servers have yet to tell their channels: something may be missed of which nothing is known. */
  isWaiting(): boolean
}

export interface CatchUpParts {
  readonly account: string
  readonly api: DiscordApi
  readonly clock: Clock
  readonly log: Logger
  readonly seen: LastSeen
  readonly guilds: Guilds
  inTurn(channelId: string, work: () => Promise<void>): void
  /** False: the stop came before it was stored. */
  offerMissed(message: Fields): Promise<boolean>
  readonly signal: AbortSignal
}

/** As long as Telegram keeps updates: older questions are nobody's any more. */
const MAX_AGE_MS = 24 * 3_600_000
/** https://discord.com/developers/docs/resources/message#get-channel-messages */
const PAGE = 100
const MAX_PAGES = 10
/** Replies need the same global limit. */
/** Answers to people go first: far below the bot's 50 calls a second. */
const AT_ONCE = 2
const PAUSE_BETWEEN_MS = 100
const ANSWER_WITHIN_MS = 10_000
const MAX_TRIES = 6
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000
/** A server in an outage may not come for hours; the others come within a moment. */
const GUILDS_WITHIN_MS = 5_000

export function createCatchUp(parts: CatchUpParts): CatchUp {
  const { account, api, clock, guilds, log, seen, signal } = parts
  const queued = new Set<string>()
  const gate = createGate(AT_ONCE, () => clock.sleep(PAUSE_BETWEEN_MS, signal).catch(() => undefined))
  let awaited = new Set<string>()
  let fresh = new Set<string>()
  let arrived = createSignal()
  let since: string | undefined

  return {
    onReady(data) {
      const listed = readList(fieldsOf(data)['guilds']).flatMap(
        (guild) => readString(fieldsOf(guild)['id']) ?? [],
      )
      awaited = new Set(listed)
      fresh = new Set()
      arrived.give()
      arrived = createSignal()
      if (awaited.size === 0) arrived.give()
      seen.beginAt(idAt(clock.now()))
      since = seen.everywhere
      // The newest first: they are the likeliest to go on.
      for (const channel of seen.all().toReversed())
        queue(channel, channel.direct ? undefined : arrived.given)
    },
    onGuild(data) {
      const guildId = readString(fieldsOf(data)['id'])
      if (guildId === undefined) return
      fresh.add(guildId)
      // A server that was not listed is new to us: what was said before is not for us.
      if (awaited.delete(guildId) && since !== undefined) queueUnlisted(guildId, since)
      if (awaited.size === 0) arrived.give()
    },
    fetchRest(channelId) {
      const messageId = seen.of(channelId) ?? seen.everywhere
      const direct = guilds.channel(channelId)?.guildId === undefined
      if (messageId !== undefined) queue({ channelId, messageId, direct }, undefined)
    },
    isWaiting: () => awaited.size > 0,
  }

  function queueUnlisted(guildId: string, from: string): void {
    for (const { id, lastMessageId, type } of guilds.channelsOf(guildId)) {
      if (
        !isTalkedIn(type) ||
        lastMessageId === undefined ||
        seen.of(id) !== undefined ||
        !isNewer(lastMessageId, from)
      )
        continue
      queue({ channelId: id, messageId: from, direct: false }, undefined)
    }
  }

  function queue(channel: Seen, after: Promise<undefined> | undefined): void {
    if (queued.has(channel.channelId)) return
    queued.add(channel.channelId)
    parts.inTurn(channel.channelId, async () => {
      try {
        await within(after)
        if (!signal.aborted) await fetchMissed(channel)
      } catch (error) {
        tell(channel.channelId, error)
      } finally {
        queued.delete(channel.channelId)
      }
    })
  }

  async function fetchMissed(channel: Seen): Promise<void> {
    const { channelId } = channel
    // Messages may have been taken in while this waited for its turn.
    const listed = seen.of(channelId)
    let after = laterOf(listed === undefined ? channel.messageId : newest(listed, channel.messageId))
    if (isUpToDate(channelId, after)) return
    await place(channel)
    let fetched = 0
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const messages = await gate(() => fetchPage(channelId, after))
      for (const message of messages) {
        if (!(await parts.offerMissed(withChannel(message, channelId)))) return
        after = newest(after, readString(message['id']) ?? after)
      }
      fetched += messages.length
      if (messages.length < PAGE) break
    }
    if (fetched > 0) log.info({ channelId, messages: fetched }, 'caught up with what was said meanwhile')
  }

  /** Only a server that told its channels in this session is believed. */
  function isUpToDate(channelId: string, after: string): boolean {
    const known = guilds.channel(channelId)
    if (known?.guildId === undefined || !fresh.has(known.guildId)) return false
    return known.lastMessageId !== undefined && !isNewer(known.lastMessageId, after)
  }

  /** REST messages do not tell whether their channel is a thread, or direct. */
  async function place({ channelId, direct }: Seen): Promise<void> {
    if (guilds.channel(channelId) !== undefined) return
    if (direct) {
      guilds.add({ id: channelId, type: 1 })
      return
    }
    guilds.add(await gate(() => get(`/channels/${encodeURIComponent(channelId)}`)))
  }

  /** Oldest first. */
  async function fetchPage(channelId: string, after: string): Promise<readonly Fields[]> {
    const query = { after, limit: String(PAGE) }
    const answer = await get(`/channels/${encodeURIComponent(channelId)}/messages`, query)
    return readList(answer)
      .filter(isFields)
      .filter((message) => isNewer(readString(message['id']) ?? '', after))
      .sort((a, b) => (isNewer(String(a['id']), String(b['id'])) ? 1 : -1))
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

  function withChannel(message: Fields, channelId: string): Fields {
    const known = guilds.channel(channelId)
    return {
      ...message,
      channel_id: channelId,
      ...(known?.guildId === undefined ? {} : { guild_id: known.guildId }),
      ...(known === undefined ? {} : { channel_type: known.type }),
    }
  }

  function laterOf(messageId: string): string {
    return seen.idsTellNoTime ? messageId : newest(messageId, idAt(clock.now() - MAX_AGE_MS))
  }

  async function within(wanted: Promise<undefined> | undefined): Promise<void> {
    if (wanted === undefined) return
    const done = new AbortController()
    const either = AbortSignal.any([signal, done.signal])
    await Promise.race([wanted, clock.sleep(GUILDS_WITHIN_MS, either).catch(() => undefined)])
    done.abort()
  }

  function tell(channelId: string, error: unknown): void {
    if (signal.aborted) return
    const kind = error instanceof PlatformError ? error.kind : 'unknown'
    // The channel, or our place in it, is gone.
    if (GONE.has(kind) && !isLogin(error)) seen.forget(channelId)
    log.warn({ channelId, kind }, 'what was said meanwhile could not be fetched')
  }
}

/** A refused login says nothing of the channel. */
function isLogin(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 401
}

/** Channels in which people talk. */
export function isTalkedIn(type: number): boolean {
  return isDirect(type) || isThread(type) || type === 0 || type === 5
}

const PASSING: ReadonlySet<string> = new Set(['unavailable', 'rate-limited'])
const GONE: ReadonlySet<string> = new Set(['denied', 'gone', 'unsupported'])

function createSignal(): { readonly given: Promise<undefined>; give(): void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { given: promise, give: () => resolve(undefined) }
}

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
