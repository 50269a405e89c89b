// What is the newest message we took in, in each channel? Kept durably: where a catch-up begins after a lost session.
import type { Clock, Logger, Memory } from '../../src/contract/runtime.ts'
import { isFirstPart, isOfPart, type Part } from './part.ts'
import { createLastSeenStore, type Seen } from './last-seen-store.ts'
import { isNewer, newest, tellsTime } from './snowflake.ts'

export type { Seen } from './last-seen-store.ts'

export interface LastSeen {
  load(): Promise<void>
  /** The newest last. */
  all(): readonly Seen[]
  of(channelId: string): string | undefined
  /** Up to here everything said in servers was taken in, whatever the channel. */
  readonly everywhere: string | undefined
  /** Where nothing was ever taken in: from here on. */
  beginAt(messageId: string): void
  /** This server's ids tell no time: none may be made from one. */
  readonly idsTellNoTime: boolean
  /** A message is stored, or nothing to us. `allDone`: so is everything before it. `sentAtMs`: as the message says. */
  note(seen: Seen, allDone: boolean, sentAtMs?: number): void
  forget(channelId: string): void
  /** What was said here since `seen` could not be fetched: notes of later messages do not count until `unpin`. */
  pin(seen: Seen): void
  unpin(channelId: string): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
}

/** Of direct channels, and again of the others: a busy server shall not crowd out a person. */
const MAX_CHANNELS = 500
const WRITE_EVERY_MS = 2_000
/** A channel that is not on the list yet would not be caught up at all. */
const WRITE_NEW_AFTER_MS = 100

export function createLastSeen(parts: {
  readonly memory: Memory
  readonly clock: Clock
  readonly log: Logger
  /** Parts of one account keep notes of their own. */
  readonly part?: Part
}): LastSeen {
  const { clock, log, part } = parts
  const store = createLastSeenStore(parts.memory, part)
  const direct = new Map<string, Seen>()
  const others = new Map<string, Seen>()
  const pinned = new Set<string>()
  let everywhere: string | undefined
  let idsTellNoTime = false
  let isDirty = false
  let writing: Promise<void> | undefined
  let hurry = new AbortController()
  let isOver = false

  return {
    async load() {
      const stored = await store.load()
      everywhere = newestOf(everywhere, stored.everywhere)
      idsTellNoTime = stored.idsTellNoTime
      for (const seen of stored.channels) {
        if (seen.direct && isFirstPart(part)) direct.set(seen.channelId, seen)
        if (!seen.direct && isOfPart(part, seen.guildId ?? '')) others.set(seen.channelId, seen)
      }
    },
    all: () => [...others.values(), ...direct.values()],
    of: (channelId) => (direct.get(channelId) ?? others.get(channelId))?.messageId,
    get everywhere() {
      return everywhere
    },
    get idsTellNoTime() {
      return idsTellNoTime
    },
    beginAt(messageId) {
      if (everywhere !== undefined || idsTellNoTime) return
      everywhere = messageId
      write(WRITE_NEW_AFTER_MS)
    },
    note(seen, allDone, sentAtMs) {
      if (!idsTellNoTime && sentAtMs !== undefined && !tellsTime(seen.messageId, sentAtMs)) {
        idsTellNoTime = true
        // It was made from a time.
        everywhere = undefined
      }
      const list = seen.direct ? direct : others
      const before = list.get(seen.channelId)
      if (allDone) everywhere = newest(everywhere, seen.messageId)
      if (pinned.has(seen.channelId)) return
      if (before !== undefined && !isNewer(seen.messageId, before.messageId)) return
      put(list, { ...before, ...seen })
      write(before === undefined ? WRITE_NEW_AFTER_MS : WRITE_EVERY_MS)
    },
    pin(seen) {
      pinned.add(seen.channelId)
      put(seen.direct ? direct : others, seen)
      write(WRITE_NEW_AFTER_MS)
    },
    unpin: (channelId) => void pinned.delete(channelId),
    forget(channelId) {
      pinned.delete(channelId)
      if (direct.delete(channelId) || others.delete(channelId)) write(WRITE_EVERY_MS)
    },
    async flush() {
      isOver = true
      hurry.abort()
      await writing
      if (isDirty) await writeNow()
    },
  }

  function put(list: Map<string, Seen>, seen: Seen): void {
    list.delete(seen.channelId)
    list.set(seen.channelId, seen)
    if (list.size > MAX_CHANNELS) list.delete(list.keys().next().value ?? '')
  }

  /** One write at a time; what comes meanwhile goes along with the next. */
  function write(withinMs: number): void {
    isDirty = true
    if (withinMs < WRITE_EVERY_MS) hurry.abort()
    writing ??= writeLater().finally(() => {
      writing = undefined
      if (isDirty && !isStopped()) write(WRITE_EVERY_MS)
    })
  }

  async function writeLater(): Promise<void> {
    await pause(WRITE_EVERY_MS)
    if (isStopped()) return
    hurry = new AbortController()
    await pause(WRITE_NEW_AFTER_MS)
    if (!isStopped()) await writeNow()
  }

  async function writeNow(): Promise<void> {
    isDirty = false
    const channels = [...others.values(), ...direct.values()]
    const value = { channels, idsTellNoTime, ...(everywhere === undefined ? {} : { everywhere }) }
    try {
      await store.save(value)
    } catch (error) {
      isDirty = true
      log.warn({ channels: channels.length }, 'the last seen messages could not be written', error)
      if (!isStopped()) await pause(WRITE_EVERY_MS)
    }
  }

  async function pause(ms: number): Promise<void> {
    await clock.sleep(ms, hurry.signal).catch(() => undefined)
  }

  /** Asked anew after each wait. */
  function isStopped(): boolean {
    return isOver
  }
}

function newestOf(a: string | undefined, b: string | undefined): string | undefined {
  return b === undefined ? a : newest(a, b)
}
