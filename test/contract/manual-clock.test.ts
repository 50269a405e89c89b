// The clock all other tests trust.

import { expect, test } from 'vitest'
import { createManualClock } from '../support/manual-clock.ts'

test('wakes sleepers in order of their time, each at its own, also those that sleep from within', async () => {
  const time = createManualClock(1_000)
  const woken: string[] = []
  const sleep = async (name: string, ms: number): Promise<void> => {
    await time.clock.sleep(ms)
    woken.push(`${name}@${time.now()}`)
  }
  const all = Promise.all([sleep('c', 30), sleep('a', 10).then(() => sleep('b', 15)), sleep('late', 41)])
  await time.advance(40)
  expect(woken).toEqual(['a@1010', 'b@1025', 'c@1030'])
  expect([time.now(), time.clock.elapsed(), time.sleepers]).toEqual([1_040, 40, 1])
  await time.advance(1)
  await all
  expect(woken.at(-1)).toBe('late@1041')
})

test('wakes who sleeps 0 ms without moving', async () => {
  const time = createManualClock()
  const before = time.now()
  const slept = time.clock.sleep(0)
  await time.settle()
  await slept
  expect(time.now()).toBe(before)
})

test('lets go of a sleeper whose signal aborts, with its reason', async () => {
  const time = createManualClock()
  const stop = new AbortController()
  const slept = time.clock.sleep(10, stop.signal)
  const reason = new Error('stop')
  stop.abort(reason)
  await expect(slept).rejects.toBe(reason)
  await expect(time.clock.sleep(10, stop.signal)).rejects.toBe(reason)
  expect(time.sleepers).toBe(0)
})

test('jumps on the wall and not in the steady time', async () => {
  const time = createManualClock(5_000)
  void time.clock.sleep(10)
  time.jump(-4_000)
  expect([time.now(), time.clock.elapsed(), time.sleepers]).toEqual([1_000, 0, 1])
})
