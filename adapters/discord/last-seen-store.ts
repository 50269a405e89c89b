// How do the last seen messages lie in the memory? One note for each part of the account, taken over when the parts change.
import type { JsonObject } from '../../src/contract/event.ts'
import type { Memory } from '../../src/contract/runtime.ts'
import type { Part } from './part.ts'
import { isNewer } from './snowflake.ts'
import { fieldsOf, readList, readString, readWhole } from '../common/read.ts'

export interface Seen {
  readonly channelId: string
  readonly messageId: string
  readonly direct: boolean
  /** Of a server's channel, where it is known. */
  readonly guildId?: string
}

export interface LastSeenNote {
  readonly everywhere?: string
  readonly idsTellNoTime: boolean
  /** The newest last. */
  readonly channels: readonly Seen[]
}

export interface LastSeenStore {
  load(): Promise<LastSeenNote>
  save(note: LastSeenNote): Promise<void>
}

const KEY = 'last-seen'
/** In how many parts the account was, the newest last; 1: as a whole. */
const PARTS_KEY = 'last-seen-parts'
const DIVISIONS_KEPT = 4

export function createLastSeenStore(memory: Memory, part: Part | undefined): LastSeenStore {
  const count = part?.count ?? 1
  const key = keyOf(part?.id ?? 0, count)
  /** Which division this one was taken over from. */
  let from = 0

  return {
    async load() {
      const divisions = await readDivisions()
      const own = await memory.get(key)
      const isCurrent = divisions.at(-1) === count
      from = divisions.at(isCurrent ? -2 : -1) ?? 0
      // Taken over already; or there was nothing before.
      if (isCurrent && (readWhole(fieldsOf(own)['from']) ?? 0) === from) return readNote(own)
      const parts = Array.from({ length: from }, (_, id) => memory.get(keyOf(id, from)))
      const notes = [own, ...(await Promise.all(parts))].filter((note) => note !== undefined)
      if (!isCurrent) await memory.set(PARTS_KEY, nextAfter(divisions))
      return merged(notes.map(readNote))
    },
    async save({ channels, everywhere, idsTellNoTime }) {
      const value: JsonObject = {
        ...(everywhere === undefined ? {} : { everywhere }),
        ...(idsTellNoTime ? { idsTellNoTime } : {}),
        ...(from === 0 ? {} : { from }),
        direct: channels.filter(({ direct }) => direct).map(entryOf),
        others: channels.filter(({ direct }) => !direct).map(entryOf),
      }
      await memory.set(key, value)
    },
  }

  /** Where none is noted, it always was one. */
  async function readDivisions(): Promise<readonly number[]> {
    const noted = readList(await memory.get(PARTS_KEY)).flatMap((each) => readWhole(each) ?? [])
    return noted.length === 0 ? [1] : noted
  }

  function nextAfter(divisions: readonly number[]): number[] {
    return [...divisions.filter((each) => each !== count), count].slice(-DIVISIONS_KEPT)
  }
}

/** As a whole it has the name it always had. */
function keyOf(id: number, count: number): string {
  return count === 1 ? KEY : `${KEY} ${id}/${count}`
}

function entryOf({ channelId, guildId, messageId }: Seen): string[] {
  return guildId === undefined ? [channelId, messageId] : [channelId, messageId, guildId]
}

function readNote(value: unknown): LastSeenNote {
  const stored = fieldsOf(value)
  const everywhere = readString(stored['everywhere'])
  const channels = ['others', 'direct'].flatMap((list) =>
    readList(stored[list]).flatMap((entry): readonly Seen[] => {
      const [channelId, messageId, guildId] = readList(entry).map(readString)
      if (channelId === undefined || messageId === undefined) return []
      const seen = { channelId, messageId, direct: list === 'direct' }
      return [guildId === undefined ? seen : { ...seen, guildId }]
    }),
  )
  return {
    ...(everywhere === undefined ? {} : { everywhere }),
    idsTellNoTime: stored['idsTellNoTime'] === true,
    channels,
  }
}

/** Of each channel the newest; of everywhere the oldest: one of the parts may have been away. */
function merged(notes: readonly LastSeenNote[]): LastSeenNote {
  const channels = new Map<string, Seen>()
  for (const seen of notes.flatMap((note) => note.channels)) {
    const known = channels.get(seen.channelId)
    if (known === undefined || isNewer(seen.messageId, known.messageId)) channels.set(seen.channelId, seen)
  }
  const [first, ...others] = notes.flatMap((note) => note.everywhere ?? [])
  const everywhere = others.reduce<string | undefined>(
    (oldest, each) => (oldest === undefined || isNewer(oldest, each) ? each : oldest),
    first,
  )
  return {
    ...(everywhere === undefined ? {} : { everywhere }),
    idsTellNoTime: notes.some(({ idsTellNoTime }) => idsTellNoTime),
    channels: [...channels.values()],
  }
}
