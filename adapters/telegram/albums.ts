// When is an album with a command complete? Its items are updates of their own, without a count and without an end.
//
// Albums of plain messages are joined later, by their `groupKey`. A command cannot be: its files are its options, so its
// items are gathered before it is read.
import { fieldsOf, isFields, readId, readList, readString, type Fields } from '../common/read.ts'

/** An update that is owed to the inbox, and when it came (a monotonic clock, ms). */
export interface Owed {
  readonly id: number
  readonly update: unknown
  readonly cameAtMs: number
}

/** Items of one album come within a few hundred ms of each other. */
const SETTLES_AFTER_MS = 700
const MAX_REMEMBERED = 1_000

/**
 * What of a chat's updates, in order, is to be offered next: one, or all items of an album that carries a command, the
 * command's own first. Nothing while such an album may still grow.
 */
export function nextOffer(owed: readonly Owed[], nowMs: number): readonly Owed[] {
  const [first] = owed
  if (first === undefined) return []
  const album = albumOf(first.update)
  if (album === undefined) return [first]
  const items = owed.filter(({ update }) => albumOf(update) === album)
  const command = items.find(({ update }) => looksLikeCommand(messageIn(update)))
  if (command === undefined) return [first]
  const newestMs = Math.max(...items.map(({ cameAtMs }) => cameAtMs))
  if (nowMs - newestMs < SETTLES_AFTER_MS) return []
  return [command, ...items.filter((item) => item !== command)]
}

/** The messages of an album in the order people see them. */
export function inOrderOfPosting(updates: readonly unknown[]): readonly Fields[] {
  return updates
    .map(messageIn)
    .toSorted((a, b) => Number(readId(a['message_id'])) - Number(readId(b['message_id'])))
}

/** Which albums were taken as commands: what comes of them afterwards belongs to a command that has begun. */
export interface TakenAlbums {
  add(update: unknown): void
  has(update: unknown): boolean
}

export function createTakenAlbums(): TakenAlbums {
  const taken = new Set<string>()
  return {
    add(update) {
      const album = albumOf(update)
      if (album === undefined) return
      taken.add(album)
      if (taken.size > MAX_REMEMBERED) taken.delete(taken.keys().next().value ?? '')
    },
    has(update) {
      const album = albumOf(update)
      return album !== undefined && taken.has(album)
    },
  }
}

function albumOf(update: unknown): string | undefined {
  const message = messageIn(update)
  const group = readString(message['media_group_id'])
  return group === undefined ? undefined : `${readId(fieldsOf(message['chat'])['id']) ?? ''}:${group}`
}

function looksLikeCommand({ caption, caption_entities: entities }: Fields): boolean {
  if (readString(caption)?.includes('／') === true) return true
  return readList(entities).some((entity) => isFields(entity) && entity['type'] === 'bot_command')
}

function messageIn(update: unknown): Fields {
  return fieldsOf(fieldsOf(update)['message'])
}
