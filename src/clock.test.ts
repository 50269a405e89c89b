// Does a sleep end when it should, and leave nothing behind?
import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { realClock as clock } from './clock.ts'

test('wakes, and takes its listener along', async () => {
  const { signal } = new AbortController()
  const before = clock.elapsed()
  await clock.sleep(5, signal)
  await clock.sleep(-1)
  expect(clock.elapsed()).toBeGreaterThan(before)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('rejects with the reason as soon as the signal aborts', async () => {
  const controller = new AbortController()
  const long = clock.sleep(10 ** 12, controller.signal)
  controller.abort(new Error('enough'))
  await expect(long).rejects.toThrow('enough')
  await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough')
})

test('tells the time of day', () => {
  expect(clock.now()).toBeGreaterThan(Date.UTC(2026, 0))
})
