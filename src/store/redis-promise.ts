// What does this Redis promise to keep? Asked of itself, where we may; said without more hope than there is.

import type { RedisClient } from './redis-link.ts'

/** Undefined: it did not say. */
export interface RedisHabits {
  readonly appendOnly?: boolean
  readonly appendFsync?: string
  readonly saves?: boolean
  /** What it throws away when its memory is full: https://redis.io/docs/latest/develop/reference/eviction/ */
  readonly evictionPolicy?: string
}

/** Where CONFIG is not allowed, as with many hosts, INFO says some of it. Rejects only when the server cannot be reached. */
export async function readHabits(client: RedisClient): Promise<RedisHabits> {
  const config = await orNothing(() =>
    client.configGet(['appendonly', 'appendfsync', 'save', 'maxmemory-policy']),
  )
  const info = await orNothing(() => client.info())
  const says = (name: string): string | undefined =>
    info === undefined ? undefined : new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const appendOnly = config?.['appendonly'] ?? { 0: 'no', 1: 'yes' }[says('aof_enabled') ?? '']
  const evictionPolicy = config?.['maxmemory-policy'] ?? says('maxmemory_policy')
  const appendFsync = config?.['appendfsync']
  const save = config?.['save']
  return {
    ...(appendOnly === undefined ? {} : { appendOnly: appendOnly === 'yes' }),
    ...(appendFsync === undefined ? {} : { appendFsync }),
    ...(save === undefined ? {} : { saves: save !== '' }),
    ...(evictionPolicy === undefined ? {} : { evictionPolicy }),
  }
}

/** For `Store.promise`. Sources: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ */
export function promiseOf(habits: RedisHabits): string {
  return ['Kept in Redis, for several processes.', keptSentence(habits), evictionWarning(habits)]
    .filter((sentence) => sentence !== undefined)
    .join(' ')
}

/** Undefined: it throws nothing away, or did not say. */
export function evictionWarning({ evictionPolicy }: RedisHabits): string | undefined {
  if (evictionPolicy === undefined || evictionPolicy === 'noeviction') return undefined
  return `But with its maxmemory-policy "${evictionPolicy}" it throws records away when its memory is full: set "noeviction".`
}

function keptSentence({ appendOnly, appendFsync, saves }: RedisHabits): string {
  if (appendOnly === undefined) {
    return 'It does not say what it writes to its disk: what survives its crash is what its operator has set up.'
  }
  if (!appendOnly) {
    return saves === false
      ? 'It writes nothing to a disk (appendonly no): everything is lost when Redis ends.'
      : 'It writes no append-only file (appendonly no): what was accepted since its last snapshot is lost when Redis crashes.'
  }
  return (
    syncSentences[appendFsync ?? ''] ??
    'It writes an append-only file and does not say how often it is synced: by default every second, so that a power cut may take up to the last two seconds with it.'
  )
}

const syncSentences: Readonly<Record<string, string>> = {
  always:
    'Its append-only file is synced before each answer (appendfsync always): what was accepted survives a crash, a kill and, as far as the disk honours fsync, a power cut.',
  everysec:
    'Its append-only file is synced every second (appendfsync everysec): what was accepted survives a crash of the bridge; a crash of Redis or a power cut may take up to the last two seconds with it.',
  no: 'Its append-only file is synced when the system likes (appendfsync no): what was accepted survives a crash of the bridge; a power cut may take the last half minute with it.',
}

/** A server that does not let us look is no fault; one that went away is found out by the next call. */
async function orNothing<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask()
  } catch {
    return undefined
  }
}
