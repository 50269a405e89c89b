// Is each loss told once, and the next one after it was well again, also where the store failed in between?
import { expect, test } from 'vitest'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'
import { openStore } from './open.ts'
import { createToldOnce } from './told.ts'

const DAY_MS = 24 * 3_600_000

async function stage() {
  const time = createManualClock()
  const store = await openStore('memory:', { clock: time.clock, log: createQuietLogger(), baseDir: '/' })
  let failing: 'read' | 'commit' | undefined
  let afterRead: () => Promise<unknown> = async () => undefined
  let reads = 0
  const coordination: typeof store.coordination = {
    ...store.coordination,
    accept: (...asked) => store.coordination.accept(...asked),
    commit: (...asked) =>
      failing === 'commit'
        ? Promise.reject(new Error('the store is away'))
        : store.coordination.commit(...asked),
  }
  const keyv: typeof store.keyv = (namespace) => {
    const shelf = store.keyv(namespace)
    const get = async (key: string): Promise<unknown> => {
      reads += 1
      if (failing === 'read') throw new Error('the store is away')
      const found = await shelf.get(key)
      await afterRead()
      return found
    }
    return new Proxy(shelf, {
      get: (target, name): unknown => (name === 'get' ? get : Reflect.get(target, name)),
    })
  }
  return {
    time,
    told: createToldOnce({ keyv, coordination }),
    fails: (what: typeof failing) => (failing = what),
    onceRead: (then: typeof afterRead) => (afterRead = then),
    reads: () => reads,
  }
}

test.each(['read', 'commit'] as const)(
  'a %s that failed is done again: the next loss is news',
  async (what) => {
    const { time, told, fails } = await stage()
    expect(await told.first('login')).toBe(true)
    expect(await told.first('login')).toBe(false)
    fails(what)
    await expect(told.over('login')).rejects.toThrow('the store is away')
    fails(undefined)
    await told.over('login')
    await time.advance(DAY_MS)
    expect(await told.first('login')).toBe(true)
  },
)

test('what is told while it is looked at is not taken for well', async () => {
  const { time, told, onceRead } = await stage()
  onceRead(() => told.first('login'))
  await told.over('login')
  onceRead(async () => undefined)
  await told.over('login')
  await time.advance(DAY_MS)
  expect(await told.first('login')).toBe(true)
})

test('asks the store once while it goes on being well', async () => {
  const { told, reads } = await stage()
  await told.over('login')
  await told.over('login')
  expect(reads()).toBe(1)
})
