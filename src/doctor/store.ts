// Can the store be opened, is there room, who has it now, and what does it promise?

import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Finding } from '../contract/platform.ts'
import type { Clock, Logger } from '../contract/runtime.ts'
import { readAddress, type Address, type RedisAddress } from '../store/address.ts'
import type { RedisLook } from '../store/redis-look.ts'
import { lookAtFile } from '../store/sqlite-look.ts'
import { StoreError } from '../store/store-error.ts'

export interface StoreFindings {
  readonly findings: readonly Finding[]
  /** A bridge has it just now. Undefined: that cannot be seen. */
  readonly running?: boolean
}

interface StoreWorld {
  readonly clock: Clock
  readonly log: Logger
  /** Relative paths begin here. */
  readonly baseDir: string
}

const SUBJECT = 'store'

/** Never rejects. Leaves no trace: no file is made, nothing is written. */
export async function lookAtStore(url: string, world: StoreWorld): Promise<StoreFindings> {
  try {
    const address = readAddress(url, world.baseDir)
    switch (address.kind) {
      case 'memory':
        return { findings: [memory] }
      case 'sqlite':
        return await sqlite(address)
      case 'redis':
        return await redis(address, world)
    }
  } catch (error) {
    return { findings: [broken(error)] }
  }
}

const memory: Finding = {
  verdict: 'warning',
  subject: SUBJECT,
  reason: 'is memory only: conversations, unfinished replies and who was let in are lost at every restart',
  remedy: 'Set store: sqlite:./data/bridge.db (BRIDGE_STORE).',
}

async function sqlite(address: Extract<Address, { kind: 'sqlite' }>): Promise<StoreFindings> {
  const { path, where } = address
  const place = await nearestFolder(dirname(path))
  if ('problem' in place) return { findings: [cannotWrite(where, place.problem)] }
  const look = lookAtFile(path, where)
  if (look.problem !== undefined) return { findings: [broken(look.problem)] }
  const { bavail, bsize } = await statfs(place.folder)
  const room = judgeRoom(bavail * bsize, place.folder)
  const promise =
    'a SQLite file: what was accepted survives a crash, a kill and, as far as the disk honours fsync, a power cut'
  const state = look.inUse
    ? `in use by a bridge that runs now: ${where}`
    : look.exists
      ? `can be opened: ${where}`
      : `is made at the first start: ${where}`
  return {
    findings: [{ verdict: 'ok', subject: SUBJECT, reason: `${state}; ${promise}` }, ...room],
    running: look.inUse,
  }
}

/** The folder, or the one it would be made in. */
async function nearestFolder(
  wanted: string,
): Promise<{ readonly folder: string } | { readonly problem: string }> {
  for (let folder = wanted; ; folder = dirname(folder)) {
    try {
      if (!(await stat(folder)).isDirectory()) return { problem: `${folder} is a file, not a folder` }
      await access(folder, constants.W_OK | constants.X_OK)
      return { folder }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
      if (code !== 'ENOENT' || folder === dirname(folder)) return { problem: `${folder} (${code})` }
    }
  }
}

function cannotWrite(where: string, problem: string): Finding {
  return {
    verdict: 'fault',
    subject: SUBJECT,
    reason: `${where} cannot be written: ${problem}`,
    remedy: `Make the folder, and give it to the user the bridge runs as (chown, chmod u+rwx; in a container: the volume's owner); or set store (BRIDGE_STORE) to a path that can be written.`,
  }
}

const MB = 1024 * 1024
/** A write-ahead log and a vacuum need some; below the smaller one the next minutes may fail. Our choice. */
const ROOM = { littleBytes: 200 * MB, noneBytes: 20 * MB } as const

export function judgeRoom(freeBytes: number, folder: string): readonly Finding[] {
  const free = `${Math.floor(freeBytes / MB)} MB are free at ${folder}`
  if (freeBytes >= ROOM.littleBytes) return [{ verdict: 'ok', subject: 'disk', reason: free }]
  return [
    {
      verdict: freeBytes < ROOM.noneBytes ? 'fault' : 'warning',
      subject: 'disk',
      reason: `only ${free}: a full disk refuses every message`,
      remedy: 'Make room on the disk, or move the store (BRIDGE_STORE) to a larger one.',
    },
  ]
}

async function redis(address: RedisAddress, world: StoreWorld): Promise<StoreFindings> {
  // Only who uses it pays for it.
  const { lookAtRedis } = await import('../store/redis-look.ts')
  const look = await lookAtRedis(address, world)
  return {
    findings: judgeRedis(address.where, look),
    ...(look.inUse === undefined ? {} : { running: look.inUse }),
  }
}

/** https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ */
export function judgeRedis(where: string, { habits, promise, inUse }: RedisLook): readonly Finding[] {
  const { appendOnly, saves, evictionPolicy } = habits
  const findings: Finding[] = [
    {
      verdict: 'ok',
      subject: SUBJECT,
      reason: `${inUse === true ? 'in use by a bridge that runs now: ' : 'can be reached: '}${where}. ${promise}`,
    },
  ]
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction') {
    findings.push({
      verdict: 'fault',
      subject: 'store eviction',
      reason: `with maxmemory-policy "${evictionPolicy}" Redis throws records away when its memory is full: accepted questions, and who holds them`,
      remedy:
        'In redis.conf set "maxmemory-policy noeviction" (or: redis-cli CONFIG SET maxmemory-policy noeviction, then CONFIG REWRITE); with a host: its console, the eviction policy.',
    })
  }
  if (appendOnly === false) {
    findings.push({
      verdict: 'warning',
      subject: 'store persistence',
      reason:
        saves === false
          ? 'Redis writes nothing to a disk: all is lost when it ends'
          : 'Redis writes snapshots alone: what was accepted since the last one is lost when it crashes',
      remedy:
        'In redis.conf set "appendonly yes" and "appendfsync everysec" (or "always"), or: redis-cli CONFIG SET appendonly yes, then CONFIG REWRITE; with a host: its console, persistence.',
    })
  }
  return findings
}

const AWAY_REMEDY =
  'Start Redis, or correct store (BRIDGE_STORE): host, port, password, rediss:// for TLS; and see that a firewall lets this machine through ("redis-cli -u <address> ping").'

function broken(error: unknown): Finding {
  const reason = error instanceof Error ? error.message : 'it cannot be opened'
  if (!(error instanceof StoreError)) return { verdict: 'fault', subject: SUBJECT, reason }
  const remedy = error.remedy === '' && error.problem === 'unreachable' ? AWAY_REMEDY : error.remedy
  const words = remedy === '' ? reason : reason.replace(remedy, '').trim()
  return { verdict: 'fault', subject: SUBJECT, reason: words, ...(remedy === '' ? {} : { remedy }) }
}
