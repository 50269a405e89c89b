// Do both stores keep the contract, and the SQLite file what only a file can promise?

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/store/open.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'
import { keysOf, storeContract } from './store-suite.ts'

storeContract('memory:', 'manual', () => openByHand('memory:', '/'))
storeContract('sqlite:', 'manual', () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return openByHand('sqlite:./data/bridge.db', folder)
})

async function openByHand(url: string, baseDir: string) {
  const time = createManualClock()
  const store = await openStore(url, { clock: time.clock, log: createQuietLogger(), baseDir })
  return { store, time: { now: time.now, advance: async (ms: number) => time.jump(ms) } }
}

describe('a SQLite file', () => {
  test('has everything again after it was closed and opened', async () => {
    const { open, time } = world()
    const before = await open()
    const windows = [{ calls: 1, perMs: 60_000 }]
    await before.keyv('notes').set('k', { deep: ['值', null] })
    await before.coordination.take('coze', windows)
    const lease = await before.coordination.lease('poller', 'dead', 60_000)
    await before.close()

    time.jump(1_000)
    const after = await open()
    expect(await after.keyv('notes').get('k')).toEqual({ deep: ['值', null] })
    expect(await after.coordination.take('coze', windows)).toEqual({ granted: false, waitMs: 59_000 })
    // One process per file: whoever held a lease is gone, and its fence is not given again.
    const next = await after.coordination.lease('poller', 'new', 60_000)
    expect(next!.fence).toBeGreaterThan(lease!.fence)
  })

  test('and its folder are made, readable by their owner alone', async () => {
    const { open, folder } = world()
    const store = await open()
    await store.keyv('notes').set('k', 1)
    const modes = ['data/bridge.db', 'data/bridge.db-wal', 'data/bridge.db.lock'].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    )
    expect(modes).toEqual([0o600, 0o600, 0o600])
  })

  test('opened a second time is refused with a sentence, and the first goes on', async () => {
    const { open } = world()
    const first = await open()
    const refusal = await refusalOf(open())
    expect(refusal.problem).toBe('occupied')
    expect(refusal.message).toMatch(/in use by another process.*one process per file/)
    await first.keyv('notes').set('k', 1)
    await first.close()
    const second = await open()
    expect(await second.keyv('notes').get('k')).toBe(1)
  })

  test.each([
    [
      'garbage',
      (path: string) => writeFileSync(path, 'this is not a database, whatever its name says. '.repeat(100)),
    ],
    ['a database of another program', makeForeign],
  ])('that holds %s is refused with a sentence and left alone', async (_what, make) => {
    const { open, folder } = world()
    const path = join(folder, 'other.db')
    make(path)
    const before = readFileSync(path)
    const refusal = await refusalOf(open('sqlite:other.db'))
    expect(refusal.problem).toBe('damaged')
    expect(refusal.message).toMatch('other.db')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('with a damaged page is refused with a sentence', async () => {
    const { open, folder } = world()
    const store = await open()
    for (let n = 0; n < 300; n++) await store.keyv('notes').set(`k${n}`, 'x'.repeat(300))
    await store.close()
    const path = join(folder, 'data/bridge.db')
    const file = new Uint8Array(statSync(path).size).fill(0xa5, 4096)
    file.set(readFileSync(path).subarray(0, 4096))
    writeFileSync(path, file)
    const refusal = await refusalOf(open())
    expect(refusal.problem).toBe('damaged')
    expect(refusal.message).toMatch('backup')
  })

  test('written by a newer bridge is refused with a sentence', async () => {
    const { open, folder } = world()
    await (await open()).close()
    const database = new DatabaseSync(join(folder, 'data/bridge.db'))
    database.exec('pragma user_version = 99')
    database.close()
    await expect(open()).rejects.toMatchObject({ problem: 'newer' })
  })

  test('in a folder that cannot be made is refused with a sentence', async () => {
    const { open, folder } = world()
    writeFileSync(join(folder, 'data'), 'a file where the folder should be')
    const refusal = await refusalOf(open())
    expect(refusal.problem).toBe('inaccessible')
    expect(refusal.message).toMatch('folder')
  })

  test('does not grow with what has run out', async () => {
    const { open, time, folder } = world()
    const store = await open()
    for (let round = 0; round < 20; round++) {
      const writes = Array.from({ length: 100 }, (_, n) => store.keyv('seen').set(`${round}-${n}`, 1, 1_000))
      await Promise.all(writes)
      time.jump(2_000)
    }
    await store.close()
    const database = new DatabaseSync(join(folder, 'data/bridge.db'), { readOnly: true })
    const rows = database.prepare('select count(*) as n from records').get()?.['n']
    database.close()
    expect(rows).toBeLessThanOrEqual(500)
  })

  test('takes an absolute path and the sqlite:/// form', async () => {
    const { open, folder } = world()
    const first = await open(`sqlite:${join(folder, 'a.db')}`)
    await first.keyv('notes').set('k', 1)
    await first.close()
    const second = await open(`sqlite://${join(folder, 'a.db')}`)
    expect(await keysOf(second, 'notes')).toEqual(['k'])
  })
})

test.each([
  'redis://user:secret@host/x',
  'redis://user:sec?ret@host',
  'redis://user:sec%zzret@host',
  'rediss://user:secret@/0',
  'redis://user:secret@host?prefix={a}',
  'redis://user:secret@host?password=secret',
])('refuses the address "%s" with a sentence that shows no secret', async (url) => {
  const { open } = world()
  const refusal = await refusalOf(open(url))
  expect(refusal.problem).toBe('address')
  expect(refusal.remedy).not.toBe('')
  expect(String(refusal)).not.toMatch(/sec|ret@|user:[^p]/)
})

test.each(['postgres://user:secret@host', 'sqlite:', 'bridge.db', ''])(
  'refuses the address "%s" with a sentence that shows no secret',
  async (url) => {
    const { open } = world()
    const refusal = await refusalOf(open(url))
    expect(refusal.problem).toBe('address')
    expect(refusal.message).toContain('Use "sqlite:')
    expect(String(refusal)).not.toContain('secret')
  },
)

function world() {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  const time = createManualClock()
  const opened: Store[] = []
  onTestFinished(async () => {
    for (const store of opened) await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    time,
    async open(url = 'sqlite:./data/bridge.db') {
      const store = await openStore(url, { clock: time.clock, log: createQuietLogger(), baseDir: folder })
      opened.push(store)
      return store
    },
  }
}

async function refusalOf(opening: Promise<Store>): Promise<StoreError> {
  const outcome = await opening.catch((error: unknown) => error)
  if (outcome instanceof StoreError) return outcome
  throw new Error('expected a StoreError', { cause: outcome })
}

function makeForeign(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('create table recipes (name text)')
  database.close()
}
