import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { openStore } from './open.ts'
import { lookAtFile, peekAtFile } from './sqlite-look.ts'

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coze-bridge-look-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'bridge.db')
}
const { clock } = createManualClock()
const world = { clock, log: createQuietLogger(), baseDir: '/' }

test('a store that is not there yet is not made by a look', () => {
  const path = place()
  expect(lookAtFile(path, path)).toEqual({ exists: false, inUse: false })
  expect(statSync(path, { throwIfNoEntry: false })).toBe(undefined)
})

test('a store in use is seen as such, keeps its lock, and can be read beside its owner', async () => {
  const path = place()
  const store = await openStore(`sqlite:${path}`, world)
  await store.keyv<string>('login').set('mine', 'kept')
  for (let times = 0; times < 2; times += 1) {
    expect(lookAtFile(path, path)).toEqual({ exists: true, inUse: true })
  }
  const peek = peekAtFile(path, path, clock)
  expect(await peek.keyv<string>('login').get('mine')).toBe('kept')
  expect(await peek.coordination.lease('login', 'me', 1_000)).toBe(undefined)
  await expect(peek.keyv<string>('login').set('mine', 'other')).rejects.toThrow()
  await peek.close()
  await store.keyv<string>('login').set('mine', 'still writable')
  await store.close()
  expect(lookAtFile(path, path)).toEqual({ exists: true, inUse: false })
})

test('a file that is no store of ours is a problem with a remedy, not a crash', () => {
  const path = place()
  writeFileSync(path, 'this is no database, however long it may go on '.repeat(40))
  const { problem } = lookAtFile(path, path)
  expect(problem).toMatchObject({ problem: 'damaged', remedy: expect.stringContaining('backup') as string })
})
