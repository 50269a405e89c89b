// Does everything a store has confirmed survive a kill, and does the next process get the file at once?

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import type { Store } from '../../src/store/open.ts'
import { openStore } from '../../src/store/open.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createQuietLogger } from '../support/quiet-logger.ts'

test('has every record it confirmed, and no half of a commit, after kills in the middle of writing', async () => {
  const path = join(tempFolder(), 'bridge.db')
  const confirmed = new Set<string>()
  for (const enough of [200, 1, 500]) {
    // Each round writes the same keys on from where the last one ended: those there already are not new.
    const soFar = confirmed.size
    const writer = startWriter(path)
    for await (const line of writer.lines) {
      // A line without its full stop was cut by the kill.
      if (/^\d+-\d+\.$/.test(line)) confirmed.add(line.slice(0, -1))
      if (confirmed.size >= soFar + enough) writer.process.kill('SIGKILL')
    }
    const store = await open(path)
    const [journal, pairs] = [await keysOf(store, 'journal'), await keysOf(store, 'pairs')]
    await store.close()
    expect(confirmed.size).toBeGreaterThanOrEqual(soFar + enough)
    expect([...confirmed].filter((key) => !journal.has(key))).toEqual([])
    expect(pairs).toEqual(journal)
  }
})

test('belongs to one process: a second one is told so, and the first writes on', async () => {
  const path = join(tempFolder(), 'bridge.db')
  const first = startWriter(path)
  const firstLines = first.lines[Symbol.asyncIterator]()
  expect((await firstLines.next()).value).toBe('open')

  const second: string[] = []
  for await (const line of startWriter(path).lines) second.push(line)
  expect(second).toHaveLength(1)
  expect(second[0]).toMatch(/^refused .*in use by another process.*one process per file/)
  await expect(open(path)).rejects.toMatchObject({ problem: 'occupied' })

  expect((await firstLines.next()).value).toMatch(/^\d+-\d+\.$/)
  first.process.kill('SIGKILL')
  await first.ended
  await (await open(path)).close()
})

function startWriter(path: string) {
  const writer = spawn(process.execPath, [join(import.meta.dirname, '../support/store-writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(writer, 'exit')
  onTestFinished(async () => {
    writer.kill('SIGKILL')
    await ended
  })
  return { process: writer, lines: createInterface({ input: writer.stdout }), ended }
}

function open(path: string): Promise<Store> {
  return openStore(`sqlite:${path}`, {
    clock: createManualClock().clock,
    log: createQuietLogger(),
    baseDir: '/',
  })
}

async function keysOf(store: Store, namespace: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>()
  for await (const [key] of store.keyv(namespace).iterator()) keys.add(key)
  return keys
}

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-kill-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
