// Which questions are open, and which have been dealt with? Nothing accepted is lost, nothing is asked twice.
//
// An event is in one of three states: unknown, open (in `journal`), seen (in `seen`). Every step between them is one commit.

import type { EventId } from '../contract/event.ts'
import type { Logger } from '../contract/runtime.ts'
import type { TurnRecord } from '../contract/turn.ts'
import type { Held, Key, Write } from './coordination.ts'
import type { Store } from './open.ts'

export interface Journal {
  /** Stores a new turn: one atomic write. False when its event is open or was seen before. */
  accept(record: TurnRecord): Promise<boolean>
  /** Overwrites an open turn's record. Called before each next step. `also` is in the same commit. */
  save(record: TurnRecord, also?: readonly Write[]): Promise<void>
  /** An event that answers an open turn: the event is seen and the record overwritten, in one commit. False when the event was seen before. */
  answer(event: EventId, record: TurnRecord): Promise<boolean>
  /** Joins turns into one that stands for all: `from` are gone, `into` is stored, all `joined` ids are seen. One commit. */
  merge(from: readonly TurnRecord[], into: TurnRecord): Promise<void>
  /** Deletes the turn, texts and all, and marks its event and the joined ones as seen. One commit, with `also` in it. */
  finish(record: TurnRecord, options?: { readonly also?: readonly Write[] }): Promise<void>
  /** Whether the event is open or was seen. */
  seenBefore(id: EventId): Promise<boolean>
  /** For events handled without a turn. True when it is new: of many who ask at once, one. */
  markSeen(id: EventId): Promise<boolean>
  /** What a start finds, in order of acceptance. Records of another version stay where they are and are logged. */
  open(): Promise<readonly TurnRecord[]>
}

/** Telegram offers an update again within 24 h (https://core.telegram.org/bots/api#getting-updates), Feishu re-pushes for some hours; twice that. */
const SEEN_LASTS_MS = 48 * 60 * 60 * 1000

/** Whose turns these are, where several share one store. */
export interface JournalShare {
  /** What `open` finds: the others are somebody else's. */
  isOurs(record: TurnRecord): boolean
  /** Written into each record: which part of its account's connection brought it. */
  readonly part?: string
  /** What every write is made under: once another process has it, nothing of ours is stored any more. */
  readonly under?: Held
}

export function createJournal(store: Store, log: Logger, share: JournalShare = EVERYTHING): Journal {
  const { coordination } = store
  const { isOurs, part, under } = share
  const withinOptions = under === undefined ? {} : { under }
  const turns = store.keyv<unknown>('journal')
  const seen = store.keyv<number>('seen')

  return {
    accept: (record) =>
      coordination.accept(
        { ...turnKey(record.id), value: ours(record) },
        { unless: [seenKey(record.id)], ...withinOptions },
      ),

    async save(record, also = []) {
      await coordination.commit([{ set: turnKey(record.id), value: ours(record) }, ...also], under)
    },

    answer: (event, record) =>
      coordination.accept(
        { ...seenKey(event), value: SEEN, ttlMs: SEEN_LASTS_MS },
        {
          unless: [turnKey(event)],
          also: [{ set: turnKey(record.id), value: ours(record) }],
          ...withinOptions,
        },
      ),

    merge: (from, into) =>
      coordination.commit(
        [
          ...from.filter(({ id }) => id !== into.id).map(({ id }): Write => ({ delete: turnKey(id) })),
          { set: turnKey(into.id), value: ours(into) },
          ...[...from.map(({ id }) => id), ...into.joined].filter((id) => id !== into.id).map(asSeen),
        ],
        under,
      ),

    finish: (record, options = {}) =>
      coordination.commit(
        [
          { delete: turnKey(record.id) },
          ...[record.id, ...record.joined].map(asSeen),
          ...(options.also ?? []),
        ],
        under,
      ),

    async seenBefore(id) {
      return (await turns.has(id)) || (await seen.has(id))
    },

    markSeen: (id) =>
      coordination.accept(
        { ...seenKey(id), value: SEEN, ttlMs: SEEN_LASTS_MS },
        { unless: [turnKey(id)], ...withinOptions },
      ),

    async open() {
      const records: TurnRecord[] = []
      for await (const [id, value] of turns.iterator()) {
        if (isTurnRecord(value)) {
          if (isOurs(value)) records.push(value)
        } else log.warn({ turn: id }, 'left an open turn alone: it was written by another version')
      }
      return records.sort((a, b) => a.seq - b.seq || a.acceptedAtMs - b.acceptedAtMs)
    },
  }

  function ours(record: TurnRecord): TurnRecord {
    return part === undefined ? record : { ...record, part }
  }
}

const EVERYTHING: JournalShare = { isOurs: () => true }

/** The id is all that is kept. */
const SEEN = 1

const turnKey = (id: EventId): Key => ({ namespace: 'journal', key: id })
const seenKey = (id: EventId): Key => ({ namespace: 'seen', key: id })
const asSeen = (id: EventId): Write => ({ set: seenKey(id), value: SEEN, ttlMs: SEEN_LASTS_MS })

/** The journal is written by us alone, so its version vouches for its shape. */
function isTurnRecord(value: unknown): value is TurnRecord {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}
