// What was said while no session was held? Fetched from where we left off, channel by channel, before anything newer.
//
// A new session (READY) brings no backlog, and short outages end in one too. At each READY, from the durable notes:
// 1. direct channels on the list are fetched at once; 2. the other channels on it when their servers have told their
// channels, unless they say that nothing was said; 3. so are channels that are not on the list but where something was
// said since the last message we took in anywhere. All of it in the channel's turn: newer messages wait behind it.
import type { Clock, Logger } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import type { DiscordApi } from './api.ts'
import { createHistory, HISTORY_PAGE } from './history.ts'
import { fieldsOf, readList, readString, type Fields } from '../common/read.ts'
import { isDirect, isThread, type Guilds } from './guilds.ts'
import type { LastSeen, Seen } from './last-seen.ts'
import { isOfPart, type Part } from './part.ts'
import { idAt, isNewer, newest, timeOf } from './snowflake.ts'

export interface CatchUp {
  /** A new session begins: it lists its servers, each of which will tell its channels. */
  onReady(data: unknown): void
  /** A server told its channels. */
  onGuild(data: unknown): void
  /** Messages of this channel were left out, or may have been: fetches it from its last seen message. */
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
  /** Of another part's servers nothing is fetched. */
  readonly part?: Part
  inTurn(channelId: string, work: () => Promise<void>): void
  /** False: the stop came before it was stored. */
  offerMissed(message: Fields): Promise<boolean>
  readonly signal: AbortSignal
}

/** As long as Telegram keeps updates: older questions are nobody's any more. */
const MAX_AGE_MS = 24 * 3_600_000
/** Ten thousand messages; a channel busier than that in a day is not one of questions. */
const MAX_PAGES = 100
/** A server in an outage may not come for hours; the others come within a moment. */
const GUILDS_WITHIN_MS = 5_000
/** A channel that could not be fetched is tried again so much later: meanwhile what is said there goes on. */
const AGAIN_AFTER_MS = 60_000

export function createCatchUp(parts: CatchUpParts): CatchUp {
  const { account, api, clock, guilds, log, part, seen, signal } = parts
  const queued = new Set<string>()
  /** Of those, channels of which more was missed since they were queued. */
  const again = new Set<string>()
  const history = createHistory({ account, api, clock, signal })
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
      if (messageId === undefined) return
      if (!queued.has(channelId)) log.warn({ channelId }, 'messages were left out; they are fetched')
      queue({ channelId, messageId, ...whoseOf(channelId) }, undefined)
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
      queue({ channelId: id, messageId: from, direct: false, guildId }, undefined)
    }
  }

  function queue(channel: Seen, after: Promise<undefined> | undefined): void {
    const { channelId } = channel
    if (queued.has(channelId)) {
      again.add(channelId)
      return
    }
    queued.add(channelId)
    parts.inTurn(channelId, async () => {
      let isDone = false
      try {
        await within(after)
        seen.unpin(channelId)
        do {
          again.delete(channelId)
          await fetchMissed(channel)
        } while (again.has(channelId) && !signal.aborted)
        isDone = !signal.aborted
      } catch (error) {
        isDone = fail(channel, error) === 'gone'
      } finally {
        queued.delete(channelId)
        // What is said from now on must not hide what was missed.
        if (!isDone) seen.pin({ ...channel, messageId: seen.of(channelId) ?? channel.messageId })
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
    const { guildId } = guilds.channel(channelId) ?? {}
    if (guildId !== undefined && !isOfPart(part, guildId)) return
    let fetched = 0
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const messages = await history.after(channelId, after)
      for (const message of messages) {
        if (!(await parts.offerMissed(withChannel(message, channelId)))) return
        after = newest(after, readString(message['id']) ?? after)
      }
      fetched += messages.length
      if (messages.length < HISTORY_PAGE) break
      if (page === MAX_PAGES - 1) log.error({ channelId }, 'more was said meanwhile than is fetched')
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
    guilds.add(await history.channel(channelId))
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
    if (seen.idsTellNoTime) return messageId
    // By Discord's own time where ours runs ahead of it.
    const newestMs = timeOf(newestKnown()) ?? Infinity
    return newest(messageId, idAt(Math.min(clock.now(), newestMs) - MAX_AGE_MS))
  }

  async function within(wanted: Promise<undefined> | undefined): Promise<void> {
    if (wanted === undefined) return
    const done = new AbortController()
    const either = AbortSignal.any([signal, done.signal])
    await Promise.race([wanted, clock.sleep(GUILDS_WITHIN_MS, either).catch(() => undefined)])
    done.abort()
  }

  function newestKnown(): string | undefined {
    const ids = seen.all().map(({ messageId }) => messageId)
    return [...ids, seen.everywhere].reduce<string | undefined>(
      (latest, id) => (id === undefined ? latest : newest(latest, id)),
      undefined,
    )
  }

  function whoseOf(channelId: string): Pick<Seen, 'direct' | 'guildId'> {
    const guildId = guilds.channel(channelId)?.guildId
    return guildId === undefined ? { direct: true } : { direct: false, guildId }
  }

  /** `gone`: the channel, or our place in it. */
  function fail(channel: Seen, error: unknown): 'gone' | 'later' {
    const { channelId } = channel
    if (signal.aborted) return 'later'
    const kind = error instanceof PlatformError ? error.kind : 'unknown'
    if (GONE.has(kind) && !isLogin(error)) {
      seen.forget(channelId)
      log.warn({ channelId, kind }, 'what was said meanwhile could not be fetched')
      return 'gone'
    }
    log.warn({ channelId, kind }, 'what was said meanwhile could not be fetched yet; it is tried again')
    void clock.sleep(AGAIN_AFTER_MS, signal).then(
      () => queue(channel, undefined),
      () => undefined,
    )
    return 'later'
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

const GONE: ReadonlySet<string> = new Set(['denied', 'gone', 'unsupported'])

function createSignal(): { readonly given: Promise<undefined>; give(): void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { given: promise, give: () => resolve(undefined) }
}
