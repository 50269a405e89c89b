// What is the newest message we took in, in each channel? Kept durably: where a catch-up begins after a lost session.
import { fieldsOf, readList, readString } from '../common/read.ts'
import type { JsonObject } from '../../src/contract/event.ts'
import type { Clock, Logger, Memory } from '../../src/contract/runtime.ts'
import { isNewer, newest, tellsTime } from './snowflake.ts'

export interface Seen {
  readonly channelId: string
  readonly messageId: string
  readonly direct: boolean
}

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
  /** Writes what is not written yet. */
  flush(): Promise<void>
}

const KEY = 'last-seen'
/** Of direct channels, and again of the others: a busy server shall not crowd out a person. */
const MAX_CHANNELS = 500
const WRITE_EVERY_MS = 2_000
/** A channel that is not on the list yet would not be caught up at all. */
const WRITE_NEW_AFTER_MS = 100

export function createLastSeen(parts: {
  readonly memory: Memory
  readonly clock: Clock
  readonly log: Logger
}): LastSeen {
  const { clock, log, memory } = parts
  const direct = new Map<string, string>()
  const others = new Map<string, string>()
  let everywhere: string | undefined
  let idsTellNoTime = false
  let isDirty = false
  let writing: Promise<void> | undefined
  let hurry = new AbortController()
  let isOver = false

  return {
    async load() {
      const stored = fieldsOf(await memory.get(KEY))
      everywhere = newestOf(everywhere, readString(stored['everywhere']))
      idsTellNoTime = stored['idsTellNoTime'] === true
      for (const [into, list] of [
        [direct, stored['direct']],
        [others, stored['others']],
      ] as const) {
        for (const entry of readList(list)) {
          const [channelId, messageId] = readList(entry).map(readString)
          if (channelId !== undefined && messageId !== undefined) into.set(channelId, messageId)
        }
      }
    },
    all: () => [...listOf(others, false), ...listOf(direct, true)],
    of: (channelId) => direct.get(channelId) ?? others.get(channelId),
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
      if (before !== undefined && !isNewer(seen.messageId, before)) return
      list.delete(seen.channelId)
      list.set(seen.channelId, seen.messageId)
      if (list.size > MAX_CHANNELS) list.delete(list.keys().next().value ?? '')
      write(before === undefined ? WRITE_NEW_AFTER_MS : WRITE_EVERY_MS)
    },
    forget(channelId) {
      if (direct.delete(channelId) || others.delete(channelId)) write(WRITE_EVERY_MS)
    },
    async flush() {
      isOver = true
      hurry.abort()
      await writing
      if (isDirty) await writeNow()
    },
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
    const value: JsonObject = {
      ...(everywhere === undefined ? {} : { everywhere }),
      ...(idsTellNoTime ? { idsTellNoTime } : {}),
      direct: [...direct],
      others: [...others],
    }
    try {
      await memory.set(KEY, value)
    } catch (error) {
      isDirty = true
      log.warn({ channels: direct.size + others.size }, 'the last seen messages could not be written', error)
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

function listOf(list: ReadonlyMap<string, string>, direct: boolean): readonly Seen[] {
  return [...list].map(([channelId, messageId]) => ({ channelId, messageId, direct }))
}

function newestOf(a: string | undefined, b: string | undefined): string | undefined {
  return b === undefined ? a : newest(a, b)
}
